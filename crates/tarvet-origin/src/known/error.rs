//! Why a table could not be read.

use thiserror::Error;

/// What is wrong with the bytes of a table.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TableError {
    /// It is some other kind of file.
    #[error("this is not a table of known files")]
    NotATable,
    /// It was made by another version of tarvet.
    #[error("the table has format {found}, this tarvet reads format {expected}: rebuild it")]
    OtherFormat {
        /// The format it says it has.
        found: u32,
        /// The format that is read.
        expected: u32,
    },
    /// It is larger than any table may be.
    #[error("the table has {found} bytes, more than the {limit} that are allowed")]
    TooLarge {
        /// Its size in bytes.
        found: usize,
        /// The largest size in bytes.
        limit: usize,
    },
    /// Its digest is not that of its contents.
    #[error("the table is damaged: its checksum does not match")]
    Checksum,
    /// A section does not lie within it, or is not made of whole records.
    #[error("the table is damaged: section `{section}` does not fit")]
    Section {
        /// The name of the section.
        section: &'static str,
    },
    /// A record contradicts another.
    #[error("the table is damaged: record {position} of section `{section}`: {problem}")]
    Record {
        /// The name of the section.
        section: &'static str,
        /// Which record, from 0.
        position: usize,
        /// What is wrong with it.
        problem: &'static str,
    },
}
