//! The field Vcs-Git (Debian Policy 5.6.26).

/// Where the packaging is kept: `URL [-b BRANCH] [\[PATH\]]`. Raw text; nothing is fetched from there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VcsGit {
    /// The repository.
    pub url: String,
    /// The branch, where one is named.
    pub branch: Option<String>,
    /// The directory inside the repository, where one is named.
    pub path: Option<String>,
}

impl VcsGit {
    /// Takes the value apart; None where it is empty. Words that have no meaning there are passed over.
    pub fn parse(value: &str) -> Option<Self> {
        let mut words = value.split_ascii_whitespace();
        let mut found = VcsGit {
            url: words.next()?.to_owned(),
            branch: None,
            path: None,
        };
        while let Some(word) = words.next() {
            if word == "-b" {
                found.branch = words.next().map(str::to_owned);
            } else if let Some(path) = word.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                found.path = Some(path.to_owned());
            }
        }
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::VcsGit;

    #[test]
    fn the_four_forms() {
        let form = |value| VcsGit::parse(value).map(|vcs| (vcs.url, vcs.branch, vcs.path));
        let (url, main, sub) = (
            "https://x/y.git".to_owned(),
            Some("main".to_owned()),
            Some("a/b".to_owned()),
        );
        assert_eq!(form("https://x/y.git"), Some((url.clone(), None, None)));
        assert_eq!(
            form("https://x/y.git -b main"),
            Some((url.clone(), main.clone(), None))
        );
        assert_eq!(
            form("https://x/y.git [a/b]"),
            Some((url.clone(), None, sub.clone()))
        );
        assert_eq!(
            form("https://x/y.git -b main [a/b]"),
            Some((url.clone(), main, sub))
        );
        assert_eq!(form("https://x/y.git -b"), Some((url, None, None)));
        assert_eq!(form("  "), None);
    }
}
