//! The region: the first entry of a header, which says what of it is immutable and signed.
//!
//! Its value, at the end of the store, is a trailer that points back to where the region's index starts. rpm once took entries
//! behind the region for part of the package although signatures did not cover them (CVE-2021-3421, CVE-2021-20271):
//! here a region covers the whole header or is a fault.

use super::{
    FaultKind,
    fault::Faults,
    header::{ENTRY, Which, number},
    tags::HEADER_IMAGE,
};

/// The type "binary".
const BINARY: u32 = 7;

/// Err: there is no region. Other faults are noted.
pub(super) fn check(index: &[u8], store: &[u8], which: &Which, faults: &mut Faults) -> Result<(), String> {
    let region = index.first_chunk::<ENTRY>().and_then(fields);
    let Some([tag, kind, offset, count]) = region else {
        return Err("it has no entries".into());
    };
    if tag != which.region || kind != BINARY || count as usize != ENTRY {
        let expected = which.region;
        return Err(format!(
            "its first entry must be the region {expected}, found tag {tag}"
        ));
    }
    let trailer = store
        .get(offset as usize..)
        .and_then(|rest| rest.first_chunk::<ENTRY>());
    let Some([tag, kind, back, count]) = trailer.and_then(fields) else {
        return Err("the trailer of its region lies outside".into());
    };
    let old_signature_header = which.region != super::tags::HEADER_IMMUTABLE && tag == HEADER_IMAGE;
    if (tag != which.region && !old_signature_header) || kind != BINARY || count as usize != ENTRY {
        return Err("the trailer of its region is none".into());
    }
    let covered = back.wrapping_neg() as usize;
    let end = offset as usize + ENTRY;
    if covered != index.len() || end != store.len() {
        let detail = format!(
            "the region of the {} must cover all {} bytes of index and {} of values, it covers {covered} and {end}",
            which.name,
            index.len(),
            store.len()
        );
        faults.note(FaultKind::OutsideRegion, detail);
        return Err("its region does not cover it".into());
    }
    Ok(())
}

fn fields(entry: &[u8; ENTRY]) -> Option<[u32; 4]> {
    let mut numbers = entry.chunks_exact(4).filter_map(number);
    Some([numbers.next()?, numbers.next()?, numbers.next()?, numbers.next()?])
}
