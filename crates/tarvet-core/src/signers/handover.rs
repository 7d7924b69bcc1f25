//! From one signer to the next.

use super::{History, Mark, RowKind, TagEntry};
use crate::keyring::SignedThing;

/// Tags by others, or seconds, after which a signer who signs again came back; less is two people taking turns.
const ABSENT_TAGS: usize = 3;
const ABSENT_SECONDS: i64 = 365 * 24 * 3600;

/// Consecutive versions with one signer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// Index of [`History::rows`].
    pub row: usize,
    /// Indices of [`History::tags`]: the first and the last of the run.
    pub first: usize,
    /// See `first`.
    pub last: usize,
}

/// How a signer comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Signed nothing before.
    New,
    /// Signed before, and others have signed since.
    Returns,
}

impl Change {
    /// The name used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Returns => "returns",
        }
    }
}

/// A signer who is new or came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handover {
    /// New or back.
    pub change: Change,
    /// Index of [`History::tags`].
    pub tag: usize,
    /// Who signed before, and who signs now: indices of [`History::rows`].
    pub from: usize,
    /// See `from`.
    pub to: usize,
}

/// Runs in order of version. Unsigned tags make runs, too.
pub(super) fn runs(history: &History) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (at, tag) in history.tags.iter().enumerate() {
        let Some(row) = tag.main_mark().map(|mark| mark.row) else {
            continue;
        };
        match runs.last_mut() {
            Some(run) if run.row == row => run.last = at,
            _ => runs.push(Run {
                row,
                first: at,
                last: at,
            }),
        }
    }
    runs
}

/// Who signed the tag itself, as far as anybody claims.
fn signer(history: &History, tag: &TagEntry) -> Option<usize> {
    let signs = |mark: &&Mark| {
        let kind = history.rows.get(mark.row).map(|row| row.kind);
        mark.over == SignedThing::Tag && kind.is_some_and(RowKind::is_signer)
    };
    tag.marks.iter().find(signs).map(|mark| mark.row)
}

/// Hand-overs in order of date.
pub(super) fn handovers(history: &History) -> Vec<Handover> {
    let mut found = Vec::new();
    // For each row: when it signed last, and how many signed tags there were then.
    let mut last: Vec<Option<(i64, usize)>> = vec![None; history.rows.len()];
    let (mut before, mut count) = (None, 0usize);
    for at in history.by_date() {
        let Some(tag) = history.tags.get(at) else { continue };
        let Some(row) = signer(history, tag) else { continue };
        let time = tag.time.map_or(0, |time| time.as_second());
        if let Some(from) = before
            && from != row
        {
            let change = match last.get(row).copied().flatten() {
                None => Some(Change::New),
                Some((when, then)) => (count.saturating_sub(then) > ABSENT_TAGS
                    || time.saturating_sub(when) > ABSENT_SECONDS)
                    .then_some(Change::Returns),
            };
            found.extend(change.map(|change| Handover {
                change,
                tag: at,
                from,
                to: row,
            }));
        }
        count += 1;
        before = Some(row);
        if let Some(place) = last.get_mut(row) {
            *place = Some((time, count));
        }
    }
    found
}
