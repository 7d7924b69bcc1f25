//! What is wrong with the text of a package, as data. Nothing here is an error that skips: reading goes on.

use bstr::{BStr, ByteSlice};

/// A kind of fault; `crate::checks` tells which finding each becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// A file is larger than its limit and was not read.
    TooLarge,
    /// Macros expand to more than the limit, or deeper.
    ExpansionLimit,
    /// `%include` or `%load`: another file would become part of the spec.
    IncludeRefused,
    /// A brace or a line continuation has no end: rpm refuses such a spec.
    Unclosed,
    /// `%if` and `%endif` do not pair up, or are nested too deep.
    ConditionUnbalanced,
    /// A macro is defined in a comment, where rpm defines it all the same.
    DefinitionInComment,
    /// Code, or a macro, stands where tags and sections stand: what it adds is not known.
    OpaqueLine,
    /// Two sources or two patches have the same number.
    DuplicateNumber,
    /// A source cannot be resolved without running the spec.
    SourceUnresolved,
    /// The file name of a source leaves its directory, is empty or cannot be printed.
    SourceNameUnsafe,
    /// rpm takes the file name from the query of a URL, which is another file than the one that the URL seems to name.
    SourceNameFromQuery,
    /// A source is fetched from another host than the project's.
    SourceHostDiffers,
    /// A source is fetched without authentication of the server (`http:`, `ftp:`, `git:`).
    SourceInsecure,
    /// Two sources of one spec have the same file name.
    DuplicateName,
    /// A signature is verified in a comment only.
    VerificationCommentedOut,
    /// A signature is verified in a branch that is never taken.
    VerificationDead,
    /// A signature is verified under a condition only.
    VerificationConditional,
    /// A signature is verified and the outcome ignored (`|| :`).
    VerificationIgnored,
    /// A signature is verified over other data than what is unpacked.
    VerificationOtherData,
    /// What is verified cannot be told from the text.
    VerificationUnclear,
    /// The network is used while building.
    NetworkUse,
    /// Shell text that cannot be read.
    ScriptUnclear,
    /// A digest that no longer proves anything (MD5, SHA-1).
    WeakDigest,
    /// The same file twice in a list.
    DuplicateEntry,
    /// A line that is not understood.
    UnknownLine,
    /// A digest that is no digest.
    MalformedDigest,
    /// A file name that leaves its directory.
    NameUnsafe,
    /// XML that is not well formed.
    MalformedXml,
    /// XML with a document type: entities are not read.
    DoctypeRefused,
    /// More services, parameters or entries than the limit.
    TooMany,
    /// A mode of a service that is not known.
    UnknownMode,
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What kind of fault.
    pub kind: FaultKind,
    /// The line, from 1; 0 for the file as a whole.
    pub line: usize,
    /// What was expected and what was found.
    pub message: String,
    /// What to do next.
    pub help: String,
}

/// Faults of one file that are kept; more of the same say nothing new.
pub const MOST_FAULTS: usize = 200;

/// Faults of one kind that are kept.
const MOST_OF_A_KIND: usize = 50;

/// Collects faults, without end in time but not in number.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    pub(crate) list: Vec<Fault>,
}

impl Faults {
    pub(crate) fn push(
        &mut self,
        kind: FaultKind,
        line: usize,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        // There is always place for a kind that has not been seen, lest noise hide it.
        let same = self.list.iter().filter(|fault| fault.kind == kind).count();
        if self.list.len() < MOST_FAULTS && same < MOST_OF_A_KIND || same == 0 {
            let fault = Fault {
                kind,
                line,
                message: message.into(),
                help: help.into(),
            };
            if self.list.last() != Some(&fault) {
                self.list.push(fault);
            }
        }
    }
}

/// A piece of input for a message: at most 80 bytes, on one line. Reports escape what is left.
pub(crate) fn excerpt(text: &[u8]) -> String {
    let line = text.lines().next().unwrap_or_default().trim();
    let cut = line.get(..80).unwrap_or(line);
    let more = if cut.len() < line.len() { "…" } else { "" };
    format!("{}{more}", BStr::new(cut))
}
