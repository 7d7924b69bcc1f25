//! What is wrong with a source package as a set of files.

/// A fault of a package. Checks make findings of them; text from outside is raw and bounded: escape before printing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which rule was broken.
    pub kind: FaultKind,
    /// The file at fault, as named in the package.
    pub file: String,
    /// Its line, counted from 1, where there is one.
    pub line: Option<usize>,
    /// What was expected and what was found.
    pub message: String,
    /// What to do next.
    pub help: String,
}

/// The rules, each the code of a finding to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// Text outside of the signed block, several blocks, or a frame that readers take apart differently.
    ClearsignFraming,
    /// A .dsc that is no single paragraph of fields with the required ones in order.
    DscMalformed,
    /// A field that occurs twice, in whatever case.
    DscFieldDuplicate,
    /// The lists of a .dsc or .changes do not name the same files with the same sizes.
    DscFilesDisagree,
    /// Size or digest of a file is not the listed one.
    DscChecksumMismatch,
    /// Only MD5 (or SHA-1) vouches for the files.
    DscWeakDigests,
    /// A .changes that cannot be read, or that names no single .dsc.
    ChangesMalformed,
    /// A listed name that dpkg-source refuses, such as one with a slash.
    FileNameUnsafe,
    /// A listed file that is not there.
    FileMissing,
    /// A listed file that this source format does not have.
    FileUnexpected,
    /// The same tarball in two compressions, or two main tarballs.
    OrigDuplicate,
    /// A format that has an upstream tarball, without one.
    OrigMissing,
    /// An upstream tarball beside the package that the .dsc does not list.
    OrigUnlisted,
    /// No packaging: neither debian.tar nor what else the format asks for.
    PackagingMissing,
    /// A signature whose tarball is not listed.
    SignatureWithoutTarball,
    /// A signature beside the package that the .dsc does not list.
    SignatureUnlisted,
    /// A source format that is not looked into.
    UnknownFormat,
    /// A native package whose version has a Debian revision: an upstream tarball may be missing.
    NativeWithRevision,
    /// debian/changelog does not begin with an entry.
    ChangelogMalformed,
    /// `debian` is not a directory, or more of it than can be held.
    DebianDirUnreadable,
}

impl FaultKind {
    /// The noun phrase that names the fault in reports.
    pub fn code(self) -> &'static str {
        match self {
            Self::ClearsignFraming => "clearsign-framing",
            Self::DscMalformed => "dsc-malformed",
            Self::DscFieldDuplicate => "dsc-field-duplicate",
            Self::DscFilesDisagree => "dsc-files-disagree",
            Self::DscChecksumMismatch => "dsc-checksum-mismatch",
            Self::DscWeakDigests => "dsc-weak-digests",
            Self::ChangesMalformed => "changes-malformed",
            Self::FileNameUnsafe => "file-name-unsafe",
            Self::FileMissing => "file-missing",
            Self::FileUnexpected => "file-unexpected",
            Self::OrigDuplicate => "orig-duplicate",
            Self::OrigMissing => "orig-missing",
            Self::OrigUnlisted => "orig-unlisted",
            Self::PackagingMissing => "packaging-missing",
            Self::SignatureWithoutTarball => "signature-without-tarball",
            Self::SignatureUnlisted => "signature-unlisted",
            Self::UnknownFormat => "unknown-format",
            Self::NativeWithRevision => "native-with-revision",
            Self::ChangelogMalformed => "changelog-malformed",
            Self::DebianDirUnreadable => "debian-dir-unreadable",
        }
    }
}

impl Fault {
    /// A fault of `file`; texts are cut to a bounded length.
    pub fn new(
        kind: FaultKind,
        file: &str,
        line: impl Into<Option<usize>>,
        message: impl AsRef<str>,
        help: impl AsRef<str>,
    ) -> Self {
        Fault {
            kind,
            file: shown(file),
            line: line.into(),
            message: cut(message.as_ref(), 600),
            help: cut(help.as_ref(), 600),
        }
    }
}

/// Faults that are told of one file; whoever has more of them has made his point.
const MOST: usize = 64;

/// Collects the faults of one file.
pub(crate) struct Faults<'a> {
    pub file: &'a str,
    pub found: Vec<Fault>,
}

impl<'a> Faults<'a> {
    pub(crate) fn of(file: &'a str) -> Self {
        Faults {
            file,
            found: Vec::new(),
        }
    }

    pub(crate) fn push(
        &mut self,
        kind: FaultKind,
        line: impl Into<Option<usize>>,
        message: impl AsRef<str>,
        help: impl AsRef<str>,
    ) {
        if self.found.len() < MOST {
            self.found.push(Fault::new(kind, self.file, line, message, help));
        }
    }
}

/// Text of an unknown author, cut to what fits in a message.
pub(crate) fn shown(text: impl AsRef<[u8]>) -> String {
    // Cut before decoding: a line may be megabytes long.
    let bytes = text.as_ref();
    let head = bytes.get(..800).unwrap_or(bytes);
    cut(&String::from_utf8_lossy(head), 120)
}

fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}
