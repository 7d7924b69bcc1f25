//! The generated files of a tarball: by upstream's tree where it is at hand, else by their looks.

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::Mutex;

use bstr::{BStr, BString, ByteSlice};
use sha2::{Digest, Sha256};
use tarvet_archive::{Keep, Limits, Manifest, MemberKind, ObjectFormat, Options, Seen};
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
    let tools = looks.0.into_inner().unwrap_or_default();
    let known = match &args.report {
        Some(path) => Some(differences(path)?),
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

/// Paths that a check's report (`--format json`) leaves without proof, with the tool each names.
fn differences(path: &std::path::Path) -> Result<BTreeMap<String, Option<String>>, CliError> {
    let bytes = crate::inputs::read_small(path, "the report")?;
    let expected = || {
        CliError::new(format!(
            "{}: not a report of `tarvet check` or `tarvet debian`",
            path.display()
        ))
    };
    let report: serde_json::Value = serde_json::from_slice(&bytes).map_err(|_| expected())?;
    let reports = match report.get("tarballs").and_then(|value| value.as_array()) {
        Some(reports) => reports.clone(),
        None => vec![report],
    };
    let mut found = BTreeMap::new();
    for report in &reports {
        let differences = report
            .get("differences")
            .and_then(|value| value.as_array())
            .ok_or_else(expected)?;
        for line in differences {
            let text = |key: &str| line.get(key).and_then(|value| value.as_str()).map(str::to_owned);
            let unproven = [
                "alleged",
                "discarded",
                "accepted",
                "impostor",
                "modified",
                "unexplained",
            ];
            if text("origin").is_some_and(|origin| unproven.contains(&origin.as_str()))
                && let Some(path) = text("path")
            {
                found.insert(path, text("tool"));
            }
        }
    }
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
