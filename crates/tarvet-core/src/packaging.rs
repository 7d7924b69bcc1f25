use bstr::{BStr, BString};
use tarvet_origin::rebuild::Build;

/// What the package around a tarball says of it. The default says nothing.
///
/// None of it is evidence of where a file comes from: it tells what the build throws away, what was left out on purpose
/// and what somebody answers for.
#[derive(Clone, Copy, Default)]
pub struct Packaging<'a> {
    /// What the build makes anew; `None` where there is no build to look at.
    pub build: Option<&'a Build>,
    /// The pattern by which the packager left a path out of the tarball, if he did.
    pub excluded: Option<&'a Excluded<'a>>,
    /// What the packager's patches make of a file.
    pub patched: Option<&'a Patched<'a>>,
    /// Whether a patch touches a path. dpkg-source and quilt put the file away as it was, where the build can read it.
    pub touched: Option<&'a Touched<'a>>,
    /// Files that somebody answers for.
    pub accepted: &'a [Acceptance],
}

/// The contents of a file, by path and contents before, once all patches are applied; `None` where that cannot be told.
pub type Patched<'a> = dyn Fn(&BStr, &[u8]) -> Option<Vec<u8>> + Sync + 'a;

/// Whether a patch touches a path.
pub type Touched<'a> = dyn Fn(&BStr) -> bool + Sync + 'a;

/// The pattern that a path (without the tarball's top directory) matches.
pub type Excluded<'a> = dyn Fn(&BStr) -> Option<String> + Sync + 'a;

/// A file of the tarball that somebody answers for although nothing proves where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// The path without the tarball's top directory.
    pub path: BString,
    /// SHA-256 of the contents: other contents are not accepted.
    pub sha256: [u8; 32],
    /// Why, in the words of whoever answers for it.
    pub reason: String,
}
