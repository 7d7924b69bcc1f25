//! `tarvet known`.

use std::io::{self, Write};
use std::path::Path;

use bstr::ByteSlice;
use serde::Serialize;
use sha2::{Digest, Sha256};
use tarvet_core::escape::escape;
use tarvet_origin::known::{Class, Tables};

use crate::args::{Format, KnownArgs};
use crate::error::CliError;
use crate::{index, inputs};

/// Exit status if a file is not known.
const NOT_KNOWN: u8 = 1;

/// What a file is.
#[derive(Serialize)]
struct Answer {
    path: String,
    sha256: String,
    /// `known`, `impostor` (a standard file's name, and other contents) or `unknown`.
    answer: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    versions: Option<String>,
    detail: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lines: Vec<String>,
}

/// Names each file, or writes a table.
pub fn run(args: &KnownArgs) -> Result<u8, CliError> {
    if let (true, Some(output)) = (args.index, &args.output) {
        return index::run(&args.paths, output);
    }
    let tables = inputs::tables(&args.known)?;
    let answers = args
        .paths
        .iter()
        .map(|path| Ok(answer(path, &inputs::read_small(path, "the file")?, &tables)))
        .collect::<Result<Vec<_>, CliError>>()?;
    let mut out = anstream::AutoStream::auto(io::stdout().lock());
    match args.format {
        Format::Text => text(&answers, &mut out)?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, &answers).map_err(io::Error::from)?;
            writeln!(out)?;
        }
    }
    let all = answers.iter().all(|answer| answer.answer == "known");
    Ok(if all { 0 } else { NOT_KNOWN })
}

fn answer(path: &Path, content: &[u8], tables: &Tables) -> Answer {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let name = name.as_bytes().as_bstr();
    let sha256: [u8; 32] = Sha256::digest(content).into();
    let known = tables
        .known(name, &sha256)
        .or_else(|| tables.known_by_content(name, content));
    let mut answer = Answer {
        path: escape(path.to_string_lossy().as_bytes()),
        sha256: tarvet_archive::Sha256(sha256).to_string(),
        answer: "unknown",
        project: None,
        versions: None,
        detail: "no standard build file that the tables know".into(),
        lines: Vec::new(),
    };
    if let Some(known) = known {
        answer.answer = "known";
        answer.detail = escape(tarvet_core::origin::published(&known));
        answer.project = Some(escape(&known.project));
        answer.versions = Some(escape(&known.versions));
    } else if let Some(suspicion) = tarvet_core::origin::suspicion(name, content, tables) {
        answer.answer = "impostor";
        answer.detail = escape(suspicion.detail);
        answer.lines = suspicion.lines.iter().map(escape).collect();
    } else if let Some((other, known)) = tables.named_elsewhere(&sha256) {
        answer.detail = escape(format!(
            "{} {} published these bytes as {other}",
            known.project, known.versions
        ));
    } else if tables.class(name) == Some(Class::Source) {
        answer.detail =
            "has the name of a published source file, and other contents; that means nothing".into();
    }
    answer
}

fn text(answers: &[Answer], out: &mut dyn Write) -> io::Result<()> {
    for answer in answers {
        writeln!(out, "{}: {}: {}", answer.path, answer.answer, answer.detail)?;
        for line in &answer.lines {
            writeln!(out, "    {line}")?;
        }
    }
    Ok(())
}
