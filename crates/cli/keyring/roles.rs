//! Who of the keyring signed what: `--git`, `--tarball`, and what a package holds.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use jiff::Timestamp;
use tarvet_archive::Limits;
use tarvet_core::TarballFile;
use tarvet_core::checks;
use tarvet_core::keyring::audit::{self, Audit, RolesReport, SignedTarball, checks as faults};
use tarvet_core::keyring::{Keyring, SignaturePolicy, SignedBytes, verify_detached};
use tarvet_core::signers::{Question, history};
use tarvet_debian::{SourcePackage, UpstreamTarball};
use tempfile::TempDir;

use super::places::{Kind, Place};
use super::rpm;
use crate::args::KeyringAuditArgs;
use crate::error::CliError;
use crate::style::{FAINT, GOOD, STRONG, WARN};
use crate::{inputs, signers};

/// Signers, or signatures of one signer, that are shown unless everything was asked for.
const FOLD: usize = 8;

/// What was asked, and the keyring as far as it was read.
pub struct Asked {
    keyring: Keyring,
    /// The package whose own tarballs are looked at.
    package: Option<Package>,
    unseen: Vec<String>,
    /// Where the tarballs of an SRPM are while they are looked at.
    unpacked: Option<TempDir>,
}

/// A single package among the arguments.
enum Package {
    Debian(PathBuf),
    Spec(PathBuf),
    Srpm(PathBuf),
}

/// A tarball, and its signature files with their names in reports.
struct Release {
    tarball: PathBuf,
    signatures: Vec<(String, PathBuf)>,
}

impl Asked {
    /// None if nobody asked: a whole archive's tarballs are not read for their signatures.
    pub fn new(args: &KeyringAuditArgs, places: &[Place]) -> Option<Self> {
        let package = match args.paths.as_slice() {
            [path] if args.tarball.is_none() && args.since.is_none() => package(path, places),
            _ => None,
        };
        (args.git.is_some() || args.tarball.is_some() || package.is_some()).then(|| Self {
            keyring: Keyring::new(),
            package,
            unseen: Vec::new(),
            unpacked: None,
        })
    }

    /// Takes in a file that was audited.
    pub fn add(&mut self, audit: &Audit, bytes: Option<&[u8]>) {
        let problem = match bytes {
            Some(bytes) => self
                .keyring
                .add(&audit.label, bytes)
                .err()
                .map(|error| error.to_string()),
            None => Some(format!("{}: not read, or too large", audit.label)),
        };
        if let Some(problem) = problem {
            self.unseen
                .push(format!("nobody of this file is looked for: {problem}"));
        }
    }

    /// Reads repository and tarballs. None if there was nothing to see and nobody had insisted.
    pub fn answer(
        mut self,
        args: &KeyringAuditArgs,
        now: Timestamp,
    ) -> Result<Option<RolesReport>, CliError> {
        let policy = SignaturePolicy::strict(now);
        let history = match &args.git {
            Some(place) => {
                let question = Question {
                    keyring: &self.keyring,
                    policy: &policy,
                    since: None,
                };
                Some(history(&signers::open(place)?, question)?)
            }
            None => None,
        };
        let mut tarballs = Vec::new();
        for release in self.named(args) {
            if let Some(signed) = self.signed(&release, &policy)? {
                tarballs.push(signed);
            }
        }
        if history.is_none() && tarballs.is_empty() && args.tarball.is_none() {
            return Ok(None);
        }
        let mut roles = audit::roles(&self.keyring, history.as_ref(), &tarballs);
        roles.unseen.extend(self.unseen);
        let findings = checks::run(faults::OF_ROLES, &roles, &BTreeMap::new());
        Ok(Some(RolesReport::new(&roles, &findings)))
    }

    /// The tarballs with their signature files: the caller's, or the package's.
    fn named(&mut self, args: &KeyringAuditArgs) -> Vec<Release> {
        if let Some(tarball) = &args.tarball {
            return vec![Release {
                tarball: tarball.clone(),
                signatures: args.signature.iter().cloned().map(labelled).collect(),
            }];
        }
        let found = match &self.package {
            None => Ok(Vec::new()),
            Some(Package::Debian(path)) => debian(path),
            Some(Package::Spec(path)) => rpm::signed_beside(path).map(releases),
            Some(Package::Srpm(path)) => tempfile::tempdir()
                .map_err(|error| format!("no directory for its tarballs: {error}"))
                .and_then(|directory| {
                    let directory = self.unpacked.insert(directory);
                    rpm::signed_inside(path, directory.path()).map(releases)
                }),
        };
        found.unwrap_or_else(|error| {
            self.unseen
                .push(format!("the package's tarballs were not looked at: {error}"));
            Vec::new()
        })
    }

    fn signed(
        &mut self,
        release: &Release,
        policy: &SignaturePolicy,
    ) -> Result<Option<SignedTarball>, CliError> {
        let path = &release.tarball;
        let unreadable = |error| CliError::file(path, "read the tarball", &error);
        let data = Data(TarballFile::open(path).map_err(unreadable)?);
        let name = data.0.file_name();
        let mut reports = Vec::new();
        for (label, path) in &release.signatures {
            let bytes = inputs::read_small(path, "the signature")?;
            match verify_detached(&self.keyring, policy, label, &bytes, &data, Some(&name)) {
                Ok(found) => reports.extend(found),
                // Of a damaged tarball nobody can say what the tar inside is.
                Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                    self.unseen.push(format!(
                        "{label}: no signature over {name} itself, and it cannot be unpacked: {error}"
                    ));
                }
                Err(error) => return Err(unreadable(error)),
            }
        }
        Ok((!reports.is_empty()).then_some(SignedTarball {
            tarball: name,
            reports,
        }))
    }
}

/// A single package: what was audited is its own.
fn package(path: &Path, places: &[Place]) -> Option<Package> {
    if path.join("debian/changelog").is_file() && !places.is_empty() {
        return Some(Package::Debian(path.to_owned()));
    }
    let [place] = places else { return None };
    match &place.kind {
        Kind::Dsc => Some(Package::Debian(place.path.clone())),
        Kind::Srpm => Some(Package::Srpm(place.path.clone())),
        Kind::Specs { specs, .. } => match specs.as_slice() {
            [spec] => Some(Package::Spec(spec.clone())),
            _ => None,
        },
        _ => None,
    }
}

fn debian(path: &Path) -> Result<Vec<Release>, String> {
    let source = SourcePackage::open(path, &|_| None).map_err(|error| error.to_string())?;
    let release = |tarball: UpstreamTarball| {
        Some(Release {
            tarball: tarball.path,
            signatures: vec![labelled(tarball.signature?)],
        })
    };
    Ok(source
        .upstream_tarballs()
        .into_iter()
        .filter_map(release)
        .collect())
}

fn releases(signed: Vec<rpm::Signed>) -> Vec<Release> {
    let mut releases: Vec<Release> = Vec::new();
    for rpm::Signed { tarball, signature } in signed {
        match releases.iter_mut().find(|release| release.tarball == tarball) {
            Some(release) => release.signatures.push(signature),
            None => releases.push(Release {
                tarball,
                signatures: vec![signature],
            }),
        }
    }
    releases
}

fn labelled(path: PathBuf) -> (String, PathBuf) {
    (path.display().to_string(), path)
}

/// A tarball's bytes, and the tar inside.
struct Data(TarballFile);

impl SignedBytes for Data {
    fn compressed(&self) -> io::Result<Box<dyn Read + Send + Sync + '_>> {
        Ok(Box::new(self.0.reader()))
    }

    fn uncompressed(&self) -> io::Result<Box<dyn Read + Send + Sync + '_>> {
        let tar = tarvet_archive::decompress(self.0.reader(), &Limits::default())?;
        Ok(Box::new(Exclusive(Mutex::new(tar))))
    }
}

/// Makes a reader `Sync`; it is only ever read through `&mut`, so the lock is never taken.
struct Exclusive<R>(Mutex<R>);

impl<R: Read> Read for Exclusive<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let inner = self.0.get_mut();
        inner
            .map_err(|_| io::Error::other("a reader of the tarball failed"))?
            .read(buffer)
    }
}

/// The roles for people: a line for each signer.
pub fn text(roles: &RolesReport, all: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut seen = Vec::new();
    if let (Some(tags), Some(signed)) = (roles.tags, roles.signed_tags) {
        seen.push(format!("{signed} of {tags} tags are signed"));
    }
    if roles.tarballs > 0 {
        seen.push(format!(
            "{} with a signature",
            super::text::count(roles.tarballs, "tarball")
        ));
    }
    writeln!(out, "\n{STRONG}who signs what{STRONG:#}: {}", seen.join(", "))?;
    for role in &roles.signers {
        let mut what: Vec<String> = role.tags.iter().map(judged).collect();
        what.extend(
            role.tarballs
                .iter()
                .map(|signed| format!("{} ({}, over the {})", signed.tarball, signed.state, signed.over)),
        );
        let colour = if what.is_empty() { WARN } else { GOOD };
        let what = if what.is_empty() {
            "signed none of them".to_owned()
        } else {
            what.join("; ")
        };
        writeln!(
            out,
            "  {} {}\n    {colour}{what}{colour:#}",
            role.fingerprint, role.identity
        )?;
    }
    let most = if all { usize::MAX } else { FOLD };
    for outsider in roles.outsiders.iter().take(most) {
        let mut what: Vec<String> = outsider.tags.iter().map(span).collect();
        what.extend(outsider.tarballs.iter().cloned());
        let earlier = if outsider.earlier {
            ", before anybody of the keyring"
        } else {
            ""
        };
        writeln!(
            out,
            "  {} {WARN}not in the keyring{WARN:#}{earlier}\n    claims {}",
            outsider.issuer.as_deref().unwrap_or("somebody unnamed"),
            what.join("; ")
        )?;
    }
    if roles.outsiders.len() > most {
        let more = roles.outsiders.len() - most;
        writeln!(
            out,
            "  {FAINT}{more} more who are not in the keyring: --all lists them{FAINT:#}"
        )?;
    }
    for refused in &roles.refused {
        writeln!(
            out,
            "  {WARN}{}{WARN:#} {}: {}: {}",
            refused.state, refused.tarball, refused.source, refused.detail
        )?;
    }
    let mut shown = BTreeMap::<&str, usize>::new();
    for finding in &roles.findings {
        let count = shown.entry(finding.code).or_default();
        *count += 1;
        if all || *count <= FOLD && finding.level != "info" {
            super::text::finding(finding, out)?;
        }
    }
    for sentence in &roles.unseen {
        writeln!(out, "  {FAINT}{sentence}{FAINT:#}")?;
    }
    Ok(())
}

fn span(span: &audit::SpanReport) -> String {
    match span.count {
        1 => format!("1 tag, {}", span.first),
        count => format!("{count} tags, {} to {}", span.first, span.last),
    }
}

/// The same of somebody of the keyring, whose signatures could be judged.
fn judged(tags: &audit::SpanReport) -> String {
    let range = span(tags);
    match tags.evidence {
        evidence if evidence == tags.count => range,
        0 => format!("{range} (none of them evidence today)"),
        evidence => format!("{range} ({evidence} of them evidence today)"),
    }
}
