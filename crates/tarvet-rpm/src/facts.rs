use bstr::BString;

use crate::package::{FileFault, SERVICE, SourcePackage, Tarball, Unpacking};
use crate::spec::Reach;
use crate::spec::fault::FaultKind;

/// Everything that was found out about a source package, before anything is judged.
#[derive(Debug)]
pub struct Facts {
    /// The package and what its texts say.
    pub source: SourcePackage,
    /// Which of its sources are unpacked.
    pub unpacking: Unpacking,
    /// Its tarballs, as far as they were looked at.
    pub tarballs: Vec<TarballFacts>,
    /// Whether the caller brought a keyring of his own.
    pub keyring_given: bool,
    /// Keyrings of the package that were used instead.
    pub keyrings: Vec<String>,
    /// Keyrings of the package that hold nothing usable: name and why.
    pub keyring_faults: Vec<(String, String)>,
    /// Where upstream's repository may be, in the words of the packaging.
    pub repository: Option<String>,
}

/// One tarball of the package.
#[derive(Debug)]
pub struct TarballFacts {
    /// Which.
    pub tarball: Tarball,
    /// Whether there was a repository or proof to compare it with.
    pub has_upstream: bool,
    /// Its SHA-256 when it was compared: another one than before, and somebody changes files under our hands.
    pub sha256: [u8; 32],
}

impl Facts {
    /// Whether the text does not tell all that is built: then nothing proves that what was checked is everything.
    #[must_use]
    pub fn has_gaps(&self) -> bool {
        let unread = |found: &FileFault| match found.fault.kind {
            FaultKind::IncludeRefused | FaultKind::OpaqueLine => true,
            FaultKind::MalformedXml
            | FaultKind::DoctypeRefused
            | FaultKind::TooMany
            | FaultKind::TooLarge => found.file == SERVICE,
            _ => false,
        };
        let sources = &self.source.spec.sources;
        let unresolved = sources
            .iter()
            .any(|source| source.place.reach() != Reach::Never && !source.value.is_resolved());
        unresolved
            || !self.unpacking.unclear.is_empty()
            || self.unpacking.absent.iter().any(|absent| absent.is_needed)
            || self.source.faults.iter().any(unread)
            || self.source.remaking_services().next().is_some()
    }

    /// Tarballs that were other files when they were compared than when they were digested.
    pub(crate) fn changed(&self) -> impl Iterator<Item = &BString> {
        let other = |facts: &&TarballFacts| {
            let file = self.source.files.get(&facts.tarball.name);
            file.is_some_and(|file| file.sha256 != facts.sha256)
        };
        self.tarballs
            .iter()
            .filter(other)
            .map(|facts| &facts.tarball.name)
    }
}
