//! A report, rendered as the user wants it and where he wants it.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use serde::Serialize;
use tarvet_core::report::{PackageReport, Report};

use crate::args::{OutputArgs, ReportFormat};
use crate::error::CliError;
use crate::{lintian, text};

/// What can be rendered in every format.
pub trait Rendered: Serialize {
    /// For people.
    fn text(&self, args: &OutputArgs, out: &mut dyn Write) -> io::Result<()>;

    /// As lintian prints hints.
    fn lintian(&self, args: &OutputArgs, out: &mut dyn Write) -> io::Result<()>;
}

impl Rendered for Report {
    fn text(&self, args: &OutputArgs, out: &mut dyn Write) -> io::Result<()> {
        text::report(self, args.all, out)
    }

    fn lintian(&self, args: &OutputArgs, out: &mut dyn Write) -> io::Result<()> {
        let name = self.subject.name.as_deref().unwrap_or("unknown");
        lintian::write(name, self.findings.iter(), args.show_overrides, out)
    }
}

impl Rendered for PackageReport {
    fn text(&self, args: &OutputArgs, out: &mut dyn Write) -> io::Result<()> {
        text::package(self, args, out)
    }

    fn lintian(&self, args: &OutputArgs, out: &mut dyn Write) -> io::Result<()> {
        let name = self.package.name.as_deref().unwrap_or("unknown");
        lintian::write(name, self.all_findings(), args.show_overrides, out)
    }
}

/// Several packages: a JSON array, or one after the other.
impl Rendered for Vec<PackageReport> {
    fn text(&self, args: &OutputArgs, out: &mut dyn Write) -> io::Result<()> {
        for (index, report) in self.iter().enumerate() {
            if index > 0 {
                writeln!(out)?;
            }
            report.text(args, out)?;
        }
        Ok(())
    }

    fn lintian(&self, args: &OutputArgs, out: &mut dyn Write) -> io::Result<()> {
        self.iter().try_for_each(|report| report.lintian(args, out))
    }
}

/// Writes the report to standard output, or to the file that was asked for.
pub fn write(report: &impl Rendered, args: &OutputArgs) -> Result<(), CliError> {
    match &args.output {
        Some(path) => {
            let unwritable = |error| CliError::file(path, "write the report", &error);
            let mut file = BufWriter::new(File::create(path).map_err(unwritable)?);
            render(report, args, &mut file)
                .and_then(|()| file.flush())
                .map_err(unwritable)
        }
        None => {
            let mut out = BufWriter::new(anstream::AutoStream::auto(io::stdout().lock()));
            render(report, args, &mut out)?;
            Ok(out.flush()?)
        }
    }
}

fn render(report: &impl Rendered, args: &OutputArgs, out: &mut dyn Write) -> io::Result<()> {
    match args.format {
        ReportFormat::Text if args.output.is_some() => {
            let mut styled = Vec::new();
            report.text(args, &mut styled)?;
            out.write_all(&anstream::adapter::strip_bytes(&styled).into_vec())
        }
        ReportFormat::Text => report.text(args, out),
        ReportFormat::Lintian => report.lintian(args, out),
        ReportFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, report)?;
            writeln!(out)
        }
    }
}
