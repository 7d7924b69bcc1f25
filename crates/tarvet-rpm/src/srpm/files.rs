//! The header's list of files.

use std::collections::HashSet;

use bstr::BString;

use super::{
    FaultKind,
    digest::{Algorithm, digits},
    tags::{self, Values},
};
use crate::cpio::{FILE, FORMAT, plain};

const SPEC: u32 = 1 << 5;
const GHOST: u32 = 1 << 6;
/// Files of a package. The largest source packages have some thousands.
const MOST_FILES: usize = 200_000;

/// The digest of a file, as the header has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileDigest {
    pub(super) algorithm: Algorithm,
    pub(super) digits: String,
}

impl FileDigest {
    /// Lower-case hexadecimal digits.
    pub fn hex(&self) -> &str {
        &self.digits
    }

    /// Whether it is a SHA-256.
    pub fn is_sha256(&self) -> bool {
        self.algorithm == Algorithm::Sha256
    }
}

/// One file of the package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its name: one component, where there is no fault.
    pub name: BString,
    /// Length in bytes.
    pub size: u64,
    /// Kind and permissions, as `stat` has them.
    pub mode: u16,
    /// rpm's flags.
    pub flags: u32,
    /// Its digest; `None` where there is none that we can compute.
    pub digest: Option<FileDigest>,
}

impl SourceFile {
    /// Whether this is the spec.
    pub fn is_spec(&self) -> bool {
        self.flags & SPEC != 0
    }

    /// Whether the payload has no such file: a `NoSource`.
    pub fn is_absent(&self) -> bool {
        self.flags & GHOST != 0
    }
}

/// Reads the list. Where its parts do not fit together it is empty, and there is a fault.
pub(super) fn read(values: &mut Values) -> Vec<SourceFile> {
    let files = match columns(values).and_then(join) {
        Ok(files) => files,
        Err(detail) => {
            values.faults.note(FaultKind::FileList, detail);
            return Vec::new();
        }
    };
    let mut names = HashSet::new();
    for file in &files {
        let mut fault = |kind, detail: String| values.faults.at(kind, &file.name, detail);
        if let Err(what) = plain(&file.name) {
            let detail = format!("a plain file name expected in the header, found one with {what}");
            fault(FaultKind::FileList, detail);
        }
        if !names.insert(&file.name) {
            fault(
                FaultKind::FileList,
                "listed in the header for the second time".into(),
            );
        }
        if u32::from(file.mode) & FORMAT != FILE || file.mode & 0o7_000 != 0 {
            let detail = format!("a regular file expected, the header has mode {:o}", file.mode);
            fault(FaultKind::FileList, detail);
        }
        match &file.digest {
            None if !file.is_absent() => fault(
                FaultKind::MissingDigest,
                "the header has no digest of this file that can be verified".into(),
            ),
            _ => {}
        }
    }
    if let Some(digest) = files.iter().find_map(|file| file.digest.as_ref())
        && digest.algorithm.is_weak()
    {
        let detail = format!(
            "SHA-256 expected for the digests of files, found {:?}",
            digest.algorithm
        );
        values.faults.note(FaultKind::WeakDigest, detail);
    }
    files
}

struct Columns {
    names: Vec<BString>,
    sizes: Vec<u64>,
    modes: Vec<u16>,
    flags: Vec<u32>,
    digests: Vec<Option<FileDigest>>,
}

fn columns(values: &mut Values) -> Result<Columns, String> {
    let names = names(values)?;
    if names.len() > MOST_FILES {
        return Err(format!("more than {MOST_FILES} files"));
    }
    let sizes = match (values.u64s(tags::LONG_FILE_SIZES), values.u32s(tags::FILE_SIZES)) {
        (Some(sizes), None) => sizes,
        (None, Some(sizes)) => sizes.into_iter().map(u64::from).collect(),
        (Some(_), Some(_)) => return Err("the sizes of files twice, in 32 and in 64 bits".into()),
        (None, None) => return Err("no sizes of files".into()),
    };
    let algorithm = match values.has(tags::FILE_DIGEST_ALGORITHM) {
        // What rpm means where it says nothing.
        false => Some(Algorithm::Md5),
        true => values
            .u32(tags::FILE_DIGEST_ALGORITHM)
            .and_then(Algorithm::from_number),
    };
    let digest = |text: &[u8]| {
        let algorithm = algorithm?;
        let digits = digits(text, algorithm.digits())?;
        Some(FileDigest { algorithm, digits })
    };
    let digests = values.strings(tags::FILE_DIGESTS).ok_or("no digests of files")?;
    Ok(Columns {
        names,
        sizes,
        modes: values.u16s(tags::FILE_MODES).ok_or("no modes of files")?,
        flags: values.u32s(tags::FILE_FLAGS).ok_or("no flags of files")?,
        digests: digests.into_iter().map(|text| digest(text)).collect(),
    })
}

/// File names, which have no directories in a source package.
fn names(values: &mut Values) -> Result<Vec<BString>, String> {
    if values.has(tags::OLD_FILE_NAMES) {
        return Err("the names of files are in a tag that rpm 4 does not write (OLDFILENAMES)".into());
    }
    let names = values.strings(tags::BASE_NAMES).ok_or("no names of files")?;
    let directories = values.strings(tags::DIR_NAMES).ok_or("no directories of files")?;
    let indexes = values.u32s(tags::DIR_INDEXES).ok_or("no directories of files")?;
    if directories.as_slice() != [""] || indexes.iter().any(|index| *index != 0) {
        return Err("files of a source package must be in no directory, some are".into());
    }
    if indexes.len() != names.len() {
        return Err("names and directories of files differ in number".into());
    }
    Ok(names.into_iter().map(BString::from).collect())
}

fn join(columns: Columns) -> Result<Vec<SourceFile>, String> {
    let Columns {
        names,
        sizes,
        modes,
        flags,
        digests,
    } = columns;
    let count = names.len();
    if [sizes.len(), modes.len(), flags.len(), digests.len()] != [count; 4] {
        return Err(format!(
            "{count} names of files with {} sizes, {} modes, {} flags and {} digests",
            sizes.len(),
            modes.len(),
            flags.len(),
            digests.len()
        ));
    }
    let rest = sizes.into_iter().zip(modes).zip(flags).zip(digests);
    Ok(names
        .into_iter()
        .zip(rest)
        .map(|(name, (((size, mode), flags), digest))| SourceFile {
            name,
            size,
            mode,
            flags,
            digest,
        })
        .collect())
}
