//! `tarvet debian`: source packages, one or many.

mod import;
mod keyring;
mod overrides;
mod previous;
mod several;
mod tarball;
mod tree;
mod upstream;

use std::path::Path;

use bstr::{BStr, BString};
use jiff::Timestamp;
use tarvet_core::checks::Finding;
use tarvet_core::keyring::{Keyring, SignatureReport, verify_cleartext};
use tarvet_core::report::{PackageFacts, PackageReport};
use tarvet_core::{Level, checks};
use tarvet_debian::changelog;
use tarvet_debian::debian_dir::Content;
use tarvet_debian::dsc::{Fault, FaultKind};
use tarvet_debian::effective::Unpacked;
use tarvet_debian::patches;
use tarvet_debian::place::PlaceError;
use tarvet_debian::{Facts, SourcePackage};
use tarvet_origin::known::Tables;

use crate::args::DebianArgs;
use crate::error::CliError;
use crate::{catalogue, check, inputs, output};
use tarball::Vetted;

/// What all packages of one run share.
pub struct Shared<'a> {
    pub args: &'a DebianArgs,
    pub tables: Tables,
    /// The caller's keyring, where he brought one.
    pub keyring: Option<Keyring>,
    /// Whose signature on a .dsc counts.
    pub uploaders: Keyring,
    /// The time of the judgement: the same for all.
    pub now: Timestamp,
    /// Threads that one package may use.
    pub threads: usize,
}

/// Runs the check; the exit status is that of the gravest verdict.
pub fn run(args: &DebianArgs) -> Result<u8, CliError> {
    let paths = args.paths();
    let several = paths.len() > 1;
    let shared = Shared {
        tables: inputs::tables(&args.known)?,
        keyring: match args.keyring.as_slice() {
            [] => None,
            paths => Some(inputs::keyring(paths)?),
        },
        uploaders: keyring::uploaders(&args.dsc_keyring)?,
        now: check::now(&args.policy),
        threads: if several {
            1
        } else {
            std::thread::available_parallelism().map_or(1, Into::into)
        },
        args,
    };
    if args.import {
        let [path] = paths.as_slice() else {
            return Err(CliError::new("--import takes one source tree"));
        };
        return import::run(path, &shared);
    }
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
    let cannot = |error: PlaceError| CliError::new(error.to_string());
    let mut source = SourcePackage::open(path, &level).map_err(cannot)?;
    let signatures = dsc_signatures(&source, shared);
    let own = keyring::of_package(&source);
    let trusted = shared.keyring.as_ref().unwrap_or(&own.keyring);
    // The files are held against the .dsc while the tarballs are vetted.
    let (measures, vetted) = std::thread::scope(|scope| {
        let measuring = scope.spawn(|| source.measure());
        let vetted = vet(&source, trusted, shared);
        let measures = measuring
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        (measures, vetted)
    });
    source.add(measures.map_err(cannot)?);
    let vetted = vetted?;
    let previous = previous::compare(&source, &own.keyring, shared)?;
    let facts = facts(source, signatures, &vetted, own, shared)?;
    Ok(report(path, facts, previous, vetted, shared))
}

fn vet(source: &SourcePackage, trusted: &Keyring, shared: &Shared<'_>) -> Result<Vec<Vetted>, CliError> {
    let tarballs = source.upstream_tarballs().into_iter();
    tarballs
        .map(|tarball| tarball::vet(source, tarball, trusted, shared))
        .collect()
}

/// The signatures on the .dsc. Without anybody to trust there is nothing to check.
fn dsc_signatures(source: &SourcePackage, shared: &Shared<'_>) -> Vec<SignatureReport> {
    let Some((name, text, signature)) = source.signature() else {
        return Vec::new();
    };
    if shared.uploaders.is_empty() {
        return Vec::new();
    }
    let policy = check::signature_policy(&shared.args.policy, shared.now);
    verify_cleartext(&shared.uploaders, &policy, name, &text, &signature)
}

fn facts(
    mut source: SourcePackage,
    signatures: Vec<SignatureReport>,
    vetted: &[Vetted],
    own: keyring::Own,
    shared: &Shared<'_>,
) -> Result<Facts, CliError> {
    source.packaging_faults.extend(own.faults);
    let replaced = replaced(&source, vetted);
    source.faults.extend(replaced);
    let patch_faults = patch_faults(&source, vetted);
    let (version_disagrees, spoiled) = changelog(&source);
    source.faults.extend(spoiled);
    let tree_differences = match (&source.package.tree, shared.args.tree) {
        (Some(root), true) => tree::differences(root, &source, vetted)?,
        (None, true) => {
            let what = "--tree compares an unpacked tree with its tarballs, and this is none";
            return Err(CliError::new(what).hint("name the directory that dpkg-source -x made"));
        }
        (_, false) => Vec::new(),
    };
    let repository = upstream::repository(&source, None);
    Ok(Facts {
        signatures,
        tarballs: tarball::facts(&source, vetted),
        patch_faults,
        keyring_given: shared.keyring.is_some(),
        keyrings: own.places,
        repository,
        version_disagrees,
        unused_overrides: Vec::new(),
        tree_differences,
        source,
    })
}

/// Tarballs that were other files when they were measured than when they were read.
fn replaced(source: &SourcePackage, vetted: &[Vetted]) -> Vec<Fault> {
    let changed = |vetted: &&Vetted| {
        let measured = source.measured.get(&vetted.tarball.name);
        measured.is_some_and(|measured| measured.sha256 != vetted.facts.tarball.file.sha256)
    };
    let fault = |vetted: &Vetted| {
        let help = "check again, where nobody else writes";
        let message = "the file changed while it was checked";
        Fault::new(
            FaultKind::DscChecksumMismatch,
            &vetted.tarball.name,
            None,
            message,
            help,
        )
    };
    vetted.iter().filter(changed).map(fault).collect()
}

/// What is to be looked at in the patches, or in the diff of format 1.0.
fn patch_faults(source: &SourcePackage, vetted: &[Vetted]) -> Vec<patches::PatchFault> {
    let unpacked = Unpacked {
        upstream: tarball::nodes(vetted),
        signed: tarball::signed(vetted),
        debian: source.diff.as_ref().map_or(&source.debian, |diff| &diff.below),
    };
    match &source.diff {
        // A package of format 1.0 may apply debian/patches in its build, with quilt.
        Some(diff) => {
            let mut faults = patches::v1::unpack(&diff.text, "diff.gz", &unpacked).faults;
            let after = Unpacked {
                debian: &source.debian,
                ..unpacked
            };
            faults.extend(patches::judge(&after, "debian").faults);
            faults
        }
        None => patches::judge(&unpacked, "debian").faults,
    }
}

/// Name and version in the .dsc and in the changelog, where they differ; or what keeps the changelog from telling.
fn changelog(source: &SourcePackage) -> (Option<(String, String)>, Option<Fault>) {
    const PLACE: &str = "debian/changelog";
    // Of a tree the changelog was read when its tarballs were looked for; without packaging there is none to read.
    let described = source.package.dsc.as_ref();
    let Some(dsc) = described.filter(|_| !source.debian.files.is_empty()) else {
        return (None, None);
    };
    let entry = match source.debian.content(PLACE) {
        Content::Bytes(text) => changelog::first(PLACE, text),
        Content::Absent => Err(unreadable("there is no such file".into())),
        Content::Unknown(why) => Err(unreadable(why)),
    };
    match entry {
        Err(fault) => (None, Some(fault).filter(|_| source.package.tree.is_none())),
        Ok(entry) => {
            let said = format!("{} {}", dsc.source, dsc.version.as_str());
            let found = format!("{} {}", entry.package, entry.version.as_str());
            ((said != found).then_some((said, found)), None)
        }
    }
}

fn unreadable(why: String) -> Fault {
    let help = "name and version of the package are compared with it";
    Fault::new(FaultKind::ChangelogMalformed, "debian/changelog", None, why, help)
}

fn report(
    path: &Path,
    mut facts: Facts,
    of_keyring: Vec<Finding>,
    vetted: Vec<Vetted>,
    shared: &Shared<'_>,
) -> PackageReport {
    let levels = facts.source.settings().levels;
    let files = files(&facts.source);
    let mut findings = checks::run(tarvet_debian::checks::ALL, &facts, &levels);
    findings.extend(of_keyring);
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    let package = &facts.source.package;
    let mut report = PackageReport::new(PackageFacts {
        kind: "debian",
        path: path.display().to_string(),
        name: package.source.clone(),
        version: package
            .version
            .as_ref()
            .map(|version| version.as_str().to_owned()),
        format: package.format.as_ref().map(|format| format.as_str().to_owned()),
        files,
        signatures: facts.signatures.clone(),
        findings,
        tarballs: vetted.into_iter().map(|vetted| vetted.report).collect(),
    });
    if !shared.args.no_overrides {
        overrides::apply(&mut report, &mut facts, &levels);
    }
    report
}

/// Every file of the package: name, what it is, SHA-256.
fn files(source: &SourcePackage) -> Vec<(String, String, Option<String>)> {
    use tarvet_debian::files::Role;
    let role = |role: Role| match role {
        Role::Orig => "orig".to_owned(),
        Role::Component(name) => format!("component {name}"),
        Role::Signature(None) => "signature".into(),
        Role::Signature(Some(name)) => format!("signature of component {name}"),
        Role::Debian => "packaging".into(),
        Role::Diff => "diff".into(),
        Role::Native => "native".into(),
    };
    let digest = |name: &str| {
        source
            .measured
            .get(name)
            .map(|measured| measured.sha256.to_string())
    };
    let roles = source.package.parts.roles().into_iter();
    roles
        .map(|(name, of)| (name.to_owned(), role(of), digest(name)))
        .collect()
}

/// The path of a member without the top directory, if it is below one.
pub fn below_top<'p>(path: &'p BStr, top: Option<&BString>) -> Option<&'p BStr> {
    let path = path.strip_prefix(b"./").unwrap_or(path);
    match top {
        None => Some(BStr::new(path)),
        Some(top) => Some(BStr::new(path.strip_prefix(top.as_slice())?.strip_prefix(b"/")?)),
    }
}
