//! The generated files of a tarball: by upstream's tree where it is at hand, else by their looks.

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::Mutex;

use bstr::{BStr, BString, ByteSlice};
use sha2::{Digest, Sha256};
use tarvet_archive::{Keep, Limits, Manifest, MemberKind, ObjectFormat, OddityClass, Options, Seen, Tarball};
use tarvet_core::rebuilt::GeneratedFile;
use tarvet_origin::alleged;

use crate::args::RebuiltArgs;
use crate::error::CliError;

/// The generated files: all that look like it, without those that the report of a check says are accounted for.
pub fn generated(args: &RebuiltArgs) -> Result<Vec<GeneratedFile>, CliError> {
    let unreadable = |error| CliError::file(&args.source, "read the tarball", &error);
    let file = File::open(&args.source).map_err(unreadable)?;
    let looks = Looks::default();
    let options = Options {
        object_format: ObjectFormat::Sha1,
        limits: Limits::default(),
        keep: &looks,
        threads: std::thread::available_parallelism().map_or(1, Into::into),
        tar_digest: false,
    };
    let tarball = tarvet_archive::read(file, None, &options, None).map_err(unreadable)?;
    whole(&tarball).map_err(|why| CliError::new(format!("{}: {why}", args.source.display())))?;
    let tools = looks.0.into_inner().unwrap_or_default();
    let known = match &args.report {
        Some(path) => Some(differences(path, &tarball.file.sha256.to_string())?),
        None => None,
    };
    let top = top(&tarball.manifest);
    let members = tarball.manifest.members.iter();
    let files = members.filter(|member| member.kind == MemberKind::File && member.size > 0);
    Ok(files
        .filter_map(|member| {
            let path = below(member.path.as_bstr(), top.as_ref().map(|top| top.as_slice()));
            let looks = tools.get(&member.path);
            let tool = match &known {
                // A check has looked at the tree: it decides what is generated.
                Some(known) => known.get(&path.to_string())?.clone(),
                None => Some(looks?.to_string()),
            };
            Some(GeneratedFile {
                path: path.to_owned(),
                tool,
                sha256: member.sha256.0,
            })
        })
        .collect())
}

/// Origins of files for which a check has no proof.
const UNPROVEN: [&str; 6] = [
    "alleged",
    "discarded",
    "accepted",
    "impostor",
    "modified",
    "unexplained",
];

/// Whether the tarball was read to its end: of half of it nothing can be said.
fn whole(tarball: &Tarball) -> Result<(), String> {
    let cut = |class| matches!(class, OddityClass::Corrupt | OddityClass::Limit);
    match tarball.oddities.iter().find(|oddity| cut(oddity.class)) {
        Some(oddity) => Err(format!(
            "the tarball could not be read in full: {}",
            oddity.detail
        )),
        None if tarball.manifest.members.is_empty() => Err("the tarball is empty".into()),
        None => Ok(()),
    }
}

/// Paths that a check's report (`--format json`) on the tarball of this digest leaves without proof, with the tool each names.
fn differences(path: &std::path::Path, sha256: &str) -> Result<BTreeMap<String, Option<String>>, CliError> {
    let bytes = crate::inputs::read_small(path, "the report")?;
    let expected = || {
        CliError::new(format!(
            "{}: not a report of `tarvet check`, `tarvet debian` or `tarvet rpm`",
            path.display()
        ))
    };
    let report: serde_json::Value = serde_json::from_slice(&bytes).map_err(|_| expected())?;
    let reports = match report.get("tarballs").and_then(|value| value.as_array()) {
        Some(reports) => reports.clone(),
        None => vec![report],
    };
    let of_tarball = |report: &&serde_json::Value| {
        let digest = report
            .pointer("/subject/tarball/sha256")
            .and_then(|value| value.as_str());
        digest == Some(sha256)
    };
    let Some(report) = reports.iter().find(of_tarball) else {
        let message = format!(
            "{}: not a report on this tarball (sha256 {sha256})",
            path.display()
        );
        return Err(CliError::new(message).hint("check the tarball again, and give that report"));
    };
    let differences = report
        .get("differences")
        .and_then(|value| value.as_array())
        .ok_or_else(expected)?;
    let unproven = |line: &&serde_json::Value| {
        let origin = line.get("origin").and_then(|value| value.as_str());
        origin.is_some_and(|origin| UNPROVEN.contains(&origin))
    };
    let text = |line: &serde_json::Value, key: &str| {
        line.get(key).and_then(|value| value.as_str()).map(str::to_owned)
    };
    let found = differences
        .iter()
        .filter(unproven)
        .filter_map(|line| Some((text(line, "path")?, text(line, "tool"))))
        .collect();
    Ok(found)
}

/// The first component, if all members have it.
fn top(manifest: &Manifest) -> Option<BString> {
    let mut members = manifest.members.iter().map(|member| member.path.as_bstr());
    let first = |path: &BStr| path.split_once_str("/").map(|(first, _)| BString::from(first));
    let top = members.next().map(plain).and_then(first)?;
    members
        .all(|path| first(plain(path)).is_some_and(|first| first == top) || plain(path) == top)
        .then_some(top)
}

fn plain(path: &BStr) -> &BStr {
    path.strip_prefix(b"./").unwrap_or(path).as_bstr()
}

fn below<'p>(path: &'p BStr, top: Option<&[u8]>) -> &'p BStr {
    let path = plain(path);
    let below = top.and_then(|top| path.strip_prefix(top)?.strip_prefix(b"/"));
    below.map_or(path, ByteSlice::as_bstr)
}

/// SHA-256 of bytes.
pub fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The first tool that each member may be made by.
#[derive(Default)]
struct Looks(Mutex<BTreeMap<BString, &'static str>>);

impl Keep for Looks {
    fn wants(&self, path: &BStr, size: u64) -> Option<u64> {
        Some(alleged::wants(path, size) as u64)
    }

    fn keeps(&self, seen: &Seen<'_>) -> bool {
        let head = seen
            .content
            .get(..alleged::wants(seen.path, seen.size))
            .unwrap_or(seen.content);
        let claim = alleged::claim(seen.path, head, seen.size);
        if let Some(tool) = claim.and_then(|claim| claim.tools().next())
            && let Ok(mut tools) = self.0.lock()
        {
            tools.insert(seen.path.to_owned(), tool);
        }
        false
    }
}
