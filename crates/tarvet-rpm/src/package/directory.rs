//! A spec with its sources beside it: dist-git, an OBS checkout, `rpmbuild`'s own directories.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use bstr::{BStr, BString, ByteSlice};

use super::files::{self, Kind, Room};
use super::place;
use super::{
    Form, LISTED, PackageFile, PlaceError, Request, SETTINGS, SourcePackage, Texts, proofs_of, settings,
};
use crate::sources::{self, Algorithm};
use crate::spec;

pub(super) fn open(path: &Path, request: &Request<'_>) -> Result<SourcePackage, PlaceError> {
    let beside = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    let name = path.file_name().unwrap_or_default();
    let name = BString::from(name.as_encoded_bytes());
    let mut reader = Reader {
        places: std::iter::once(beside.as_path()).chain(request.sources).collect(),
        listed: HashMap::new(),
        files: BTreeMap::new(),
        room: Room::default(),
        made: made_by_services(&beside)?,
    };
    let text = read_spec(path)?;
    let texts = Texts::read(name.clone(), &text, request);
    let spec = files::measure(
        text.as_slice(),
        Some(path.to_owned()),
        &[],
        false,
        &mut reader.room,
    )
    .map_err(|error| PlaceError::io(path, error))?;
    reader.read(BStr::new(LISTED))?;
    let listed = reader.content(LISTED).map(sources::read).unwrap_or_default();
    for entry in listed.entries {
        reader.listed.entry(entry.name).or_default().push(entry.algorithm);
    }
    for wanted in texts.wanted() {
        reader.read(BStr::new(&wanted))?;
    }
    let settings = settings(reader.files.get(BStr::new(SETTINGS)), request.level);
    if let Ok(settings) = &settings {
        for wanted in proofs_of(settings) {
            reader.read(BStr::new(&wanted))?;
        }
    }
    let mut files = reader.files;
    files.insert(name, spec);
    Ok(texts.package(Form::Directory(beside), files, settings, None))
}

/// The spec, and a byte more than the largest that is read.
fn read_spec(path: &Path) -> Result<Vec<u8>, PlaceError> {
    let mut text = Vec::new();
    let file = File::open(path).map_err(|error| PlaceError::io(path, error))?;
    file.take(spec::LARGEST as u64 + 1)
        .read_to_end(&mut text)
        .map_err(|error| PlaceError::io(path, error))?;
    Ok(text)
}

struct Reader<'a> {
    places: Vec<&'a Path>,
    listed: HashMap<BString, Vec<Algorithm>>,
    files: BTreeMap<BString, PackageFile>,
    room: Room,
    /// What services of OBS have made, by the name that it has in the build; `None` where two have made it.
    made: HashMap<BString, Option<PathBuf>>,
}

impl Reader<'_> {
    fn content(&self, name: &str) -> Option<&[u8]> {
        self.files.get(BStr::new(name))?.content.as_deref()
    }

    /// Reads a file from the first place that has it, if it is there and was not read before.
    fn read(&mut self, name: &BStr) -> Result<(), PlaceError> {
        if self.files.contains_key(name) {
            return Ok(());
        }
        let Ok(relative) = name.to_path() else {
            return Ok(());
        };
        let mut found = self.places.iter().map(|place| place.join(relative));
        // A pipe or a device would block the reader.
        let path = match self.made.get(name) {
            Some(made) => made.clone(),
            None => found.find(|path| path.is_file()),
        };
        let Some(path) = path else {
            return Ok(());
        };
        let io = |error| PlaceError::io(&path, error);
        let file = File::open(&path).map_err(io)?;
        let algorithms = self.listed.get(name).map(Vec::as_slice).unwrap_or_default();
        let keeps = files::kind(name) == Kind::Plain;
        let made = files::measure(file, Some(path.clone()), algorithms, keeps, &mut self.room).map_err(io)?;
        self.files.insert(name.to_owned(), made);
        Ok(())
    }
}

/// Files named `_service:SERVICE:NAME`, which take the place of NAME when OBS builds.
fn made_by_services(directory: &Path) -> Result<HashMap<BString, Option<PathBuf>>, PlaceError> {
    let io = |error| PlaceError::io(directory, error);
    let mut made: HashMap<BString, Option<PathBuf>> = HashMap::new();
    for entry in std::fs::read_dir(directory).map_err(io)? {
        let path = entry.map_err(io)?.path();
        let name = path.file_name().unwrap_or_default().as_encoded_bytes();
        if let Some(name) = place::made_by_service(name)
            && path.is_file()
        {
            let others = made.contains_key(name.as_bstr());
            made.insert(name.into(), (!others).then_some(path.clone()));
        }
    }
    Ok(made)
}
