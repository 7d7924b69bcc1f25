//! The wire types of roles. All text from outside is escaped here.

use serde::Serialize;

use super::{Outsider, Refused, Role, Roles, TagSpan};
use crate::checks::Finding;
use crate::escape::escape;
use crate::keyring::audit::report::{FindingReport, finding};

/// Who signs what.
#[derive(Debug, Clone, Serialize)]
pub struct RolesReport {
    /// Tags of the repository; absent where there was none.
    pub tags: Option<usize>,
    /// How many of them are signed.
    pub signed_tags: Option<usize>,
    /// How many tarballs with signatures there were.
    pub tarballs: usize,
    /// Everybody of the keyring.
    pub signers: Vec<RoleReport>,
    /// Signers whom the keyring does not have, as their signatures claim.
    pub outsiders: Vec<OutsiderReport>,
    /// Signatures over a tarball that are nobody's.
    pub refused: Vec<RefusedReport>,
    /// What could not be seen, in sentences.
    pub unseen: Vec<String>,
    /// Every fault.
    pub findings: Vec<FindingReport>,
}

/// One identity of the keyring.
#[derive(Debug, Clone, Serialize)]
pub struct RoleReport {
    /// `openpgp`, `ssh`, `minisign` or `signify`.
    pub scheme: &'static str,
    /// In full.
    pub fingerprint: String,
    /// User id, principals or comment.
    pub identity: String,
    /// The tags it signed.
    pub tags: Option<SpanReport>,
    /// The tarballs it signed.
    pub tarballs: Vec<TarballReport>,
}

/// The tags of one signer.
#[derive(Debug, Clone, Serialize)]
pub struct SpanReport {
    /// The first by date.
    pub first: String,
    /// The last by date.
    pub last: String,
    /// How many.
    pub count: usize,
    /// How many of them are evidence.
    pub evidence: usize,
}

/// A signature over a tarball.
#[derive(Debug, Clone, Serialize)]
pub struct TarballReport {
    /// The tarball.
    pub tarball: String,
    /// `tarball`, or `tar` for the tar inside.
    pub over: &'static str,
    /// What it is worth.
    pub state: &'static str,
}

/// A signer outside the keyring.
#[derive(Debug, Clone, Serialize)]
pub struct OutsiderReport {
    /// The format of the signatures.
    pub scheme: &'static str,
    /// Whom the signatures name.
    pub issuer: Option<String>,
    /// The tags.
    pub tags: Option<SpanReport>,
    /// The tarballs.
    pub tarballs: Vec<String>,
    /// All of it is older than the first tag of anybody of the keyring.
    pub earlier: bool,
}

/// A signature that is nobody's.
#[derive(Debug, Clone, Serialize)]
pub struct RefusedReport {
    /// The tarball.
    pub tarball: String,
    /// The signature's file.
    pub source: String,
    /// `bad`, `malformed` or `unsupported`.
    pub state: &'static str,
    /// What was found.
    pub detail: String,
}

impl RolesReport {
    /// Of roles and what the checks found in them.
    pub fn new(roles: &Roles, findings: &[Finding]) -> Self {
        Self {
            tags: roles.tags.map(|tags| tags.all),
            signed_tags: roles.tags.map(|tags| tags.signed),
            tarballs: roles.tarballs,
            signers: roles.signers.iter().map(role).collect(),
            outsiders: roles.outsiders.iter().map(outsider).collect(),
            refused: roles.refused.iter().map(refused).collect(),
            unseen: roles.unseen.iter().map(escape).collect(),
            findings: findings.iter().map(finding).collect(),
        }
    }
}

fn role(role: &Role) -> RoleReport {
    RoleReport {
        scheme: role.scheme.as_str(),
        fingerprint: escape(&role.fingerprint),
        identity: escape(&role.identity),
        tags: role.tags.as_ref().map(span),
        tarballs: role
            .tarballs
            .iter()
            .map(|signed| TarballReport {
                tarball: escape(&signed.tarball),
                over: signed.over.as_str(),
                state: signed.state.as_str(),
            })
            .collect(),
    }
}

fn outsider(outsider: &Outsider) -> OutsiderReport {
    OutsiderReport {
        scheme: outsider.scheme.as_str(),
        issuer: outsider.issuer.as_ref().map(escape),
        tags: outsider.tags.as_ref().map(span),
        tarballs: outsider.tarballs.iter().map(escape).collect(),
        earlier: outsider.earlier,
    }
}

fn refused(refused: &Refused) -> RefusedReport {
    RefusedReport {
        tarball: escape(&refused.tarball),
        source: escape(&refused.source),
        state: refused.state.as_str(),
        detail: escape(&refused.detail),
    }
}

fn span(span: &TagSpan) -> SpanReport {
    SpanReport {
        first: escape(&span.first),
        last: escape(&span.last),
        count: span.count,
        evidence: span.evidence,
    }
}
