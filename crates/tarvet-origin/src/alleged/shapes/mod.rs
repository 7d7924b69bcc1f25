//! Whole files, line by line: what a build reads as instructions may hold nothing but lines of known shapes.
//!
//! A shape is a line with holes for names and words, in a list beside this file. The lists hold no shape that runs
//! anything but what gnulib's own modules run, and no hole takes a character that a shell, make or m4 acts on; so a
//! line that an attacker adds has no shape, and the file that it stands in is nobody's work.

mod aminclude;
mod cache;
mod comp;
mod make;

use std::sync::OnceLock;

pub(super) use self::aminclude::is_collection;
pub(super) use self::cache::is_module_cache;
pub(super) use self::comp::is_compiled_summary;
pub(super) use self::make::is_makefile;

/// The longest line of an honest file is a third of this.
const LONGEST_LINE: usize = 16 * 1024;

/// Shapes of lines, found by their first byte.
struct Shapes {
    by_first: Vec<Vec<Shape>>,
    /// Those that begin with a hole.
    open: Vec<Shape>,
}

/// One shape: pieces, one after the other.
struct Shape {
    pieces: Vec<Piece>,
    /// Whether it is the rest of a command that the line before began.
    continues: bool,
}

enum Piece {
    Text(&'static str),
    Hole(fn(&u8) -> bool),
    /// What the first hole took, once more.
    Same,
}

impl Shapes {
    /// Reads a list: a shape on each line, `##` before comments.
    fn read(list: &'static str) -> Self {
        let mut shapes = Shapes {
            by_first: Vec::new(),
            open: Vec::new(),
        };
        shapes.by_first.resize_with(256, Vec::new);
        for line in list.lines().filter(|line| !line.starts_with("##")) {
            let (continues, line) = line.strip_prefix("+ ").map_or((false, line), |rest| (true, rest));
            let shape = Shape {
                pieces: pieces(line),
                continues,
            };
            let first = match shape.pieces.first() {
                Some(Piece::Text(text)) => text.bytes().next(),
                _ => None,
            };
            let place = first.and_then(|first| shapes.by_first.get_mut(usize::from(first)));
            place.unwrap_or(&mut shapes.open).push(shape);
        }
        shapes
    }

    /// The shape of a line.
    fn find(&self, line: &[u8]) -> Option<&Shape> {
        let first = line.first()?;
        let named = self.by_first.get(usize::from(*first))?;
        let mut shapes = named.iter().chain(&self.open);
        shapes.find(|shape| line.len() <= LONGEST_LINE && shape.fits(line))
    }
}

impl Shape {
    /// Each hole takes all it can, at least one byte; nothing is tried twice.
    fn fits(&self, line: &[u8]) -> bool {
        let (mut rest, mut first) = (line, None);
        for piece in &self.pieces {
            let after = match piece {
                Piece::Text(text) => rest.strip_prefix(text.as_bytes()),
                Piece::Hole(takes) => {
                    let end = rest.iter().position(|b| !takes(b)).unwrap_or(rest.len());
                    let (taken, after) = rest.split_at_checked(end).unwrap_or_default();
                    first = first.or(Some(taken));
                    (end > 0).then_some(after)
                }
                Piece::Same => first.and_then(|first| rest.strip_prefix(first)),
            };
            match after {
                Some(after) => rest = after,
                None => return false,
            }
        }
        rest.is_empty()
    }
}

/// Cuts a shape at its holes. A brace that is none of them is text.
fn pieces(line: &'static str) -> Vec<Piece> {
    const HOLES: &[&str] = &["{i}", "{p}", "{w}", "{b}", "{t}", "{g}", "{=}"];
    let (mut pieces, mut rest) = (Vec::new(), line);
    loop {
        let next = HOLES
            .iter()
            .filter_map(|hole| Some((rest.find(hole)?, *hole)))
            .min();
        let Some((at, hole)) = next else { break };
        let (text, after) = rest.split_at_checked(at).unwrap_or_default();
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        pieces.push(match hole {
            "{i}" => Piece::Hole(is_of_name),
            "{p}" => Piece::Hole(u8::is_ascii_lowercase),
            "{w}" => Piece::Hole(is_of_word),
            "{b}" => Piece::Hole(|b| is_of_name(b) || b"/-".contains(b)),
            "{t}" => Piece::Hole(|b| is_of_word(b) || *b == b' '),
            "{g}" => Piece::Hole(|b| is_of_word(b) || b" |*".contains(b)),
            _ => Piece::Same,
        });
        rest = after.get(hole.len()..).unwrap_or_default();
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

fn is_of_name(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || *byte == b'_'
}

fn is_of_word(byte: &u8) -> bool {
    is_of_name(byte) || b"./+-".contains(byte)
}

/// Whether a comment holds nothing that m4 or a shell would act on where a quote ends before its line does.
fn is_plain_comment(line: &[u8]) -> bool {
    let plain = |b: &u8| is_of_word(b) || b" ,:;()<>=@!\"'*".contains(b);
    line.starts_with(b"#") && line.iter().skip(1).all(plain) && !line.starts_with(b"#!")
}

/// A list that is read when first asked for.
struct Lazy(OnceLock<Shapes>, &'static str);

impl Lazy {
    const fn new(list: &'static str) -> Self {
        Lazy(OnceLock::new(), list)
    }

    fn get(&self) -> &Shapes {
        self.0.get_or_init(|| Shapes::read(self.1))
    }
}

#[cfg(test)]
pub(super) mod tests;
