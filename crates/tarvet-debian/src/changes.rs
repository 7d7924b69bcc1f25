//! The `.changes` of an upload (deb-changes(5)), as far as it leads to the `.dsc`.

use crate::clearsign::{self, Note};
use crate::dsc::{AGAIN, Fault, FaultKind, Faults, ListedFile, Stanza, is_source_name, lists, shown};
use crate::version::Version;

/// What a `.changes` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    /// Source: the name of the source package.
    pub source: String,
    /// Version of the upload.
    pub version: Version,
    /// The only `.dsc` among the files.
    pub dsc: ListedFile,
    /// All files, in the order of Files.
    pub files: Vec<ListedFile>,
}

/// What came out of reading a `.changes`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading<'a> {
    /// What it says. `None` where it can be read in two ways or not at all; then there is a fault that says why.
    pub changes: Option<Changes>,
    /// The text that was read and its signature. `None` where the frame was refused.
    pub note: Option<Note<'a>>,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
}

const MALFORMED: FaultKind = FaultKind::ChangesMalformed;

impl Changes {
    /// Reads the bytes of a `.changes`; `file` names it in faults. No signature is verified.
    pub fn read<'a>(file: &str, bytes: &'a [u8]) -> Reading<'a> {
        let note = match clearsign::take_apart(file, bytes) {
            Ok(note) => note,
            Err(fault) => {
                return Reading {
                    changes: None,
                    note: None,
                    faults: vec![fault],
                };
            }
        };
        let mut faults = Faults::of(file);
        let changes = Stanza::read(note.text, note.first_line, MALFORMED, &mut faults)
            .and_then(|stanza| Self::of(&stanza, &mut faults));
        Reading {
            changes,
            note: Some(note),
            faults: faults.found,
        }
    }

    fn of(stanza: &Stanza<'_>, faults: &mut Faults<'_>) -> Option<Self> {
        let source = stanza.required("Source", MALFORMED, faults);
        let version = stanza.required("Version", MALFORMED, faults);
        let files = lists(stanza, 5, MALFORMED, faults)?;
        // A binary-only upload says `Source: foo (1.0-1)`.
        let source = source?.split(' ').next().unwrap_or_default();
        if !is_source_name(source) {
            let message = format!("Source ought to name one package, found {}", shown(source));
            faults.push(MALFORMED, None, message, AGAIN);
            return None;
        }
        let version = match Version::parse(version?) {
            Ok(version) => version,
            Err(why) => {
                faults.push(MALFORMED, None, format!("Version: {why}"), AGAIN);
                return None;
            }
        };
        let mut described = files.iter().filter(|file| file.name.ends_with(".dsc"));
        let (Some(dsc), None) = (described.next().cloned(), described.next()) else {
            let message = "one .dsc was expected among the files";
            let help = "a binary-only upload has no source to look at; give the .dsc itself";
            faults.push(MALFORMED, None, message, help);
            return None;
        };
        Some(Changes {
            source: source.to_owned(),
            version,
            dsc,
            files,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MD5: &str = "d41d8cd98f00b204e9800998ecf8427e";

    fn text(names: &[&str]) -> String {
        let list = |digest: &str, middle: &str| -> String {
            names
                .iter()
                .map(|name| format!(" {digest} 0 {middle}{name}\n"))
                .collect()
        };
        let (sha1, sha256) = ("0".repeat(40), "0".repeat(64));
        format!(
            "Format: 1.8\nSource: foo\nBinary: foo\nVersion: 1.0-1\nChanges:\n foo (1.0-1)\n .\n   * x\n\
             Checksums-Sha1:\n{}Checksums-Sha256:\n{}Files:\n{}",
            list(&sha1, ""),
            list(&sha256, ""),
            list(MD5, "misc optional ")
        )
    }

    #[test]
    fn the_dsc_is_found() {
        let text = text(&["foo_1.0-1.dsc", "foo_1.0-1_amd64.deb"]);
        let reading = Changes::read("foo.changes", text.as_bytes());
        assert_eq!(reading.faults, []);
        let changes = reading.changes.unwrap();
        assert_eq!(
            (changes.source.as_str(), changes.dsc.name.as_str()),
            ("foo", "foo_1.0-1.dsc")
        );
        assert_eq!(changes.files.len(), 2);
    }

    #[test]
    fn none_or_two_or_a_path() {
        for (names, kind) in [
            (&["foo_1.0-1_amd64.deb"][..], MALFORMED),
            (&["a.dsc", "b.dsc"], MALFORMED),
            (&["../a.dsc"], FaultKind::FileNameUnsafe),
        ] {
            let text = text(names);
            let reading = Changes::read("foo.changes", text.as_bytes());
            assert_eq!(reading.changes, None);
            assert_eq!(reading.faults[0].kind, kind);
        }
    }

    #[test]
    fn spoiled() {
        let good = text(&["foo_1.0-1.dsc"]);
        for bad in [
            good.replace("misc optional ", "misc "),
            good.replace("Source: foo", "Source: ../foo"),
            good.replace("Version: 1.0-1", "Version: x"),
            good.clone() + "\nFiles:\n",
            good.replace("Files:\n", "Files:\nFiles:\n"),
            String::new(),
        ] {
            let reading = Changes::read("foo.changes", bad.as_bytes());
            assert!(reading.changes.is_none() && !reading.faults.is_empty(), "{bad}");
        }
    }
}
