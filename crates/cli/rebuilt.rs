//! `tarvet rebuilt`: after a build, which generated files of the tarball went into the packages as they were.

mod candidates;
mod packages;
mod text;
mod tree;

use std::fs::File;
use std::io::{self, BufWriter, Write};

use tarvet_core::rebuilt::{Rebuilt, RebuiltReport};

use crate::args::{Format, RebuiltArgs};
use crate::error::CliError;

/// Runs the comparison; the exit status is 1 if a generated file was installed as it was.
pub fn run(args: &RebuiltArgs) -> Result<u8, CliError> {
    if args.binary.is_empty() && args.tree.is_none() {
        return Err(CliError::new("nothing to compare the tarball with").hint("give --binary or --tree"));
    }
    let generated = candidates::generated(args)?;
    let tree = match &args.tree {
        Some(directory) => tree::states(directory, &generated, args.since.as_deref())?,
        None => Default::default(),
    };
    let mut installed = Vec::new();
    for path in &args.binary {
        installed.extend(packages::files(path)?);
    }
    if installed.is_empty() && !args.binary.is_empty() {
        return Err(CliError::new(
            "none of the packages has a file: nothing was compared",
        ));
    }
    let rebuilt = Rebuilt::new(generated, tree, installed);
    let findings = rebuilt.findings(&Default::default());
    let report = RebuiltReport::new(&args.source.display().to_string(), &rebuilt, findings);
    write(&report, args)?;
    Ok(u8::from(
        report.findings.iter().any(|finding| finding.level != "info"),
    ))
}

fn write(report: &RebuiltReport, args: &RebuiltArgs) -> Result<(), CliError> {
    let mut out: Box<dyn Write> = match &args.output {
        Some(path) => {
            let file =
                File::create(path).map_err(|error| CliError::file(path, "write the report", &error))?;
            Box::new(anstream::StripStream::new(file))
        }
        None => Box::new(anstream::AutoStream::auto(io::stdout().lock())),
    };
    let mut out = BufWriter::new(&mut out);
    match args.format {
        Format::Text => text::report(report, args.all, &mut out)?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, report).map_err(io::Error::from)?;
            writeln!(out)?;
        }
    }
    Ok(out.flush()?)
}
