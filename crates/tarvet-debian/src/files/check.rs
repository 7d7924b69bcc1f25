//! Listed files against the files that are there.

use crate::dsc::{Fault, FaultKind, Faults, ListedFile};
use md5::{Digest, Md5};
use sha1::Sha1;
use std::io::{self, Read};
use tarvet_archive::Sha256;

/// What a file is, measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Length in bytes.
    pub size: u64,
    /// MD5.
    pub md5: [u8; 16],
    /// SHA-1.
    pub sha1: [u8; 20],
    /// SHA-256.
    pub sha256: Sha256,
}

/// Measures what is read through it, so that one pass serves the archive reader and the lists of a `.dsc`.
///
/// Read it to its end before [`Measuring::finish`]: what nobody read is not measured.
pub struct Measuring<R> {
    inner: R,
    size: u64,
    md5: Md5,
    sha1: Sha1,
    sha256: sha2::Sha256,
}

impl<R: Read> Measuring<R> {
    /// Measures what `inner` yields from here on.
    pub fn new(inner: R) -> Self {
        Measuring {
            inner,
            size: 0,
            md5: Md5::new(),
            sha1: Sha1::new(),
            sha256: sha2::Sha256::new(),
        }
    }

    /// Size and digests of everything that was read.
    pub fn finish(self) -> Measured {
        Measured {
            size: self.size,
            md5: self.md5.finalize().into(),
            sha1: self.sha1.finalize().into(),
            sha256: Sha256(self.sha256.finalize().into()),
        }
    }
}

impl<R: Read> Read for Measuring<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(out)?;
        let bytes = out.get(..count).unwrap_or_default();
        self.md5.update(bytes);
        self.sha1.update(bytes);
        self.sha256.update(bytes);
        self.size += count as u64;
        Ok(count)
    }
}

/// Reads `content` to its end and compares it with what `description` (the name of the `.dsc`) lists.
///
/// Err: `content` could not be read. It is opened by the caller, once, so that nothing is measured that is not used.
pub fn check(
    description: &str,
    listed: &ListedFile,
    content: impl Read,
) -> io::Result<(Measured, Vec<Fault>)> {
    let mut content = Measuring::new(content);
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match content.read(&mut buffer) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let measured = content.finish();
    let faults = measured.compare(description, listed);
    Ok((measured, faults))
}

impl Measured {
    /// Whether this is the file that is listed: the size, and each digest that is there. At most one fault.
    pub fn compare(&self, description: &str, listed: &ListedFile) -> Vec<Fault> {
        let what = if self.size != listed.size {
            format!("{} bytes were expected, found {}", listed.size, self.size)
        } else if let Some(sha256) = listed.sha256.filter(|sha256| *sha256 != self.sha256) {
            format!("SHA-256 {sha256} was expected, found {}", self.sha256)
        } else if let Some(sha1) = listed.sha1.filter(|sha1| *sha1 != self.sha1) {
            format!("SHA-1 {} was expected, found {}", hex(&sha1), hex(&self.sha1))
        } else if listed.md5 != self.md5 {
            format!("MD5 {} was expected, found {}", hex(&listed.md5), hex(&self.md5))
        } else {
            return Vec::new();
        };
        let mut faults = Faults::of(description);
        let help = "this is not the file that was signed for; get it again";
        faults.push(
            FaultKind::DscChecksumMismatch,
            None,
            format!("{}: {what}", listed.name),
            help,
        );
        faults.found
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
