//! Reasons why a tree entry may be absent from the tarball.

use bstr::{BStr, ByteSlice};

use super::Origin;
use crate::convert::Attributes;

/// Names at the top of a repository, or anywhere, that only version control, a forge or an editor reads.
/// Nothing here may take part in a build: leaving such a file out cannot disarm anything.
const VCS_FILES: [&str; 14] = [
    ".gitignore",
    ".gitattributes",
    ".gitmodules",
    ".gitkeep",
    ".mailmap",
    ".gitreview",
    ".git-blame-ignore-revs",
    ".cvsignore",
    ".hgignore",
    ".hgtags",
    ".bzrignore",
    ".editorconfig",
    ".dir-locals.el",
    ".gitlab-ci.yml",
];
/// Directories of the same kind, at the top of the tree.
const VCS_DIRECTORIES: [&str; 5] = [".github", ".gitlab", ".circleci", ".travis", ".forgejo"];
/// Further files at the top: configuration of continuous integration.
const CI_FILES: [&str; 6] = [
    ".travis.yml",
    ".cirrus.yml",
    "appveyor.yml",
    ".appveyor.yml",
    ".lgtm.yml",
    ".pre-commit-config.yaml",
];

/// Why the entry at `path` is absent, if the tree itself says so or nobody would build from it.
pub(super) fn reason(path: &BStr, attributes: &Attributes) -> (Origin, String) {
    if let Some(where_) = export_ignored(path, attributes) {
        return (
            Origin::ExportIgnored,
            format!("export-ignore is set for {where_}"),
        );
    }
    if is_vcs_only(path) {
        return (
            Origin::VcsOnly,
            "only version control or the forge reads it".into(),
        );
    }
    (Origin::Missing, "the tarball does not have it".into())
}

/// The path, or the directory above it, that the attributes of the tree take out of archives.
fn export_ignored<'a>(path: &'a BStr, attributes: &Attributes) -> Option<&'a BStr> {
    let directories = path.find_iter("/").filter_map(|slash| path.get(..slash));
    for directory in directories.map(ByteSlice::as_bstr) {
        if attributes.of(directory, true).export_ignore {
            return Some(directory);
        }
    }
    attributes.of(path, false).export_ignore.then_some(path)
}

fn is_vcs_only(path: &BStr) -> bool {
    let name = path.rsplit_str("/").next().unwrap_or_default();
    let first = path.split_str("/").next().unwrap_or_default();
    let is = |wanted: &&str, found: &[u8]| wanted.as_bytes() == found;
    VCS_FILES.iter().any(|file| is(file, name))
        || VCS_DIRECTORIES
            .iter()
            .any(|directory| is(directory, first) && first.len() < path.len())
        || CI_FILES.iter().any(|file| is(file, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(path: &str, attributes: &str) -> Origin {
        let attributes = Attributes::new(&[(".gitattributes".into(), attributes.into())]);
        reason(path.as_bytes().as_bstr(), &attributes).0
    }

    #[test]
    fn export_ignore_counts_for_the_path_and_the_directories_above() {
        assert_eq!(origin("ci/run", "/ci export-ignore\n"), Origin::ExportIgnored);
        assert_eq!(origin("ci", "/ci export-ignore\n"), Origin::ExportIgnored);
        assert_eq!(origin("src/ci/run", "/ci export-ignore\n"), Origin::Missing);
        assert_eq!(origin("ci/run", "/ci -export-ignore\n"), Origin::Missing);
    }

    #[test]
    fn what_a_build_reads_is_never_vcs_only() {
        assert_eq!(origin("a/.gitignore", ""), Origin::VcsOnly);
        assert_eq!(origin(".github/workflows/x.yml", ""), Origin::VcsOnly);
        for path in [
            "configure.ac",
            "src/.github",
            ".github",
            "tests/security.sh",
            "Makefile.am",
            "x.gitignore",
        ] {
            assert_eq!(origin(path, ""), Origin::Missing, "{path}");
        }
    }
}
