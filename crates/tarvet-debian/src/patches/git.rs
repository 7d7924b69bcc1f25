//! git's extended headers, which GNU patch obeys and dpkg-source takes for comments.

use bstr::BString;

use super::names;

/// What the lines since the last `diff --git` said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GitHeader {
    /// The number of the `diff --git` line, from 1.
    pub line: usize,
    /// The two names, without their first component; `None` if the line does not have exactly two.
    pub names: Option<(BString, BString)>,
    /// The mode of the old file, octal.
    pub old_mode: Option<u32>,
    /// The mode of the new file, octal.
    pub new_mode: Option<u32>,
    /// `rename from` or `rename to`.
    pub renames: bool,
    /// `copy from` or `copy to`.
    pub copies: bool,
    /// `new file mode`.
    pub creates: bool,
    /// `deleted file mode`.
    pub deletes: bool,
}

/// What a line meant.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// A new `diff --git`.
    Start,
    /// One of the headers.
    Header,
    /// `GIT binary patch`: contents follow, which GNU patch refuses to write.
    Binary,
    /// Nothing of git's.
    Other,
}

impl GitHeader {
    /// Does it alone make GNU patch do something, without any hunk?
    pub fn acts(&self) -> bool {
        self.renames
            || self.copies
            || self.creates
            || self.deletes
            || self.old_mode.is_some()
            || self.new_mode.is_some()
    }

    /// The start of a new section. `line` is without indentation.
    pub(super) fn start(line: &[u8], number: usize) -> Option<Self> {
        let rest = line.strip_prefix(b"diff --git ")?;
        Some(GitHeader {
            line: number,
            names: names::git_pair(rest),
            ..GitHeader::default()
        })
    }

    /// Reads a line after `diff --git`, without indentation.
    pub(super) fn read(&mut self, line: &[u8]) -> Read {
        if line.starts_with(b"diff --git ") {
            return Read::Start;
        }
        if line.starts_with(b"GIT binary patch") {
            return Read::Binary;
        }
        if let Some(rest) = line.strip_prefix(b"old mode ") {
            self.old_mode = mode(rest);
        } else if let Some(rest) = line.strip_prefix(b"new mode ") {
            self.new_mode = mode(rest);
        } else if let Some(rest) = line.strip_prefix(b"new file mode ") {
            self.new_mode = mode(rest);
            self.creates = true;
        } else if let Some(rest) = line.strip_prefix(b"deleted file mode ") {
            self.old_mode = mode(rest);
            self.deletes = true;
        } else if line.starts_with(b"rename from ") || line.starts_with(b"rename to ") {
            self.renames = true;
        } else if line.starts_with(b"copy from ") || line.starts_with(b"copy to ") {
            self.copies = true;
        } else {
            return Read::Other;
        }
        Read::Header
    }
}

/// An octal mode; one that cannot be read counts as 0, for the line was there.
fn mode(text: &[u8]) -> Option<u32> {
    let digits = text
        .iter()
        .take_while(|byte| (b'0'..=b'7').contains(byte))
        .take(8);
    Some(digits.fold(0, |mode, digit| mode * 8 + u32::from(digit - b'0')))
}
