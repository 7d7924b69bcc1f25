//! The first entry of debian/changelog (deb-changelog(5)).

use crate::dsc::{Fault, FaultKind, shown};
use crate::version::Version;

/// Where the first entry has to have begun, in bytes.
const HEAD: usize = 64 << 10;

/// What the first line of a changelog says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The source package.
    pub package: String,
    /// Its version.
    pub version: Version,
    /// Where it is uploaded to; `UNRELEASED` while it is worked on.
    pub distributions: Vec<String>,
}

/// Reads the first entry of `text`; `file` names it in the fault.
///
/// dpkg-parsechangelog warns of a bad first line and takes the next good one. Which version is being built must not
/// hang on that, so here the first line that is neither blank nor a comment is the entry or the file is at fault.
pub fn first(file: &str, text: &[u8]) -> Result<Entry, Fault> {
    let head = text.get(..HEAD).unwrap_or(text);
    let mut lines = head.split(|byte| *byte == b'\n').enumerate();
    let fault = |line: Option<usize>, found: String| {
        let message = format!("NAME (VERSION) DISTRIBUTION; urgency=… was expected, found {found}");
        let help = "the newest entry comes first; see deb-changelog(5), or use dch";
        Fault::new(FaultKind::ChangelogMalformed, file, line, message, help)
    };
    let Some((at, line)) = lines.find(|(_, line)| !is_skipped(line)) else {
        return Err(fault(None, "nothing".to_owned()));
    };
    let bad = |why: String| fault(Some(at + 1), why);
    entry(line).map_err(|why| bad(why.unwrap_or_else(|| shown(line))))
}

/// Blank lines and the comments that dpkg passes over.
fn is_skipped(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    let keyword = line.starts_with(b"$") && line.ends_with(b"$") && line.contains(&b':');
    let comment = line.starts_with(b"/*") && line.ends_with(b"*/");
    line.is_empty() || line.starts_with(b"# ") || keyword || comment
}

fn entry(line: &[u8]) -> Result<Entry, Option<String>> {
    let line = std::str::from_utf8(line).map_err(|_| None)?;
    let (package, rest) = line.split_once(" (").ok_or(None)?;
    let (version, rest) = rest.split_once(')').ok_or(None)?;
    let (distributions, _) = rest.split_once(';').ok_or(None)?;
    let plain = |word: &str| {
        word.chars()
            .all(|c| c.is_ascii_alphanumeric() || "-+.".contains(c))
    };
    let words: Vec<&str> = distributions.split_ascii_whitespace().collect();
    let named = package.starts_with(|c: char| c.is_ascii_alphanumeric()) && plain(package);
    if !named
        || !distributions.starts_with([' ', '\t'])
        || words.is_empty()
        || !words.iter().all(|word| plain(word))
    {
        return Err(None);
    }
    Ok(Entry {
        package: package.to_owned(),
        version: Version::parse(version).map_err(Some)?,
        distributions: words.into_iter().map(str::to_owned).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn honest() {
        for text in [
            "foo (1:2.0-1) unstable; urgency=medium\n\n  * x\n",
            "\n\n# comment\n$Id: x $\nfoo (1:2.0-1) unstable; urgency=low\n",
            "foo (1:2.0-1) unstable;urgency=low",
            "foo (1:2.0-1)  unstable ; urgency=low\r\n",
        ] {
            let entry = first("debian/changelog", text.as_bytes()).unwrap();
            assert_eq!(
                (entry.package.as_str(), entry.version.as_str()),
                ("foo", "1:2.0-1")
            );
            assert_eq!(entry.distributions, ["unstable"]);
        }
        let two = first("x", b"g++-x (1) stable testing; urgency=low").unwrap();
        assert_eq!(two.distributions.len(), 2);
    }

    #[test]
    fn bad() {
        for text in [
            "",
            "\n\n",
            "  * x\nfoo (1.0) unstable; urgency=low\n",
            "garbage\nfoo (1.0) unstable; urgency=low\n",
            "foo (1.0); urgency=low",
            "foo 1.0 unstable; urgency=low",
            "foo (1.0) unstable",
            "foo (x) unstable; a=b",
            "foo (1.0)unstable; a=b",
            "../foo (1.0) unstable; a=b",
            "foo () unstable; a=b",
            "-foo (1.0) unstable; a=b",
            "foo (1.0 ) unstable; a=b",
        ] {
            let fault = first("debian/changelog", text.as_bytes()).unwrap_err();
            assert_eq!(fault.kind, FaultKind::ChangelogMalformed, "{text}");
        }
        let fault = first("debian/changelog", b"\n\nbad\n").unwrap_err();
        assert_eq!((fault.line, fault.file.as_str()), (Some(3), "debian/changelog"));
        assert!(first("x", &vec![b'\n'; HEAD * 2]).is_err());
    }

    proptest! {
        #[test]
        fn any_text(text in "[ -~\n]{0,60}") {
            let _ = first("x", text.as_bytes());
        }
    }
}
