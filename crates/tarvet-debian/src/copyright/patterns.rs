//! The globs of Files-Excluded and Files-Included, and what they match.
//!
//! mk-origtargz makes a regular expression of each glob G and removes a member whose name matches
//! `^([^/]*/)?G(/.*)?$`: one leading directory may be there, and a directory takes its contents with it. A member in
//! which a Files-Included glob occurs (anywhere: that match is not anchored) stays, and so does a directory entry whose
//! excluding glob occurs in the text of an included one. The names are those that `tar -t` prints.
//!
//! Globs without wildcards, of which honest packages have thousands, are looked up by the name and its parents; the others
//! are tried one after the other.

use std::borrow::Cow;
use std::collections::HashMap;

use bstr::{BStr, ByteSlice};

use crate::fault::{Fault, shown, tell};
use crate::glob::{Token, matches, occurs};

/// Wildcard globs of a field that count, in bytes together: each is compared with each name. Plain names
/// are not limited.
const WILDCARD_BYTES: usize = 4 << 10;
/// Pairs of an excluded and an included glob that are compared when the fields are read.
const MOST_COMPARED: usize = 100_000;

/// What one tarball's Files-Excluded and Files-Included say.
#[derive(Clone, Debug, Default)]
pub struct Patterns {
    excluded: Vec<Excluded>,
    /// Of globs without wildcards: what they spell, to their place in `excluded`.
    literal: Option<HashMap<Vec<u8>, usize>>,
    /// Places of globs with wildcards.
    wild: Vec<usize>,
    included: Vec<Vec<Token>>,
    line: usize,
}

#[derive(Clone, Debug)]
struct Excluded {
    /// As written.
    text: String,
    tokens: Vec<Token>,
    /// The same with `/*`: what is below the directory.
    below: Vec<Token>,
    /// Directory entries stay, since something below is included.
    keeps_directories: bool,
}

impl Patterns {
    /// No patterns: nothing is excluded.
    pub(crate) const fn none() -> Self {
        Self {
            excluded: Vec::new(),
            literal: None,
            wild: Vec::new(),
            included: Vec::new(),
            line: 0,
        }
    }

    /// From the values of Files-Excluded and Files-Included with their lines.
    ///
    /// mk-origtargz refuses to work with a glob that it cannot read. So nothing is excluded then.
    pub(super) fn parse(
        excluded: Option<(&str, usize)>,
        included: Option<(&str, usize)>,
        faults: &mut Vec<Fault>,
    ) -> Self {
        let Some((text, line)) = excluded else {
            if let Some((_, line)) = included {
                tell(
                    faults,
                    line,
                    "Files-Included has no effect without Files-Excluded; remove it",
                );
            }
            return Self::none();
        };
        let excluded = globs(text, line, "Files-Excluded", faults);
        let included = included.map_or(Some(Vec::new()), |(text, line)| {
            globs(text, line, "Files-Included", faults)
        });
        let (Some(excluded), Some(included)) = (excluded, included) else {
            return Self::none();
        };
        let mut bytes = 0;
        let fits = |(_, tokens): &&(&str, Vec<Token>)| {
            bytes += tokens.len();
            bytes <= WILDCARD_BYTES
        };
        let used = included.iter().take_while(fits).count();
        if used < included.len() {
            let message =
                format!("Files-Included beyond {WILDCARD_BYTES} bytes is not used; name directories instead");
            tell(faults, line, message);
        }
        let mut included = included;
        included.truncate(used);
        // Each is compared with each, which honest fields are short enough for; beyond that no directory is excused.
        let many = excluded.len().saturating_mul(included.len()) > MOST_COMPARED;
        let mut patterns = Self::none();
        patterns.line = line;
        for (text, tokens) in excluded {
            let below = [&tokens[..], &[Token::Byte(b'/'), Token::Any]].concat();
            patterns.excluded.push(Excluded {
                keeps_directories: many || included.iter().any(|(text, _)| occurs(&tokens, text.as_bytes())),
                text: text.to_owned(),
                tokens,
                below,
            });
        }
        patterns.included = included.into_iter().map(|(_, tokens)| tokens).collect();
        patterns.index(faults);
        patterns
    }

    fn index(&mut self, faults: &mut Vec<Fault>) {
        let mut literal = HashMap::new();
        let mut bytes = 0;
        for (place, glob) in self.excluded.iter().enumerate() {
            match spelled(&glob.tokens) {
                Some(name) => drop(literal.entry(name).or_insert(place)),
                None => {
                    bytes += glob.tokens.len();
                    if bytes > WILDCARD_BYTES {
                        tell(
                            faults,
                            self.line,
                            format!(
                                "patterns with wildcards beyond {WILDCARD_BYTES} bytes are not used, from \
                                 \"{}\"; name directories instead",
                                shown(&glob.text)
                            ),
                        );
                        break;
                    }
                    self.wild.push(place);
                }
            }
        }
        self.literal = Some(literal);
    }

    /// Are there patterns at all?
    pub fn is_empty(&self) -> bool {
        self.excluded.is_empty()
    }

    /// The patterns as written, in their order.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.excluded.iter().map(|glob| glob.text.as_str())
    }

    /// Line of `Files-Excluded`.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The first pattern for which mk-origtargz removes the member of this name, its leading directory included; a
    /// directory's name ends in a slash. None: the member stays.
    ///
    /// A member that Files-Included names counts as staying even where its directory's own entry is removed, which takes
    /// it along: then the two fields contradict each other.
    pub fn matching(&self, member_name: &BStr) -> Option<&str> {
        let name = &*as_listed(member_name);
        let mut places = self.candidates(name).peekable();
        places.peek()?;
        if self.included.iter().any(|tokens| occurs(tokens, name)) {
            return None;
        }
        let directory = name.ends_with(b"/");
        places
            .filter_map(|place| self.excluded.get(place))
            .find(|glob| !(directory && glob.keeps_directories))
            .map(|glob| glob.text.as_str())
    }

    /// Places of the globs that match, whatever is included, the first one first.
    fn candidates(&self, name: &[u8]) -> impl Iterator<Item = usize> + use<> {
        let inner = name.find_byte(b'/').and_then(|slash| name.get(slash + 1..));
        let mut places: Vec<usize> = [Some(name), inner]
            .into_iter()
            .flatten()
            .flat_map(|start| self.literals(start))
            .collect();
        places.extend(self.wild.iter().copied().filter(|place| {
            self.excluded.get(*place).is_some_and(|glob| {
                let hit = |text: &[u8]| matches(&glob.tokens, text) || matches(&glob.below, text);
                hit(name) || inner.is_some_and(hit)
            })
        }));
        places.sort_unstable();
        places.into_iter()
    }

    /// Globs without wildcards that spell the name or a directory above it.
    fn literals<'a>(&'a self, name: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
        let ends = name.find_iter(b"/").chain([name.len()]);
        self.literal
            .iter()
            .flat_map(move |literal| ends.clone().filter_map(move |end| literal.get(name.get(..end)?)))
            .copied()
    }
}

/// What a glob without wildcards spells.
fn spelled(tokens: &[Token]) -> Option<Vec<u8>> {
    tokens
        .iter()
        .map(|token| match token {
            Token::Byte(byte) => Some(*byte),
            Token::One | Token::Any => None,
        })
        .collect()
}

/// The globs of a field; None if one cannot be read.
fn globs<'a>(
    text: &'a str,
    line: usize,
    field: &str,
    faults: &mut Vec<Fault>,
) -> Option<Vec<(&'a str, Vec<Token>)>> {
    let mut good = true;
    let mut globs = Vec::new();
    // In Perl, "0" is false: it does not count as a pattern.
    for word in text.split_ascii_whitespace().filter(|word| *word != "0") {
        let glob = word.strip_suffix('/').unwrap_or(word);
        match tokens(glob.as_bytes()) {
            Some(tokens) => globs.push((word, tokens)),
            None => {
                good = false;
                tell(
                    faults,
                    line,
                    format!(
                        "{field}: in \"{}\" a backslash stands before something other than a backslash, * or ?; \
                         mk-origtargz refuses that, and nothing is excluded",
                        shown(word)
                    ),
                );
            }
        }
    }
    good.then_some(globs)
}

fn tokens(glob: &[u8]) -> Option<Vec<Token>> {
    let mut tokens = Vec::with_capacity(glob.len());
    let mut bytes = glob.iter();
    while let Some(byte) = bytes.next() {
        tokens.push(match byte {
            b'*' => Token::Any,
            b'?' => Token::One,
            b'\\' => match bytes.next() {
                Some(next @ (b'\\' | b'*' | b'?')) => Token::Byte(*next),
                _ => return None,
            },
            byte => Token::Byte(*byte),
        });
    }
    Some(tokens)
}

/// The name as `tar -t` prints it: control characters, backslashes and bytes that are no UTF-8 as escapes.
fn as_listed(name: &[u8]) -> Cow<'_, [u8]> {
    let plain = |byte: &u8| matches!(byte, b' '..=b'~') && *byte != b'\\';
    if name.iter().all(plain) {
        return Cow::Borrowed(name);
    }
    let mut listed = Vec::with_capacity(name.len() + 8);
    for chunk in name.utf8_chunks() {
        for byte in chunk.valid().bytes() {
            match byte {
                0x07..=0x0d => listed.extend([b'\\', b"abtnvfr"[usize::from(byte - 7)]]),
                b'\\' => listed.extend(b"\\\\"),
                0..=0x1f | 0x7f => octal(&mut listed, byte),
                byte => listed.push(byte),
            }
        }
        for byte in chunk.invalid() {
            octal(&mut listed, *byte);
        }
    }
    Cow::Owned(listed)
}

fn octal(out: &mut Vec<u8>, byte: u8) {
    out.extend([
        b'\\',
        b'0' + (byte >> 6),
        b'0' + (byte >> 3 & 7),
        b'0' + (byte & 7),
    ]);
}
