//! The files of an SRPM. Its tarballs are digested and left where they are.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
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
            let made = files::measure(contents, None, &[], keeps, &mut room)?;
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
    // A spec too large to be kept is one that is too large to be read: the reader of specs says so.
    let too_large = vec![b' '; spec::LARGEST + 1];
    let text = match spec {
        Some(file) => file.content.as_deref().unwrap_or(&too_large),
        None => &[],
    };
    let texts = Texts::read(spec_name, text, request);
    let settings = settings(found.get(BStr::new(SETTINGS)), request.level);
    envelope.header = payload.facts;
    envelope.faults = payload.faults;
    Ok(texts.package(Form::Srpm(path.to_owned()), found, settings, Some(envelope)))
}
