use std::{
    collections::{HashMap, HashSet},
    io::{self, BufReader, ErrorKind, Read},
    sync::atomic::AtomicU64,
    thread,
};

use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use crate::{
    Compression, Keep, Limits, Manifest, Member, MemberKind, OddityClass, Sha256, Tarball,
    codec::Decoder,
    digest::{Contents, Identity},
    format,
    keep::{Room, Seen},
    log::Log,
    pipe, replay,
    source::Source,
    tape::{Entry, Tape},
};

/// What a tar looks like behind a container that broke or hit a limit; told once, by the container.
const CONSEQUENCES: &[&str] = &["truncated", "no-end-marker", "short-end-marker", "not-a-tar"];

/// How to read a tarball.
pub struct Options<'a> {
    /// The repository's object format: which kind of blob id the members get.
    pub object_format: gix_hash::Kind,
    /// What reading may cost.
    pub limits: Limits,
    /// Which contents to keep.
    pub keep: &'a dyn Keep,
    /// Threads that may decode blocks of one xz file side by side.
    pub threads: usize,
    /// Whether to take the SHA-256 of the whole tar, [`Tarball::tar`].
    pub tar_digest: bool,
}

/// Reads `input` once to its last byte.
///
/// `file_name` is only compared with the format found; `progress` counts the bytes of `input` read so far.
/// An error is one of the medium. Whatever is wrong with the archive is in [`Tarball::oddities`].
pub fn read(
    input: impl Read + Send,
    file_name: Option<&str>,
    options: &Options,
    progress: Option<&AtomicU64>,
) -> io::Result<Tarball> {
    let mut decoder = Decoder::open(Source::new(input, progress), &options.limits, options.threads)?;
    let compression = decoder.compression;
    if !decoder.is_tar() {
        let (file, log) = decoder.finish()?;
        let manifest = Manifest::default();
        let oddities = log.finish();
        return Ok(Tarball {
            compression,
            file,
            tar: None,
            manifest,
            pax_comments: Vec::new(),
            oddities,
        });
    }
    check_name(file_name, compression, &mut decoder.log);

    let (inlet, outlet) = pipe::pipe(options.tar_digest && compression != Compression::None);
    thread::scope(|scope| {
        let decoding = scope.spawn(|| inlet.run(decoder));
        let mut tape = Tape::new(outlet, &options.limits);
        let mut members = members(&mut tape, options)?;
        let (outlet, mut tar_log, pax_comments) = tape.into_parts();
        let (_, mut tar) = outlet.finish();
        let decoded = decoding
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let (file, mut log) = decoded?;
        if options.tar_digest && compression == Compression::None {
            tar = Some(file);
        }
        replay::replay(&mut members, &mut tar_log);
        if log.fault().is_some() {
            tar_log.forget(CONSEQUENCES);
        }
        log.append(tar_log);
        let oddities = log.finish();
        Ok(Tarball {
            compression,
            file,
            tar,
            manifest: Manifest { members },
            pax_comments,
            oddities,
        })
    })
}

/// The decompressed bytes of `input`, for signatures over the tar rather than the file.
///
/// A damaged container or a limit ends the bytes with an error of kind [`ErrorKind::InvalidData`].
pub fn decompress<'a, R: Read + Send + 'a>(
    input: R,
    limits: &Limits,
) -> io::Result<impl Read + Send + use<'a, R>> {
    Ok(Decompressed {
        decoder: Decoder::open(Source::new(input, None), limits, 1)?,
    })
}

/// Second pass: the contents of the members `wanted`, paths as spelled.
///
/// Of a path that occurs twice the last member counts. Links have no contents here, and members that do not
/// fit into [`Limits::kept_bytes`] are left out. Damage ends the pass with what was found before it.
pub fn contents(
    input: impl Read + Send,
    limits: &Limits,
    wanted: &HashSet<BString>,
) -> io::Result<HashMap<BString, Vec<u8>>> {
    let decoder = Decoder::open(Source::new(input, None), limits, 1)?;
    let input = BufReader::with_capacity(256 * 1024, Lenient(Decompressed { decoder }));
    let mut tape = Tape::new(input, limits);
    let mut found = HashMap::new();
    let mut room = limits.kept_bytes;
    while let Some(entry) = tape.next()? {
        let take = entry.kind == MemberKind::File && entry.size <= room && wanted.contains(&entry.path);
        let mut content = Vec::new();
        let complete = tape.body(&entry, |bytes| {
            if take {
                content.extend_from_slice(bytes);
            }
        })?;
        if take && complete {
            room -= entry.size;
            found.insert(entry.path, content);
        }
    }
    Ok(found)
}

fn check_name(file_name: Option<&str>, compression: Compression, log: &mut Log) {
    let Some(promised) = file_name.and_then(format::promised) else {
        return;
    };
    if promised != compression {
        let detail = format!(
            "the name promises {}, the contents are {}",
            format::name(promised),
            format::name(compression)
        );
        log.note(OddityClass::NameMismatch, "name-mismatch", detail);
    }
}

fn members<B: io::BufRead>(tape: &mut Tape<B>, options: &Options) -> io::Result<Vec<Member>> {
    let mut members = Vec::new();
    let mut room = Room::new(options.limits.kept_bytes);
    while let Some(entry) = tape.next()? {
        match member(tape, entry, options, &mut room)? {
            Some(member) => members.push(member),
            None => break,
        }
    }
    Ok(members)
}

/// Digests one member's body; `None` when the tar ends inside it.
fn member<B: io::BufRead>(
    tape: &mut Tape<B>,
    entry: Entry,
    options: &Options,
    room: &mut Room,
) -> io::Result<Option<Member>> {
    let format = options.object_format;
    let has_contents = matches!(entry.kind, MemberKind::File | MemberKind::Other(_));
    let wanted = match entry.kind {
        MemberKind::File => options.keep.wants(entry.path.as_bstr(), entry.size),
        _ => None,
    };
    room.begin(wanted.unwrap_or(0));
    let mut digest = has_contents.then(|| Contents::new(format, entry.size));
    let complete = tape.body(&entry, |bytes| {
        if let Some(digest) = &mut digest {
            digest.update(bytes);
        }
        room.take(bytes);
    })?;
    if !complete {
        return Ok(None);
    }
    let identity = match (digest, &entry.link) {
        (Some(digest), _) => digest.finish(),
        (None, Some(target)) if entry.kind == MemberKind::Symlink => Contents::of(format, target),
        _ => Identity {
            blob: ObjectId::null(format),
            sha256: Sha256([0; 32]),
            collision: false,
        },
    };
    if identity.collision {
        let detail = "the contents carry a SHA-1 collision attack";
        tape.log.at(
            entry.path.as_bstr(),
            OddityClass::Ambiguous,
            "sha1-collision",
            detail,
        );
    }
    let Identity { blob, sha256, .. } = identity;
    let mut content = None;
    if wanted.is_some() {
        let seen = Seen {
            path: entry.path.as_bstr(),
            size: entry.size,
            blob: &blob,
            sha256: &sha256,
            content: &room.scratch,
        };
        if options.keep.keeps(&seen) {
            content = room.keep(entry.size);
        }
    }
    let Entry {
        path,
        kind,
        mode,
        size,
        mtime,
        link,
    } = entry;
    Ok(Some(Member {
        path,
        kind,
        mode,
        size,
        mtime,
        blob,
        sha256,
        link,
        content,
    }))
}

struct Decompressed<'a> {
    decoder: Decoder<'a>,
}

impl Read for Decompressed<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.decoder.pull(out)?;
        match self.decoder.log.fault() {
            Some(fault) if count == 0 && !out.is_empty() => {
                Err(io::Error::new(ErrorKind::InvalidData, fault.detail.clone()))
            }
            _ => Ok(count),
        }
    }
}

/// Where damage is the end of the data.
struct Lenient<R>(R);

impl<R: Read> Read for Lenient<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self.0.read(out) {
            Err(error) if error.kind() == ErrorKind::InvalidData => Ok(0),
            result => result,
        }
    }
}
