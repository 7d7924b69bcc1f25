//! After a build: which generated files of the tarball were made anew, and which went into the packages as they were.
//!
//! By contents only. A file that was compiled into a program leaves no trace here, and one that was made anew with the same
//! bytes cannot be told from one that was not, unless the build tree says that it was written since.

mod build_tree;
mod installed;
mod report;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use bstr::BString;

use crate::checks::{Check, Finding, run};
use crate::policy::Level;

pub use report::{GeneratedLine, RebuiltReport};

/// A generated file of the tarball.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedFile {
    /// Its path without the top directory.
    pub path: BString,
    /// The tool that is said to have made it, if one is.
    pub tool: Option<String>,
    /// SHA-256 of its contents; never that of an empty file.
    pub sha256: [u8; 32],
}

/// What became of a generated file in the build tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InTree {
    /// It was written since the build began, or has other contents.
    Rewritten,
    /// It is there with the tarball's contents.
    Unchanged,
    /// It is gone.
    Deleted,
}

impl InTree {
    /// The name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            InTree::Rewritten => "rewritten",
            InTree::Unchanged => "unchanged",
            InTree::Deleted => "deleted",
        }
    }
}

/// A file of a finished package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstalledFile {
    /// The package, as the caller calls it.
    pub package: String,
    /// Its path in the package.
    pub path: BString,
    /// SHA-256 of its contents, and of what is inside if it is compressed.
    pub digests: Vec<[u8; 32]>,
}

/// Everything that was found out, before anything is judged.
#[derive(Debug, Default)]
pub struct Rebuilt {
    /// The generated files of the tarball, in its order.
    pub generated: Vec<GeneratedFile>,
    /// What became of them in the build tree, by path; empty when there is none to look at.
    pub tree: BTreeMap<BString, InTree>,
    /// Files of the packages that have the contents of one of them: the file's index, package and path.
    pub installed: BTreeSet<(usize, String, BString)>,
    /// How many files of packages were compared.
    pub compared: usize,
}

impl Rebuilt {
    /// Compares the generated files with those of the packages.
    pub fn new(
        generated: Vec<GeneratedFile>,
        tree: BTreeMap<BString, InTree>,
        files: impl IntoIterator<Item = InstalledFile>,
    ) -> Self {
        let mut by_digest: BTreeMap<[u8; 32], Vec<usize>> = BTreeMap::new();
        for (index, file) in generated.iter().enumerate() {
            by_digest.entry(file.sha256).or_default().push(index);
        }
        let mut rebuilt = Rebuilt {
            tree,
            ..Rebuilt::default()
        };
        for file in files {
            rebuilt.compared += 1;
            let same = file
                .digests
                .iter()
                .filter_map(|digest| by_digest.get(digest))
                .flatten();
            for index in same {
                rebuilt
                    .installed
                    .insert((*index, file.package.clone(), file.path.clone()));
            }
        }
        rebuilt.generated = generated;
        rebuilt
    }

    /// What became of a file in the build tree, where that is known.
    fn in_tree(&self, file: &GeneratedFile) -> Option<InTree> {
        self.tree.get(&file.path).copied()
    }

    /// The findings, the gravest first.
    pub fn findings(&self, levels: &BTreeMap<String, Level>) -> Vec<Finding> {
        run(CHECKS, self, levels)
    }
}

/// Every check of a finished build.
pub static CHECKS: &[&Check<Rebuilt>] = &[&installed::CHECK, &build_tree::CHECK];
