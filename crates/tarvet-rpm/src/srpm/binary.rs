//! Finished packages: the files of a binary `.rpm`, read as a stream.

use std::io::{self, Read};

use bstr::{BStr, ByteSlice};
use tarvet_archive::{Limits, OddityClass, Stream};

use super::{Facts, compression, fault::Faults, header, header::Header, lead, tags, tags::Values};
use crate::cpio::{self, Entry, Reader};

/// Shows `visit` each regular file of a binary package with its path, without `/` or `./` in front. Of hard links the one that
/// has the contents is shown.
///
/// Of `limits` apply `bytes`, `ratio`, `members` and `dictionary_bytes`. Err: of the medium or of `visit`, or the file is no
/// binary package that can be read to its end.
pub fn files<R: Read + Send>(
    mut input: R,
    limits: &Limits,
    mut visit: impl FnMut(&BStr, &mut dyn Read) -> io::Result<()>,
) -> io::Result<()> {
    let mut faults = Faults::default();
    let header = open(&mut input, &mut faults)?.ok_or_else(|| damaged("not an RPM package"))?;
    let facts = Facts::read(&header, &mut faults);
    let is_binary = Values {
        header: &header,
        faults: &mut faults,
    }
    .has(tags::SOURCE_RPM);
    if !is_binary {
        return Err(damaged("a source package; give those that were built from it"));
    }
    let (compression, payload) = compression::choose(facts.compressor, input)?;
    let compression = compression.ok_or_else(|| damaged("its payload has an unknown form"))?;
    let mut reader = Reader::new(Stream::new(payload, compression, limits)?);
    let mut members = 0;
    while let Some(entry) = reader.next()? {
        members += 1;
        if members > limits.members {
            return Err(damaged("it has more members than the limit"));
        }
        let Entry::Named(name, newc) = entry else {
            return Err(damaged("it has files beyond 4 GB, which are not read"));
        };
        let is_file = newc.mode & cpio::FORMAT == cpio::FILE;
        if is_file && (newc.links < 2 || newc.size > 0) {
            let path = name.strip_prefix(b".").unwrap_or(&name);
            let path = path.strip_prefix(b"/").unwrap_or(path);
            visit(path.as_bstr(), &mut reader)?;
        }
    }
    if !reader.is_complete() {
        return Err(damaged("its payload ends early"));
    }
    let (stream, _) = reader.finish()?;
    let end = stream.finish()?;
    let cut = |class| matches!(class, OddityClass::Corrupt | OddityClass::Limit);
    match end.oddities.iter().find(|oddity| cut(oddity.class)) {
        Some(oddity) => Err(damaged(&format!(
            "its payload could not be read in full: {}",
            oddity.detail
        ))),
        None => Ok(()),
    }
}

fn open(input: &mut impl Read, faults: &mut Faults) -> io::Result<Option<Header>> {
    if lead::read(input, faults)?.is_none() {
        return Ok(None);
    }
    let Some(signature) = header::read(input, &header::SIGNATURE, faults)? else {
        return Ok(None);
    };
    let mut offset = lead::LEN + signature.bytes().len() as u64;
    if !header::skip_padding(input, &mut offset, faults)? {
        return Ok(None);
    }
    header::read(input, &header::MAIN, faults)
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_binary_package() {
        let srpm = super::super::tests::hello();
        for bytes in [&b""[..], b"\xed\xab\xee\xdb", b"!<arch>\n", &srpm] {
            let all = files(bytes, &Limits::default(), |_, _| Ok(()));
            assert!(all.is_err());
        }
    }
}
