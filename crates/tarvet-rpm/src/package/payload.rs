//! The files of an SRPM. Its tarballs are digested, and copied to where the caller wants them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

use bstr::{BStr, BString};

use super::files::{self, Kind, Room};
use super::{Envelope, Form, PackageFile, PlaceError, Request, SETTINGS, SourcePackage, Texts, settings};
use crate::spec;
use crate::srpm::Srpm;

pub(super) fn open(path: &Path, request: &Request<'_>) -> Result<SourcePackage, PlaceError> {
    let io = |error| PlaceError::io(path, error);
    let srpm = Srpm::open(BufReader::new(File::open(path).map_err(io)?)).map_err(io)?;
    let mut envelope = Envelope::default();
    if let Some((keyring, policy)) = request.signers {
        let label = path.file_name().unwrap_or_default().to_string_lossy();
        envelope.signatures = srpm.judge_signatures(keyring, policy, &label).map_err(io)?;
    }
    let mut room = Room::default();
    let mut found: BTreeMap<BString, PackageFile> = BTreeMap::new();
    let payload = srpm
        .read_payload(&request.limits, |file, contents| {
            let name = BStr::new(&file.name);
            let keeps = file.is_spec() || files::kind(name) == Kind::Plain;
            let made = match files::kind(name) {
                Kind::Tarball => {
                    let output = (request.copies)(name)?;
                    let copied = Copied {
                        input: contents,
                        output,
                    };
                    files::measure(copied, None, &[], false, &mut room)?
                }
                _ => files::measure(contents, None, &[], keeps, &mut room)?,
            };
            found.insert(file.name.clone(), made);
            Ok(())
        })
        .map_err(io)?;
    let spec_name = payload
        .facts
        .spec()
        .map(|file| file.name.clone())
        .unwrap_or_default();
    let spec = found.get(&spec_name);
    let text = match spec.map(|file| file.content.as_deref()) {
        Some(Some(text)) => text,
        // A spec too large to be kept is one that is too large to be read: the reader of specs says so.
        Some(None) => &vec![b' '; spec::LARGEST + 1],
        None => &[],
    };
    let texts = Texts::read(spec_name, text, request);
    let settings = settings(found.get(BStr::new(SETTINGS)), request.level);
    envelope.header = payload.facts;
    envelope.faults = payload.faults;
    Ok(texts.package(Form::Srpm(path.to_owned()), found, settings, Some(envelope)))
}

/// Writes what is read.
struct Copied<R> {
    input: R,
    output: Box<dyn Write>,
}

impl<R: Read> Read for Copied<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(out)?;
        self.output.write_all(out.get(..count).unwrap_or_default())?;
        Ok(count)
    }
}
