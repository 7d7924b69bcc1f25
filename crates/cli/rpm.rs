//! `tarvet rpm`: source packages, one or many.

mod keyring;
mod patches;
mod payload;
mod previous;
mod several;
mod tarball;
mod upstream;

use std::collections::HashMap;
use std::path::Path;

use bstr::{BStr, BString};
use jiff::Timestamp;
use tarvet_core::checks::Finding;
use tarvet_core::keyring::Keyring;
use tarvet_core::report::{PackageFacts, PackageReport};
use tarvet_core::{Level, Verdict, checks};
use tarvet_origin::known::Tables;
use tarvet_rpm::package::{Form, Request};
use tarvet_rpm::spec::Source;
use tarvet_rpm::{Facts, SourcePackage};

use crate::args::RpmArgs;
use crate::error::CliError;
use crate::{catalogue, check, inputs, output};
use payload::Copies;
use tarball::Vetted;

/// What all packages of one run share.
pub struct Shared<'a> {
    pub args: &'a RpmArgs,
    pub tables: Tables,
    /// The caller's keyring, where he brought one.
    pub keyring: Option<Keyring>,
    /// Whose signature on an SRPM counts.
    pub signers: Option<Keyring>,
    /// Macros that the caller told.
    pub defines: Vec<(BString, BString)>,
    /// The time of the judgement: the same for all.
    pub now: Timestamp,
    /// Threads that one package may use.
    pub threads: usize,
}

/// Runs the check; the exit status is that of the gravest verdict.
pub fn run(args: &RpmArgs) -> Result<u8, CliError> {
    let paths = args.paths();
    let several = paths.len() > 1;
    let define = |(name, value): &(String, String)| (name.as_str().into(), value.as_str().into());
    let shared = Shared {
        tables: inputs::tables(&args.known)?,
        keyring: keyring::given(&args.keyring)?,
        signers: keyring::given(&args.srpm_keyring)?,
        defines: args.define.iter().map(define).collect(),
        now: check::now(&args.policy),
        threads: if several {
            1
        } else {
            std::thread::available_parallelism().map_or(1, Into::into)
        },
        args,
    };
    if several {
        return several::run(&paths, &shared);
    }
    let path = paths.first().map_or(Path::new("."), |path| path.as_path());
    let report = one(path, &shared)?;
    output::write(&report, &args.output)?;
    Ok(report.verdict.exit_status())
}

/// The level that a check has by default; `None` for a code that no check has.
fn level(code: &str) -> Option<Level> {
    catalogue::all()
        .find(|check| check.code == code)
        .map(|check| check.level)
}

/// Checks one package.
pub fn one(path: &Path, shared: &Shared<'_>) -> Result<PackageReport, CliError> {
    let signatures = check::signature_policy(&shared.args.policy, shared.now);
    let copies = Copies::default();
    let source = SourcePackage::open(
        path,
        &Request {
            defines: &shared.defines,
            sources: shared.args.sources.as_deref(),
            limits: check::limits(&shared.args.limits),
            level: &level,
            signers: shared.signers.as_ref().map(|keyring| (keyring, &signatures)),
            copies: &|name| copies.add(name),
        },
    )
    .map_err(|error| CliError::new(error.to_string()))?;
    let own = keyring::of_package(&source);
    let trusted = shared.keyring.as_ref().unwrap_or(&own.keyring);
    let unpacking = source.unpacking();
    let patches = patches::Touched::read(&source);
    let mut vetted = Vec::new();
    for tarball in &unpacking.tarballs {
        let file = copies.take(&tarball.name);
        vetted.push(tarball::vet(&source, tarball, file, &patches, trusted, shared)?);
    }
    let of_keyring = previous::compare(&source, &own.keyring, shared)?;
    let facts = Facts {
        tarballs: vetted.iter().map(Vetted::facts).collect(),
        keyring_given: shared.keyring.is_some(),
        keyrings: own.names,
        keyring_faults: own.faults,
        repository: upstream::repository(&source),
        unpacking,
        source,
    };
    Ok(report(path, &facts, of_keyring, vetted))
}

fn report(path: &Path, facts: &Facts, of_keyring: Vec<Finding>, vetted: Vec<Vetted>) -> PackageReport {
    let source = &facts.source;
    let mut findings = checks::run(tarvet_rpm::checks::ALL, facts, &source.settings().levels);
    findings.extend(of_keyring);
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    let version = match (&source.version, &source.release) {
        (Some(version), Some(release)) => Some(format!("{version}-{release}")),
        (version, _) => version.clone(),
    };
    let form = match source.form {
        Form::Directory(_) => "spec",
        Form::Srpm(_) => "SRPM",
    };
    let signatures = source
        .envelope
        .as_ref()
        .map(|envelope| envelope.signatures.clone());
    let mut report = PackageReport::new(PackageFacts {
        kind: "rpm",
        path: path.display().to_string(),
        name: source.name.clone(),
        version,
        format: Some(form.to_owned()),
        files: files(source),
        signatures: signatures.unwrap_or_default(),
        findings,
        tarballs: vetted.into_iter().map(|vetted| vetted.report).collect(),
    });
    // Whoever lowers the level of such a finding does not fill the gap.
    if facts.has_gaps() && report.verdict == Verdict::Verified {
        report.verdict = Verdict::Undetermined;
    }
    report
}

/// Every file of the package that was read: name, what it is, SHA-256.
fn files(source: &SourcePackage) -> Vec<(String, String, Option<String>)> {
    let (sources, patches) = (numbers(&source.spec.sources), numbers(&source.spec.patches));
    let role = |name: &BString| match (sources.get(BStr::new(name)), patches.get(BStr::new(name))) {
        _ if *name == source.spec_name => "spec".to_owned(),
        (Some(number), _) => format!("source {number}"),
        (None, Some(number)) => format!("patch {number}"),
        (None, None) if name.ends_with(b".gitproof") => "proof".to_owned(),
        (None, None) => "packaging".to_owned(),
    };
    let all = source.files.iter();
    all.map(|(name, file)| {
        let digest = tarvet_archive::Sha256(file.sha256).to_string();
        (name.to_string(), role(name), Some(digest))
    })
    .collect()
}

/// The number of each Source or Patch by its file names.
fn numbers(all: &[Source]) -> HashMap<&BStr, u32> {
    let mut numbers = HashMap::new();
    for source in all {
        for name in source.file_names() {
            numbers.entry(name).or_insert(source.number);
        }
    }
    numbers
}
