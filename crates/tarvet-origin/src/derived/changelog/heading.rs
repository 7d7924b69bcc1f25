//! The lines that begin an entry.

use bstr::ByteSlice;

/// A line that says which commit an entry is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heading<'a> {
    /// `commit ID`
    Commit(&'a [u8]),
    /// `Author: Name <address>`
    Author(&'a [u8]),
    /// `Commit: Name <address>`
    Person(&'a [u8]),
    /// `Date:`, `AuthorDate:` or `CommitDate:`
    Date(&'a [u8]),
    /// `Merge: ID ID`
    Merge(&'a [u8]),
    /// `2026-01-31  Name  <address>`
    Gnu {
        /// The day.
        day: &'a [u8],
        /// The name.
        name: &'a [u8],
        /// The address, without angle brackets.
        email: &'a [u8],
    },
    /// `+ commit ID`, below a GNU heading.
    Id(&'a [u8]),
}

/// Reads such a line; None for any other. It must begin at the start of the line, but for the last kind.
pub fn read(line: &[u8]) -> Option<Heading<'_>> {
    if let Some(id) = line.strip_prefix(b"\t+ commit ") {
        return is_id(id).then_some(Heading::Id(id));
    }
    if let Some(id) = line.strip_prefix(b"commit ") {
        return is_id(id).then_some(Heading::Commit(id));
    }
    for (word, kind) in [
        ("Author:", Heading::Author as fn(_) -> _),
        ("AuthorDate:", Heading::Date),
        ("CommitDate:", Heading::Date),
        ("Commit:", Heading::Person),
        ("Date:", Heading::Date),
        ("Merge:", Heading::Merge),
    ] {
        if let Some(value) = line.strip_prefix(word.as_bytes()) {
            return Some(kind(value.trim()));
        }
    }
    gnu(line)
}

/// Whether a line begins an entry, so that what comes before it is done.
pub fn starts_entry(line: &[u8]) -> bool {
    match read(line) {
        Some(Heading::Commit(_) | Heading::Gnu { .. }) => true,
        // Where the commit lines were taken out, the author begins; where not, nothing is lost by asking again.
        Some(Heading::Author(_)) => true,
        _ => false,
    }
}

fn gnu(line: &[u8]) -> Option<Heading<'_>> {
    let (day, rest) = line.split_at_checked(10)?;
    if !day.iter().all(|&byte| byte.is_ascii_digit() || byte == b'-') {
        return None;
    }
    let rest = rest.strip_prefix(b"  ")?;
    let rest = rest.strip_suffix(b"  (tiny change)").unwrap_or(rest);
    let (name, email) = rest.strip_suffix(b">")?.rsplit_once_str(b" <")?;
    Some(Heading::Gnu {
        day,
        name: name.trim(),
        email,
    })
}

fn is_id(text: &[u8]) -> bool {
    (7..=64).contains(&text.len()) && text.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
