use bstr::BString;
use tarvet_core::keyring::SignatureReport;

use crate::patches::PatchFault;
use crate::source::{SourcePackage, UpstreamTarball};

/// Everything that was found out about a source package, before anything is judged.
#[derive(Debug)]
pub struct Facts {
    /// The package and what its packaging says.
    pub source: SourcePackage,
    /// Signatures on the `.dsc`.
    pub signatures: Vec<SignatureReport>,
    /// Its tarballs.
    pub tarballs: Vec<TarballFacts>,
    /// What is to be looked at in its patches.
    pub patch_faults: Vec<PatchFault>,
    /// Whether the caller brought a keyring of his own.
    pub keyring_given: bool,
    /// Keyrings of the package that were used instead.
    pub keyrings: Vec<String>,
    /// Where upstream's repository may be, in the words of the packaging.
    pub repository: Option<String>,
    /// Name and version in the `.dsc` and in the changelog, where they differ.
    pub version_disagrees: Option<(String, String)>,
    /// Overrides that silence nothing; known only once all findings are.
    pub unused_overrides: Vec<UnusedOverride>,
    /// Where the unpacked tree is not what dpkg-source would have made.
    pub tree_differences: Vec<(BString, String)>,
}

/// One tarball of the package.
#[derive(Debug)]
pub struct TarballFacts {
    /// Which.
    pub tarball: UpstreamTarball,
    /// Whether there was a repository or proof to compare it with.
    pub has_upstream: bool,
    /// Whether debian/watch says that upstream signs it.
    pub promised: bool,
    /// How many of its files are below a debian/ that dpkg-source throws away.
    pub debian_files: usize,
    /// How many entries of the signed tree it lacks because Files-Excluded names them.
    pub excluded: usize,
    /// Of a component: how many files of the main tarball it takes the place of.
    pub replaces: usize,
}

/// An override that silences nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnusedOverride {
    /// The file of overrides.
    pub file: String,
    /// The line there.
    pub line: usize,
    /// Tag and pattern.
    pub text: String,
    /// There is such a finding, with another context.
    pub mismatched: bool,
}

impl Facts {
    /// The name of the source package, as far as it is known.
    pub fn name(&self) -> &str {
        self.source.package.source.as_deref().unwrap_or("NAME")
    }
}
