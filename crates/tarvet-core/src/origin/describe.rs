//! What is said of each explained origin.

use bstr::BString;
use tarvet_origin::alleged::Allegation;
use tarvet_origin::derived::Derived;
use tarvet_origin::known::{Change, Known, Match, Nearest};

use super::impostor::{Pretence, Suspicion};
use super::{Explanation, Origin};

type Found = (Origin, String, Explanation);

pub(super) fn known(known: &Known) -> Found {
    let explanation = Explanation {
        tool: Some(known.project.clone()),
        version: Some(known.versions.clone()),
        ..Explanation::default()
    };
    (Origin::Known, published(known), explanation)
}

/// Which published version a known file is, in words.
pub fn published(known: &Known) -> String {
    let how = match known.how {
        Match::Exact => "",
        Match::LicenceNotice => ", but for the licence notice that gnulib-tool rewrites",
        Match::Shebang => ", but for the spelling of #!/bin/sh",
        Match::SpdxLine => ", but for an added SPDX-License-Identifier",
    };
    format!("as published: {} {}{how}", known.project, known.versions)
}

pub(super) fn derived(derived: Derived) -> Found {
    let explanation = Explanation {
        from: derived.from,
        lines: derived.shown,
        ..Explanation::default()
    };
    (Origin::Derived, derived.how, explanation)
}

pub(super) fn alleged(allegation: Allegation) -> Found {
    let version = allegation.version.as_deref().map(|version| format!(" {version}"));
    let detail = format!(
        "looks made by {}{} from {}; nothing proves it",
        allegation.tool,
        version.unwrap_or_default(),
        allegation.from
    );
    let explanation = Explanation {
        tool: Some(allegation.tool.to_owned()),
        version: allegation.version,
        from: vec![allegation.from],
        ..Explanation::default()
    };
    (Origin::Alleged, detail, explanation)
}

pub(super) fn impostor(suspicion: &Suspicion) -> Found {
    let of = &suspicion.of;
    let pretence = match &suspicion.because {
        Pretence::Name => format!("has the name of the standard file {of}"),
        Pretence::Header => format!("calls itself {of}, a standard file, in its first lines"),
        Pretence::Macro(name) => format!("defines {name}, the macro of the standard file {of}"),
    };
    let nearest = match &suspicion.nearest {
        Some(near) => format!(
            "; nearest is {}: {} more, {} less",
            version(near),
            count(near.added),
            count(near.removed)
        ),
        None => String::new(),
    };
    let explanation = Explanation {
        version: suspicion.nearest.as_ref().map(version),
        from: vec![of.clone()],
        lines: suspicion.nearest.as_ref().map(changes).unwrap_or_default(),
        serial: suspicion.serial.clone(),
        ..Explanation::default()
    };
    let detail = format!("{pretence} and is no published version of it{nearest}");
    (Origin::Impostor, detail, explanation)
}

/// Which version the nearest one is.
pub(super) fn version(near: &Nearest) -> String {
    format!("{} {}", near.known.project, near.known.versions)
}

/// The first changed lines, with their numbers.
pub(super) fn changes(near: &Nearest) -> Vec<BString> {
    let line = |change: &Change| {
        let sign = if change.added { '+' } else { '-' };
        let mut line = BString::from(format!("{:>5} {sign} ", change.line));
        line.extend_from_slice(&change.text);
        line
    };
    near.changes.iter().map(line).collect()
}

fn count(lines: usize) -> String {
    match lines {
        1 => "1 line".into(),
        many => format!("{many} lines"),
    }
}
