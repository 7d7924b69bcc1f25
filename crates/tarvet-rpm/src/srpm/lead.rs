//! The lead: 96 bytes that once described a package, and that rpm writes and does not read.

use std::io::{self, Read};

use bstr::{BStr, BString, ByteSlice};

use super::{Facts, FaultKind, fault::Faults};

/// Bytes of a lead.
pub(super) const LEN: u64 = 96;
const MAGIC: [u8; 4] = [0xed, 0xab, 0xee, 0xdb];
/// "Source package" among the types of packages.
const SOURCE: u16 = 1;
/// "Header-style signature" among the types of signatures, the only one since 1996.
const HEADER_STYLE: u16 = 5;

/// What a lead says that other tools (`file`, old versions of rpm) go by.
pub(super) struct Lead {
    major: u8,
    kind: u16,
    name: BString,
    signature: u16,
    reserved_is_zero: bool,
}

/// Reads the lead; `None`, with a fault, where this is no package.
pub(super) fn read(input: &mut impl Read, faults: &mut Faults) -> io::Result<Option<Lead>> {
    let mut bytes = Vec::new();
    input.take(LEN).read_to_end(&mut bytes)?;
    let Some(rest) = bytes.strip_prefix(&MAGIC) else {
        faults.note(FaultKind::Malformed, "not an RPM package: its magic is missing");
        return Ok(None);
    };
    let lead = lead(rest);
    if lead.is_none() {
        let detail = format!("the lead must have {LEN} bytes, the file has {}", bytes.len());
        faults.note(FaultKind::Malformed, detail);
    }
    Ok(lead)
}

fn lead(bytes: &[u8]) -> Option<Lead> {
    let (versions, bytes) = bytes.split_first_chunk::<2>()?;
    let (kind, bytes) = bytes.split_first_chunk::<2>()?;
    let (_architecture, bytes) = bytes.split_first_chunk::<2>()?;
    let (name, bytes) = bytes.split_first_chunk::<66>()?;
    let (_system, bytes) = bytes.split_first_chunk::<2>()?;
    let (signature, bytes) = bytes.split_first_chunk::<2>()?;
    let (reserved, _) = bytes.split_first_chunk::<16>()?;
    let end = name.find_byte(0).unwrap_or(name.len());
    Some(Lead {
        major: versions[0],
        kind: u16::from_be_bytes(*kind),
        name: name.get(..end)?.into(),
        signature: u16::from_be_bytes(*signature),
        reserved_is_zero: *reserved == [0; 16] && name.iter().skip(end).all(|byte| *byte == 0),
    })
}

impl Lead {
    /// Tells where the lead is odd or does not belong to this header.
    pub(super) fn compare(&self, facts: &Facts, faults: &mut Faults) {
        let mut odd = |detail: String| faults.note(FaultKind::OddLead, detail);
        if !matches!(self.major, 3 | 4) {
            odd(format!(
                "version 3 or 4 expected in the lead, {} found",
                self.major
            ));
        }
        if self.kind != SOURCE {
            odd(format!(
                "type {SOURCE} (source) expected in the lead, {} found",
                self.kind
            ));
        }
        if self.signature != HEADER_STYLE {
            let found = self.signature;
            odd(format!(
                "signature type {HEADER_STYLE} expected in the lead, {found} found"
            ));
        }
        if !self.reserved_is_zero {
            odd("zeros expected behind the name and at the end of the lead, other bytes found".into());
        }
        if !self.names(facts) {
            odd(format!(
                "the lead names {:?}, the header {:?}",
                self.name,
                facts.nevr()
            ));
        }
    }

    /// Whether the name is one that some version of rpm writes for this package, cut to what fits.
    fn names(&self, facts: &Facts) -> bool {
        let without_epoch = format!("{}-{}-{}", facts.name, facts.version, facts.release);
        [without_epoch, facts.nevr()].iter().any(|whole| {
            let cut = whole.as_bytes().get(..65).unwrap_or(whole.as_bytes());
            self.name.as_bstr() == BStr::new(cut)
        })
    }
}
