//! What the demo is made of, from `fixtures/demo` (see `make.sh` there).

use tarvet_core::upstream::MemoryFile;

/// The release's name, as the tarballs are called.
pub const RELEASE: &str = "pocket-1.4.2";
/// Its tag.
pub const TAG: &str = "v1.4.2";
/// Its commit, as git stores it.
pub const COMMIT_OBJECT: &[u8] = include_bytes!("../../../fixtures/demo/commit");
/// Its signed tag, as git stores it.
pub const TAG_OBJECT: &[u8] = include_bytes!("../../../fixtures/demo/tag");
/// The maintainer's certificate.
pub const KEYRING: &[u8] = include_bytes!("../../../fixtures/demo/keyring.asc");

macro_rules! file {
    ($path:literal, $executable:literal) => {
        MemoryFile {
            path: $path,
            executable: $executable,
            contents: include_bytes!(concat!("../../../fixtures/demo/upstream/", $path)),
        }
    };
}

/// The files of the tag.
pub const UPSTREAM: &[MemoryFile<'static>] = &[
    file!(".gitignore", false),
    file!("Makefile.am", false),
    file!("NEWS", false),
    file!("README", false),
    file!("autogen.sh", true),
    file!("configure.ac", false),
    file!("m4/pocket-binary-stdio.m4", false),
    file!("m4/pocket-warnings.m4", false),
    file!("src/Makefile.am", false),
    file!("src/main.c", false),
    file!("src/runs.c", false),
    file!("src/runs.h", false),
    file!("tests/Makefile.am", false),
    file!("tests/roundtrip.sh", true),
];

/// What the doctored tarball has besides.
pub const ADDED: MemoryFile<'static> = MemoryFile {
    path: "m4/build-to-host.m4",
    executable: false,
    contents: include_bytes!("../../../fixtures/demo/doctored/m4/build-to-host.m4"),
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    use tarvet_core::upstream::{CommitObject, MemoryStore, ObjectStore, TagObject};

    use super::*;

    fn files_below(directory: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(directory).expect("the fixtures are here") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                files_below(&path, found);
            } else {
                found.push(path);
            }
        }
    }

    /// From the signed tag down to every byte of the fixtures: each id is the one that the object above it names.
    #[test]
    fn the_fixtures_hang_together() {
        let mut store = MemoryStore::new("the demo");
        let tree = store.put_tree(UPSTREAM).expect("no path twice");
        let commit = store.put_commit(COMMIT_OBJECT).expect("no collision");
        let tag = store.put_tag(TAG_OBJECT).expect("no collision");
        let mut faults = Vec::new();
        let tag = TagObject::parse(tag, TAG_OBJECT.to_vec(), &mut faults).expect("well formed");
        assert!(faults.is_empty(), "{faults:?}");
        assert!(tag.signature.is_some());
        assert_eq!((tag.name.to_string(), tag.target), (TAG.to_owned(), commit));
        let commit =
            CommitObject::parse(commit, COMMIT_OBJECT.to_vec(), store.format()).expect("well formed");
        assert_eq!(commit.tree, tree, "upstream/ changed: run fixtures/demo/make.sh");
    }

    #[test]
    fn every_fixture_is_embedded_with_its_mode() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo/upstream");
        let mut found = Vec::new();
        files_below(&root, &mut found);
        let on_disk: BTreeSet<String> = found
            .iter()
            .filter_map(|path| path.strip_prefix(&root).ok()?.to_str().map(ToOwned::to_owned))
            .collect();
        let embedded: BTreeSet<String> = UPSTREAM.iter().map(|file| file.path.to_owned()).collect();
        assert_eq!(on_disk, embedded);
        for file in UPSTREAM {
            assert_eq!(
                file.executable,
                file.contents.starts_with(b"#!"),
                "only scripts are executable: {}",
                file.path
            );
        }
        assert!(!embedded.contains(ADDED.path));
    }
}
