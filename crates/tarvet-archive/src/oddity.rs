use bstr::BString;

/// How much an [`Oddity`] matters to somebody about to build from the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OddityClass {
    /// Tar readers disagree on what the archive holds.
    Ambiguous,
    /// The container or the tar inside is damaged: truncated, bad checksum, malformed record.
    Corrupt,
    /// A member that no source archive should carry: device, fifo, path out of the tree, write through a link.
    Unsafe,
    /// A limit of [`crate::Limits`] was hit; the rest was not read.
    Limit,
    /// The file's name promises another format than its contents have.
    NameMismatch,
    /// Bytes that carry no members but travel along: after the end, in skippable frames, in gzip header fields.
    Stowaway,
    /// Attributes that take effect on unpacking: setuid, capabilities, odd modes.
    Attributes,
    /// Unusual and harmless; told for completeness.
    Curious,
}

/// Something about the archive that is wrong or unusual.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oddity {
    /// How much it matters.
    pub class: OddityClass,
    /// A stable word for the trick, for instance `duplicate-member` or `trailing-data`.
    pub code: &'static str,
    /// The member concerned, as spelled.
    pub member: Option<BString>,
    /// Expected and found, in one sentence without a full stop.
    pub detail: String,
}
