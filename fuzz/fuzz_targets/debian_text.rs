#![no_main]
//! The text files of a Debian source package; the first byte says which. None is read twice in two ways, and none panics.

use std::fmt::Debug;

use libfuzzer_sys::fuzz_target;
use tarvet_core::settings::Settings;
use tarvet_debian::version::Version;
use tarvet_debian::{changelog, changes, clearsign, copyright, dep3, dsc, gbp, metadata, overrides, watch};

fuzz_target!(|data: &[u8]| {
    let Some((what, text)) = data.split_first() else {
        return;
    };
    assert_eq!(letters(*what, text), letters(*what, text));
});

/// All that was read, in letters; some of it is in tables that have no order.
fn letters(what: u8, text: &[u8]) -> Vec<u8> {
    let mut letters = read(what, text).into_bytes();
    letters.sort_unstable();
    letters
}

fn read(what: u8, text: &[u8]) -> String {
    match what {
        b'd' => show(&dsc::Dsc::read("foo.dsc", text)),
        b'C' => show(&changes::Changes::read("foo.changes", text)),
        b's' => signed(text),
        b'l' => show(&changelog::first("debian/changelog", text)),
        b'w' => show(&watch::Watch::parse(text, "foo")),
        b'c' => show(&copyright::Exclusions::parse(text)),
        b'o' => show(&overrides::Overrides::parse(text, "foo")),
        b'g' => show(&gbp::Gbp::parse(text)),
        b'm' => show(&metadata::Metadata::parse(text)),
        b'p' => show(&dep3::PatchHeader::parse(text)),
        b'v' => String::from_utf8_lossy(text)
            .lines()
            .map(|line| show(&Version::parse(line)))
            .collect(),
        _ => show(&Settings::parse(&String::from_utf8_lossy(text), &|_| None)),
    }
}

/// What is signed is part of the file, but for its line ends.
fn signed(text: &[u8]) -> String {
    let note = clearsign::take_apart("foo.dsc", text);
    if let Ok(note) = &note {
        assert!(note.text.len() <= text.len());
        assert!(
            note.signature
                .as_ref()
                .is_none_or(|signature| signature.len() <= text.len())
        );
    }
    show(&note)
}

fn show(thing: &dyn Debug) -> String {
    format!("{thing:?}")
}
