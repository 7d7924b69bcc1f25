//! `tarvet keyring audit`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde::Serialize;
use tarvet_core::checks;
use tarvet_core::keyring::audit::report::{FileReport, FindingReport, SCHEMA_VERSION, finding};
use tarvet_core::keyring::audit::{self, Audit, Copies, RolesReport, checks as faults};

use super::places::{self, Kind, Place};
use super::since::{Change, Earlier};
use super::{dsc, moment, pool, roles, rpm, text};
use crate::args::{AuditFormat, KeyringAuditArgs};
use crate::error::CliError;

/// Exit status if a finding is an error.
const ERRORS: u8 = 1;
/// Largest key file, in bytes.
const LARGEST: u64 = 256 << 20;
/// Files larger than this are audited one at a time, so that memory does not grow with the number of threads.
const LARGE: u64 = 4 << 20;

/// One file with its findings.
pub struct Judged {
    pub audit: Audit,
    pub report: FileReport,
    /// The contents, where they are at hand and modest: whoever asks for roles needs them again.
    pub bytes: Option<Vec<u8>>,
}

impl Judged {
    /// Looks for faults; `bytes` are the file's contents, if they were read.
    pub fn new(audit: Audit, bytes: Option<&[u8]>) -> Self {
        let findings = checks::run(faults::ALL, &audit, &BTreeMap::new());
        let report = FileReport::new(&audit, &findings, bytes);
        let bytes = bytes
            .filter(|bytes| bytes.len() as u64 <= LARGE)
            .map(<[u8]>::to_vec);
        Self { audit, report, bytes }
    }

    /// Whether a file of this name, which nobody called a key file, is one. Beside keys lie signatures, and files that
    /// have a key's ending by chance.
    pub fn holds_keys(&self, name: &Path) -> bool {
        let audit = &self.audit;
        let alien = audit.is_barren() && audit.secrets.is_empty() && audit.trouble.is_none();
        !audit.is_signature && (!alien || looks_like_key(name))
    }
}

/// Counts over all files.
#[derive(Debug, Default, Serialize)]
pub struct Totals {
    pub files: usize,
    pub certificates: usize,
    pub keys: usize,
    /// Certificates by standing.
    pub standings: BTreeMap<&'static str, usize>,
    /// Findings by code.
    pub findings: BTreeMap<&'static str, usize>,
    pub errors: usize,
    pub warnings: usize,
}

impl Totals {
    fn add(&mut self, report: &FileReport) {
        self.files += 1;
        self.certificates += report.certificates.len();
        self.keys += report.keys.len();
        for certificate in &report.certificates {
            *self.standings.entry(certificate.standing).or_default() += 1;
        }
        self.add_findings(&report.findings);
    }

    fn add_findings(&mut self, findings: &[FindingReport]) {
        for finding in findings {
            *self.findings.entry(finding.code).or_default() += 1;
            self.errors += usize::from(finding.level == "error");
            self.warnings += usize::from(finding.level == "warning");
        }
    }
}

/// Everything, for `--format json` and text.
#[derive(Serialize)]
pub struct Report {
    pub schema_version: u32,
    pub tool: &'static str,
    pub tool_version: &'static str,
    /// The moment of the judgement (RFC 3339).
    pub now: String,
    pub summary: Totals,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<Vec<Change>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileReport>,
    /// Findings about copies of one certificate in several files.
    pub copies: Vec<FindingReport>,
    /// Who signed what, where a repository or a signed tarball was at hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<RolesReport>,
}

/// A line of `--format jsonl`.
#[derive(Serialize)]
#[serde(tag = "record", rename_all = "lowercase")]
enum Record<'a> {
    Run {
        schema_version: u32,
        tool: &'static str,
        tool_version: &'static str,
        now: &'a str,
    },
    File(&'a FileReport),
    Change(&'a Change),
    Copies {
        findings: &'a [FindingReport],
    },
    Roles(&'a RolesReport),
    Summary(&'a Totals),
}

/// Audits everything and returns the exit status.
pub fn run(args: &KeyringAuditArgs) -> Result<u8, CliError> {
    let now = moment(args.now);
    let mut earlier = args.since.as_deref().map(Earlier::open).transpose()?;
    let places = places::collect(&args.paths)?;
    let mut out = BufWriter::new(anstream::AutoStream::auto(io::stdout().lock()));
    let mut report = Report {
        schema_version: SCHEMA_VERSION,
        tool: "tarvet",
        tool_version: env!("CARGO_PKG_VERSION"),
        now: now.to_string(),
        summary: Totals::default(),
        changes: earlier.is_some().then(Vec::new),
        files: Vec::new(),
        copies: Vec::new(),
        roles: None,
    };
    let mut asked = roles::Asked::new(args, &places);
    let streaming = args.format == AuditFormat::Jsonl;
    if streaming {
        line(
            &mut out,
            &Record::Run {
                schema_version: SCHEMA_VERSION,
                tool: report.tool,
                tool_version: report.tool_version,
                now: &report.now,
            },
        )?;
    }
    let mut copies = Copies::default();
    let threads = std::thread::available_parallelism().map_or(2, |found| found.get().max(2));
    let for_roles = asked.is_some();
    let work = |index: usize| {
        let mut judged = places.get(index).map_or_else(Vec::new, |place| judge(place, now));
        for one in judged.iter_mut().filter(|_| !for_roles) {
            one.bytes = None;
        }
        judged
    };
    pool::run(places.len(), threads, work, |judged| {
        for Judged {
            audit,
            report: file,
            bytes,
        } in judged
        {
            copies.add(&audit);
            if let Some(asked) = &mut asked {
                asked.add(&audit, bytes.as_deref());
            }
            report.summary.add(&file);
            match &mut earlier {
                None if streaming => line(&mut out, &Record::File(&file))?,
                None => report.files.push(file),
                Some(earlier) => {
                    let change = earlier.compare(&file);
                    if let (true, Some(change)) = (streaming, &change) {
                        line(&mut out, &Record::Change(change))?;
                    }
                    report.changes.get_or_insert_default().extend(change);
                }
            }
        }
        Ok(())
    })?;
    let found = checks::run(faults::OF_COPIES, &copies, &BTreeMap::new());
    report.copies = found.iter().map(finding).collect();
    report.summary.add_findings(&report.copies);
    if let Some(asked) = asked {
        report.roles = asked.answer(args, now)?;
        if let Some(roles) = &report.roles {
            report.summary.add_findings(&roles.findings);
        }
    }
    let mut failed = report.summary.errors > 0;
    if let Some(earlier) = earlier {
        let (copies, rest) = earlier.finish(report.copies);
        report.copies = copies;
        if streaming {
            for change in &rest {
                line(&mut out, &Record::Change(change))?;
            }
        }
        report.changes.get_or_insert_default().extend(rest);
        failed = report.changes.iter().flatten().any(Change::has_errors);
    }
    match args.format {
        AuditFormat::Text => text::report(&report, args.all, &mut out)?,
        AuditFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &report).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        AuditFormat::Jsonl => {
            line(
                &mut out,
                &Record::Copies {
                    findings: &report.copies,
                },
            )?;
            if let Some(roles) = &report.roles {
                line(&mut out, &Record::Roles(roles))?;
            }
            line(&mut out, &Record::Summary(&report.summary))?;
        }
    }
    out.flush()?;
    Ok(if failed { ERRORS } else { 0 })
}

fn line(out: &mut dyn Write, record: &Record<'_>) -> Result<(), CliError> {
    serde_json::to_writer(&mut *out, record).map_err(io::Error::from)?;
    Ok(writeln!(out)?)
}

/// One file or package. Whatever is wrong with it is among its findings.
pub fn judge(place: &Place, now: Timestamp) -> Vec<Judged> {
    match &place.kind {
        Kind::Dsc => dsc::audit_package(&place.path, now),
        Kind::Unreadable(words) => {
            let label = place.path.display().to_string();
            vec![Judged::new(Audit::unreadable(&label, words, now), None)]
        }
        Kind::Named => vec![file(&place.path, now)],
        Kind::Found => found(&place.path, now).into_iter().collect(),
        Kind::Specs { specs, beside } => rpm::audit_directory(specs, beside, now),
        Kind::Srpm => rpm::audit_srpm(&place.path, now),
    }
}

/// Audits a file that has a key file's name; none if it is something else.
pub fn found(path: &Path, now: Timestamp) -> Option<Judged> {
    Some(file(path, now)).filter(|judged| judged.holds_keys(path))
}

/// Extensions that nothing but keyrings and signatures use.
fn looks_like_key(path: &Path) -> bool {
    path.extension()
        .is_some_and(|found| found != "key" && found != "pub")
}

/// Audits a file that lies on disk.
pub fn file(path: &Path, now: Timestamp) -> Judged {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let label = path.display().to_string();
    let size = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    let _turn = (size > LARGE).then(|| ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner));
    match read_bounded(path, LARGEST) {
        Ok(Some(bytes)) => Judged::new(audit::audit(&label, &bytes, now), Some(&bytes)),
        Ok(None) => Judged::new(Audit::too_large(&label, size, LARGEST, now), None),
        Err(error) => Judged::new(
            Audit::unreadable(&label, &format!("cannot be read: {error}"), now),
            None,
        ),
    }
}

/// The whole file; None if it is larger than `most` bytes. A fifo or a device has no contents to wait for.
pub fn read_bounded(path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}
