//! What each claim rests on. One function a claim: it says what proves it, or what is wanting.

use std::collections::BTreeSet;

use tarvet_archive::OddityClass;

use crate::facts::Facts;
use crate::keyring::{SignatureReport, SignatureState, SignedThing};
use crate::origin::Origin;
use crate::policy::Claim;
use crate::upstream::{Fault, FaultKind};

/// A claim with its evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The claim.
    pub claim: Claim,
    /// What proves it; empty when it is unproven.
    pub proof: Vec<String>,
    /// What is wanting, when it is unproven; what is weak about the proof, when it is proven.
    pub remark: Option<String>,
}

impl Evidence {
    /// Whether the claim is proven.
    pub fn proven(&self) -> bool {
        !self.proof.is_empty()
    }

    fn proof(claim: Claim, proof: Vec<String>) -> Self {
        Evidence {
            claim,
            proof,
            remark: None,
        }
    }

    fn wanting(claim: Claim, remark: impl Into<String>) -> Self {
        Evidence {
            claim,
            proof: Vec::new(),
            remark: Some(remark.into()),
        }
    }
}

/// The evidence for every claim.
pub fn prove(facts: &Facts) -> Vec<Evidence> {
    let mut evidence = vec![
        release_signed(facts),
        contents_accounted(facts),
        contents_complete(facts),
        tarball_signed(facts),
    ];
    // Without a package there is no build to speak of.
    if facts.packaged.has_build || facts.policy.required.contains(&Claim::GeneratedRebuilt) {
        evidence.push(generated_rebuilt(facts));
    }
    evidence
}

fn good<'a>(facts: &'a Facts, over: &'a [SignedThing]) -> impl Iterator<Item = &'a SignatureReport> {
    facts
        .signatures
        .iter()
        .filter(|s| over.contains(&s.over) && s.state.is_evidence() && facts.policy.signers.may_sign(s))
}

/// The signers, if as many different ones as the policy demands.
fn signers(
    facts: &Facts,
    over: &[SignedThing],
    threshold: usize,
    what: impl Fn(&SignatureReport) -> String,
) -> Result<Vec<String>, Option<String>> {
    let found: Vec<&SignatureReport> = good(facts, over).collect();
    // One person who signs twice is one signer.
    let distinct: BTreeSet<_> = found.iter().filter_map(|s| s.fingerprint.as_ref()).collect();
    let threshold = threshold.max(1);
    match found.len() {
        0 => Err(None),
        _ if distinct.len() < threshold => Err(Some(format!(
            "signed by {} of the {threshold} different signers that are required",
            distinct.len()
        ))),
        _ => Ok(found.into_iter().map(what).collect()),
    }
}

fn signer(report: &SignatureReport) -> String {
    let who = report.user_id.as_deref().unwrap_or("no user id");
    format!(
        "{} ({who})",
        report.fingerprint.as_deref().unwrap_or("unknown fingerprint")
    )
}

/// The tag object is signed, names itself as wanted, and leads to the commit.
fn release_signed(facts: &Facts) -> Evidence {
    let claim = Claim::ReleaseSigned;
    if facts.release.commit.is_none() {
        return Evidence::wanting(claim, "the release could not be read down to its commit");
    }
    // Not left to the findings: a finding can be silenced, and silencing must never supply evidence.
    let grave = |fault: &&Fault| fault.kind != FaultKind::SignatureOddity;
    if let Some(fault) = facts.release.faults.iter().find(grave) {
        return Evidence::wanting(claim, fault.detail.clone());
    }
    let threshold = facts.policy.signers.tag_threshold;
    match signers(facts, &[SignedThing::Tag], threshold, |s| {
        format!("tag signed by {}", signer(s))
    }) {
        Ok(by_tag) => return Evidence::proof(claim, by_tag),
        Err(Some(remark)) => return Evidence::wanting(claim, remark),
        Err(None) => {}
    }
    let by_commit: Vec<String> = good(facts, &[SignedThing::Commit])
        .map(|s| format!("commit signed by {}", signer(s)))
        .collect();
    if by_commit.is_empty() {
        let on_release = |s: &&SignatureReport| matches!(s.over, SignedThing::Tag | SignedThing::Commit);
        let what = facts.signatures.iter().find(on_release);
        return Evidence::wanting(
            claim,
            match what {
                Some(s) if s.state.is_evidence() => format!(
                    "the {}'s signer may not sign it: {}",
                    over_name(s.over),
                    signer(s)
                ),
                Some(s) => format!("the {}'s signature is {}", over_name(s.over), s.state.as_str()),
                None => "neither the tag nor the commit is signed".into(),
            },
        );
    }
    if facts.policy.accept_commit_signature {
        let remark =
            "the commit is signed but its name as this release is not; accepted by --accept-commit-signature";
        return Evidence {
            remark: Some(remark.into()),
            ..Evidence::proof(claim, by_commit)
        };
    }
    Evidence::wanting(
        claim,
        "only the commit is signed, which does not say that it is this release",
    )
}

/// Accounted origins that are not the tree's bytes.
const EXPLAINED: [Origin; 5] = [
    Origin::Known,
    Origin::Assembled,
    Origin::Derived,
    Origin::Discarded,
    Origin::Accepted,
];

/// Every member has an accounted origin, nothing was left unread, and there was something to compare.
fn contents_accounted(facts: &Facts) -> Evidence {
    let claim = Claim::ContentsAccounted;
    if let Some(remark) = unreadable(facts) {
        return Evidence::wanting(claim, remark);
    }
    let origins = &facts.comparison.origins;
    let on_tarball = origins.iter().filter(|(origin, _)| **origin != Origin::Missing);
    let unaccounted: usize = on_tarball
        .filter(|(origin, _)| !origin.is_accounted())
        .map(|(_, count)| count)
        .sum();
    if unaccounted > 0 {
        return Evidence::wanting(
            claim,
            match unaccounted {
                1 => "1 member is not accounted for".to_owned(),
                many => format!("{many} members are not accounted for"),
            },
        );
    }
    let count = |origin: Origin| origins.get(&origin).copied().unwrap_or(0);
    if count(Origin::Tree) == 0 {
        return Evidence::wanting(claim, "no member equals a file of the tree");
    }
    let members = facts.comparison.members;
    let explained: Vec<String> = EXPLAINED
        .into_iter()
        .filter(|origin| count(*origin) > 0)
        .map(|origin| format!("{} {}", count(origin), origin.as_str()))
        .collect();
    let mut evidence = format!(
        "all {members} members come from the tree of commit {}",
        commit(facts)
    );
    if !explained.is_empty() {
        evidence = format!(
            "all {members} members are accounted for: {}, the others come from the tree of commit {}",
            explained.join(", "),
            commit(facts)
        );
    }
    Evidence::proof(claim, vec![evidence])
}

/// Every tree entry is in the tarball or absent for a reason that the tree itself states.
fn contents_complete(facts: &Facts) -> Evidence {
    let claim = Claim::ContentsComplete;
    if let Some(remark) = unreadable(facts) {
        return Evidence::wanting(claim, remark);
    }
    let missing = facts
        .comparison
        .origins
        .get(&Origin::Missing)
        .copied()
        .unwrap_or(0);
    if missing > 0 {
        return Evidence::wanting(
            claim,
            match missing {
                1 => "1 file of the tree is not in the tarball".to_owned(),
                many => format!("{many} files of the tree are not in the tarball"),
            },
        );
    }
    if facts.comparison.tree_entries == 0 {
        return Evidence::wanting(claim, "the tree is empty");
    }
    let entries = facts.comparison.tree_entries;
    Evidence::proof(
        claim,
        vec![format!(
            "all {entries} entries of the tree are in the tarball or absent for a stated reason"
        )],
    )
}

/// The tarball's own signature.
fn tarball_signed(facts: &Facts) -> Evidence {
    let claim = Claim::TarballSigned;
    let over = [SignedThing::Tarball, SignedThing::Tar];
    if facts.tarball_changed {
        return Evidence::wanting(claim, "the tarball changed while it was checked");
    }
    let threshold = facts.policy.signers.tarball_threshold;
    let what = |s: &SignatureReport| format!("{} signed by {}", over_name(s.over), signer(s));
    match signers(facts, &over, threshold, what) {
        Ok(proof) => return Evidence::proof(claim, proof),
        Err(Some(remark)) => return Evidence::wanting(claim, remark),
        Err(None) => {}
    }
    match facts.signatures.iter().find(|s| over.contains(&s.over)) {
        Some(s) if s.state.is_evidence() => {
            Evidence::wanting(claim, format!("its signer may not sign it: {}", signer(s)))
        }
        Some(s) => Evidence::wanting(
            claim,
            format!("its signature is {}", SignatureState::as_str(s.state)),
        ),
        None => Evidence::wanting(claim, "no signature over the tarball was given"),
    }
}

/// No file of the tarball is only said to be generated and then used as it is.
fn generated_rebuilt(facts: &Facts) -> Evidence {
    let claim = Claim::GeneratedRebuilt;
    if let Some(remark) = unreadable(facts) {
        return Evidence::wanting(claim, remark);
    }
    if !facts.packaged.has_build {
        return Evidence::wanting(claim, "no package was given whose build could be looked at");
    }
    let count = |origin: Origin| facts.comparison.origins.get(&origin).copied().unwrap_or(0);
    match (count(Origin::Alleged), count(Origin::Discarded)) {
        (0, 0) => Evidence::proof(claim, vec!["no file of the tarball has to be made anew".into()]),
        (0, 1) => Evidence::proof(
            claim,
            vec!["the one generated file is made anew by the build".into()],
        ),
        (0, many) => Evidence::proof(
            claim,
            vec![format!("all {many} generated files are made anew by the build")],
        ),
        (1, _) => Evidence::wanting(claim, "1 generated file may be used as it is"),
        (many, _) => Evidence::wanting(claim, format!("{many} generated files may be used as they are")),
    }
}

/// Why nothing can be said of the contents, if nothing can.
fn unreadable(facts: &Facts) -> Option<String> {
    let damaged = |class| {
        matches!(
            class,
            OddityClass::Corrupt | OddityClass::Limit | OddityClass::Ambiguous | OddityClass::Unsafe
        )
    };
    if facts.tree.is_none() {
        return Some("the release leads to no tree".into());
    }
    if facts.tree.as_ref().is_some_and(|tree| !tree.faults.is_empty()) {
        // Modes git no longer writes are told as findings but leave the entries readable.
        let grave = |fault: &Fault| fault.kind != FaultKind::OddMode;
        if facts
            .tree
            .as_deref()
            .into_iter()
            .flat_map(|tree| &tree.faults)
            .any(grave)
        {
            return Some("the tree could not be read whole".into());
        }
    }
    facts
        .tarball
        .oddities
        .iter()
        .find(|oddity| damaged(oddity.class))
        .map(|oddity| format!("the tarball could not be read without doubt: {}", oddity.detail))
}

fn commit(facts: &Facts) -> String {
    facts
        .release
        .commit
        .as_ref()
        .map(|commit| commit.id.to_string())
        .unwrap_or_default()
}

fn over_name(over: SignedThing) -> &'static str {
    match over {
        SignedThing::Tag => "tag",
        SignedThing::Commit => "commit",
        SignedThing::Tarball => "tarball",
        SignedThing::Tar => "uncompressed tarball",
        SignedThing::Description => "package's description",
    }
}
