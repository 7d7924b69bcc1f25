//! Tags by number, and their values by type. Numbers are those of rpm's manual.

use bstr::BStr;
use bstr::ByteSlice;

use super::{
    FaultKind,
    fault::Faults,
    header::{Entry, Header, Type},
};

pub(super) const HEADER_IMAGE: u32 = 61;
pub(super) const HEADER_SIGNATURES: u32 = 62;
pub(super) const HEADER_IMMUTABLE: u32 = 63;

pub(super) const NAME: u32 = 1000;
pub(super) const VERSION: u32 = 1001;
pub(super) const RELEASE: u32 = 1002;
pub(super) const EPOCH: u32 = 1003;
pub(super) const SOURCE: u32 = 1018;
pub(super) const PATCH: u32 = 1019;
pub(super) const OLD_FILE_NAMES: u32 = 1027;
pub(super) const FILE_SIZES: u32 = 1028;
pub(super) const FILE_MODES: u32 = 1030;
pub(super) const FILE_DIGESTS: u32 = 1035;
pub(super) const FILE_FLAGS: u32 = 1037;
pub(super) const SOURCE_RPM: u32 = 1044;
pub(super) const SOURCE_PACKAGE: u32 = 1106;
pub(super) const DIR_INDEXES: u32 = 1116;
pub(super) const BASE_NAMES: u32 = 1117;
pub(super) const DIR_NAMES: u32 = 1118;
pub(super) const PAYLOAD_FORMAT: u32 = 1124;
pub(super) const PAYLOAD_COMPRESSOR: u32 = 1125;
pub(super) const LONG_FILE_SIZES: u32 = 5008;
pub(super) const FILE_DIGEST_ALGORITHM: u32 = 5011;
pub(super) const PAYLOAD_SHA256: u32 = 5092;
pub(super) const PAYLOAD_SHA256_ALGORITHM: u32 = 5093;
pub(super) const PAYLOAD_SHA256_ALT: u32 = 5097;
pub(super) const PAYLOAD_SIZE: u32 = 5112;
pub(super) const PAYLOAD_SIZE_ALT: u32 = 5113;
pub(super) const RPM_FORMAT: u32 = 5114;

/// Tags of the signature header.
pub(super) mod signature {
    pub(in super::super) const DSA: u32 = 267;
    pub(in super::super) const RSA: u32 = 268;
    pub(in super::super) const SHA1: u32 = 269;
    pub(in super::super) const LONG_SIZE: u32 = 270;
    pub(in super::super) const LONG_ARCHIVE_SIZE: u32 = 271;
    pub(in super::super) const SHA256: u32 = 273;
    pub(in super::super) const OPENPGP: u32 = 278;
    pub(in super::super) const SIZE: u32 = 1000;
    pub(in super::super) const PGP: u32 = 1002;
    pub(in super::super) const MD5: u32 = 1004;
    pub(in super::super) const GPG: u32 = 1005;
    pub(in super::super) const PAYLOAD_SIZE: u32 = 1007;
}

/// Reads values; one of another type than its tag has is a fault, and not there.
pub(super) struct Values<'a> {
    pub(super) header: &'a Header,
    pub(super) faults: &'a mut Faults,
}

impl<'a> Values<'a> {
    fn typed(&mut self, tag: u32, kinds: &[Type], single: bool) -> Option<&'a Entry> {
        let header = self.header;
        let entry = header.entry(tag)?;
        if !kinds.contains(&entry.kind) || (single && entry.count != 1) {
            let detail = format!(
                "tag {tag} must be of type {:?}{}, found {} of type {:?}",
                kinds.first().unwrap_or(&entry.kind),
                if single { " and single" } else { "" },
                entry.count,
                entry.kind
            );
            self.faults.note(FaultKind::Malformed, detail);
            return None;
        }
        Some(entry)
    }

    fn raw(&mut self, tag: u32, kinds: &[Type], single: bool) -> Option<&'a [u8]> {
        let header = self.header;
        self.typed(tag, kinds, single).map(|entry| header.value(entry))
    }

    pub(super) fn has(&self, tag: u32) -> bool {
        self.header.entry(tag).is_some()
    }

    /// One string.
    pub(super) fn string(&mut self, tag: u32) -> Option<&'a BStr> {
        let value = self.raw(tag, &[Type::String], true)?;
        value.split_last().map(|(_, text)| text.as_bstr())
    }

    /// Several strings.
    pub(super) fn strings(&mut self, tag: u32) -> Option<Vec<&'a BStr>> {
        let value = self.raw(tag, &[Type::StringArray], false)?;
        let (_, texts) = value.split_last()?;
        Some(texts.split(|byte| *byte == 0).map(BStr::new).collect())
    }

    pub(super) fn binary(&mut self, tag: u32) -> Option<&'a [u8]> {
        self.raw(tag, &[Type::Binary], false)
    }

    /// One number of 32 bits.
    pub(super) fn u32(&mut self, tag: u32) -> Option<u32> {
        let value = self.raw(tag, &[Type::Int32], true)?;
        Some(u32::from_be_bytes(value.try_into().ok()?))
    }

    /// One number of 64 bits.
    pub(super) fn u64(&mut self, tag: u32) -> Option<u64> {
        let value = self.raw(tag, &[Type::Int64], true)?;
        Some(u64::from_be_bytes(value.try_into().ok()?))
    }

    pub(super) fn u16s(&mut self, tag: u32) -> Option<Vec<u16>> {
        let value = self.raw(tag, &[Type::Int16], false)?;
        let numbers = value.chunks_exact(2).filter_map(|bytes| bytes.try_into().ok());
        Some(numbers.map(u16::from_be_bytes).collect())
    }

    pub(super) fn u32s(&mut self, tag: u32) -> Option<Vec<u32>> {
        let value = self.raw(tag, &[Type::Int32], false)?;
        let numbers = value.chunks_exact(4).filter_map(|bytes| bytes.try_into().ok());
        Some(numbers.map(u32::from_be_bytes).collect())
    }

    pub(super) fn u64s(&mut self, tag: u32) -> Option<Vec<u64>> {
        let value = self.raw(tag, &[Type::Int64], false)?;
        let numbers = value.chunks_exact(8).filter_map(|bytes| bytes.try_into().ok());
        Some(numbers.map(u64::from_be_bytes).collect())
    }
}
