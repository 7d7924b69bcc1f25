//! Source packages (`.src.rpm`), read strictly and as a stream; nothing is unpacked.
//!
//! An SRPM is a lead (96 bytes that nobody needs), a signature header, a header, and a compressed cpio archive, the payload.
//! `rpm -K` compares digests, and the digests of a file that an attacker made are right. Whether the payload holds
//! what the header lists, once, under plain names and with nothing beside it, is what [`Srpm::read_payload`] looks at.
//!
//! [`Srpm::open`] reads up to the payload; then the caller has [`Facts`] and the signatures, and shows itself each file of
//! the payload. Whatever is wrong with the package is a [`Fault`]; what was seen counts for nothing unless there are none of
//! level error. Versions 4 and 6 of the format are read.
//!
//! Sources: rpm's manual on package format versions 4 and 6 and on tags, and what rpm 4.18 writes and accepts.
//!
//! The header is parsed here rather than by the crate `rpm`, which takes the first of duplicate tags, lets entries
//! overlap and does not look at regions; tests compare the two.

mod base64;
pub mod binary;
mod body;
mod check_header;
mod compression;
mod digest;
mod facts;
mod fault;
mod files;
mod header;
mod lead;
mod payload;
mod region;
mod signatures;
mod tags;

#[cfg(test)]
mod tests;

use std::io::{self, Read};

pub use facts::Facts;
pub use fault::{Fault, FaultKind};
pub use files::{FileDigest, SourceFile};
pub use payload::Payload;
pub use signatures::{Covers, HeaderSignature};
#[cfg(test)]
pub(crate) use tests::oracle;

use fault::Faults;
use header::Header;

/// An SRPM of which everything before the payload was read.
pub struct Srpm<R> {
    input: R,
    /// Bytes before the header.
    offset: u64,
    signature: Option<Header>,
    header: Option<Header>,
    facts: Facts,
    faults: Faults,
}

impl<R> std::fmt::Debug for Srpm<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Srpm")
            .field("facts", &self.facts)
            .finish_non_exhaustive()
    }
}

impl<R: Read> Srpm<R> {
    /// Reads lead, signature header and header. Err: the medium; what is wrong with the package is in [`Srpm::faults`].
    pub fn open(mut input: R) -> io::Result<Self> {
        let mut faults = Faults::default();
        let mut offset = 0;
        let (mut signature, mut header, mut lead) = (None, None, None);
        if let Some(found) = lead::read(&mut input, &mut faults)? {
            lead = Some(found);
            signature = header::read(&mut input, &header::SIGNATURE, &mut faults)?;
        }
        if let Some(signature) = &signature {
            offset = lead::LEN + signature.bytes().len() as u64;
            if header::skip_padding(&mut input, &mut offset, &mut faults)? {
                header = header::read(&mut input, &header::MAIN, &mut faults)?;
            }
        }
        let mut facts = Facts::default();
        if let Some(header) = &header {
            facts = Facts::read(header, &mut faults);
        }
        if let (Some(lead), Some(signature), Some(header)) = (&lead, &signature, &header) {
            lead.compare(&facts, &mut faults);
            check_header::check(signature, header, &mut faults);
        }
        Ok(Srpm {
            input,
            offset,
            signature,
            header,
            facts,
            faults,
        })
    }

    /// What the header says. Empty where there is none that can be read, and then there are faults.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// What was wrong up to here.
    pub fn faults(&self) -> &[Fault] {
        self.faults.so_far()
    }

    /// The bytes that a signature on the header covers: the header as it stands in the file.
    pub fn header_bytes(&self) -> &[u8] {
        self.header.as_ref().map(Header::bytes).unwrap_or_default()
    }

    /// Where [`Srpm::header_bytes`] starts in the file. Signatures that cover the payload too cover all from here on.
    pub fn header_offset(&self) -> u64 {
        self.offset
    }
}
