//! The payload, file by file, held against the header.

use std::{
    collections::HashMap,
    io::{self, Read},
};

use bstr::BStr;
use tarvet_archive::{Compression, Limits, OddityClass, Stream, StreamEnd};

use super::{
    Facts, Fault, FaultKind, SourceFile, Srpm,
    body::Tap,
    check_header::{self, Promises},
    compression,
    digest::{Algorithm, Hasher, hex},
    fault::Faults,
};
use crate::cpio::{self, Entry, Newc, Reader};

/// What is left of an SRPM once its payload was read.
#[derive(Debug)]
pub struct Payload {
    /// What the header says.
    pub facts: Facts,
    /// Number of files that the visitor was shown and that were as the header says.
    pub matched: usize,
    /// Everything that was wrong with the package, from its first byte to its last.
    pub faults: Vec<Fault>,
}

impl Payload {
    /// Whether nothing is wrong at level error: only then does what was read count for anything.
    pub fn is_sound(&self) -> bool {
        let grave = |fault: &Fault| fault.kind.level() >= tarvet_core::Level::Error;
        !self.faults.iter().any(grave)
    }
}

impl<R: Read + Send> Srpm<R> {
    /// Reads the payload to the last byte of the file and shows `visit` each file that the header lists, in the payload's order.
    ///
    /// What `visit` leaves unread is skipped; it is digested all the same. `visit` sees bytes before their digest is known, so
    /// that what it concludes holds only if [`Payload::is_sound`]. A damaged payload is the end of the bytes, not an error. Of
    /// `limits` apply `bytes` and `ratio` to the decompressed payload, `members` and `dictionary_bytes`.
    /// Err: of the medium, or of `visit`.
    pub fn read_payload(
        mut self,
        limits: &Limits,
        mut visit: impl FnMut(&SourceFile, &mut (dyn Read + Send)) -> io::Result<()>,
    ) -> io::Result<Payload> {
        let mut matched = 0;
        if let (Some(signature), Some(header)) = (&self.signature, &self.header) {
            let promises = check_header::promises(signature, &mut self.faults);
            let header_len = header.bytes().len() as u64;
            let mut md5 = Hasher::new(Algorithm::Md5);
            md5.update(header.bytes());
            let mut tap = Tap::new(&mut self.input, promises.md5.is_some().then_some(md5));
            let (compression, input) = compression::choose(self.facts.compressor, &mut tap)?;
            if let Some(compression) = compression {
                let stream = Stream::new(input, compression, limits)?;
                let mut reading = Reading::new(&self.facts, &mut self.faults);
                let stream = reading.files(stream, limits, &mut visit)?;
                matched = reading.matched;
                let end = stream.finish()?;
                let (_, md5) = tap.finish();
                after(
                    &self.facts,
                    &promises,
                    header_len,
                    md5,
                    compression,
                    &end,
                    &mut self.faults,
                );
            }
        }
        Ok(Payload {
            facts: self.facts,
            matched,
            faults: self.faults.finish(),
        })
    }
}

/// The going through the payload.
struct Reading<'a> {
    facts: &'a Facts,
    faults: &'a mut Faults,
    by_name: HashMap<&'a BStr, usize>,
    seen: Vec<bool>,
    matched: usize,
}

impl<'a> Reading<'a> {
    fn new(facts: &'a Facts, faults: &'a mut Faults) -> Self {
        let names = facts.files.iter().enumerate();
        Reading {
            facts,
            faults,
            by_name: names.map(|(at, file)| (BStr::new(&file.name), at)).collect(),
            seen: vec![false; facts.files.len()],
            matched: 0,
        }
    }

    fn files<'s>(
        &mut self,
        stream: Stream<'s>,
        limits: &Limits,
        visit: &mut impl FnMut(&SourceFile, &mut (dyn Read + Send)) -> io::Result<()>,
    ) -> io::Result<Stream<'s>> {
        let mut reader = Reader::new(stream);
        let mut members = 0;
        while let Some(entry) = reader.next()? {
            if members == limits.members {
                reader.stop(format!(
                    "more than {members} members (limit members, --limit-members)"
                ));
                break;
            }
            members += 1;
            let file = match &entry {
                Entry::Named(name, newc) => self.named(name, newc),
                Entry::Numbered(number) => match self.numbered(*number) {
                    Some(file) => {
                        reader.sized(file.size);
                        Some(file)
                    }
                    None => {
                        // Without the header's size there is no telling where it ends.
                        reader.broken(format!("the header has no file number {number}, or has it twice"));
                        None
                    }
                },
            };
            if let Some(file) = file {
                self.body(file, &mut reader, visit)?;
            }
        }
        let complete = reader.is_complete();
        let (stream, faults) = reader.finish()?;
        self.faults.payload(faults);
        if complete {
            self.tell_missing();
        }
        Ok(stream)
    }

    /// The file that a member is, if the header lists it and describes it the same.
    fn named(&mut self, name: &[u8], newc: &Newc) -> Option<&'a SourceFile> {
        if let Err(what) = cpio::plain(name) {
            let detail = format!("a plain file name expected in the payload, found one with {what}");
            let kind = FaultKind::Payload(cpio::FaultKind::UnsafeName);
            self.faults.at(kind, name, detail);
            return None;
        }
        let Some(number) = self.by_name.get(BStr::new(name)).copied() else {
            let detail = "the payload has this file, the header does not list it";
            self.faults.at(FaultKind::UnlistedMember, name, detail);
            return None;
        };
        let file = self.first(number)?;
        if newc.mode & cpio::FORMAT != cpio::FILE {
            let detail = format!("a regular file expected, the payload has mode {:o}", newc.mode);
            let kind = FaultKind::Payload(cpio::FaultKind::UnsafeKind);
            self.faults.at(kind, name, detail);
            return None;
        }
        if newc.links > 1 {
            let detail = format!("one link expected, {} found", newc.links);
            let kind = FaultKind::Payload(cpio::FaultKind::HardLink);
            self.faults.at(kind, name, detail);
            return None;
        }
        let (size, mode) = (u64::from(newc.size), newc.mode);
        if (size, mode) != (file.size, u32::from(file.mode)) {
            let detail = format!(
                "size {} and mode {:o} in the header, {size} and {mode:o} in the payload",
                file.size, file.mode
            );
            self.faults.at(FaultKind::MemberMismatch, name, detail);
            return None;
        }
        Some(file)
    }

    fn numbered(&mut self, number: u32) -> Option<&'a SourceFile> {
        self.first(usize::try_from(number).ok()?)
    }

    /// The file of that number, if it was not there before.
    fn first(&mut self, number: usize) -> Option<&'a SourceFile> {
        let (file, seen) = (self.facts.files.get(number)?, self.seen.get_mut(number)?);
        if std::mem::replace(seen, true) {
            let kind = FaultKind::Payload(cpio::FaultKind::DuplicateMember);
            self.faults
                .at(kind, &file.name, "the payload has this file for the second time");
            return None;
        }
        if file.is_absent() {
            let detail = "the header says that the payload does not have this file, it does";
            self.faults.at(FaultKind::UnlistedMember, &file.name, detail);
        }
        Some(file)
    }

    fn body(
        &mut self,
        file: &SourceFile,
        reader: &mut Reader<Stream>,
        visit: &mut impl FnMut(&SourceFile, &mut (dyn Read + Send)) -> io::Result<()>,
    ) -> io::Result<()> {
        let hasher = file.digest.as_ref().map(|digest| Hasher::new(digest.algorithm));
        let mut tap = Tap::new(reader, hasher);
        visit(file, &mut tap)?;
        io::copy(&mut tap, &mut io::sink())?;
        let (len, found) = tap.finish();
        let promised = file.digest.as_ref().map(|digest| digest.digits.as_str());
        if len != file.size {
            let detail = format!("{} bytes expected, the payload ends after {len}", file.size);
            self.faults.at(FaultKind::MemberMismatch, &file.name, detail);
        } else if promised != found.as_deref() {
            let detail = format!(
                "digest {} in the header, {} in the payload",
                promised.unwrap_or_default(),
                found.unwrap_or_default()
            );
            self.faults.at(FaultKind::MemberMismatch, &file.name, detail);
        } else if promised.is_some() {
            self.matched += 1;
        }
        Ok(())
    }

    fn tell_missing(&mut self) {
        for (file, seen) in self.facts.files.iter().zip(&self.seen) {
            if !seen && !file.is_absent() {
                let detail = "the header lists this file, the payload does not have it";
                self.faults.at(FaultKind::MissingMember, &file.name, detail);
            }
        }
    }
}

/// What can be said once the last byte was read.
fn after(
    facts: &Facts,
    promises: &Promises,
    header_len: u64,
    md5: Option<String>,
    compression: Compression,
    end: &StreamEnd,
    faults: &mut Faults,
) {
    for oddity in &end.oddities {
        let kind = match oddity.class {
            OddityClass::Limit => FaultKind::Limit,
            OddityClass::Corrupt => FaultKind::Compression,
            _ => FaultKind::Payload(cpio::FaultKind::TrailingData),
        };
        if matches!(kind, FaultKind::Limit | FaultKind::Compression) {
            // That the archive ends early follows from this.
            faults.forget(FaultKind::Payload(cpio::FaultKind::Malformed));
        }
        faults.note(
            kind,
            format!("the payload, read as {compression:?}: {}", oddity.detail),
        );
    }
    let limited = end
        .oddities
        .iter()
        .any(|oddity| oddity.class == OddityClass::Limit);
    let mut size = |what: &str, promised: &[u64], found: u64| {
        for promised in promised.iter().filter(|promised| **promised != found) {
            let detail = format!("{promised} bytes of {what} promised, {found} found");
            faults.note(FaultKind::Size, detail);
        }
    };
    size(
        "header and payload",
        &promises.sizes,
        header_len + end.encoded.len,
    );
    size("payload", facts.promised.size.as_slice(), end.encoded.len);
    if !limited {
        size("decompressed payload", &promises.archive_sizes, end.decoded.len);
        size(
            "decompressed payload",
            facts.promised.size_alt.as_slice(),
            end.decoded.len,
        );
    }
    let mut digest = |what: &str, promised: Option<&str>, found: &str| {
        if let Some(promised) = promised.filter(|promised| *promised != found) {
            let detail = format!("{what}: {promised} promised, {found} found");
            faults.note(FaultKind::PayloadDigest, detail);
        }
    };
    let sha256 = &facts.promised.sha256;
    let encoded = end.encoded.sha256.to_string();
    digest(
        "SHA-256 of the payload",
        sha256.as_ref().map(|hex| hex.0.as_str()),
        &encoded,
    );
    if !limited {
        let alt = &facts.promised.sha256_alt;
        let decoded = end.decoded.sha256.to_string();
        digest(
            "SHA-256 of the decompressed payload",
            alt.as_ref().map(|hex| hex.0.as_str()),
            &decoded,
        );
    }
    let promised_md5 = promises.md5.as_deref().map(hex);
    digest(
        "MD5 of header and payload",
        promised_md5.as_deref(),
        md5.as_deref().unwrap_or_default(),
    );
}
