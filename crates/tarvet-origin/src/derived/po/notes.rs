//! The comments of a merged catalogue.
//!
//! No program acts on them, but a tarball's build could read them: so they hold what msgmerge writes there and no more.

use std::collections::BTreeSet;

use bstr::{BStr, ByteSlice};

use super::Texts;

/// The longest word of a list of places in the sources.
const LONGEST: usize = 300;

/// Whether each comment is one that msgmerge writes: the translators' have the source's words, or the name of a directory
/// of the member's; places and flags are of a strict form. Comments taken from the program's sources are free text.
pub fn check(path: &BStr, merged: &[u8], source: &[u8], texts: &Texts) -> Option<()> {
    let mut own = Vocabulary::default();
    own.learn(path);
    for line in source
        .lines()
        .map(|line| line.trim())
        .filter(|line| is_translators(line))
    {
        own.learn(&texts.source(line)?);
    }
    let mut comments = merged
        .lines()
        .map(|line| line.trim())
        .filter(|line| line.starts_with(b"#"));
    comments.all(|line| is_sound(line, &own, texts)).then_some(())
}

/// The words and the marks of some texts.
#[derive(Default)]
struct Vocabulary {
    words: BTreeSet<Vec<u8>>,
    marks: BTreeSet<u8>,
}

impl Vocabulary {
    fn learn(&mut self, text: &[u8]) {
        self.words.extend(words(text).map(<[u8]>::to_vec));
        self.marks.extend(text.iter().filter(|byte| is_mark(byte)));
    }

    fn has(&self, text: &[u8]) -> bool {
        let mut marks = text.iter().filter(|byte| is_mark(byte));
        words(text).all(|word| self.words.contains(word)) && marks.all(|mark| self.marks.contains(mark))
    }
}

/// The runs of letters and digits of ASCII, and those of other letters.
fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let runs =
        text.chunk_by(|left, right| left.is_ascii() == right.is_ascii() && is_mark(left) == is_mark(right));
    runs.filter(|run| !run.first().is_some_and(is_mark))
}

/// Whether a byte parts words.
fn is_mark(byte: &u8) -> bool {
    byte.is_ascii() && !byte.is_ascii_alphanumeric()
}

/// Whether a line is a translator's comment.
fn is_translators(line: &[u8]) -> bool {
    matches!(line, [b'#'] | [b'#', b' ' | b'\t', ..])
}

fn is_sound(line: &[u8], own: &Vocabulary, texts: &Texts) -> bool {
    let rest = line.get(2..).unwrap_or_default();
    match line.get(1) {
        None => true,
        // An entry out of use, which was parsed as such.
        Some(b'~') => true,
        Some(b'.') => !rest.iter().any(|&byte| byte.is_ascii_control() && byte != b'\t'),
        Some(b'|') => matches!(rest.trim_start().first(), Some(b'm' | b'"')),
        Some(b':') => rest.fields().all(is_place),
        Some(b',' | b'=') => rest
            .iter()
            .all(|&byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b" ,-+.:".contains(&byte)),
        Some(b' ' | b'\t') => texts.merged(line).is_some_and(|line| own.has(&line)),
        Some(_) => false,
    }
}

/// Whether a word is a path, perhaps with a line's number.
fn is_place(word: &[u8]) -> bool {
    // Paths with white space stand between U+2068 and U+2069.
    word.len() <= LONGEST
        && word
            .iter()
            .all(|&byte| byte.is_ascii_alphanumeric() || b"./_-+:,@~()<>=\xe2\x81\xa8\xa9".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_sound(merged: &str) -> bool {
        let source = b"# Ann\n#\nmsgid \"a\"\nmsgstr \"b\"\n";
        check("hello-x/po/de.po".into(), merged.as_bytes(), source, &Texts::Same).is_some()
    }

    #[test]
    fn what_msgmerge_writes_is_sound() {
        for line in [
            "# Ann",
            "# Ann hello-x.",
            "#",
            "#: src/a.c:12 b.c",
            "#, fuzzy, c-format, range: 1..5",
            "#| msgid \"x\"",
            "#. Note this",
            "#~ msgid \"x\"",
        ] {
            assert!(is_sound(line), "{line}");
        }
    }

    #[test]
    fn what_an_attacker_writes_is_not() {
        for line in [
            "# Eve", "#: $(id)", "#: a;b", "#, $x", "#!x", "#|$(id)", "#. \u{1}", "# Ann$", "#\"x\"",
        ] {
            assert!(!is_sound(line), "{line}");
        }
    }
}
