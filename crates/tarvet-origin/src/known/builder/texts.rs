//! The texts of standard files, woven by name and packed by chunks.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::super::super::format::{CHUNK, CHUNK_ENDS, CHUNKS, LARGEST_CHUNK, SECTIONS, TEXTS};
use super::super::super::weave::{MOST_VERSIONS, Weave};
use super::super::{BuildError, Builder, Name};
use super::{number, small};

/// All versions of a name together have no more bytes than that, so that TeX's macros do not fill the table.
const MOST_BYTES: usize = 1 << 20;

/// Fills the sections of texts.
pub(super) fn add(sections: &mut [Vec<u8>; SECTIONS.len()], builder: &Builder) -> Result<(), BuildError> {
    let mut chunk = Vec::new();
    let mut chunks = 0;
    for (position, entry) in builder.names.values().enumerate() {
        if !entry.standard || entry.texts.is_empty() {
            continue;
        }
        let woven = weave(entry)?;
        if woven.len() > LARGEST_CHUNK - CHUNK {
            continue;
        }
        if !chunk.is_empty() && chunk.len() + woven.len() > CHUNK {
            pack(sections, &chunk)?;
            chunks += 1;
            chunk.clear();
        }
        let texts = &mut sections[TEXTS];
        texts.extend(small(position, "file names")?.to_le_bytes());
        texts.extend(small(chunks, "chunks of texts")?.to_le_bytes());
        texts.extend(number(chunk.len(), "bytes")?.to_le_bytes());
        texts.extend(number(woven.len(), "bytes")?.to_le_bytes());
        chunk.extend_from_slice(&woven);
    }
    if chunk.is_empty() {
        Ok(())
    } else {
        pack(sections, &chunk)
    }
}

/// The newest versions of a file, the oldest of them first.
fn weave(entry: &Name) -> Result<Vec<u8>, BuildError> {
    let mut versions = Vec::new();
    for (position, (key, origins)) in entry.contents.iter().enumerate() {
        if let Some(text) = entry.texts.get(key) {
            versions.push((origins.age(), small(position, "versions of a file")?, text));
        }
    }
    versions.sort();
    let mut room = MOST_BYTES;
    let fits = versions
        .iter()
        .rev()
        .take(MOST_VERSIONS)
        .take_while(|(_, _, text)| {
            let fits = text.len() <= room;
            room = room.saturating_sub(text.len());
            fits
        });
    let kept = fits.count().max(1);
    let mut weave = Weave::default();
    for (_, key, text) in versions.iter().skip(versions.len() - kept) {
        weave.add(*key, text);
    }
    Ok(weave.to_bytes())
}

fn pack(sections: &mut [Vec<u8>; SECTIONS.len()], chunk: &[u8]) -> Result<(), BuildError> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    // Writing to memory does not fail.
    let packed = encoder
        .write_all(chunk)
        .and_then(|()| encoder.finish())
        .unwrap_or_default();
    sections[CHUNKS].extend_from_slice(&packed);
    let end = number(sections[CHUNKS].len(), "bytes")?;
    sections[CHUNK_ENDS].extend_from_slice(&end.to_le_bytes());
    Ok(())
}
