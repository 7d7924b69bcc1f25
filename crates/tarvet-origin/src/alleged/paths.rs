//! The paths of a tree or of a tarball, indexed for the questions that rules ask.

use std::sync::OnceLock;

use bstr::{BStr, BString, ByteSlice};

/// Paths below the top directory, with indexes that are built when first asked for.
///
/// Every question costs a few binary searches whatever the number of paths, so that a tarball of a hundred thousand
/// members cannot make explaining quadratic.
#[derive(Debug, Default)]
pub struct Paths {
    /// Sorted, without repetition.
    all: Vec<BString>,
    /// Positions in `all`, sorted by base name, then path.
    by_name: OnceLock<Vec<usize>>,
    /// Positions in `all`, sorted by extension, then path.
    by_extension: OnceLock<Vec<usize>>,
    /// Positions in `all`, sorted by directory, then extension, then path.
    by_directory: OnceLock<Vec<usize>>,
}

impl Paths {
    /// Takes the paths of files (and links) in any order. Directories that are listed themselves do no harm.
    pub fn new<'a>(paths: impl Iterator<Item = &'a BStr>) -> Self {
        let mut all: Vec<BString> = paths.map(BStr::to_owned).collect();
        all.sort_unstable();
        all.dedup();
        Paths {
            all,
            ..Paths::default()
        }
    }

    /// Whether there is a file of exactly this path.
    pub fn contains(&self, path: &BStr) -> bool {
        self.all
            .binary_search_by(|known| known.as_bstr().cmp(path))
            .is_ok()
    }

    /// Whether any file lies below this directory. The empty path is the top directory.
    pub fn has_directory(&self, directory: &BStr) -> bool {
        self.first_below(directory).is_some()
    }

    /// The first path below a directory, at any depth.
    pub fn first_below(&self, directory: &BStr) -> Option<&BStr> {
        let prefix = with_slash(directory);
        let at = self.all.partition_point(|path| path.as_bstr() < prefix.as_bstr());
        let path = self.all.get(at)?.as_bstr();
        path.starts_with(&prefix).then_some(path)
    }

    /// The first file directly in `directory` with this extension (without the dot).
    pub fn with_extension(&self, directory: &BStr, extension: &str) -> Option<&BStr> {
        let index = self
            .by_directory
            .get_or_init(|| self.sorted(|p| (directory_of(p), extension_of(p), p)));
        let wanted = (directory, extension.as_bytes().as_bstr());
        let at = index.partition_point(|&i| {
            self.at(i)
                .is_some_and(|p| (directory_of(p), extension_of(p)) < wanted)
        });
        let path = self.at(*index.get(at)?)?;
        ((directory_of(path), extension_of(path)) == wanted).then_some(path)
    }

    /// The first file at any depth below `directory` with this extension (without the dot).
    pub fn below_with_extension(&self, directory: &BStr, extension: &str) -> Option<&BStr> {
        let index = self
            .by_extension
            .get_or_init(|| self.sorted(|p| (extension_of(p), p)));
        let (prefix, extension) = (with_slash(directory), extension.as_bytes().as_bstr());
        let wanted = (extension, prefix.as_bstr());
        let at = index.partition_point(|&i| self.at(i).is_some_and(|p| (extension_of(p), p) < wanted));
        let path = self.at(*index.get(at)?)?;
        (extension_of(path) == extension && path.starts_with(&prefix)).then_some(path)
    }

    /// The file of this base name that is nearest to `from`: the one that shares most leading directories with it.
    /// Only the neighbours in sort order are looked at, so that a name used a hundred thousand times costs no more.
    pub fn nearest(&self, name: &BStr, from: &BStr) -> Option<&BStr> {
        let index = self.by_name.get_or_init(|| self.sorted(|p| (base_of(p), p)));
        let start = index.partition_point(|&i| self.at(i).is_some_and(|p| (base_of(p), p) < (name, from)));
        // In sort order the path with the longest common beginning is next to where `from` itself would be.
        let around = [start.checked_sub(1), Some(start)];
        around
            .into_iter()
            .flatten()
            .filter_map(|at| self.at(*index.get(at)?))
            .filter(|path| base_of(path) == name)
            .max_by_key(|path| common_beginning(path, from))
    }

    /// A file whose base name begins like this and that has this extension. Only the first few of such a beginning
    /// are looked at.
    pub(super) fn beginning_with(&self, start: &BStr, extension: &str) -> Option<&BStr> {
        const FEW: usize = 64;
        let index = self.by_name.get_or_init(|| self.sorted(|p| (base_of(p), p)));
        let first = index.partition_point(|&i| self.at(i).is_some_and(|p| base_of(p) < start));
        let names = index.iter().skip(first).take(FEW).filter_map(|&i| self.at(i));
        names
            .take_while(|p| base_of(p).starts_with(start))
            .find(|p| extension_of(p) == extension)
    }

    fn at(&self, position: usize) -> Option<&BStr> {
        self.all.get(position).map(|path| path.as_bstr())
    }

    fn sorted<'a, K: Ord>(&'a self, key: impl Fn(&'a BStr) -> K) -> Vec<usize> {
        let mut index: Vec<usize> = (0..self.all.len()).collect();
        index.sort_by_key(|&i| self.at(i).map(&key));
        index
    }
}

/// What follows the last slash.
pub(super) fn base_of(path: &BStr) -> &BStr {
    path.rfind_byte(b'/')
        .and_then(|at| path.get(at + 1..))
        .map_or(path, |base| base.as_bstr())
}

/// What precedes the last slash; empty for a path in the top directory.
pub(super) fn directory_of(path: &BStr) -> &BStr {
    path.rfind_byte(b'/')
        .and_then(|at| path.get(..at))
        .unwrap_or_default()
        .as_bstr()
}

/// What follows the last dot of the base name, unless the dot begins it; empty where there is none.
pub(super) fn extension_of(path: &BStr) -> &BStr {
    let base = base_of(path);
    match base.rfind_byte(b'.') {
        Some(at) if at > 0 => base.get(at + 1..).unwrap_or_default().as_bstr(),
        _ => b"".as_bstr(),
    }
}

/// `directory` and `name` as one path.
pub(super) fn join(directory: &BStr, name: &[u8]) -> BString {
    let mut path = with_slash(directory);
    path.extend_from_slice(name);
    path
}

fn with_slash(directory: &BStr) -> BString {
    let mut path = directory.to_owned();
    if !path.is_empty() {
        path.push(b'/');
    }
    path
}

fn common_beginning(a: &BStr, b: &BStr) -> usize {
    a.iter().zip(b.iter()).take_while(|(x, y)| x == y).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn paths(list: &[&str]) -> Paths {
        Paths::new(list.iter().map(|path| BStr::new(*path)))
    }

    #[test]
    fn files_are_found_by_path_directory_and_extension() {
        let tree = paths(&[
            "src/a.c",
            "src/a-b/x.y",
            "doc/man/fr/a.1",
            "configure.ac",
            "src/.hidden",
        ]);
        assert!(tree.contains("src/a.c".into()) && !tree.contains("src".into()));
        assert!(tree.has_directory("doc/man".into()) && !tree.has_directory("doc/ma".into()));
        assert!(tree.has_directory("".into()));
        assert_eq!(tree.with_extension("src".into(), "c"), Some("src/a.c".into()));
        assert_eq!(tree.with_extension("".into(), "ac"), Some("configure.ac".into()));
        assert_eq!(tree.with_extension("".into(), "c"), None);
        assert_eq!(tree.with_extension("src".into(), "hidden"), None);
        assert_eq!(
            tree.below_with_extension("doc".into(), "1"),
            Some("doc/man/fr/a.1".into())
        );
        assert_eq!(tree.below_with_extension("src".into(), "1"), None);
    }

    #[test]
    fn the_nearest_of_several_files_of_one_name_is_taken() {
        let tree = paths(&["a/po/de.po", "b/c/po/de.po", "z/de.po"]);
        assert_eq!(
            tree.nearest("de.po".into(), "b/c/doc/de.po".into()),
            Some("b/c/po/de.po".into())
        );
        assert_eq!(tree.nearest("de.po".into(), "zz".into()), Some("z/de.po".into()));
        assert_eq!(tree.nearest("fr.po".into(), "a/fr.po".into()), None);
    }

    #[test]
    fn no_paths_answer_nothing() {
        let none = paths(&[]);
        assert!(!none.has_directory("".into()) && none.nearest("x".into(), "y".into()).is_none());
        assert_eq!(none.with_extension("".into(), ""), None);
    }

    proptest! {
        #[test]
        fn the_indexes_agree_with_a_plain_search(
            list in prop::collection::vec("[ab./-]{0,6}", 0..20), dir in "[ab/-]{0,3}", ext in "[ab]{0,2}",
        ) {
            let tree = Paths::new(list.iter().map(BStr::new));
            let dir = BStr::new(&dir);
            let plain = |inside: &dyn Fn(&BStr) -> bool| {
                let mut hits: Vec<&BStr> = list.iter().map(BStr::new).filter(|p| inside(p)).collect();
                hits.sort_unstable();
                hits.first().map(|p| p.to_owned().to_owned())
            };
            let wanted = BStr::new(&ext);
            prop_assert_eq!(
                tree.with_extension(dir, &ext).map(BStr::to_owned),
                plain(&|p| directory_of(p) == dir && extension_of(p) == wanted)
            );
            prop_assert_eq!(
                tree.below_with_extension(dir, &ext).map(BStr::to_owned),
                plain(&|p| p.starts_with(&with_slash(dir)) && extension_of(p) == wanted)
            );
        }
    }
}
