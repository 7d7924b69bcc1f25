//! The checks on a change of keys. Each has its page in `pages/`.

use super::{ChangeKind, KeyChange, Rollover};
use crate::checks::Check;
use crate::policy::Level;

/// Parts that were not read and are told one by one.
const MOST_UNREAD: usize = 16;

/// Every check, in the order of their codes.
pub static ALL: &[&Check<Rollover>] = &[
    &COPY_OLDER,
    &ENDORSED_ONCE,
    &ENDORSER_LAPSED,
    &REVOCATION_LOST,
    &SIGNER_REMOVED,
    &SIGNER_UNTRIED,
    &SIGNER_WIDENED,
    &UNENDORSED,
    &UNREAD,
];

static UNENDORSED: Check<Rollover> = Check {
    code: "rollover-unendorsed",
    summary: "nobody of the old keyring vouches for a new signer",
    level: Level::Error,
    since: "0.1.0",
    page: include_str!("pages/rollover_unendorsed.md"),
    run: |rollover, sink| {
        for change in added(rollover).filter(|change| change.endorsements.is_empty()) {
            let mut message = format!(
                "{} is new, and nobody of the old keyring vouches for it",
                named(change)
            );
            if rollover.old_count == 0 {
                message = format!(
                    "{} is new, and there is no old keyring that could vouch",
                    named(change)
                );
            }
            if let Some(same) = &change.counterpart {
                message.push_str(&format!("; it bears the name of {same}, which anybody can"));
            }
            for refused in &change.refused {
                message.push_str(&format!("; {refused}"));
            }
            let help = match rollover.with_git {
                true => {
                    "ask upstream over a channel that you knew before (another maintainer, a signed announcement), and record the answer"
                }
                false => {
                    "look for an introduction in upstream's signed tags with --git, or ask upstream over a channel that you knew before"
                }
            };
            sink.push(message, help);
        }
    },
};

static ENDORSED_ONCE: Check<Rollover> = Check {
    code: "rollover-endorsed-once",
    summary: "exactly one signer of the old keyring vouches for a new one",
    level: Level::Info,
    since: "0.1.0",
    page: include_str!("pages/rollover_endorsed_once.md"),
    run: |rollover, sink| {
        for change in added(rollover) {
            if let [only] = &change.endorsements[..] {
                sink.push(
                    format!("{} is endorsed by one signer alone: {}", named(change), only.proof),
                    "whoever holds that one key can make this endorsement; ask a second signer if there is one",
                );
            }
        }
    },
};

static ENDORSER_LAPSED: Check<Rollover> = Check {
    code: "rollover-endorser-lapsed",
    summary: "only certificates that have expired or been retired since vouch for a new signer",
    level: Level::Warning,
    since: "0.1.0",
    page: include_str!("pages/rollover_endorser_lapsed.md"),
    run: |rollover, sink| {
        for change in added(rollover) {
            let lapsed: Vec<_> = change
                .endorsements
                .iter()
                .filter_map(|endorsement| Some((endorsement, endorsement.lapsed.as_ref()?)))
                .collect();
            if let (Some((endorsement, why)), true) =
                (lapsed.first(), lapsed.len() == change.endorsements.len())
            {
                sink.push(
                    format!("{}: {}, but {why}", named(change), endorsement.proof),
                    "an old key can be stolen, and its signatures dated back: check that the endorsement was published in time",
                );
            }
        }
    },
};

static REVOCATION_LOST: Check<Rollover> = Check {
    code: "rollover-revocation-lost",
    summary: "the new copy of a certificate lacks a revocation that the old copy has",
    level: Level::Error,
    since: "0.1.0",
    page: include_str!("pages/rollover_revocation_lost.md"),
    run: |rollover, sink| {
        for change in rollover.changes.iter().filter(|change| change.revocation_lost) {
            sink.push(
                format!(
                    "{}: the old copy is revoked, or a subkey of it, and the new one is not",
                    named(change)
                ),
                "keep the revocation: merge the old copy into the new one",
            );
        }
    },
};

static COPY_OLDER: Check<Rollover> = Check {
    code: "rollover-copy-older",
    summary: "the new copy of a certificate expires earlier or has fewer subkeys than the old one",
    level: Level::Warning,
    since: "0.1.0",
    page: include_str!("pages/rollover_copy_older.md"),
    run: |rollover, sink| {
        for change in rollover.changes.iter().filter(|change| change.older) {
            sink.push(
                format!("{}: {}", named(change), change.what.join("; ")),
                "the new copy may be a stale one: get the certificate from upstream again and merge",
            );
        }
    },
};

static SIGNER_REMOVED: Check<Rollover> = Check {
    code: "rollover-signer-removed",
    summary: "the new keyring lacks the signer of the newest release",
    level: Level::Warning,
    since: "0.1.0",
    page: include_str!("pages/rollover_signer_removed.md"),
    run: |rollover, sink| {
        let removed = |change: &&KeyChange| matches!(change.kind, ChangeKind::Removed | ChangeKind::Replaced);
        for change in rollover.changes.iter().filter(removed) {
            if let Some(tag) = &change.signed_newest {
                sink.push(
                    format!(
                        "{} is removed, and signed the newest signed tag, {tag}",
                        named(change)
                    ),
                    "find out why it was removed, and whether that release can still be trusted",
                );
            }
        }
    },
};

static SIGNER_UNTRIED: Check<Rollover> = Check {
    code: "rollover-signer-untried",
    summary: "a new signer has never signed a tag of this project",
    level: Level::Info,
    since: "0.1.0",
    page: include_str!("pages/rollover_signer_untried.md"),
    run: |rollover, sink| {
        for change in added(rollover).filter(|change| change.has_signed == Some(false)) {
            sink.push(
                format!("{} has signed no tag of the repository", named(change)),
                "honest for a signer who has just come; look at what the first signed release changes",
            );
        }
    },
};

static SIGNER_WIDENED: Check<Rollover> = Check {
    code: "rollover-signer-widened",
    summary: "the new keyring allows an SSH key what the old one did not",
    level: Level::Error,
    since: "0.1.0",
    page: include_str!("pages/rollover_signer_widened.md"),
    run: |rollover, sink| {
        for change in rollover
            .changes
            .iter()
            .filter(|change| !change.widened.is_empty())
        {
            sink.push(
                format!(
                    "{} is allowed more than before: {}",
                    named(change),
                    change.widened.join("; ")
                ),
                "ask upstream why; a key whose time had ended may be lost or stolen",
            );
        }
    },
};

static UNREAD: Check<Rollover> = Check {
    code: "rollover-unread",
    summary: "the new keyring holds something that was not compared",
    level: Level::Error,
    since: "0.1.0",
    page: include_str!("pages/rollover_unread.md"),
    run: |rollover, sink| {
        for note in rollover.notes.iter().take(MOST_UNREAD) {
            sink.push(
                format!("{}: {}", note.label, note.text),
                "other tools may find a signer there: take it out of the new keyring, or replace it by a clean export, and compare again",
            );
        }
    },
};

fn added(rollover: &Rollover) -> impl Iterator<Item = &KeyChange> {
    rollover
        .changes
        .iter()
        .filter(|change| change.kind == ChangeKind::Added)
}

fn named(change: &KeyChange) -> String {
    match change.identities.first() {
        Some(name) => format!("{} ({name})", change.fingerprint),
        None => change.fingerprint.clone(),
    }
}
