//! The `.dsc`: what a source package consists of (dsc(5)).
//!
//! Stricter than dpkg-source: whatever that refuses is refused here, and what it lets pass with a shrug, such as a
//! missing Format or a file listed twice, is a fault, because other readers of the same file need not agree with it.

mod fault;
mod lists;
mod stanza;
mod vcs;

pub use fault::{Fault, FaultKind};
pub use lists::ListedFile;
pub use vcs::VcsGit;

pub(crate) use fault::{Faults, shown};
pub(crate) use lists::read as lists;
pub(crate) use stanza::{AGAIN, Stanza};

use crate::clearsign::{self, Note};
use crate::version::Version;

/// A source format, deb-src-control(5) and dpkg-source(1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    /// `1.0`: an upstream tarball and a diff, or a native tarball.
    V1,
    /// `3.0 (quilt)`.
    Quilt,
    /// `3.0 (native)`.
    Native,
    /// Any other; dpkg-source has `2.0`, `3.0 (git)`, `3.0 (bzr)` and `3.0 (custom)`.
    Other(String),
}

impl Format {
    /// Reads the field Format, or the first line of debian/source/format.
    pub fn parse(text: &str) -> Self {
        match text {
            "1.0" => Self::V1,
            "3.0 (quilt)" => Self::Quilt,
            "3.0 (native)" => Self::Native,
            other => Self::Other(shown(other)),
        }
    }

    /// As the field spells it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::V1 => "1.0",
            Self::Quilt => "3.0 (quilt)",
            Self::Native => "3.0 (native)",
            Self::Other(text) => text,
        }
    }
}

/// What a `.dsc` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dsc {
    /// Format.
    pub format: Format,
    /// Source: the package's name.
    pub source: String,
    /// Version.
    pub version: Version,
    /// Binary: names of the binary packages.
    pub binary: Vec<String>,
    /// Homepage, raw.
    pub homepage: Option<String>,
    /// Vcs-Git, raw.
    pub vcs_git: Option<VcsGit>,
    /// The files, in the order of Files.
    pub files: Vec<ListedFile>,
}

/// What came out of reading a `.dsc`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading<'a> {
    /// What it says. `None` where it can be read in two ways or not at all; then there is a fault that says why.
    pub dsc: Option<Dsc>,
    /// The text that was read and its signature. `None` where the frame was refused.
    pub note: Option<Note<'a>>,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
}

const MALFORMED: FaultKind = FaultKind::DscMalformed;

impl Dsc {
    /// Reads the bytes of a `.dsc`; `file` names it in faults. No signature is verified: see [`Note::signature`].
    pub fn read<'a>(file: &str, bytes: &'a [u8]) -> Reading<'a> {
        let note = match clearsign::take_apart(file, bytes) {
            Ok(note) => note,
            Err(fault) => {
                return Reading {
                    dsc: None,
                    note: None,
                    faults: vec![fault],
                };
            }
        };
        let mut faults = Faults::of(file);
        let dsc = Stanza::read(note.text, note.first_line, MALFORMED, &mut faults)
            .and_then(|stanza| Self::of(&stanza, &mut faults));
        Reading {
            dsc,
            note: Some(note),
            faults: faults.found,
        }
    }

    fn of(stanza: &Stanza<'_>, faults: &mut Faults<'_>) -> Option<Self> {
        let format = stanza.required("Format", MALFORMED, faults);
        let source = stanza.required("Source", MALFORMED, faults);
        let version = stanza.required("Version", MALFORMED, faults);
        let files = lists(stanza, 3, MALFORMED, faults);
        if let Some(name) = source
            && !is_source_name(name)
        {
            let message = format!("Source ought to name one package, found {}", shown(name));
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
        let text = |name: &str| stanza.get(name).map(stanza::Field::folded);
        let binary = text("binary").unwrap_or_default();
        Some(Dsc {
            format: Format::parse(format?),
            source: source?.to_owned(),
            version,
            binary: binary
                .split([',', ' '])
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect(),
            homepage: text("homepage").filter(|url| !url.is_empty()),
            vcs_git: text("vcs-git").and_then(|value| VcsGit::parse(&value)),
            files: files?,
        })
    }

    /// The listed file of that name.
    pub fn file(&self, name: &str) -> Option<&ListedFile> {
        self.files.iter().find(|file| file.name == name)
    }
}

/// Dpkg::Package: lower-case letters, digits and `-+.`, beginning with a letter or digit.
pub(crate) fn is_source_name(name: &str) -> bool {
    let plain = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9');
    name.as_bytes().first().is_some_and(plain)
        && name.bytes().all(|byte| plain(&byte) || b"-+.".contains(&byte))
        && name.len() <= 200
}

#[cfg(test)]
mod tests;
