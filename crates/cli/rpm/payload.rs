//! The tarballs of an SRPM, taken out one after the other into files without a name: signatures are verified by reading
//! them again, and the payload cannot be read twice without decompressing it twice.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader};

use bstr::BString;
use tarvet_archive::Limits;
use tarvet_rpm::SourcePackage;
use tarvet_rpm::package::{Form, Tarball};
use tarvet_rpm::srpm::Srpm;

use crate::error::CliError;

/// The files of these tarballs. What was changed since the package was read, its digest tells later.
pub fn take(
    source: &SourcePackage,
    tarballs: &[Tarball],
    limits: &Limits,
) -> Result<BTreeMap<BString, File>, CliError> {
    let Form::Srpm(path) = &source.form else {
        return Ok(BTreeMap::new());
    };
    let failed = |error| CliError::file(path, "read the tarballs inside", &error);
    let mut taken = BTreeMap::new();
    let srpm = Srpm::open(BufReader::new(File::open(path).map_err(failed)?)).map_err(failed)?;
    srpm.read_payload(limits, |file, contents| {
        let is_wanted = tarballs.iter().any(|tarball| tarball.name == file.name);
        if is_wanted && !taken.contains_key(&file.name) {
            let mut copy = tempfile::tempfile()?;
            io::copy(contents, &mut copy)?;
            taken.insert(file.name.clone(), copy);
        }
        Ok(())
    })
    .map_err(failed)?;
    Ok(taken)
}
