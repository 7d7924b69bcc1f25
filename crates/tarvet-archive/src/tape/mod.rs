//! The tar inside: a strict reader of v7, ustar, pax and GNU headers.
//!
//! It follows POSIX.1-2017 (pax) and the GNU tar manual, and tells every construct on which readers of these
//! formats part ways instead of choosing one of the readings in silence.

mod checks;
mod header;
mod overrides;
mod pax;

use std::io::{self, BufRead};

use bstr::{BString, ByteSlice};

use self::{
    header::{BLOCK, Header, Layout},
    overrides::Overrides,
};
use crate::{Limits, MemberKind, OddityClass, log::Log};

/// Comments kept of pax global headers.
const COMMENTS: usize = 64;

/// Whether `block` could be the first header of a tar.
pub(crate) fn looks_like_header(block: &[u8]) -> bool {
    block.first_chunk::<BLOCK>().map(Header).is_some_and(|header| {
        !header.is_zero() && (header.checksum_matches() || header.signed_checksum_matches())
    })
}

/// A member's header with all overrides applied.
pub(crate) struct Entry {
    pub(crate) path: BString,
    pub(crate) kind: MemberKind,
    pub(crate) mode: u32,
    /// Bytes of body that follow on the tape.
    pub(crate) size: u64,
    pub(crate) mtime: i64,
    pub(crate) link: Option<BString>,
}

/// Walks the headers of a tar. After [`Tape::next`] gave an entry, [`Tape::body`] must be called.
pub(crate) struct Tape<'a, B> {
    input: B,
    limits: &'a Limits,
    pub(crate) log: Log,
    pub(crate) comments: Vec<BString>,
    offset: u64,
    members: u64,
    name_bytes: u64,
    /// Whether the stop came from a limit, so that the rest is not worth decoding.
    pub(crate) limited: bool,
}

impl<'a, B: BufRead> Tape<'a, B> {
    pub(crate) fn new(input: B, limits: &'a Limits) -> Self {
        let log = Log::default();
        Tape {
            input,
            limits,
            log,
            comments: Vec::new(),
            offset: 0,
            members: 0,
            name_bytes: 0,
            limited: false,
        }
    }

    /// The next member, or `None` at the end of what can be read. The input is then at its end,
    /// unless a limit was hit.
    pub(crate) fn next(&mut self) -> io::Result<Option<Entry>> {
        let entry = self.find_entry()?;
        if entry.is_none() && !self.limited {
            self.drain()?;
        }
        Ok(entry)
    }

    /// Hands the body of the last entry to `sink`; `false` when the tar ends before it does.
    pub(crate) fn body(&mut self, entry: &Entry, mut sink: impl FnMut(&[u8])) -> io::Result<bool> {
        if !self.copy(entry.size, &mut sink)? {
            let detail = format!(
                "{} bytes of contents promised, the tar ends at {}",
                entry.size, self.offset
            );
            self.log
                .at(entry.path.as_bstr(), OddityClass::Corrupt, "truncated", detail);
            return Ok(false);
        }
        let mut dirty = false;
        let complete = self.copy(padding(entry.size), |bytes| {
            dirty |= bytes.iter().any(|byte| *byte != 0)
        })?;
        if dirty {
            let detail = "bytes in the padding after the contents (first such member)";
            self.log
                .once(entry.path.as_bstr(), OddityClass::Stowaway, "padding", detail);
        }
        if !complete {
            let detail = format!("the tar ends at {}, inside the padding of a member", self.offset);
            self.log
                .at(entry.path.as_bstr(), OddityClass::Corrupt, "truncated", detail);
        }
        Ok(true)
    }

    pub(crate) fn into_parts(self) -> (B, Log, Vec<BString>) {
        (self.input, self.log, self.comments)
    }

    fn find_entry(&mut self) -> io::Result<Option<Entry>> {
        let mut overrides = Overrides::default();
        loop {
            let Some(block) = self.header_block(&overrides)? else {
                return Ok(None);
            };
            let header = Header(&block);
            match header.flag() {
                flag @ (b'L' | b'K' | b'x' | b'g') => {
                    if !self.extension(&header, flag, &mut overrides)? {
                        return Ok(None);
                    }
                }
                _ => return self.entry(&header, overrides),
            }
        }
    }

    /// A block that is a header by its checksum; everything else ends the reading.
    fn header_block(&mut self, overrides: &Overrides) -> io::Result<Option<[u8; BLOCK]>> {
        let at = self.offset;
        let mut block = [0; BLOCK];
        let got = self.fill(&mut block)?;
        let header = Header(&block);
        if got < BLOCK {
            self.ended_without_marker(got, overrides);
            return Ok(None);
        }
        if header.is_zero() {
            if overrides.any() {
                let detail = "an extension header is followed by the end of the archive";
                self.log.note(OddityClass::Ambiguous, "dangling-override", detail);
            }
            self.after_zero_block()?;
            return Ok(None);
        }
        if header.checksum_matches() {
            return Ok(Some(block));
        }
        if header.signed_checksum_matches() {
            let detail = format!("the header at {at} has a checksum of signed bytes; not read further");
            self.log.note(OddityClass::Ambiguous, "signed-checksum", detail);
        } else if at == 0 {
            self.log.note(
                OddityClass::Corrupt,
                "not-a-tar",
                "not a tar archive: no header at the start",
            );
        } else {
            let detail =
                format!("the block at {at} is not a header: its checksum is wrong; not read further");
            self.log.note(OddityClass::Corrupt, "header-checksum", detail);
        }
        Ok(None)
    }

    fn ended_without_marker(&mut self, got: usize, overrides: &Overrides) {
        if got > 0 {
            let detail = format!("the tar ends at {}, inside a header", self.offset);
            self.log.note(OddityClass::Corrupt, "truncated", detail);
        } else if self.offset == 0 {
            self.log.note(
                OddityClass::Corrupt,
                "not-a-tar",
                "not a tar archive: nothing inside",
            );
        } else if overrides.any() {
            self.log.note(
                OddityClass::Corrupt,
                "truncated",
                "the tar ends after an extension header",
            );
        } else {
            let detail = "no end-of-archive marker after the last member";
            self.log.note(OddityClass::Curious, "no-end-marker", detail);
        }
    }

    /// One zero block was read: there must be a second, and then nothing but zeros.
    fn after_zero_block(&mut self) -> io::Result<()> {
        let mut block = [0; BLOCK];
        let got = self.fill(&mut block)?;
        let second_is_zero = block.iter().all(|byte| *byte == 0);
        if got == 0 {
            self.log.note(
                OddityClass::Curious,
                "short-end-marker",
                "one zero block ends the archive, not two",
            );
        } else if !second_is_zero {
            let detail = format!(
                "a single zero block before more data at {}",
                self.offset - got as u64
            );
            self.log.note(OddityClass::Ambiguous, "lone-zero-block", detail);
            return Ok(());
        }
        let start = self.offset;
        let mut stray = 0_u64;
        self.copy(u64::MAX, |bytes| {
            if stray > 0 || bytes.iter().any(|byte| *byte != 0) {
                stray += bytes.len() as u64;
            }
        })?;
        if stray > 0 {
            let detail = format!("data after the end of the archive at {start}, up to {stray} bytes");
            self.log.note(OddityClass::Ambiguous, "data-after-end", detail);
        }
        Ok(())
    }

    /// Reads the body of an extension header; `false` ends the reading.
    fn extension(&mut self, header: &Header, flag: u8, overrides: &mut Overrides) -> io::Result<bool> {
        self.check_extension(header, flag);
        let Ok(size) = header.size() else {
            let detail = "the size of an extension header is not a number; not read further";
            self.log.note(OddityClass::Ambiguous, "odd-number", detail);
            return Ok(false);
        };
        overrides.bytes = overrides.bytes.saturating_add(size).saturating_add(BLOCK as u64);
        if overrides.bytes > self.limits.header_bytes {
            let detail = format!(
                "more than {} bytes of extension headers before one member (limit header_bytes, --limit-header-bytes)",
                self.limits.header_bytes
            );
            self.stop("header-limit", detail);
            return Ok(false);
        }
        let mut body = Vec::new();
        let complete =
            self.copy(size, |bytes| body.extend_from_slice(bytes))? && self.copy(padding(size), |_| ())?;
        if !complete {
            let detail = format!("the tar ends at {}, inside an extension header", self.offset);
            self.log.note(OddityClass::Corrupt, "truncated", detail);
            return Ok(false);
        }
        match flag {
            b'x' => overrides.extended(&body, &mut self.log),
            b'g' => {
                if overrides.any() {
                    let detail = "a pax global header between a member and its own extension header";
                    self.log.note(OddityClass::Ambiguous, "mixed-overrides", detail);
                }
                let comments = overrides::global(&body, &mut self.log);
                let room = COMMENTS.saturating_sub(self.comments.len());
                self.comments.extend(
                    comments
                        .into_iter()
                        .filter(|comment| comment.len() <= 4096)
                        .take(room),
                );
            }
            _ => overrides.gnu(flag == b'K', &body, &mut self.log),
        }
        Ok(true)
    }

    /// Turns a header and what preceded it into an entry; `None` ends the reading.
    fn entry(&mut self, header: &Header, overrides: Overrides) -> io::Result<Option<Entry>> {
        let Overrides {
            pax,
            long_name,
            long_link,
            ..
        } = overrides;
        let pax = pax.unwrap_or_default();
        let linked = pax.link.is_some() || long_link.is_some();
        let path = pax.path.or(long_name).unwrap_or_else(|| header.path());
        self.pass_on_pax(pax.oddities, &path);
        self.check_layout(header, &path);
        let Some(mut size) = self.size(header, pax.size, &path) else {
            return Ok(None);
        };
        let mut kind = kind(header, &path, size);
        let link = matches!(kind, MemberKind::Symlink | MemberKind::HardLink)
            .then(|| pax.link.or(long_link).unwrap_or_else(|| header.link()));
        if pax.sparse || header.flag() == b'S' {
            kind = MemberKind::Other(b'S');
            let detail = "a sparse file: readers expand its map differently";
            self.log
                .at(path.as_bstr(), OddityClass::Ambiguous, "sparse-member", detail);
        }
        if header.flag() == b'S' && header.sparse_map_continues() && !self.skip_sparse_map(&path)? {
            return Ok(None);
        }
        self.check_kind(kind, &path);
        self.check_against_kind(header, kind, linked, &path);
        if kind == MemberKind::File {
            self.check_acl(header, &pax.acl_bits, &path);
        }
        if size > 0 && !matches!(kind, MemberKind::File | MemberKind::Other(_)) {
            let detail = format!("{size} bytes of contents on a member that has none, taken as absent");
            self.log
                .at(path.as_bstr(), OddityClass::Ambiguous, "body-on-link", detail);
            size = 0;
        }
        let entry = Entry {
            kind,
            mode: self.mode(header, kind, &path),
            size,
            mtime: pax.mtime.or_else(|| header.mtime().ok()).unwrap_or_default(),
            link,
            path,
        };
        Ok(self.within_limits(&entry).then_some(entry))
    }

    /// Old GNU sparse maps go on in blocks of their own.
    fn skip_sparse_map(&mut self, path: &BString) -> io::Result<bool> {
        let mut block = [0; BLOCK];
        loop {
            if self.fill(&mut block)? < BLOCK {
                let detail = "the tar ends inside a sparse map";
                self.log
                    .at(path.as_bstr(), OddityClass::Corrupt, "truncated", detail);
                return Ok(false);
            }
            if block[504] == 0 {
                return Ok(true);
            }
        }
    }

    fn drain(&mut self) -> io::Result<()> {
        self.copy(u64::MAX, |_| ()).map(|_| ())
    }

    fn fill(&mut self, block: &mut [u8; BLOCK]) -> io::Result<usize> {
        let mut filled = 0;
        self.copy(BLOCK as u64, |bytes| {
            block[filled..filled + bytes.len()].copy_from_slice(bytes);
            filled += bytes.len();
        })?;
        Ok(filled)
    }

    /// Hands the next `count` bytes to `sink`; `false` when there are fewer.
    fn copy(&mut self, mut count: u64, mut sink: impl FnMut(&[u8])) -> io::Result<bool> {
        while count > 0 {
            let bytes = self.input.fill_buf()?;
            if bytes.is_empty() {
                return Ok(false);
            }
            let step = usize::try_from(count).unwrap_or(usize::MAX).min(bytes.len());
            sink(&bytes[..step]);
            self.input.consume(step);
            self.offset += step as u64;
            count -= step as u64;
        }
        Ok(true)
    }
}

fn padding(size: u64) -> u64 {
    let block = BLOCK as u64;
    (block - size % block) % block
}

/// What the type flag says, and the trailing slash by which v7 marked directories.
fn kind(header: &Header, path: &BString, size: u64) -> MemberKind {
    match header.flag() {
        0 if header.layout() == Layout::V7 && path.ends_with(b"/") && size == 0 => MemberKind::Directory,
        0 | b'0' => MemberKind::File,
        b'1' => MemberKind::HardLink,
        b'2' => MemberKind::Symlink,
        b'5' => MemberKind::Directory,
        flag => MemberKind::Other(flag),
    }
}
