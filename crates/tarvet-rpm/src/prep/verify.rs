//! Signatures that `%prep` verifies: `%{gpgverify}`, `%gpg_verify`, gpg and its kin.
//!
//! For `%{gpgverify}` see Fedora's packaging guidelines, "Verifying signatures", and its script's own help; for
//! `%gpg_verify`, openSUSE's gpg-offline, whose argument is the signature, and the macro of the same name on pagure, whose
//! arguments are `data,signature,keyring`.

use bstr::{BString, ByteSlice};

use super::shell::{Command, Script, Word};
use super::{Prep, SourceRef, name, named, source};
use crate::spec::fault::{FaultKind, Faults};
use crate::spec::{Reach, Spec};

/// What a verification is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerificationState {
    /// It runs, and ends the build if it fails.
    Active,
    /// It runs under a condition.
    Conditional,
    /// It stands in a branch that is never taken.
    Dead,
    /// It runs, and its failure is ignored.
    Ignored,
    /// It is a comment.
    CommentedOut,
}

/// One verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// The program or macro.
    pub tool: BString,
    /// What is verified.
    pub data: Option<SourceRef>,
    /// The signature.
    pub signature: Option<SourceRef>,
    /// Whose signature counts.
    pub keyring: Option<SourceRef>,
    /// Whether the data is decompressed first: the signature is over the inner tar.
    pub is_decompressed: bool,
    /// What it is worth.
    pub state: VerificationState,
    /// The line, from 1.
    pub line: usize,
}

/// Verifications that are looked at; of more, the rest is not believed.
const MOST: usize = 200;

/// Finds all verifications of a script, and those in its comments.
pub(super) fn find(spec: &Spec, script: &Script) -> Vec<Verification> {
    let mut found = Vec::new();
    for (index, command) in script.commands.iter().enumerate() {
        let state = match command.reach {
            Reach::Never => VerificationState::Dead,
            _ if command.is_ignored => VerificationState::Ignored,
            Reach::Conditional => VerificationState::Conditional,
            Reach::Always => VerificationState::Active,
        };
        let before = index
            .checked_sub(1)
            .and_then(|at| script.commands.get(at))
            .filter(|_| command.is_piped);
        found.extend(one(spec, command, before, state));
        if found.len() >= MOST {
            break;
        }
    }
    for comment in &script.comments {
        if found.len() >= MOST {
            break;
        }
        // `#%%{gpgverify}`: a percent sign doubled for a comment was one before.
        let text = comment
            .text
            .trim_start_with(|it| it == '#' || it == ' ' || it == '%')
            .to_vec();
        let words = text.fields().map(|word| {
            let text = word.trim_with(|it| matches!(it, '\'' | '"')).into();
            Word {
                text,
                is_dynamic: false,
            }
        });
        let mut words: Vec<Word> = words.collect();
        if let Some(first) = words.first_mut() {
            first.text = first.text.trim_with(|it| matches!(it, '{' | '}')).into();
        }
        let command = Command {
            words,
            assignments: Vec::new(),
            outputs: Vec::new(),
            line: comment.line,
            reach: Reach::Never,
            is_ignored: false,
            is_piped: false,
        };
        let is_call = command.words.len() > 1
            && command
                .words
                .iter()
                .any(|word| source(spec, &word.text).is_some());
        if is_call {
            found.extend(one(spec, &command, None, VerificationState::CommentedOut));
        }
    }
    found
}

fn one(
    spec: &Spec,
    command: &Command,
    before: Option<&Command>,
    state: VerificationState,
) -> Option<Verification> {
    let tool = name(command);
    let words = &command.words;
    let value = |option: &[u8]| -> Option<&[u8]> {
        let mut words = words.iter().skip(1);
        while let Some(word) = words.next() {
            if let Some(value) = word
                .text
                .strip_prefix(option)
                .and_then(|rest| rest.strip_prefix(b"="))
            {
                return Some(value);
            }
            if word.text == option {
                return words.next().map(|word| word.text.as_slice());
            }
            // `-k2`
            if let Some(value) = word.text.strip_prefix(option).filter(|_| option.len() == 2) {
                return Some(value);
            }
        }
        None
    };
    let reference = |word: &[u8]| source(spec, word).or(Some(SourceRef::Unclear(word.into())));
    let numbered = |word: &[u8]| match std::str::from_utf8(word).ok().and_then(|text| text.parse().ok()) {
        Some(number) => Some(SourceRef::Number(number)),
        None => reference(word),
    };
    let mut made = Verification {
        tool: tool.into(),
        data: None,
        signature: None,
        keyring: None,
        is_decompressed: false,
        state,
        line: command.line,
    };
    match tool {
        b"gpgverify" => {
            made.keyring = value(b"--keyring")
                .and_then(reference)
                .or(value(b"-k").and_then(numbered));
            made.signature = value(b"--signature")
                .and_then(reference)
                .or(value(b"-s").and_then(numbered));
            let data = value(b"--data");
            if data == Some(b"-") {
                made.is_decompressed = true;
                made.data = before.and_then(|before| named(spec, &before.words).into_iter().next());
            } else {
                made.data = data.and_then(reference).or(value(b"-d").and_then(numbered));
            }
        }
        b"gpg_verify" | b"gpg_offline" | b"gpgoffline" | b"gpg-offline" => {
            let argument = words.iter().skip(1).rfind(|word| !word.text.starts_with(b"-"));
            let parts: Vec<&[u8]> = argument
                .map(|word| word.text.split_str(",").collect())
                .unwrap_or_default();
            made.keyring = value(b"-k")
                .or(value(b"--keyring"))
                .and_then(numbered)
                .or_else(|| packaged_keyring(spec));
            match parts.as_slice() {
                [data, signature, rest @ ..] => {
                    made.data = numbered(data);
                    made.signature = numbered(signature);
                    made.keyring = rest.first().and_then(|word| numbered(word)).or(made.keyring);
                }
                [signature] => {
                    made.signature = numbered(signature);
                    made.data = made
                        .signature
                        .as_ref()
                        .and_then(|signature| signed_by(spec, signature, &mut made.is_decompressed));
                }
                [] => {}
            }
        }
        b"gpg" | b"gpg2" if words.iter().any(|word| word.text == "--verify") => {
            made.keyring = value(b"--keyring").and_then(reference);
            let at = words
                .iter()
                .position(|word| word.text == "--verify")
                .unwrap_or_default();
            let files: Vec<&Word> = words
                .iter()
                .skip(at + 1)
                .filter(|word| !word.text.starts_with(b"--"))
                .collect();
            pair(spec, &files, before, &mut made);
        }
        b"gpgv" | b"gpgv2" | b"sqv" => {
            made.keyring = value(b"--keyring").and_then(reference);
            let mut files: Vec<&Word> = Vec::new();
            let mut rest = words.iter().skip(1);
            while let Some(word) = rest.next() {
                if matches!(
                    word.text.as_slice(),
                    b"--keyring" | b"--homedir" | b"--signature-file"
                ) {
                    rest.next();
                } else if !word.text.starts_with(b"--") {
                    files.push(word);
                }
            }
            pair(spec, &files, before, &mut made);
        }
        b"minisign" | b"signify" | b"signify-openbsd"
            if words.iter().any(|word| word.text.starts_with(b"-V")) =>
        {
            made.keyring = value(b"-p").and_then(reference);
            made.data = value(b"-m").or(value(b"-Vm")).and_then(reference);
            made.signature = value(b"-x").and_then(reference);
        }
        _ => return None,
    }
    Some(made)
}

/// `gpg --verify SIGNATURE DATA`.
fn pair(spec: &Spec, files: &[&Word], before: Option<&Command>, made: &mut Verification) {
    let reference =
        |word: &Word| source(spec, &word.text).unwrap_or_else(|| SourceRef::Unclear(word.text.clone()));
    made.signature = files.first().map(|word| reference(word));
    made.data = match files.get(1) {
        Some(word) if word.text == "-" => {
            made.is_decompressed = true;
            before.and_then(|before| named(spec, &before.words).into_iter().next())
        }
        Some(word) => Some(reference(word)),
        // gpg looks for the data beside the signature.
        None => made
            .signature
            .as_ref()
            .and_then(|signature| signed_by(spec, signature, &mut made.is_decompressed)),
    };
}

/// The source that a signature belongs to by its name: without the ending, or the compressed form of that.
fn signed_by(spec: &Spec, signature: &SourceRef, is_decompressed: &mut bool) -> Option<SourceRef> {
    let SourceRef::Number(number) = signature else {
        return None;
    };
    let names: Vec<BString> = spec
        .numbered(*number)
        .flat_map(|source| source.file_names())
        .map(BString::from)
        .collect();
    for name in names {
        let Some(stem) = [".asc", ".sig", ".sign", ".minisig"]
            .iter()
            .find_map(|end| name.strip_suffix(end.as_bytes()))
        else {
            continue;
        };
        for source in &spec.sources {
            for file in source.file_names() {
                let Some(rest) = file.strip_prefix(stem) else {
                    continue;
                };
                if matches!(
                    rest,
                    b"" | b".gz" | b".bz2" | b".xz" | b".zst" | b".lz" | b".lzma"
                ) {
                    *is_decompressed = !rest.is_empty();
                    return Some(SourceRef::Number(source.number));
                }
            }
        }
    }
    None
}

/// The `*.keyring` of an openSUSE package.
fn packaged_keyring(spec: &Spec) -> Option<SourceRef> {
    let is_keyring =
        |source: &&crate::spec::Source| source.file_names().iter().any(|name| name.ends_with(b".keyring"));
    let mut all = spec.sources.iter().filter(is_keyring);
    let first = all.next()?;
    all.next().is_none().then_some(SourceRef::Number(first.number))
}

/// Says what is wrong with the verifications.
pub(super) fn judge(prep: &Prep, faults: &mut Faults) {
    for made in &prep.verifications {
        let (kind, what, help) = match made.state {
            VerificationState::Active => continue,
            VerificationState::CommentedOut => (
                FaultKind::VerificationCommentedOut,
                "is commented out",
                "call it before the sources are unpacked, or say why the signature is not shipped",
            ),
            VerificationState::Dead => (
                FaultKind::VerificationDead,
                "stands in a branch that is never taken",
                "take it out of the branch",
            ),
            VerificationState::Conditional => (
                FaultKind::VerificationConditional,
                "is reached under a condition only",
                "call it unconditionally, as the first command of %prep",
            ),
            VerificationState::Ignored => (
                FaultKind::VerificationIgnored,
                "runs, but its failure does not end the build",
                "call it as a command of its own, without `||`, `&&`, `|` or `!`",
            ),
        };
        let active =
            |other: &&Verification| other.state == VerificationState::Active && other.data == made.data;
        // A call that is also there in force makes the other harmless.
        if prep.verifications.iter().find(active).is_none() {
            faults.push(kind, made.line, format!("the call of {} {what}", made.tool), help);
        }
    }
    let numbers: Vec<u32> = prep
        .unpacked
        .iter()
        .filter_map(|unpack| match unpack.source {
            SourceRef::Number(number) => Some(number),
            SourceRef::Unclear(_) => None,
        })
        .collect();
    for made in prep
        .verifications
        .iter()
        .filter(|made| made.state != VerificationState::CommentedOut)
    {
        match &made.data {
            Some(SourceRef::Number(number)) if numbers.is_empty() || numbers.contains(number) => {}
            Some(SourceRef::Number(number)) => faults.push(
                FaultKind::VerificationOtherData,
                made.line,
                format!(
                    "{} verifies Source{number}, which is not what is unpacked",
                    made.tool
                ),
                "verify the source that %setup unpacks",
            ),
            Some(SourceRef::Unclear(_)) | None => faults.push(
                FaultKind::VerificationUnclear,
                made.line,
                format!("the text does not tell which source {} verifies", made.tool),
                "name it as %{SOURCE0}",
            ),
        }
    }
}
