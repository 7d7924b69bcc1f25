//! What a spec does with its sources, as far as its text tells: which are unpacked, which signatures are verified over
//! what, what is written over the sources before they are built.

use bstr::{BStr, BString, ByteSlice};

use crate::spec::fault::{Fault, FaultKind, Faults, excerpt};
use crate::spec::{Reach, SectionKind, Spec};

pub mod build;
pub mod setup;
pub mod shell;
mod verify;

#[cfg(test)]
mod tests;

use shell::{Command, Script, Word};
pub use verify::{Verification, VerificationState};

/// A source that a command names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceRef {
    /// `%{SOURCEn}`, or a file name that only this source has.
    Number(u32),
    /// Something else, as it was written.
    Unclear(BString),
}

/// How a source gets into the build directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// `%setup` or `%autosetup` unpacks it: this is the tree that is built.
    Setup,
    /// `-a`: over the tree.
    After,
    /// `-b`: beside the tree, or over it, if the paths say so.
    Before,
    /// tar, unzip and the like, called by the script.
    Command,
}

/// A source that is unpacked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpack {
    /// Which.
    pub source: SourceRef,
    /// How.
    pub how: How,
    /// `-n` of the `%setup`.
    pub directory: Option<BString>,
    /// The line, from 1.
    pub line: usize,
    /// Whether it happens.
    pub reach: Reach,
}

/// What a command of `%prep` does to files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteKind {
    /// `sed -i`, `perl -pi`.
    Edit,
    /// `cp`, `install`, `mv`, `ln`, `cat >`.
    Copy,
    /// `rm`.
    Remove,
    /// `touch`.
    Touch,
    /// `autoreconf` and its parts, or a script of the package.
    Regenerate,
    /// The network: not allowed in a build.
    Fetch,
}

/// A command of `%prep` that writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// What it does.
    pub kind: WriteKind,
    /// Sources that it takes.
    pub sources: Vec<SourceRef>,
    /// The command, at most 80 bytes of it.
    pub command: String,
    /// The line, from 1.
    pub line: usize,
    /// Whether it happens.
    pub reach: Reach,
}

/// What a spec does with its sources.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prep {
    /// Sources that are unpacked, in order.
    pub unpacked: Vec<Unpack>,
    /// Signatures that are verified, or seem to be.
    pub verifications: Vec<Verification>,
    /// What is written over the sources.
    pub writes: Vec<Write>,
    /// What is wrong.
    pub faults: Vec<Fault>,
}

/// Reads what `%prep` does.
#[must_use]
pub fn read(spec: &Spec) -> Prep {
    let mut prep = Prep::default();
    let mut faults = Faults::default();
    let script = shell::read(spec.lines(SectionKind::Prep));
    if let Some(line) = script.unclosed {
        faults.push(
            FaultKind::ScriptUnclear,
            line,
            "a quote, a bracket or a here document of %prep does not end",
            "close it; what follows it was not read as commands",
        );
    }
    declarative(spec, &mut prep);
    for (index, command) in script.commands.iter().enumerate() {
        unpack(spec, &script, index, &mut prep);
        writes(spec, command, &mut prep);
        if is_network(command) {
            faults.push(
                FaultKind::NetworkUse,
                command.line,
                format!("%prep uses the network: {}", text(command)),
                "make what it fetches a Source, so that it can be verified",
            );
        }
    }
    for kind in [
        SectionKind::Conf,
        SectionKind::Build,
        SectionKind::GenerateBuildRequires,
    ] {
        for command in shell::read(spec.lines(kind))
            .commands
            .iter()
            .filter(|command| is_network(command))
        {
            faults.push(
                FaultKind::NetworkUse,
                command.line,
                format!("the build uses the network: {}", text(command)),
                "make what it fetches a Source, so that it can be verified",
            );
        }
    }
    prep.verifications = verify::find(spec, &script);
    verify::judge(&prep, &mut faults);
    prep.faults = faults.list;
    prep
}

/// `BuildSystem:` without a `%prep` unpacks Source0 by itself (rpm 4.20).
fn declarative(spec: &Spec, prep: &mut Prep) {
    let has_prep = spec
        .sections
        .iter()
        .any(|section| section.kind == SectionKind::Prep);
    if let Some(tag) = spec.build_system.first().filter(|_| !has_prep) {
        prep.unpacked.push(Unpack {
            source: SourceRef::Number(0),
            how: How::Setup,
            directory: None,
            line: tag.value.line,
            reach: tag.place.reach(),
        });
    }
}

fn name(command: &Command) -> &[u8] {
    let word = command
        .words
        .first()
        .map(|word| word.text.as_slice())
        .unwrap_or_default();
    macro_name(word).unwrap_or_else(|| word.rsplit_str("/").next().unwrap_or_default())
}

/// `%name`, `%{name}`, `%{__name}`: the name of a macro, where it stands for a command.
fn macro_name(word: &[u8]) -> Option<&[u8]> {
    let rest = word.strip_prefix(b"%")?;
    let rest = rest
        .strip_prefix(b"{")
        .and_then(|rest| rest.strip_suffix(b"}"))
        .unwrap_or(rest);
    let rest = rest.trim_start_with(|it| it == '?');
    let rest = rest.strip_prefix(b"__").unwrap_or(rest);
    rest.iter()
        .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        .then_some(rest)
}

fn text(command: &Command) -> String {
    let words: Vec<&[u8]> = command.words.iter().map(|word| word.text.as_slice()).collect();
    excerpt(&words.join(&b' '))
}

/// The source that a word names, if it names one.
fn source(spec: &Spec, word: &[u8]) -> Option<SourceRef> {
    if let Some(at) = word.find(b"%{SOURCE") {
        let digits = word.get(at + 8..).unwrap_or_default();
        let end = digits
            .iter()
            .position(|byte| !byte.is_ascii_digit())
            .unwrap_or(digits.len());
        let number = digits
            .get(..end)
            .and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
        return Some(number.map_or_else(|| SourceRef::Unclear(word.into()), SourceRef::Number));
    }
    let base = BStr::new(word.rsplit_str("/").next().unwrap_or_default());
    if base.is_empty() || word.starts_with(b"-") {
        return None;
    }
    let number = spec.number_of(base)?;
    Some(number.map_or_else(|| SourceRef::Unclear(word.into()), SourceRef::Number))
}

fn named(spec: &Spec, words: &[Word]) -> Vec<SourceRef> {
    words
        .iter()
        .skip(1)
        .filter_map(|word| source(spec, &word.text))
        .collect()
}

fn unpack(spec: &Spec, script: &Script, index: usize, prep: &mut Prep) {
    let Some(command) = script.commands.get(index) else {
        return;
    };
    let arguments = command.words.get(1..).unwrap_or_default();
    let mut add = |source: SourceRef, how: How, directory: Option<BString>| {
        prep.unpacked.push(Unpack {
            source,
            how,
            directory,
            line: command.line,
            reach: command.reach,
        });
    };
    match name(command) {
        b"setup" | b"autosetup" => {
            let setup = setup::read(arguments);
            let number = |number: Option<u32>| match number {
                Some(number) => SourceRef::Number(number),
                None => SourceRef::Unclear(text(command).into()),
            };
            for source in &setup.before {
                add(number(*source), How::Before, setup.directory.clone());
            }
            if !setup.skips_first {
                add(SourceRef::Number(0), How::Setup, setup.directory.clone());
            }
            for source in &setup.after {
                add(number(*source), How::After, setup.directory.clone());
            }
        }
        b"forgesetup" | b"forgeautosetup" | b"goprep" => add(SourceRef::Number(0), How::Setup, None),
        b"tar" | b"bsdtar" | b"unzip" | b"7z" | b"7za" | b"cpio" | b"gem" | b"uncompress" | b"rpm2cpio" => {
            let mut found = named(spec, &command.words);
            // `xz -dc SOURCE | tar x`
            let mut at = index;
            let mut this = command;
            while found.is_empty()
                && this.is_piped
                && let Some(before) = at.checked_sub(1).and_then(|at| script.commands.get(at))
            {
                found = named(spec, &before.words);
                at -= 1;
                this = before;
            }
            for source in found {
                add(source, How::Command, None);
            }
        }
        _ => {}
    }
}

fn writes(spec: &Spec, command: &Command, prep: &mut Prep) {
    let has = |flag: &[u8]| {
        command
            .words
            .iter()
            .skip(1)
            .any(|word| word.text.starts_with(flag))
    };
    let kind = match name(command) {
        b"sed" if has(b"-i") || has(b"--in-place") || has(b"-ni") || has(b"-ri") || has(b"-Ei") => {
            WriteKind::Edit
        }
        b"perl" if has(b"-pi") || has(b"-i") => WriteKind::Edit,
        b"cp" | b"install" | b"mv" | b"ln" => WriteKind::Copy,
        b"rm" | b"rmdir" => WriteKind::Remove,
        b"touch" => WriteKind::Touch,
        b"autoreconf" | b"autoconf" | b"automake" | b"aclocal" | b"autoheader" | b"libtoolize"
        | b"gettextize" | b"autopoint" | b"autogen.sh" | b"bootstrap" | b"bootstrap.sh" | b"buildconf" => {
            WriteKind::Regenerate
        }
        _ if is_network(command) => WriteKind::Fetch,
        _ if !command.outputs.is_empty()
            && command
                .outputs
                .iter()
                .any(|word| !word.text.starts_with(b"/dev/")) =>
        {
            WriteKind::Copy
        }
        _ => return,
    };
    prep.writes.push(Write {
        kind,
        sources: named(spec, &command.words),
        command: text(command),
        line: command.line,
        reach: command.reach,
    });
}

fn is_network(command: &Command) -> bool {
    let second = command
        .words
        .get(1)
        .map(|word| word.text.as_slice())
        .unwrap_or_default();
    match name(command) {
        b"curl" | b"wget" | b"scp" | b"rsync" | b"ftp" => {
            command
                .words
                .iter()
                .any(|word| word.text.contains_str("://") || word.is_dynamic)
                || matches!(name(command), b"wget" | b"curl")
        }
        b"git" => matches!(second, b"clone" | b"fetch" | b"pull" | b"submodule"),
        b"go" => second == b"get",
        b"pip" | b"pip3" => {
            matches!(second, b"install" | b"download")
                && !command.words.iter().any(|word| word.text == "--no-index")
        }
        b"npm" | b"yarn" => {
            second == b"install" && !command.words.iter().any(|word| word.text == "--offline")
        }
        _ => false,
    }
}
