//! What is wrong with a packaging file, and where.

/// A line of a packaging file that its format does not allow, or that has no effect.
///
/// Never a reason to skip the file: the rest of it has been read, and a check makes a finding of the fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Line in the file, from 1; 0 where the fault is of the whole file.
    pub line: usize,
    /// What was expected, what was found and what to do. Text from the file is shortened, not escaped.
    pub message: String,
}

/// Faults of a file that are listed. An attacker's million of them would bury what matters.
const LISTED: usize = 50;

/// Adds a fault. The last one that fits says that there are more.
pub(crate) fn tell(faults: &mut Vec<Fault>, line: usize, message: impl Into<String>) {
    let message = match faults.len() {
        len if len < LISTED => message.into(),
        LISTED => format!("more faults follow; the first {LISTED} are listed"),
        _ => return,
    };
    faults.push(Fault { line, message });
}

/// Text from a file, cut to what fits into a message.
pub(crate) fn shown(text: &str) -> String {
    const LENGTH: usize = 80;
    match text.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_faults_are_not_listed() {
        let mut faults = Vec::new();
        for line in 0..1000 {
            tell(&mut faults, line, "wrong");
        }
        assert_eq!(faults.len(), LISTED + 1);
        assert!(faults.last().unwrap().message.starts_with("more faults"));
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(shown("äö"), "äö");
        assert_eq!(shown(&"ä".repeat(90)).chars().count(), 81);
    }
}
