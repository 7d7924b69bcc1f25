//! The lines of an override file: `[[PACKAGE] [ARCHITECTURES] [TYPE]:] TAG [PATTERN]`.

use super::{Override, PREFIX};
use crate::fault::shown;
use crate::glob::Token;

/// What a line says of our tags.
pub(super) enum Parsed {
    Override(Override),
    Malformed { line: usize, message: String },
}

/// Goes through a file and remembers the comment that belongs to the next override.
pub(super) struct Lines<'a> {
    lines: std::iter::Enumerate<std::str::Split<'a, char>>,
    package: &'a str,
    comment: String,
    /// Tag and comment of the line before. It passes its comment on to a line with the same tag and none of its own.
    previous: (String, String),
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str, package: &'a str) -> Self {
        Self {
            lines: text.split('\n').enumerate(),
            package,
            comment: String::new(),
            previous: Default::default(),
        }
    }

    fn comment(&mut self, text: &str) {
        let text = text.trim_start();
        if !self.comment.is_empty() && !text.is_empty() {
            self.comment.push(' ');
        }
        self.comment.push_str(text);
    }

    /// None: nothing that concerns us.
    fn line(&mut self, number: usize, line: &str) -> Option<Parsed> {
        let (rest, applies) = match self.unprefixed(line) {
            Ok(parts) => parts,
            Err(expected) => {
                return line.contains(PREFIX).then(|| Parsed::Malformed {
                    line: number,
                    message: format!("{expected}, found \"{}\"", shown(line)),
                });
            }
        };
        let (tag, pattern) = rest.split_once(' ').unwrap_or((rest, ""));
        if self.comment.is_empty() && tag == self.previous.0 {
            self.comment.clone_from(&self.previous.1);
        }
        let justification = collapsed(&std::mem::take(&mut self.comment));
        self.previous = (tag.to_owned(), justification.clone());
        // Other tags are none of our business.
        (tag.starts_with(PREFIX) && applies).then(|| {
            Parsed::Override(Override {
                tag: tag.to_owned(),
                pattern: pattern.to_owned(),
                justification,
                line: number,
                tokens: tokens(pattern),
            })
        })
    }

    /// The line from its tag on, and whether it is for this source; or what was expected.
    ///
    /// A line that begins with the package's name is taken for one with a prefix (lintian does so too), be it a tag.
    fn unprefixed<'t>(&self, line: &'t str) -> Result<(&'t str, bool), &'static str> {
        let mut rest = line;
        let mut prefixed = false;
        let mut applies = true;
        if let Some(after) = word(rest, self.package) {
            (rest, prefixed) = (after, true);
        }
        if let Some((list, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'))
            && after.starts_with([' ', ':'])
        {
            (rest, prefixed) = (after.trim_start(), true);
            applies = is_for_source(list);
        }
        if let Some(after) = word(rest, "source") {
            (rest, prefixed) = (after, true);
        }
        if prefixed {
            rest = rest
                .trim_start()
                .strip_prefix(':')
                .ok_or("expected a colon after the package's name, its architectures or its type")?
                .trim_start();
        }
        if rest.is_empty() {
            return Err("expected a tag");
        }
        Ok((rest, applies))
    }
}

impl Iterator for Lines<'_> {
    type Item = Parsed;

    fn next(&mut self) -> Option<Parsed> {
        loop {
            let (index, line) = self.lines.next()?;
            let line = line.trim();
            if line.is_empty() {
                self.comment.clear();
                self.previous = Default::default();
            } else if let Some(comment) = line.strip_prefix('#') {
                self.comment(comment);
            } else if let Some(parsed) = self.line(index + 1, &collapsed(line)) {
                return Some(parsed);
            }
        }
    }
}

/// The rest of a line that begins with this word, up to a blank or a colon.
fn word<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    let rest = line.strip_prefix(word)?;
    rest.starts_with([' ', ':']).then(|| rest.trim_start())
}

/// A source's architecture is `source`; wildcards such as `any` are for binaries. A list with a negated item means all but
/// those it names.
fn is_for_source(list: &str) -> bool {
    let mut items = list.split(' ').filter(|item| !item.is_empty()).peekable();
    if items.peek().is_none() {
        return true;
    }
    let (mut negated, mut named) = (false, false);
    for item in items {
        let name = item.strip_prefix('!');
        negated |= name.is_some();
        named |= name.unwrap_or(item) == "source";
    }
    negated != named
}

fn collapsed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    for c in text.chars() {
        if !c.is_whitespace() {
            out.push(c);
        } else if !blank {
            out.push(' ');
        }
        blank = c.is_whitespace();
    }
    out
}

/// lintian's globs: `*` and `?`, and a backslash takes the meaning from any character that is neither of a word nor a
/// blank (`Regexp::Wildcards` with "jokers").
fn tokens(pattern: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(pattern.len());
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '*' if tokens.last() == Some(&Token::Any) => {}
            '*' => tokens.push(Token::Any),
            '?' => tokens.push(Token::One),
            '\\' => {
                let escaped =
                    chars.next_if(|next| !next.is_alphanumeric() && *next != '_' && !next.is_whitespace());
                literal(&mut tokens, escaped.unwrap_or('\\'));
            }
            c => literal(&mut tokens, c),
        }
    }
    tokens
}

fn literal(tokens: &mut Vec<Token>, c: char) {
    let mut buffer = [0; 4];
    tokens.extend(c.encode_utf8(&mut buffer).bytes().map(Token::Byte));
}
