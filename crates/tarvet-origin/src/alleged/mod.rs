//! What a file claims about the tool that made it. A claim is never proof.
//!
//! A file that is only in the tarball often says that a tool made it, or its name does. Believing that would let an
//! attacker excuse anything by a comment, so an [`Allegation`] accounts for nothing; it only tells the hundreds of
//! files that every honest release has from the few that nothing explains. Two rules keep even that honest:
//!
//! 1. A mark counts only where the tool's input is in the signed tree, at the place where the tool looks for it.
//! 2. What a build reads as instructions (`*.m4`, `Makefile.am`, `configure.ac`, shell scripts) is alleged by nothing,
//!    but for the few that a tool makes under a fixed name or in a fixed shape, each with a rule of its own.
//!
//! The two halves: [`claim`] looks at the base name and the first [`HEAD`] bytes while the tarball streams;
//! [`allege`] looks for the input when both lists of paths are known. Rules are tables, one file per family, in
//! `rules/`: a new tool is a new entry.

mod find;
mod paths;
mod rule;
mod rules;
mod shapes;
#[cfg(test)]
mod tests;

use bstr::{BStr, BString, ByteSlice};

use self::find::Place;
pub use self::paths::Paths;
use self::paths::{base_of, directory_of};
use self::rule::{Head, Mark, Name, Rule, file_after, instructs_a_build, version_after};

/// How many bytes of the beginning of a file are looked at: marks stand at the top, and a list that a build reads must
/// be seen whole.
pub const HEAD: usize = 16 * 1024;

/// The longest file of which a rule asks to see all: the longest that gnulib-tool wrote is 0.3 MB.
const WHOLE: u64 = 1 << 20;

/// How many lines of it tell a version or the name of an input.
const TOP: usize = 40;

/// The tools that may have made a file, by its base name and its beginning alone. Small, for one is kept per member.
#[derive(Debug, Clone)]
pub struct Claim {
    found: Box<[Found]>,
}

impl Claim {
    /// The tools, in the order in which their inputs will be looked for.
    pub fn tools(&self) -> impl Iterator<Item = &'static str> {
        self.found.iter().map(|found| found.rule.tool)
    }
}

#[derive(Debug, Clone)]
struct Found {
    rule: &'static Rule,
    name: &'static Name,
    version: Option<Box<str>>,
    named: Option<Box<[u8]>>,
}

/// A tool that claims to have made a file from an input that the signed tree has. It accounts for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allegation {
    /// The tool, as its users call it.
    pub tool: &'static str,
    /// Its version, where the file says so.
    pub version: Option<String>,
    /// The input's path in the tree, or `the history of the repository`.
    pub from: BString,
}

impl Allegation {
    /// Whether the file is compiled code, which nobody can read and a packager has to remove or to build himself.
    pub fn is_compiled_code(&self) -> bool {
        self.tool == rules::COMPILED
    }

    /// Whether the file belongs to another project, and a file of the tree only pins which.
    pub fn is_vendored(&self) -> bool {
        self.tool.starts_with("vendored ")
    }
}

/// How many bytes from the beginning of a file of `size` bytes [`claim`] has to see: all of those that a build reads as
/// instructions and that some tool makes, up to 1 MiB; [`HEAD`] of any other. Never more than `size`.
pub fn wants(path: &BStr, size: u64) -> usize {
    let base = base_of(path);
    let whole = size <= WHOLE
        && rules().any(|rule| {
            matches!(rule.mark, Mark::Whole(_)) && rule.names.iter().any(|name| name.stem(base).is_some())
        });
    let longest = if whole { WHOLE } else { HEAD as u64 };
    usize::try_from(size.min(longest)).unwrap_or(HEAD)
}

/// What a file seems to be made by: a few microseconds, whatever its size, but for the few that [`wants`] asks whole.
///
/// `path` may still have the tarball's top directory in front: only the base name and the names of directories count.
/// `content` is the beginning of the contents, [`wants`] bytes of it or more; `size` is the size of the whole file in
/// bytes. A script, and what a build reads as instructions, is left to the few rules that read them with care.
pub fn claim(path: &BStr, content: &[u8], size: u64) -> Option<Claim> {
    let (base, head) = (base_of(path), Head::new(content, size));
    let (top, instructs) = (head.top(TOP), head.is_script() || instructs_a_build(path));
    let found: Box<[Found]> = rules()
        .filter(|rule| rule.careful || !instructs)
        .filter_map(|rule| {
            let name = rule.names.iter().find(|name| name.stem(base).is_some())?;
            (is_within(path, rule.within) && rule.mark.is_on(&head)).then(|| Found {
                rule,
                name,
                version: version_after(top, rule.version).map(String::into_boxed_str),
                named: file_after(top, rule.names_input).map(|named| Vec::from(named).into_boxed_slice()),
            })
        })
        .collect();
    (!found.is_empty()).then_some(Claim { found })
}

fn rules() -> impl Iterator<Item = &'static Rule> {
    rules::ALL.iter().flat_map(|family| family.iter())
}

/// The first claimed tool whose input is in the tree.
///
/// `path` is below the tarball's top directory; `tree` has the paths of the signed tree. `members` has those of the
/// tarball: the input of a few rules is a file that only the tarball has (a gnulib grammar, the `Makefile.am` that
/// gnulib-tool wrote). Such an input is a difference like any other and must have an origin of its own, so give only
/// the paths that have one where that is known, all of them otherwise.
pub fn allege(claim: &Claim, path: &BStr, tree: &Paths, members: &Paths) -> Option<Allegation> {
    claim.found.iter().find_map(|found| {
        let stem = found.name.stem(base_of(path))?;
        if !is_within(path, found.rule.within) {
            return None;
        }
        let place = Place {
            path,
            stem,
            named: found.named.as_ref().map(|named| named.as_bstr()),
        };
        let from = place.input(found.rule.from, tree, members)?;
        Some(Allegation {
            tool: found.rule.tool,
            version: found.version.as_ref().map(|version| version.to_string()),
            from,
        })
    })
}

/// Whether one of the directories above a file has one of these names; always, where none is asked for.
fn is_within(path: &BStr, names: &[&str]) -> bool {
    let mut above = directory_of(path).split(|&b| b == b'/');
    names.is_empty() || above.any(|part| names.iter().any(|name| name.as_bytes() == part))
}
