//! Splits an `aclocal.m4` into what aclocal wrote itself, the macro files it copied, and whatever else is there.
//!
//! aclocal writes a preamble, then each macro file from outside the package, without its lines that begin with `##` and
//! followed by an empty line, then an `m4_include` for each macro file of the package (automake, `bin/aclocal`:
//! `write_aclocal` and `scan_file`). Nothing is skipped or normalised: a byte is in one of these or it is left over.

mod preamble;

use bstr::{BStr, BString, ByteSlice};

use crate::known::{Known, Tables};

/// How often the length of a file may be digested to recognise its parts: once, if it is honest.
const DIGESTED: usize = 8;

/// How an `aclocal.m4` is put together.
#[derive(Debug, Clone, Default)]
pub struct Split {
    /// The version of aclocal, as the preamble gives it.
    pub aclocal: Option<String>,
    /// The published files it copied.
    pub parts: Vec<Known>,
    /// Macro files of the package that it copied, as the caller named them.
    pub own: Vec<BString>,
    /// The files it includes, relative to its directory.
    pub included: Vec<BString>,
    /// Lines that are none of these.
    pub leftover: Vec<Leftover>,
}

/// Lines in a row that nothing explains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    /// The first line, counted from 1.
    pub first: usize,
    /// The last line.
    pub last: usize,
    /// The text.
    pub text: BString,
}

/// A macro file of the package: its path, and its contents.
pub type OwnFile<'a> = (&'a BStr, &'a [u8]);

/// Splits `content`. Linear in its length and in that of `own`, which are the package's macro files that are accounted for.
pub fn split(content: &[u8], tables: &Tables, own: &[OwnFile<'_>]) -> Split {
    let own: Vec<(&BStr, Vec<u8>)> = own
        .iter()
        .map(|(path, content)| (*path, without_comments_for_aclocal(content)))
        .filter(|(_, content)| !content.trim_ascii().is_empty())
        .collect();
    let mut split = Split::default();
    let Some((version, length)) = preamble::read(content) else {
        split.leave(content, 1);
        return split;
    };
    split.aclocal = Some(version);
    let mut rest = content.get(length..).unwrap_or_default();
    let mut budget = content.len().saturating_mul(DIGESTED);
    let mut line = 1 + count_lines(content, rest);
    while !rest.is_empty() {
        let length = split.next(rest, line, (tables, &mut budget), &own);
        let (done, after) = rest.split_at_checked(length.max(1)).unwrap_or((rest, &[]));
        line += done.find_iter("\n").count();
        rest = after;
    }
    split
}

fn count_lines(content: &[u8], rest: &[u8]) -> usize {
    let done = content.len() - rest.len();
    content.get(..done).unwrap_or_default().find_iter("\n").count()
}

impl Split {
    /// Takes what begins here and says how long it is.
    fn next(
        &mut self,
        rest: &[u8],
        line: usize,
        (tables, budget): (&Tables, &mut usize),
        own: &[(&BStr, Vec<u8>)],
    ) -> usize {
        if rest.starts_with(b"\n") {
            return 1;
        }
        if let Some((path, length)) = include(rest) {
            self.included.push(path.to_owned());
            return length;
        }
        if let Some(part) = tables
            .parts(rest, budget)
            .filter(|part| ends_line(rest, part.len))
        {
            self.parts.push(part.known);
            return part.len;
        }
        let begins =
            |(_, content): &&(&BStr, Vec<u8>)| rest.starts_with(content) && ends_line(rest, content.len());
        if let Some((path, content)) = own.iter().filter(begins).max_by_key(|(_, content)| content.len()) {
            self.own.push((*path).to_owned());
            return content.len();
        }
        let length = rest.find_byte(b'\n').map_or(rest.len(), |end| end + 1);
        self.leave(rest.get(..length).unwrap_or(rest), line);
        length
    }

    fn leave(&mut self, text: &[u8], line: usize) {
        match self.leftover.last_mut().filter(|last| last.last + 1 == line) {
            Some(last) => {
                last.last = line;
                last.text.extend_from_slice(text);
            }
            None => self.leftover.push(Leftover {
                first: line,
                last: line,
                text: text.into(),
            }),
        }
    }
}

/// A copied file ends with a whole line: no text may be glued to it.
fn ends_line(rest: &[u8], length: usize) -> bool {
    let last = length.checked_sub(1).and_then(|last| rest.get(last));
    last == Some(&b'\n') || matches!(rest.get(length), None | Some(b'\n'))
}

/// `m4_include([m4/foo.m4])` on a line of its own, with nothing in the path that m4 would read as more than a path.
fn include(rest: &[u8]) -> Option<(&BStr, usize)> {
    let path = rest.strip_prefix(b"m4_include([")?;
    let end = path.find_byte(b'\n')?;
    let path = path.get(..end)?.strip_suffix(b"])")?;
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._+-~".contains(byte);
    let sound = !path.is_empty() && path.iter().all(plain);
    sound.then_some((path.as_bstr(), b"m4_include([".len() + end + 1))
}

/// aclocal drops the lines that begin with `##`.
fn without_comments_for_aclocal(content: &[u8]) -> Vec<u8> {
    let lines = content.split_inclusive(|byte| *byte == b'\n');
    lines
        .filter(|line| !line.starts_with(b"##"))
        .flatten()
        .copied()
        .collect()
}

#[cfg(test)]
mod tests;
