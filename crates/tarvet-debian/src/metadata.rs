//! `debian/upstream/metadata`: where upstream says its repository is.
//!
//! YAML (DEP-12), of which three values are read. An attacker's YAML can nest until the reader's stack ends and alias
//! until memory does, so a file that does either is not read at all, and says so.

use bstr::ByteSlice;
use saphyr::{LoadableYamlNode, Yaml};

use crate::fault::{Fault, shown, tell};

/// Where the file is.
pub const PLACE: &str = "debian/upstream/metadata";

/// What is read of it. Values are the packager's word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// `Name`: what upstream calls its work.
    pub name: Option<String>,
    /// `Repository`: URL for cloning.
    pub repository: Option<String>,
    /// `Repository-Browse`: URL for people.
    pub repository_browse: Option<String>,
    /// What is wrong with the file.
    pub faults: Vec<Fault>,
}

/// Longest file that is read, in bytes. The longest of Debian's archive has a tenth.
const LENGTH: usize = 256 << 10;
/// Columns that a line may be indented by, and sequence or key signs that it may begin with: the depth of nesting.
const INDENT: usize = 100;
const SIGNS: usize = 32;
/// Aliases in a file that has anchors. Each may copy the whole file.
const ALIASES: usize = 16;

impl Metadata {
    /// Reads the file.
    pub fn parse(text: &[u8]) -> Self {
        let mut read = Self::default();
        let text = match text.to_str() {
            Ok(text) => text,
            Err(_) => {
                tell(&mut read.faults, 0, "expected UTF-8; convert the file");
                return read;
            }
        };
        if let Err((line, message)) = bounded(text) {
            tell(&mut read.faults, line, message);
            return read;
        }
        match Yaml::load_from_str(text) {
            Ok(documents) => read.documents(&documents),
            Err(error) => tell(
                &mut read.faults,
                error.marker().line(),
                format!("expected YAML: {}", shown(&error.to_string())),
            ),
        }
        read
    }

    fn documents(&mut self, documents: &[Yaml<'_>]) {
        let Some((first, more)) = documents.split_first() else {
            return tell(
                &mut self.faults,
                0,
                "the file is empty; remove it, or add Repository",
            );
        };
        if !more.is_empty() {
            tell(
                &mut self.faults,
                0,
                "more than one YAML document; the first is read",
            );
        }
        if first.as_mapping().is_none() {
            return tell(
                &mut self.faults,
                0,
                "expected a mapping such as \"Repository: URL\"",
            );
        }
        self.name = self.value(first, "Name");
        self.repository = self.value(first, "Repository");
        self.repository_browse = self.value(first, "Repository-Browse");
    }

    fn value(&mut self, mapping: &Yaml<'_>, key: &str) -> Option<String> {
        let value = mapping.as_mapping_get(key)?;
        let Some(text) = value.as_str().map(str::trim) else {
            tell(
                &mut self.faults,
                0,
                format!("{key}: expected one line of text, found something else"),
            );
            return None;
        };
        (!text.is_empty()).then(|| text.to_owned())
    }
}

/// Can the file be read without danger? If not: where it cannot, and why.
fn bounded(text: &str) -> Result<(), (usize, String)> {
    if text.len() > LENGTH {
        return Err((0, format!("longer than {LENGTH} bytes; the file is not read")));
    }
    let (mut anchors, mut aliases) = (0, 0);
    for (index, line) in text.lines().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let mut signs = 0;
        for word in line.split_whitespace() {
            let word = word.trim_start_matches(['[', '{', ',']);
            signs += usize::from(matches!(word, "-" | "?" | ":"));
            anchors += usize::from(word.len() > 1 && word.starts_with('&'));
        }
        // Within brackets nothing need stand between two of them.
        aliases += line.bytes().filter(|byte| *byte == b'*').count();
        if indent > INDENT || signs > SIGNS {
            return Err((index + 1, "nested too deep; the file is not read".into()));
        }
    }
    if anchors > 0 && aliases > ALIASES {
        return Err((0, "anchors and too many aliases; the file is not read".into()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_values() {
        let read = Metadata::parse(
            b"---\n# c\nName: 'He said: x'\nRepository: https://example.org/x.git\nRepository-Browse: \"https://example.org/x\"\n\
              Reference:\n - Author: A & B\n   Title: >\n     long\n     text\nBug-Database: https://b\n",
        );
        assert_eq!(read.faults, []);
        assert_eq!(read.name.as_deref(), Some("He said: x"));
        assert_eq!(read.repository.as_deref(), Some("https://example.org/x.git"));
        assert_eq!(read.repository_browse.as_deref(), Some("https://example.org/x"));
    }

    #[test]
    fn what_is_wrong_is_told() {
        for text in [
            &b""[..],
            b"# only\n",
            b"- a\n",
            b"Repository: [a]\n",
            b"Repository: a\nRepository: b\n",
            b"Repository: 'a\n",
            b"Name: \xff\n",
            b"a: b\n---\nc: d\n",
            b"Repository: 5\n",
        ] {
            let read = Metadata::parse(text);
            assert_eq!(read.faults.len(), 1, "{}", text.as_bstr());
            assert_eq!(read.repository, None, "{}", text.as_bstr());
        }
        assert_eq!(Metadata::parse(b"Repository:\n").repository, None);
    }

    #[test]
    fn bombs_do_not_go_off() {
        let bombs = [
            "- ".repeat(50_000),
            (0..5_000)
                .map(|depth| " ".repeat(depth % 3000) + "- a:\n")
                .collect(),
            "[".repeat(200_000),
            "{a: ".repeat(60_000),
            format!(
                "a: &a \"{}\\x41\"\nb: [{}*a]",
                "x".repeat(60_000),
                "*a,".repeat(60_000)
            ),
            "? ".repeat(50_000),
            "x".repeat(LENGTH + 1),
        ];
        for bomb in &bombs {
            assert_eq!(
                Metadata::parse(bomb.as_bytes()).faults.len(),
                1,
                "{}",
                shown(bomb)
            );
        }
        let text = format!(
            "Reference:\n  Abstract: {}\nRepository: a\n",
            "so - and * ".repeat(20)
        );
        assert_eq!(Metadata::parse(text.as_bytes()).repository.as_deref(), Some("a"));
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(text in "([-a:?&*{}\\[\\]|>'\"!#%@,\\\\ \n]|Repository: ){0,60}") {
            Metadata::parse(text.as_bytes());
        }
    }
}
