//! The report about a whole package: that of each of its tarballs, and what is wrong with the package itself.

use serde::Serialize;

use super::{ClaimReport, FindingLine, Report, SCHEMA_VERSION, SignatureLine, Tool, build, verdict_name};
use crate::checks::Finding;
use crate::escape::escape;
use crate::judge::Verdict;
use crate::keyring::SignatureReport;

/// Everything that was found out about one source package. All text from outside is escaped already.
#[derive(Debug, Clone, Serialize)]
pub struct PackageReport {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// Who made the report.
    pub tool: Tool,
    /// What was checked.
    pub package: PackageSubject,
    /// The claims over all tarballs: proven where each tarball proves them.
    pub claims: Vec<ClaimReport>,
    /// Faults of the package, the gravest first; those of a tarball are in its own report.
    pub findings: Vec<FindingLine>,
    /// One report a tarball, as `tarvet check` makes it.
    pub tarballs: Vec<Report>,
    /// The answer for the whole package.
    #[serde(serialize_with = "verdict_name")]
    pub verdict: Verdict,
}

/// What was checked.
#[derive(Debug, Clone, Serialize)]
pub struct PackageSubject {
    /// `debian` or `rpm`.
    pub kind: &'static str,
    /// The path as given.
    pub path: String,
    /// Name of the source package.
    pub name: Option<String>,
    /// The package's whole version.
    pub version: Option<String>,
    /// The source format, where there is one.
    pub format: Option<String>,
    /// Every file that belongs to it, with its digest.
    pub files: Vec<FileLine>,
    /// Signatures on the package's own description (a `.dsc`, an RPM header).
    pub signatures: Vec<SignatureLine>,
}

/// A file of the package.
#[derive(Debug, Clone, Serialize)]
pub struct FileLine {
    /// Its name.
    pub name: String,
    /// What it is: `orig`, `component NAME`, `packaging`, `signature`, `proof` …
    pub role: String,
    /// SHA-256, where it could be read.
    pub sha256: Option<String>,
}

/// What a report about a package is made from; raw text.
#[derive(Debug)]
pub struct PackageFacts {
    /// `debian` or `rpm`.
    pub kind: &'static str,
    /// The path as given.
    pub path: String,
    /// Name of the source package.
    pub name: Option<String>,
    /// The package's whole version.
    pub version: Option<String>,
    /// The source format.
    pub format: Option<String>,
    /// Name, role and SHA-256 of each file.
    pub files: Vec<(String, String, Option<String>)>,
    /// Signatures on the package's own description.
    pub signatures: Vec<SignatureReport>,
    /// What is wrong with the package.
    pub findings: Vec<Finding>,
    /// The reports of its tarballs.
    pub tarballs: Vec<Report>,
}

impl PackageReport {
    /// Puts the reports together and judges the package: verified where there is a tarball, each is, and nothing else is wrong.
    pub fn new(facts: PackageFacts) -> Self {
        let file = |(name, role, sha256): (String, String, Option<String>)| FileLine {
            name: escape(name),
            role: escape(role),
            sha256,
        };
        let mut report = PackageReport {
            schema_version: SCHEMA_VERSION,
            tool: Tool::this(),
            package: PackageSubject {
                kind: facts.kind,
                path: escape(facts.path),
                name: facts.name.map(escape),
                version: facts.version.map(escape),
                format: facts.format.map(escape),
                files: facts.files.into_iter().map(file).collect(),
                signatures: facts.signatures.iter().map(build::signature).collect(),
            },
            claims: together(&facts.tarballs),
            findings: facts.findings.into_iter().map(build::finding).collect(),
            tarballs: facts.tarballs,
            verdict: Verdict::Undetermined,
        };
        report.judge();
        report
    }

    /// Silences every finding for which `reason` has one, and judges again. A silenced error no longer rejects, but what it
    /// was about is not proven either: with one, the package is never verified.
    pub fn silence(&mut self, mut reason: impl FnMut(&FindingLine) -> Option<String>) {
        let own = self.findings.iter_mut();
        let of_tarballs = self.tarballs.iter_mut().flat_map(|report| &mut report.findings);
        for finding in own.chain(of_tarballs) {
            finding.overridden = reason(finding).map(escape);
        }
        for tarball in &mut self.tarballs {
            tarball.verdict = without_overridden(tarball.verdict, &tarball.findings);
        }
        self.judge();
    }

    /// Adds findings that could be made only when the others were known, and judges again.
    pub fn add(&mut self, findings: Vec<Finding>) {
        self.findings.extend(findings.into_iter().map(build::finding));
        self.judge();
    }

    /// Every finding: the package's, then those of each tarball.
    pub fn all_findings(&self) -> impl Iterator<Item = &FindingLine> {
        let of_tarballs = self.tarballs.iter().flat_map(|report| &report.findings);
        self.findings.iter().chain(of_tarballs)
    }

    fn judge(&mut self) {
        let verdicts = || self.tarballs.iter().map(|report| report.verdict);
        let all_verified =
            !self.tarballs.is_empty() && verdicts().all(|verdict| verdict == Verdict::Verified);
        let error = |finding: &FindingLine| finding.level == "error";
        let own = if verdicts().any(|verdict| verdict == Verdict::Rejected) || self.findings.iter().any(error)
        {
            Verdict::Rejected
        } else if all_verified {
            Verdict::Verified
        } else {
            Verdict::Undetermined
        };
        let rejected = verdicts().any(|verdict| verdict == Verdict::Rejected);
        self.verdict = match without_overridden(own, &self.findings) {
            _ if rejected => Verdict::Rejected,
            verdict => verdict,
        };
    }
}

/// The verdict once overridden findings are left out of it.
fn without_overridden(verdict: Verdict, findings: &[FindingLine]) -> Verdict {
    let mut errors = findings
        .iter()
        .filter(|finding| finding.level == "error")
        .peekable();
    match verdict {
        Verdict::Rejected if errors.peek().is_some() && errors.all(|error| error.overridden.is_some()) => {
            Verdict::Undetermined
        }
        verdict => verdict,
    }
}

/// The claims of all tarballs as one: required by any, proven by all.
fn together(tarballs: &[Report]) -> Vec<ClaimReport> {
    let mut claims: Vec<ClaimReport> = Vec::new();
    for (tarball, claim) in tarballs
        .iter()
        .flat_map(|report| report.claims.iter().map(move |claim| (report, claim)))
    {
        let several = tarballs.len() > 1;
        let named = |text: &String| match several {
            true => format!("{}: {text}", tarball.subject.tarball.path),
            false => text.clone(),
        };
        let evidence: Vec<String> = claim.evidence.iter().map(named).collect();
        let remark = claim.remark.as_ref().map(named);
        match claims.iter_mut().find(|other| other.claim == claim.claim) {
            None => claims.push(ClaimReport {
                evidence,
                remark,
                ..claim.clone()
            }),
            Some(other) => {
                other.required |= claim.required;
                other.proven &= claim.proven;
                other.evidence.extend(evidence);
                other.remark = match (other.remark.take(), remark) {
                    (Some(first), Some(second)) => Some(format!("{first}; {second}")),
                    (first, second) => first.or(second),
                };
            }
        }
    }
    // What proves one tarball must not read as if it proved all of them.
    for claim in claims.iter_mut().filter(|claim| !claim.proven) {
        claim.evidence.clear();
    }
    claims
}
