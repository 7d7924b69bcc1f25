//! What the header of an SRPM says.

use bstr::{BStr, BString, ByteSlice};
use tarvet_archive::Compression;

use super::{
    FaultKind, SourceFile,
    digest::Sha256Hex,
    fault::Faults,
    files,
    header::Header,
    tags::{self, Values},
};

/// What the header of an SRPM says. Nothing of it is proven by being here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// `Name`.
    pub name: BString,
    /// `Epoch`, where there is one.
    pub epoch: Option<u32>,
    /// `Version`.
    pub version: BString,
    /// `Release`.
    pub release: BString,
    /// Version of the package format, 4 or 6.
    pub format: u32,
    /// The files of the package, in the header's order.
    pub files: Vec<SourceFile>,
    /// File names of the spec's Sources, as the header lists them; their order and numbers say nothing.
    pub sources: Vec<BString>,
    /// File names of the spec's Patches.
    pub patches: Vec<BString>,
    /// How the payload is compressed. `None` where the header does not say, or says something unknown.
    pub compression: Option<Compression>,
    pub(super) compressor: Compressor,
    pub(super) promised: Promised,
}

/// The compressor that the header names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Compressor {
    /// No name, which rpm takes for gzip or nothing.
    #[default]
    Unnamed,
    Named(Compression),
    Unknown,
}

/// What the header promises about the payload.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Promised {
    /// SHA-256 of the payload as in the file.
    pub(super) sha256: Option<Sha256Hex>,
    /// SHA-256 of the decompressed payload.
    pub(super) sha256_alt: Option<Sha256Hex>,
    /// Bytes as in the file.
    pub(super) size: Option<u64>,
    /// Bytes after decompression.
    pub(super) size_alt: Option<u64>,
}

impl Facts {
    /// Name, epoch, version and release as rpm writes them together.
    pub fn nevr(&self) -> String {
        let epoch = self.epoch.map(|epoch| format!("{epoch}:")).unwrap_or_default();
        format!("{}-{epoch}{}-{}", self.name, self.version, self.release)
    }

    /// The file that is flagged as the spec, if exactly one is.
    pub fn spec(&self) -> Option<&SourceFile> {
        let mut specs = self.files.iter().filter(|file| file.is_spec());
        specs.next().filter(|_| specs.next().is_none())
    }

    pub(super) fn read(header: &Header, faults: &mut Faults) -> Facts {
        let mut values = Values { header, faults };
        let mut facts = Facts {
            name: required(&mut values, tags::NAME, "Name"),
            version: required(&mut values, tags::VERSION, "Version"),
            release: required(&mut values, tags::RELEASE, "Release"),
            epoch: values.u32(tags::EPOCH),
            format: values.u32(tags::RPM_FORMAT).unwrap_or(4),
            files: files::read(&mut values),
            sources: names(values.strings(tags::SOURCE)),
            patches: names(values.strings(tags::PATCH)),
            compression: None,
            compressor: compressor(&mut values),
            promised: promised(&mut values),
        };
        if let Compressor::Named(compression) = facts.compressor {
            facts.compression = Some(compression);
        }
        if !matches!(facts.format, 4 | 6) {
            let detail = format!("package format 4 or 6 expected, {} found", facts.format);
            values.faults.note(FaultKind::UnsupportedFormat, detail);
        }
        is_source(&mut values);
        one_spec(&facts, values.faults);
        sources_are_files(&facts, values.faults);
        facts
    }
}

fn required(values: &mut Values, tag: u32, name: &str) -> BString {
    let text = values.string(tag).unwrap_or_default();
    if text.is_empty() {
        let detail = format!("the header must have a {name}, it has none");
        values.faults.note(FaultKind::Malformed, detail);
    }
    text.into()
}

fn names(names: Option<Vec<&BStr>>) -> Vec<BString> {
    names.unwrap_or_default().into_iter().map(BString::from).collect()
}

fn is_source(values: &mut Values) {
    if values.has(tags::SOURCE_RPM) || values.u32(tags::SOURCE_PACKAGE) != Some(1) {
        let detail = "a source package expected, the header is that of a binary package";
        values.faults.note(FaultKind::NotSource, detail);
    }
}

fn one_spec(facts: &Facts, faults: &mut Faults) {
    let specs = facts.files.iter().filter(|file| file.is_spec()).count();
    if specs != 1 {
        let detail = format!("one file must be flagged as the spec, {specs} are");
        faults.note(FaultKind::Spec, detail);
    } else if facts.spec().is_some_and(SourceFile::is_absent) {
        faults.note(
            FaultKind::Spec,
            "the spec must be in the payload, it is flagged as absent",
        );
    }
}

fn sources_are_files(facts: &Facts, faults: &mut Faults) {
    let files: std::collections::HashSet<_> = facts.files.iter().map(|file| &file.name).collect();
    for name in facts.sources.iter().chain(&facts.patches) {
        if !files.contains(name) {
            let detail = "a Source or Patch must be a file of the package, it is none";
            faults.at(FaultKind::UnlistedSource, name, detail);
        }
    }
}

fn compressor(values: &mut Values) -> Compressor {
    if let Some(format) = values.string(tags::PAYLOAD_FORMAT)
        && format != "cpio"
    {
        let detail = format!("a payload of format cpio expected, {format:?} found");
        values.faults.note(FaultKind::UnsupportedFormat, detail);
        return Compressor::Unknown;
    }
    if !values.has(tags::PAYLOAD_COMPRESSOR) {
        return Compressor::Unnamed;
    }
    let name = values.string(tags::PAYLOAD_COMPRESSOR).unwrap_or_default();
    match name.as_bytes() {
        b"gzip" => Compressor::Named(Compression::Gzip),
        b"bzip2" => Compressor::Named(Compression::Bzip2),
        b"xz" => Compressor::Named(Compression::Xz),
        b"lzma" => Compressor::Named(Compression::Lzma),
        b"zstd" => Compressor::Named(Compression::Zstd),
        _ => {
            let detail = format!("gzip, bzip2, xz, lzma or zstd expected as the compressor, {name:?} found");
            values.faults.note(FaultKind::Compression, detail);
            Compressor::Unknown
        }
    }
}

fn promised(values: &mut Values) -> Promised {
    const SHA256: u32 = 8;
    let algorithm = values.u32(tags::PAYLOAD_SHA256_ALGORITHM).unwrap_or(SHA256);
    let mut digest = |tag| {
        let texts = values.strings(tag)?;
        let digest = match texts.as_slice() {
            [text] if algorithm == SHA256 => Sha256Hex::parse(text),
            _ => None,
        };
        if digest.is_none() {
            let detail = format!("tag {tag} must be one SHA-256 digest in hexadecimal, it is not");
            values.faults.note(FaultKind::PayloadDigest, detail);
        }
        digest
    };
    let (sha256, sha256_alt) = (digest(tags::PAYLOAD_SHA256), digest(tags::PAYLOAD_SHA256_ALT));
    Promised {
        sha256,
        sha256_alt,
        size: values.u64(tags::PAYLOAD_SIZE),
        size_alt: values.u64(tags::PAYLOAD_SIZE_ALT),
    }
}
