//! From facts to the report. Every text from outside is escaped here, once.

use tarvet_archive::Compression;

use super::{
    ClaimReport, DifferenceLine, FindingLine, KeyringLine, ReleaseReport, Report, SCHEMA_VERSION,
    SignatureLine, SubjectReport, Summary, TarballReport, Tool,
};
use crate::checks::Finding;
use crate::claims::Evidence;
use crate::escape::escape;
use crate::facts::Facts;
use crate::judge::Verdict;
use crate::keyring::{SignatureReport, SignedThing};
use crate::origin::{Comparison, Origin};

impl Tool {
    /// This program.
    pub fn this() -> Self {
        Tool {
            name: "tarvet",
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}

impl Report {
    pub(crate) fn new(
        facts: &Facts,
        evidence: Vec<Evidence>,
        findings: Vec<Finding>,
        verdict: Verdict,
    ) -> Self {
        let claim = |evidence: Evidence| ClaimReport {
            claim: evidence.claim.as_str(),
            required: facts.policy.required.contains(&evidence.claim),
            proven: evidence.proven(),
            evidence: evidence.proof.iter().map(escape).collect(),
            remark: evidence.remark.map(escape),
        };
        Report {
            schema_version: SCHEMA_VERSION,
            tool: Tool::this(),
            subject: subject(facts),
            claims: evidence.into_iter().map(claim).collect(),
            signatures: facts.signatures.iter().map(signature).collect(),
            summary: summary(&facts.comparison),
            differences: differences(facts),
            findings: findings.into_iter().map(finding).collect(),
            verdict,
        }
    }
}

fn subject(facts: &Facts) -> SubjectReport {
    let entry = |entry: &crate::keyring::KeyringEntry| KeyringLine {
        scheme: entry.scheme.as_str(),
        fingerprint: escape(&entry.fingerprint),
        identities: entry.identities.iter().map(escape).collect(),
        sources: entry.labels.iter().map(escape).collect(),
    };
    SubjectReport {
        name: facts.name.as_ref().map(escape),
        version: facts.version.as_ref().map(escape),
        tarball: tarball(facts),
        upstream: escape(&facts.place),
        release: release(facts),
        keyring: facts.keyring.iter().map(entry).collect(),
        now: facts.policy.now.to_string(),
        relaxations: facts.policy.relaxations(),
    }
}

fn tarball(facts: &Facts) -> TarballReport {
    let tarball = &facts.tarball;
    let compression = match tarball.compression {
        Compression::None => "none",
        Compression::Gzip => "gzip",
        Compression::Bzip2 => "bzip2",
        Compression::Xz => "xz",
        Compression::Lzma => "lzma",
        Compression::Zstd => "zstd",
    };
    TarballReport {
        path: escape(&facts.tarball_path),
        compression,
        size: tarball.file.len,
        sha256: tarball.file.sha256.to_string(),
        top_directory: facts.comparison.top.as_ref().map(escape),
    }
}

fn release(facts: &Facts) -> ReleaseReport {
    let release = &facts.release;
    let commit = release.commit.as_ref();
    ReleaseReport {
        tag: (!release.tag_name.is_empty()).then(|| escape(&release.tag_name)),
        tag_object: release.tag.as_ref().map(|tag| tag.id.to_string()),
        commit: commit.map(|commit| commit.id.to_string()),
        tree: commit.map(|commit| commit.tree.to_string()),
        subdir: (!facts.subdir.is_empty()).then(|| escape(&facts.subdir)),
        object_format: facts.object_format.to_string(),
    }
}

pub(super) fn signature(report: &SignatureReport) -> SignatureLine {
    let over = match report.over {
        SignedThing::Tag => "tag",
        SignedThing::Commit => "commit",
        SignedThing::Tarball => "tarball",
        SignedThing::Tar => "tar",
        SignedThing::Description => "description",
    };
    SignatureLine {
        over,
        scheme: report.scheme.as_str(),
        state: report.state.as_str(),
        evidence: report.state.is_evidence(),
        fingerprint: report.fingerprint.as_ref().map(escape),
        signing_key: report.signing_key.as_ref().map(escape),
        issuer_hint: report.issuer_hint.as_ref().map(escape),
        user_id: report.user_id.as_ref().map(escape),
        keyring: report.keyring.as_ref().map(escape),
        time: report.time.map(|time| time.to_string()),
        algorithm: escape(&report.algorithm),
        source: escape(&report.source),
        detail: escape(&report.detail),
        advice: report.advice.as_ref().map(escape),
        relaxed_by: report.relaxed_by.clone(),
    }
}

fn summary(comparison: &Comparison) -> Summary {
    let count = |origin: Origin| comparison.origins.get(&origin).copied().unwrap_or(0);
    Summary {
        members: comparison.members,
        tree_entries: comparison.tree_entries,
        origins: comparison
            .origins
            .iter()
            .map(|(origin, count)| (origin.as_str(), *count))
            .collect(),
        modified: count(Origin::Modified),
        missing: count(Origin::Missing),
    }
}

fn differences(facts: &Facts) -> Vec<DifferenceLine> {
    let members = &facts.tarball.manifest.members;
    let digest = |index: usize| members.get(index).map(|member| member.sha256.to_string());
    let line = |difference: &crate::origin::Difference| DifferenceLine {
        path: escape(&difference.path),
        side: difference.side.as_str(),
        origin: difference.origin.as_str(),
        detail: escape(&difference.detail),
        sha256: difference.member.and_then(digest),
        tool: difference.explanation.tool.as_ref().map(escape),
        version: difference.explanation.version.as_ref().map(escape),
        from: difference.explanation.from.iter().map(escape).collect(),
        lines: difference.explanation.lines.iter().map(escape).collect(),
    };
    facts.comparison.differences.iter().map(line).collect()
}

pub(crate) fn finding(finding: Finding) -> FindingLine {
    FindingLine {
        code: finding.code,
        level: finding.level.as_str(),
        path: finding.path.map(|path| escape(&path)),
        message: escape(&finding.message),
        help: escape(&finding.help),
        overridden: None,
    }
}
