//! Which sources become the tree that is built.

use std::collections::HashSet;

use bstr::{BStr, BString, ByteSlice};

use super::files::{self, Kind};
use super::{Form, SourcePackage};
use crate::prep::{How, SourceRef, Unpack, VerificationState};
use crate::spec::{Reach, Source};

/// A tarball of the package that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tarball {
    /// The file's name.
    pub name: BString,
    /// The number of its Source.
    pub number: u32,
    /// The line of its Source.
    pub line: usize,
    /// Whether it is the release that the package is named after; another one comes on top of it.
    pub is_main: bool,
    /// Files of signatures over it that are there.
    pub signatures: Vec<BString>,
    /// Whether the spec ships or verifies a signature over it, there or not.
    pub is_promised: bool,
}

/// A source that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absent {
    /// The file's name.
    pub name: BString,
    /// The number of its Source.
    pub number: u32,
    /// The line of its Source.
    pub line: usize,
    /// Whether this package cannot be built without it, or will be built with whatever is fetched.
    pub is_needed: bool,
}

/// What of the package's sources is unpacked, and what is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unpacking {
    /// Every tarball that is there, the main one first.
    pub tarballs: Vec<Tarball>,
    /// Sources that are not there.
    pub absent: Vec<Absent>,
    /// What the text does not tell, and archives that are not read: line and what.
    pub unclear: Vec<(usize, String)>,
}

/// A tarball counts wherever the spec uses it: what `%build` unpacks is built no less than what `%setup` does.
pub(super) fn read(source: &SourcePackage) -> Unpacking {
    let mut made = Unpacking::default();
    let main = main(source, &mut made);
    let unpacked: HashSet<u32> = source.prep.unpacked.iter().filter_map(number_unpacked).collect();
    let mut known: HashSet<&BStr> = HashSet::new();
    for (of, name) in SourcePackage::named(&source.spec.sources) {
        if !known.insert(name) {
            continue;
        }
        if !source.files.contains_key(name) {
            made.absent.push(absent(source, of, name));
            continue;
        }
        match files::kind(name) {
            Kind::Tarball => made.tarballs.push(tarball(source, of, name, main)),
            Kind::OtherArchive => made.unclear.push((
                of.value.line,
                format!("{name} is no tarball, and is not looked at"),
            )),
            Kind::Plain if main == Some(of.number) || unpacked.contains(&of.number) => made.unclear.push((
                of.value.line,
                format!("{name} is unpacked, and its name is not that of a tarball"),
            )),
            Kind::Plain if source.files.get(name).is_some_and(|file| file.is_packed) => made
                .unclear
                .push((of.value.line, format!("{name} is packed, and is not looked into"))),
            Kind::Plain => {}
        }
    }
    made.tarballs.sort_by_key(|tarball| !tarball.is_main);
    made
}

fn number_unpacked(unpack: &Unpack) -> Option<u32> {
    match unpack.source {
        SourceRef::Number(number) if unpack.reach != Reach::Never => Some(number),
        _ => None,
    }
}

/// The number of the source that becomes the tree: what `%setup` unpacks, else the first that is unpacked, else Source0.
fn main(source: &SourcePackage, made: &mut Unpacking) -> Option<u32> {
    let mut numbers = Vec::new();
    for unpack in source
        .prep
        .unpacked
        .iter()
        .filter(|unpack| unpack.reach != Reach::Never)
    {
        match &unpack.source {
            SourceRef::Number(number) => {
                if source.spec.numbered(*number).next().is_none() {
                    let what = format!("Source{number} is unpacked, and the spec has no such source");
                    made.unclear.push((unpack.line, what));
                }
                numbers.push((rank(unpack), *number));
            }
            SourceRef::Unclear(text) => {
                let what = format!("which source is unpacked here is not plain: {text}");
                made.unclear.push((unpack.line, what));
            }
        }
    }
    // The first of the lowest rank.
    let unpacked = numbers
        .iter()
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, number)| *number);
    unpacked.or_else(|| source.spec.sources.first().map(|first| first.number))
}

fn rank(unpack: &Unpack) -> u8 {
    match (unpack.how, &unpack.source, unpack.reach) {
        (How::Setup, _, Reach::Always) => 0,
        (How::Setup, ..) => 1,
        (_, SourceRef::Number(0), _) => 2,
        _ => 3,
    }
}

fn tarball(source: &SourcePackage, of: &Source, name: &BStr, main: Option<u32>) -> Tarball {
    let mut signatures: Vec<BString> = Vec::new();
    let mut is_promised = false;
    let mut add = |name: &BStr| {
        is_promised = true;
        if source.files.contains_key(name) && !signatures.iter().any(|known| known == name) {
            signatures.push(name.to_owned());
        }
    };
    for signed in std::iter::once(name).chain(files::uncompressed(name)) {
        for ending in [".asc", ".sig", ".sign", ".minisig"] {
            let signature = BString::from([signed.as_bytes(), ending.as_bytes()].concat());
            if counts(source, BStr::new(&signature)) {
                add(BStr::new(&signature));
            }
        }
    }
    let mut is_verified = false;
    for made in &source.prep.verifications {
        if made.data != Some(SourceRef::Number(of.number)) || made.state == VerificationState::CommentedOut {
            continue;
        }
        is_verified = true;
        if let Some(SourceRef::Number(number)) = made.signature {
            let named = SourcePackage::named(&source.spec.sources);
            named
                .filter(|(of, _)| of.number == number)
                .for_each(|(_, name)| add(name));
        }
    }
    Tarball {
        name: name.to_owned(),
        number: of.number,
        line: of.value.line,
        is_main: main == Some(of.number),
        signatures,
        is_promised: is_promised || is_verified,
    }
}

/// Whether a Source that is in some build has this name.
fn counts(source: &SourcePackage, name: &BStr) -> bool {
    let is_there = |one: &Source| one.place.reach() != Reach::Never && one.file_names().contains(&name);
    match source.spec.number_of(name) {
        None => false,
        Some(None) => true,
        Some(Some(number)) => source.spec.numbered(number).any(is_there),
    }
}

fn absent(source: &SourcePackage, of: &Source, name: &BStr) -> Absent {
    let one_of_several = of.place.reach() == Reach::Conditional || of.value.readings.len() > 1;
    // What an SRPM does not hold will not be built from it; beside a spec it may still be fetched.
    let is_needed = match source.form {
        Form::Srpm(_) => !one_of_several,
        Form::Directory(_) => true,
    };
    Absent {
        name: name.to_owned(),
        number: of.number,
        line: of.value.line,
        is_needed,
    }
}
