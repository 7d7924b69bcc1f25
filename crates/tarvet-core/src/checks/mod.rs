//! The checks: pure functions over [`Facts`] that push findings and cannot fail.
//!
//! Adding one: a file with a `CHECK`, its page beside it, two lines here, and its cases. `tarvet explain`,
//! `tarvet checks` and the manual iterate [`ALL`].

mod acceptance_unused;
mod archive_ambiguous;
mod archive_attributes;
mod archive_curiosity;
mod archive_damaged;
mod archive_limit_exceeded;
mod archive_member_unsafe;
mod archive_name_mismatch;
mod archive_stowaway;
mod certificate_expired_at_signing;
mod certificate_expired_since;
mod certificate_revoked;
mod commit_comment_differs;
mod deceptive_name;
mod excluded_file_present;
mod executable_bit_differs;
mod file_alleged;
mod file_impostor;
mod file_missing;
mod file_modified;
mod file_not_upstream;
mod file_relocated;
mod file_stamped;
mod generated_file_not_rebuilt;
mod m4_serial_ahead;
mod nothing_compared;
mod object_corrupt;
mod object_malformed;
mod object_missing;
mod object_of_wrong_kind;
mod placeholder_unreproducible;
mod policy_relaxed;
mod proof_damaged;
mod release_signed_by_commit_only;
mod release_unsigned;
mod replace_refs_present;
mod signature_bad;
mod signature_block_odd;
mod signature_dates_incoherent;
mod signature_malformed;
mod signature_unsupported;
mod signature_weak;
mod signer_not_in_keyring;
mod signer_not_in_role;
mod submodule_unproven;
mod tag_names_other_version;
mod tag_ref_symbolic;
mod tarball_changed;
mod top_directory_ambiguous;
mod tree_malformed;
mod tree_mode_odd;
mod upstream_limit_exceeded;
mod version_differs_from_tag;

use std::collections::BTreeMap;

use tarvet_archive::OddityClass;

use crate::facts::Facts;
use crate::keyring::SignatureState;
use crate::origin::Origin;
use crate::policy::Level;
use crate::upstream::{Fault, FaultKind};

/// One fault that is looked for, in facts of one kind: those of a tarball here, of a package or keyring elsewhere.
#[derive(Debug)]
pub struct Check<F = Facts> {
    /// Names the fault, true when read after "allow".
    pub code: &'static str,
    /// One line for `tarvet checks`.
    pub summary: &'static str,
    /// The level of its findings unless the policy says otherwise.
    pub level: Level,
    /// The version of tarvet that introduced it.
    pub since: &'static str,
    /// Its page, in Markdown.
    pub page: &'static str,
    /// Looks for the fault.
    pub run: fn(&F, &mut Sink),
}

/// What there is to say of a check, whatever it looks at.
#[derive(Debug, Clone, Copy)]
pub struct Description {
    /// Names the fault.
    pub code: &'static str,
    /// One line.
    pub summary: &'static str,
    /// The level of its findings unless the policy says otherwise.
    pub level: Level,
    /// The version of tarvet that introduced it.
    pub since: &'static str,
    /// Its page, in Markdown.
    pub page: &'static str,
}

impl<F> Check<F> {
    /// The check without what it looks at.
    pub fn describe(&self) -> Description {
        Description {
            code: self.code,
            summary: self.summary,
            level: self.level,
            since: self.since,
            page: self.page,
        }
    }
}

/// A fault that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The check's code.
    pub code: &'static str,
    /// How grave it is.
    pub level: Level,
    /// The path concerned, if it is one path; raw bytes.
    pub path: Option<bstr::BString>,
    /// What was expected and what was found.
    pub message: String,
    /// What to do next.
    pub help: String,
}

/// Where a check puts what it finds.
pub struct Sink {
    code: &'static str,
    level: Level,
    findings: Vec<Finding>,
}

impl Sink {
    /// A fault of the release or tarball as a whole.
    pub fn push(&mut self, message: impl Into<String>, help: impl Into<String>) {
        self.add(None, message.into(), help.into());
    }

    /// A fault at a path.
    pub fn push_at(
        &mut self,
        path: impl Into<bstr::BString>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.add(Some(path.into()), message.into(), help.into());
    }

    fn add(&mut self, path: Option<bstr::BString>, message: String, help: String) {
        self.findings.push(Finding {
            code: self.code,
            level: self.level,
            path,
            message,
            help,
        });
    }
}

/// The codes that go before all others of their level: what honest releases never have, and the reader must not have
/// to look for among what they do have.
const FOREMOST: &[&str] = &["m4-serial-ahead"];

/// Runs the checks. Findings come in the order of gravity, then the foremost, then in the order of the checks.
pub fn run<F>(checks: &[&Check<F>], facts: &F, levels: &BTreeMap<String, Level>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for check in checks {
        let mut sink = Sink {
            code: check.code,
            level: levels.get(check.code).copied().unwrap_or(check.level),
            findings: Vec::new(),
        };
        if sink.level != Level::Off {
            (check.run)(facts, &mut sink);
        }
        findings.append(&mut sink.findings);
    }
    findings.sort_by_key(|finding| {
        (
            std::cmp::Reverse(finding.level),
            !FOREMOST.contains(&finding.code),
        )
    });
    findings
}

/// One finding for each fault of this kind.
fn push_faults(facts: &Facts, sink: &mut Sink, kind: FaultKind, help: &str) {
    for fault in facts.faults().filter(|fault| fault.kind == kind) {
        sink.add(fault.path.clone(), fault.detail.clone(), help.to_owned());
    }
}

/// One finding for each oddity of the tarball of this class.
fn push_oddities(facts: &Facts, sink: &mut Sink, class: OddityClass, help: &str) {
    for oddity in facts
        .tarball
        .oddities
        .iter()
        .filter(|oddity| oddity.class == class)
    {
        sink.add(
            oddity.member.clone(),
            format!("{}: {}", oddity.code, oddity.detail),
            help.to_owned(),
        );
    }
}

/// One finding for each signature in this state. The signature's own advice goes before `help`.
fn push_signatures(facts: &Facts, sink: &mut Sink, state: SignatureState, help: &str) {
    for signature in facts
        .signatures
        .iter()
        .filter(|signature| signature.state == state)
    {
        let help = signature.advice.clone().unwrap_or_else(|| help.to_owned());
        sink.push(format!("{}: {}", signature.source, signature.detail), help);
    }
}

/// One finding for each difference with this origin.
fn push_differences(facts: &Facts, sink: &mut Sink, origin: Origin, help: &str) {
    // Without a whole tree every member below the gap would be told, and drown the fault that is to blame.
    let broken = |fault: &Fault| fault.kind != FaultKind::OddMode;
    if facts
        .tree
        .as_ref()
        .is_none_or(|tree| tree.faults.iter().any(broken))
    {
        return;
    }
    for difference in facts
        .comparison
        .differences
        .iter()
        .filter(|difference| difference.origin == origin)
    {
        sink.push_at(difference.path.clone(), difference.detail.clone(), help);
    }
}

/// Every check, in the order of their codes.
pub static ALL: &[&Check] = &[
    &acceptance_unused::CHECK,
    &archive_ambiguous::CHECK,
    &archive_attributes::CHECK,
    &archive_curiosity::CHECK,
    &archive_damaged::CHECK,
    &archive_limit_exceeded::CHECK,
    &archive_member_unsafe::CHECK,
    &archive_name_mismatch::CHECK,
    &archive_stowaway::CHECK,
    &certificate_expired_at_signing::CHECK,
    &certificate_expired_since::CHECK,
    &certificate_revoked::CHECK,
    &commit_comment_differs::CHECK,
    &deceptive_name::CHECK,
    &excluded_file_present::CHECK,
    &executable_bit_differs::CHECK,
    &file_alleged::CHECK,
    &file_impostor::CHECK,
    &file_missing::CHECK,
    &file_modified::CHECK,
    &file_not_upstream::CHECK,
    &file_relocated::CHECK,
    &file_stamped::CHECK,
    &generated_file_not_rebuilt::CHECK,
    &m4_serial_ahead::CHECK,
    &nothing_compared::CHECK,
    &object_corrupt::CHECK,
    &object_malformed::CHECK,
    &object_missing::CHECK,
    &object_of_wrong_kind::CHECK,
    &placeholder_unreproducible::CHECK,
    &policy_relaxed::CHECK,
    &proof_damaged::CHECK,
    &release_signed_by_commit_only::CHECK,
    &release_unsigned::CHECK,
    &replace_refs_present::CHECK,
    &signature_bad::CHECK,
    &signature_block_odd::CHECK,
    &signature_dates_incoherent::CHECK,
    &signature_malformed::CHECK,
    &signature_unsupported::CHECK,
    &signature_weak::CHECK,
    &signer_not_in_keyring::CHECK,
    &signer_not_in_role::CHECK,
    &submodule_unproven::CHECK,
    &tag_names_other_version::CHECK,
    &tag_ref_symbolic::CHECK,
    &tarball_changed::CHECK,
    &top_directory_ambiguous::CHECK,
    &tree_malformed::CHECK,
    &tree_mode_odd::CHECK,
    &upstream_limit_exceeded::CHECK,
    &version_differs_from_tag::CHECK,
];
