//! Finds the input that a rule speaks of among the paths of a tree.

use bstr::{BStr, BString, ByteSlice};

use super::paths::{Paths, base_of, directory_of, join};
use super::rule::Input;

/// What is known of the file whose input is wanted.
pub(super) struct Place<'p> {
    /// Its path below the top directory.
    pub path: &'p BStr,
    /// What its base name leaves for `{}`.
    pub stem: &'p BStr,
    /// The input that its mark names.
    pub named: Option<&'p BStr>,
}

/// What stands for the input where it is no file.
const HISTORY: &str = "the history of the repository";

/// Directories above one file that are looked at: deeper nesting is nobody's honest tree.
const DEEPEST: usize = 32;

/// The same where each is tried with several names.
const FEW: usize = 8;

impl Place<'_> {
    /// The first of these inputs that is in the tree, or for the few rules that say so, in the tarball.
    pub(super) fn input(&self, inputs: &[Input], tree: &Paths, members: &Paths) -> Option<BString> {
        inputs.iter().find_map(|input| {
            self.find(*input, tree, members)
                .filter(|found| found != self.path)
        })
    }

    fn find(&self, input: Input, tree: &Paths, members: &Paths) -> Option<BString> {
        let here = directory_of(self.path);
        match input {
            Input::Beside(name) => present(tree, join(here, &self.fill(name))),
            Input::Above(name) => {
                let name = self.fill(name);
                above(here).find_map(|directory| present(tree, join(directory, &name)))
            }
            Input::Anywhere(name) => {
                let name = self.fill(name);
                match name.contains(&b'/') {
                    true => above(here).find_map(|directory| present(tree, join(directory, &name))),
                    false => tree.nearest(name.as_bstr(), self.path).map(BStr::to_owned),
                }
            }
            Input::AnyBeside(extension) => tree.with_extension(here, extension).map(BStr::to_owned),
            Input::AnyAbove(extension) => above(here)
                .find_map(|directory| tree.with_extension(directory, extension))
                .map(BStr::to_owned),
            Input::AnyAround(extension) => above(here)
                .find_map(|directory| tree.below_with_extension(directory, extension))
                .map(BStr::to_owned),
            Input::Named => {
                let named = self.named?;
                above(here).find_map(|directory| present(tree, resolve(directory, named)?))
            }
            Input::NamedAnywhere => {
                let named = base_of(self.named?);
                tree.nearest(named, self.path).map(BStr::to_owned)
            }
            Input::NamedWith(end) => {
                let mut name = base_of(self.named?).to_owned();
                name.extend_from_slice(end.as_bytes());
                tree.nearest(name.as_bstr(), self.path).map(BStr::to_owned)
            }
            Input::Inside(name) => above(here)
                .find_map(|directory| tree.first_below(join(directory, name.as_bytes()).as_bstr()))
                .map(BStr::to_owned),
            Input::OfDirectory(pattern) => above(here).find_map(|directory| {
                let name = pattern.as_bytes().replace("{}", base_of(directory));
                (!directory.is_empty()).then(|| present(tree, join(directory_of(directory), &name)))?
            }),
            Input::Tail(below) => self.tail(below, "", tree),
            Input::TailWith(below, end) => self.tail(below, end, tree),
            Input::OfVendored(name, lock) => above(here)
                .filter(|directory| base_of(directory) == name)
                .find_map(|directory| present(tree, join(directory_of(directory), lock.as_bytes()))),
            Input::PatchOfDirectory => above(here).find_map(|directory| patch_of(directory, tree)),
            Input::History => Some(HISTORY.into()),
            Input::Member(name) => {
                present(members, join(here, &self.fill(name))).filter(|found| !tree.contains(found.as_bstr()))
            }
        }
    }

    fn tail(&self, below: &str, end: &str, tree: &Paths) -> Option<BString> {
        let below = above(directory_of(self.path))
            .take(FEW)
            .map(|directory| join(directory, below.as_bytes()));
        below
            .filter(|below| tree.has_directory(below.as_bstr()))
            .find_map(|below| {
                tails(self.path).find_map(|tail| {
                    let mut path = join(below.as_bstr(), tail);
                    path.extend_from_slice(end.as_bytes());
                    present(tree, path)
                })
            })
    }

    fn fill(&self, name: &str) -> Vec<u8> {
        let name = name
            .as_bytes()
            .replace("{}", self.stem)
            .replace("{base}", base_of(self.path));
        match name.contains_str("{-}") {
            true => name.replace("{-}", self.stem.replace("_", "-")),
            false => name,
        }
    }
}

/// A directory, the one above it, and so on up to the top directory (the empty path).
pub(super) fn above(directory: &BStr) -> impl Iterator<Item = &BStr> {
    let up = std::iter::successors(Some(directory), |d| (!d.is_empty()).then(|| directory_of(d)));
    up.take(DEEPEST)
}

/// A path without its first component, without its first two, and so on.
fn tails(path: &BStr) -> impl Iterator<Item = &BStr> {
    memchr::memchr_iter(b'/', path)
        .take(FEW)
        .filter_map(|at| path.get(at + 1..))
        .map(|tail| tail.as_bstr())
}

/// The patch `zlib-….diff` of the directory `zlib-1.2`, below the directory that holds it.
fn patch_of(directory: &BStr, tree: &Paths) -> Option<BString> {
    let project = project_of(base_of(directory))?;
    let patch = ["diff", "patch"]
        .iter()
        .find_map(|end| tree.beginning_with(project.as_bstr(), end))?;
    let parent = join(directory_of(directory), b"");
    patch.starts_with(&parent).then(|| patch.to_owned())
}

/// `zlib-` of `zlib-1.2`.
fn project_of(directory: &BStr) -> Option<BString> {
    let dash = directory.rfind_byte(b'-').filter(|&dash| dash > 0)?;
    let versioned = directory.get(dash + 1).is_some_and(u8::is_ascii_digit);
    versioned.then(|| directory.get(..=dash).map(BString::from))?
}

fn present(tree: &Paths, path: BString) -> Option<BString> {
    tree.contains(path.as_bstr()).then_some(path)
}

/// `name` as seen from `directory`, its `..` taken away; nothing where they lead out of the tarball.
fn resolve(directory: &BStr, name: &BStr) -> Option<BString> {
    let mut directory = directory;
    let mut name = name;
    while let Some(rest) = name.strip_prefix(b"../") {
        if directory.is_empty() {
            return None;
        }
        (directory, name) = (directory_of(directory), rest.as_bstr());
    }
    Some(join(directory, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(input: Input, path: &str, stem: &str, named: Option<&str>) -> Option<String> {
        let tree = [
            "configure.ac",
            "src/a.y",
            "doc/a.texi",
            "doc/man/b.xml",
            "po/de.po",
        ];
        let tree = Paths::new(tree.iter().map(|path| BStr::new(*path)));
        let place = Place {
            path: path.into(),
            stem: stem.into(),
            named: named.map(BStr::new),
        };
        let members = Paths::new([BStr::new("src/b.gperf")].into_iter());
        place
            .input(&[input], &tree, &members)
            .map(|found| found.to_string())
    }

    #[test]
    fn inputs_are_found_where_the_rule_says_and_only_there() {
        assert_eq!(
            find(Input::Beside("{}.y"), "src/a.c", "a", None).as_deref(),
            Some("src/a.y")
        );
        assert_eq!(find(Input::Beside("{}.y"), "lib/a.c", "a", None), None);
        assert_eq!(
            find(Input::Above("configure.ac"), "x/y/config.h.in", "", None).as_deref(),
            Some("configure.ac")
        );
        assert_eq!(
            find(Input::Anywhere("{}.xml"), "man/fr/b.1", "b", None).as_deref(),
            Some("doc/man/b.xml")
        );
        assert_eq!(
            find(Input::AnyAbove("texi"), "doc/html/x.html", "x", None).as_deref(),
            Some("doc/a.texi")
        );
        assert_eq!(find(Input::AnyAbove("texi"), "src/x.html", "x", None), None);
        assert_eq!(
            find(Input::AnyAround("xml"), "x/x.html", "x", None).as_deref(),
            Some("doc/man/b.xml")
        );
        assert_eq!(
            find(Input::Named, "lib/x.c", "x", Some("src/a.y")).as_deref(),
            Some("src/a.y")
        );
        assert_eq!(
            find(Input::Named, "lib/x.c", "x", Some("../src/a.y")).as_deref(),
            Some("src/a.y")
        );
        assert_eq!(find(Input::Named, "x.c", "x", Some("../src/a.y")), None);
        assert_eq!(find(Input::Named, "x.c", "x", None), None);
        assert_eq!(
            find(Input::NamedAnywhere, "x.c", "x", Some("/home/me/a.y")).as_deref(),
            Some("src/a.y")
        );
    }

    #[test]
    fn a_member_is_an_input_only_where_the_rule_says_so() {
        assert_eq!(
            find(Input::Member("{}.gperf"), "src/b.h", "b", None).as_deref(),
            Some("src/b.gperf")
        );
        assert_eq!(find(Input::Beside("{}.gperf"), "src/b.h", "b", None), None);
    }

    #[test]
    fn a_tail_is_looked_for_below_each_directory_above() {
        let tree = Paths::new([BStr::new("a/gnulib-local/lib/css/x.c")].into_iter());
        let tail = &[Input::Tail("gnulib-local/lib")];
        let place = Place {
            path: "a/lib/css/x.c".into(),
            stem: "x".into(),
            named: None,
        };
        let found = place.input(tail, &tree, &Paths::default());
        assert_eq!(found, Some("a/gnulib-local/lib/css/x.c".into()));
        let place = Place {
            path: "a/lib/css/y.c".into(),
            ..place
        };
        assert_eq!(place.input(tail, &tree, &Paths::default()), None);
    }

    #[test]
    fn a_file_is_never_its_own_input() {
        assert_eq!(find(Input::Anywhere("{}.po"), "po/de.po", "de", None), None);
    }
}
