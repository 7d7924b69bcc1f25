//! What runs after something was configured: it does not matter for generated files, unless it brings the tarball's own
//! back, or runs the scripts of another build system.

use bstr::ByteSlice;

use super::super::shell::Command;
use super::super::{SourceRef, source, text};
use super::harmless::{Called, called, is_autotool};
use super::{Reader, is_setup};
use crate::package::is_archive;
use crate::spec::{Reach, Spec};

impl Reader<'_> {
    /// A command that stands after configuring, or in a later section.
    pub(super) fn later(&mut self, command: &Command) {
        if command.reach == Reach::Never {
            return;
        }
        if unpacks(command) || names_archive(self.spec, command) || runs_text(self.spec, command) {
            let why = format!(
                "`{}` in line {} may bring back what was replaced",
                text(command),
                command.line
            );
            self.doubt("", &why);
        }
        self.has_autotools |= match called(command) {
            Called::Macro(name) => matches!(name, b"configure" | b"make_build" | b"make_install"),
            Called::Tool(name) => is_autotool(name) || runs_others(name),
        };
    }
}

fn unpacks(command: &Command) -> bool {
    let second = command.words.get(1).map(|word| word.text.as_slice());
    let creates = second.is_some_and(|word| {
        let letters = word.strip_prefix(b"-").unwrap_or(word);
        letters.starts_with(b"c") || word == b"--create"
    });
    match called(command) {
        Called::Macro(name) => is_setup(name) || name == b"uncompress",
        Called::Tool(b"tar" | b"bsdtar") => !creates,
        Called::Tool(name) => matches!(
            name,
            b"unzip" | b"7z" | b"7za" | b"cpio" | b"pax" | b"rpm2cpio" | b"rpm2archive" | b"git"
        ),
    }
}

/// Whether a word names an archive of the package, or some file of it that is not told.
fn names_archive(spec: &Spec, command: &Command) -> bool {
    command.words.iter().chain(&command.assignments).any(|word| {
        let in_sources = ["_sourcedir", "SOURCE_DIR", "/SOURCES"]
            .iter()
            .any(|place| word.text.contains_str(place));
        match source(spec, &word.text) {
            Some(SourceRef::Number(number)) => {
                let mut names = spec.numbered(number).flat_map(|one| one.file_names());
                names.any(is_archive)
            }
            Some(SourceRef::Unclear(_)) => true,
            None => in_sources,
        }
    })
}

/// Whether it runs a text of the spec, or a Source, as a script.
fn runs_text(spec: &Spec, command: &Command) -> bool {
    let first = command
        .words
        .first()
        .map(|word| word.text.as_slice())
        .unwrap_or_default();
    if source(spec, first).is_some() {
        return true;
    }
    let Called::Tool(name) = called(command) else {
        return false;
    };
    let mut words = command.words.iter().skip(1);
    is_shell(name) && words.any(|word| word.text == "-c" || source(spec, &word.text).is_some())
        || matches!(name, b"eval" | b"source" | b".")
}

fn is_shell(name: &[u8]) -> bool {
    matches!(
        name,
        b"sh" | b"bash" | b"dash" | b"ksh" | b"/bin/sh" | b"/bin/bash"
    )
}

/// Whether a program may run a build system that its name does not tell.
fn runs_others(name: &[u8]) -> bool {
    let is_script = name.starts_with(b"./") || name.starts_with(b"../");
    is_script
        || is_shell(name)
        || matches!(
            name,
            b"configure"
                | b"make"
                | b"gmake"
                | b"autoreconf"
                | b"env"
                | b"nice"
                | b"xargs"
                | b"setarch"
                | b"eval"
        )
}
