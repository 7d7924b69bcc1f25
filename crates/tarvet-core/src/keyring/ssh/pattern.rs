//! OpenSSH's pattern lists: `*`, `?`, commas, and `!` for exclusion (ssh_config(5), PATTERNS).

/// How a list stands to a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    Yes,
    No,
    /// A negated pattern matched, which outweighs every other.
    Excluded,
}

/// Matches `name` against a comma-separated list.
pub(super) fn list_matches(list: &str, name: &str) -> Match {
    let mut found = Match::No;
    for pattern in list.split(',').map(str::trim) {
        match pattern.strip_prefix('!') {
            Some(negated) if matches(negated, name) => return Match::Excluded,
            None if matches(pattern, name) => found = Match::Yes,
            _ => {}
        }
    }
    found
}

/// Whether a list can match anything at all: it needs one pattern that is not negated.
pub(super) fn is_satisfiable(list: &str) -> bool {
    list.split(',')
        .map(str::trim)
        .any(|pattern| !pattern.is_empty() && !pattern.starts_with('!'))
}

/// One pattern, in time linear in pattern times name: a star only ever backtracks to the last star.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(b'?') => (p, n) = (p + 1, n + 1),
            Some(byte) if Some(byte) == name.get(n) => (p, n) = (p + 1, n + 1),
            _ => match star {
                Some((at, upto)) => {
                    star = Some((at, upto + 1));
                    (p, n) = (at + 1, upto + 1);
                }
                None => return false,
            },
        }
    }
    pattern
        .get(p..)
        .is_some_and(|rest| rest.iter().all(|&byte| byte == b'*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_openssh() {
        assert_eq!(list_matches("*@example.org", "alice@example.org"), Match::Yes);
        assert_eq!(list_matches("a?ice@*.org,bob", "alice@example.org"), Match::Yes);
        assert_eq!(list_matches("*@example.org", "alice@example.com"), Match::No);
        assert_eq!(list_matches("*,!alice@*", "alice@example.org"), Match::Excluded);
        assert_eq!(list_matches("!alice@*", "bob@example.org"), Match::No);
        assert!(!is_satisfiable("!alice,!bob") && is_satisfiable("!alice,*"));
        assert!(matches("a*b*c", "axxbyybc") && !matches("a*b*c", "axxbyyb"));
    }
}
