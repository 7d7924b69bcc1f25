//! What is wrong with the text of a patch.

/// What a fault in the text of a patch is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FaultKind {
    /// dpkg-source or GNU patch refuses it, so that nothing after it is known.
    Malformed,
    /// GNU patch, which applies patches, reads it otherwise than dpkg-source, which checks them.
    Ambiguous,
    /// A path that leaves the source tree, or that names nothing in it.
    Escapes,
    /// A limit was reached; the rest was not read.
    Limit,
}

/// A fault in the text of a patch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What it is about.
    pub kind: FaultKind,
    /// The line of the patch, from 1.
    pub line: usize,
    /// What was found, and what was expected. Names in it are escaped.
    pub message: String,
    /// What to do next.
    pub help: &'static str,
}

impl Fault {
    pub(super) fn new(kind: FaultKind, line: usize, message: String, help: &'static str) -> Self {
        Fault {
            kind,
            line,
            message,
            help,
        }
    }

    /// Something that dpkg-source would refuse.
    pub(super) fn malformed(line: usize, message: impl Into<String>) -> Self {
        Fault::new(
            FaultKind::Malformed,
            line,
            message.into(),
            "make the patch anew ('quilt refresh', 'diff -u'); dpkg-source does not unpack this one",
        )
    }
}
