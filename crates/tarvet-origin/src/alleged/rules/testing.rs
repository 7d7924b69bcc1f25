//! What the tests of all tables use: a head, a path, a tree, and the answer.

use bstr::{BStr, ByteSlice};

use crate::alleged::{Allegation, Paths, allege, claim};

/// The allegation for a file in a tarball whose tree has these paths.
pub(crate) fn alleged(path: &str, head: &[u8], tree: &[&str]) -> Option<Allegation> {
    alleged_among(path, head, tree, &[path])
}

/// The same in a tarball with these members.
pub(crate) fn alleged_among(path: &str, head: &[u8], tree: &[&str], members: &[&str]) -> Option<Allegation> {
    let tree = Paths::new(tree.iter().map(|path| BStr::new(*path)));
    let members = Paths::new(members.iter().map(|path| BStr::new(*path)));
    allege(
        &claim(path.into(), head, head.len() as u64)?,
        path.into(),
        &tree,
        &members,
    )
}

/// Demands that a file is alleged to come from the one input in the tree, and that without it nothing is alleged.
pub(crate) fn comes_from(path: &str, head: impl AsRef<[u8]>, tool: &str, version: Option<&str>, input: &str) {
    let head = head.as_ref();
    let with = alleged(path, head, &[input, "README"]);
    let with = with.unwrap_or_else(|| panic!("{path} is not alleged from {input}: {:?}", head.as_bstr()));
    assert_eq!(
        (with.tool, with.version.as_deref(), with.from.to_str()),
        (tool, version, Ok(input)),
        "{path}"
    );
    assert_eq!(
        alleged(path, head, &["README", "src/other.txt"]),
        None,
        "{path} without {input}"
    );
}

/// Demands that nothing is alleged of a file, whatever inputs the tree has.
pub(crate) fn stays_unexplained(path: &str, head: impl AsRef<[u8]>) {
    let tree = [
        "configure.ac",
        "configure.in",
        "Makefile.am",
        "bootstrap.conf",
        "m4/gnulib-cache.m4",
        "src/x.y",
        "src/x.l",
        "lib/Makefile.am",
        "m4/x.m4.in",
        "build-aux/x.in",
        "x.c",
        "doc/x.texi",
        "po/POTFILES.in",
    ];
    assert_eq!(alleged(path, head.as_ref(), &tree), None, "{path}");
}
