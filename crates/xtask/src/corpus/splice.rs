//! A real tarball in which the contents of one member are replaced, and nothing else but its header's size and checksum.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// A tar in memory and where its regular files are.
pub struct Tar {
    bytes: Vec<u8>,
    /// Header and contents of each, by name.
    members: BTreeMap<String, (usize, usize, usize)>,
}

const BLOCK: usize = 512;

impl Tar {
    /// Decompresses and lists a tarball.
    pub fn read(path: &Path) -> Result<Self, String> {
        let cannot = |error: std::io::Error| format!("{}: {error}", path.display());
        let file = File::open(path).map_err(cannot)?;
        let limits = tarvet_archive::Limits::default();
        let mut bytes = Vec::new();
        tarvet_archive::decompress(file, &limits)
            .and_then(|mut tar| tar.read_to_end(&mut bytes))
            .map_err(cannot)?;
        let mut members = BTreeMap::new();
        let mut archive = tar::Archive::new(bytes.as_slice());
        for entry in archive.entries().map_err(cannot)? {
            let entry = entry.map_err(cannot)?;
            if entry.header().entry_type().is_file() {
                let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
                let header = entry.raw_header_position() as usize;
                members.insert(
                    name,
                    (header, entry.raw_file_position() as usize, entry.size() as usize),
                );
            }
        }
        Ok(Tar { bytes, members })
    }

    /// The names, as the tar spells them.
    pub fn members(&self) -> impl Iterator<Item = String> {
        self.members.keys().cloned()
    }

    /// The contents of a member.
    pub fn content(&self, member: &str) -> Option<&[u8]> {
        let (_, start, size) = self.members.get(member)?;
        self.bytes.get(*start..start + size)
    }

    /// The whole tar with other contents for a member.
    pub fn with(&self, member: &str, content: &[u8]) -> Option<Vec<u8>> {
        let (header_at, start, size) = *self.members.get(member)?;
        // The header that precedes the contents: a long name or pax record has its own in front.
        let header_at = header_at.max(start.checked_sub(BLOCK)?);
        let mut header = tar::Header::new_old();
        header
            .as_mut_bytes()
            .copy_from_slice(self.bytes.get(header_at..start)?.get(..BLOCK)?);
        header.set_size(content.len() as u64);
        header.set_cksum();
        let padded = |length: usize| length.div_ceil(BLOCK) * BLOCK;
        let mut out = self.bytes.get(..header_at)?.to_vec();
        out.extend_from_slice(header.as_bytes());
        out.extend_from_slice(content);
        out.resize(out.len() + padded(content.len()) - content.len(), 0);
        out.extend_from_slice(self.bytes.get(start + padded(size)..)?);
        Some(out)
    }
}
