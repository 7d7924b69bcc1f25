//! The timeline for programs. All strings are escaped like those of reports.

use serde::Serialize;
use tarvet_core::escape::escape;
use tarvet_core::signers::History;

use super::chart::letter;

/// Grows with every change that a reader could trip over.
const SCHEMA_VERSION: u32 = 1;

/// The whole timeline.
#[derive(Serialize)]
pub struct Timeline {
    schema_version: u32,
    signers: Vec<SignerLine>,
    tags: Vec<TagLine>,
    /// In order of version.
    runs: Vec<RunLine>,
    /// In order of date.
    handovers: Vec<HandoverLine>,
    /// What the repository cannot show.
    unseen: Vec<String>,
}

#[derive(Serialize)]
struct SignerLine {
    /// What the text calls it; unique for rows that are signers.
    letter: String,
    kind: &'static str,
    over: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheme: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    first: String,
    last: String,
    count: usize,
}

#[derive(Serialize)]
struct TagLine {
    name: String,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    marks: Vec<MarkLine>,
    remarks: Vec<RemarkLine>,
}

#[derive(Serialize)]
struct MarkLine {
    /// Index in `signers`.
    signer: usize,
    over: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheme: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

#[derive(Serialize)]
struct RemarkLine {
    kind: &'static str,
    text: String,
}

#[derive(Serialize)]
struct RunLine {
    signer: usize,
    first: String,
    last: String,
    count: usize,
}

#[derive(Serialize)]
struct HandoverLine {
    change: &'static str,
    tag: String,
    from: usize,
    to: usize,
}

impl Timeline {
    pub fn of(history: &History) -> Self {
        let name = |at: usize| {
            history
                .tags
                .get(at)
                .map(|tag| escape(&tag.name))
                .unwrap_or_default()
        };
        let time = |time: Option<jiff::Timestamp>| time.map(|time| time.to_string());
        let signers = history.rows.iter().enumerate().map(|(at, row)| SignerLine {
            letter: letter(history, at),
            kind: row.kind.as_str(),
            over: row.over.as_str(),
            scheme: row.scheme.map(|scheme| scheme.as_str()),
            signer: row.signer.as_deref().map(escape),
            user_id: row.user_id.as_deref().map(escape),
            first: name(row.first),
            last: name(row.last),
            count: row.count,
        });
        let tags = history.tags.iter().map(|tag| TagLine {
            name: escape(&tag.name),
            kind: tag.kind.as_str(),
            object: tag.object.map(|id| id.to_string()),
            commit: tag.commit.map(|id| id.to_string()),
            time: time(tag.time),
            marks: tag
                .marks
                .iter()
                .map(|mark| MarkLine {
                    signer: mark.row,
                    over: mark.over.as_str(),
                    scheme: mark.scheme.map(|scheme| scheme.as_str()),
                    state: mark.state.map(|state| state.as_str()),
                    time: time(mark.time),
                    detail: mark.detail.as_deref().map(escape),
                })
                .collect(),
            remarks: tag
                .remarks
                .iter()
                .map(|remark| RemarkLine {
                    kind: remark.kind.as_str(),
                    text: escape(&remark.text),
                })
                .collect(),
        });
        let runs = history.runs.iter().map(|run| RunLine {
            signer: run.row,
            first: name(run.first),
            last: name(run.last),
            count: run.last - run.first + 1,
        });
        let handovers = history.handovers.iter().map(|handover| HandoverLine {
            change: handover.change.as_str(),
            tag: name(handover.tag),
            from: handover.from,
            to: handover.to,
        });
        Timeline {
            schema_version: SCHEMA_VERSION,
            signers: signers.collect(),
            tags: tags.collect(),
            runs: runs.collect(),
            handovers: handovers.collect(),
            unseen: history.unseen.iter().map(escape).collect(),
        }
    }
}
