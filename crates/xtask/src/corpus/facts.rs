//! What the record and the report each say, side by side.

use serde_json::Value;

use super::material::Material;
use super::record::{Record, SignatureFacts};

/// One thing both of them state.
#[derive(Debug)]
pub struct Fact {
    /// Its name in `corpus-exceptions.toml`.
    pub field: &'static str,
    pub expected: String,
    pub found: String,
}

fn fact(field: &'static str, expected: impl ToString, found: impl ToString) -> Fact {
    Fact {
        field,
        expected: expected.to_string(),
        found: found.to_string(),
    }
}

/// How many paths are on which side. A release that `git archive` rebuilds is proven to the last file.
pub fn contents(record: &Record, report: &Value) -> Vec<Fact> {
    let differences = || report["differences"].as_array().into_iter().flatten();
    let count = |side: &str| differences().filter(|one| one["side"] == side).count();
    let modified = differences()
        .filter(|one| one["side"] == "both" && one["origin"] != "tree")
        .count();
    let identical = report["summary"]["origins"]["tree"].as_u64().unwrap_or(0);
    let mut facts = vec![
        fact("identical", record.counts.identical, identical),
        fact("modified", record.counts.modified, modified),
        fact("only_tarball", record.counts.only_tarball, count("tarball")),
        fact("missing", record.counts.missing, count("tree")),
        fact(
            "orig_sha256",
            &record.orig_sha256,
            text(&report["subject"]["tarball"]["sha256"]),
        ),
        fact(
            "topdir",
            record.topdir.as_deref().unwrap_or("none"),
            text(&report["subject"]["tarball"]["top_directory"]),
        ),
    ];
    if record.byte_identical.is_some() {
        facts.push(fact(
            "contents-accounted",
            true,
            proven(report, "contents-accounted"),
        ));
        facts.push(fact(
            "contents-complete",
            true,
            proven(report, "contents-complete"),
        ));
    }
    facts
}

/// Which objects the release is, with the tag given and with name and version only.
pub fn release(record: &Record, report: &Value, found: &Value) -> Vec<Fact> {
    let ids = |report: &Value| {
        let release = &report["subject"]["release"];
        ["tag_object", "commit", "tree"]
            .map(|name| text(&release[name]))
            .join(" ")
    };
    let tag_object = record.tag_object.as_deref().unwrap_or("none");
    let expected = [tag_object, &record.commit, &record.tree].join(" ");
    vec![
        fact("release", &expected, ids(report)),
        fact("tag_search", &expected, ids(found)),
    ]
}

/// The states of the signatures, where the record was made with the same keyring.
///
/// The commit's signature is only judged where the tag has none.
pub fn signatures(record: &Record, report: &Value, material: &Material) -> Vec<Fact> {
    if !material.keyring_as_recorded {
        return Vec::new();
    }
    let tag = expected(record.tag_sig_kind.as_deref(), record.tag_sig.as_ref());
    let commit = expected(record.commit_sig_kind.as_deref(), record.commit_sig.as_ref());
    let mut facts = vec![fact("tag_sig", tag, states(report, &["tag"]))];
    if tag == "none" {
        facts.push(fact("commit_sig", commit, states(report, &["commit"])));
    }
    if material.signature.is_some() {
        let tarball = expected(Some("openpgp"), record.tarball_sig.as_ref());
        facts.push(fact("tarball_sig", tarball, states(report, &["tarball", "tar"])));
    }
    facts
}

/// The state that follows from what gpg and sqv say.
///
/// gpg tells who signed and whether the key has expired by now, not whether it had by then; sqv refuses what rests
/// on SHA-1 or short keys and what had expired by then. Both together tell the states apart.
fn expected(kind: Option<&str>, facts: Option<&SignatureFacts>) -> &'static str {
    let Some(facts) = facts else {
        // Packages ship OpenPGP certificates: an SSH signer is always a stranger to them.
        return if kind == Some("ssh") {
            "unknown-signer"
        } else {
            "none"
        };
    };
    if kind == Some("ssh") {
        return "unknown-signer";
    }
    match (
        facts.status.as_deref().unwrap_or_default(),
        facts.sqv_ok,
        facts.key_expired_at_sig_time,
    ) {
        ("GOODSIG", Some(true), _) => "good",
        ("EXPKEYSIG", Some(true), Some(false)) => "good-certificate-expired-since",
        ("EXPKEYSIG", Some(false), Some(true)) => "certificate-expired-at-signing",
        ("GOODSIG" | "EXPKEYSIG", Some(false), Some(false)) => "weak",
        ("NO_PUBKEY", ..) => "unknown-signer",
        ("BADSIG", ..) => "bad",
        ("ERRSIG", ..) => "unsupported",
        ("NODATA", ..) => "malformed",
        _ => "a state that the table lacks",
    }
}

/// The states of all signatures over one of the `things`, each once.
fn states(report: &Value, things: &[&str]) -> String {
    let signatures = report["signatures"].as_array().into_iter().flatten();
    let mut states: Vec<&str> = signatures
        .filter(|one| one["over"].as_str().is_some_and(|over| things.contains(&over)))
        .filter_map(|one| one["state"].as_str())
        .collect();
    states.sort_unstable();
    states.dedup();
    if states.is_empty() {
        "none".to_owned()
    } else {
        states.join(" ")
    }
}

/// What is worth a word though it agrees.
pub fn remarks(record: &Record, report: &Value) -> Vec<String> {
    let mut remarks = Vec::new();
    if record.byte_identical.is_some() && !record.submodules.is_empty() {
        // `git archive` writes an empty directory for a gitlink: nothing is in the tarball that nobody signed.
        remarks.push(format!(
            "byte-identical with empty gitlinks {}",
            record.submodules.join(" ")
        ));
    }
    if report["verdict"] == "verified" {
        remarks.push("verified".to_owned());
    }
    remarks
}

fn proven(report: &Value, claim: &str) -> bool {
    let claims = report["claims"].as_array().into_iter().flatten();
    claims
        .filter(|one| one["claim"] == claim)
        .any(|one| one["proven"] == true)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("none")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{SignatureFacts, expected, states};

    #[test]
    fn gpg_and_sqv_together_tell_the_states_apart() {
        for (status, sqv_ok, expired, state) in [
            ("GOODSIG", Some(true), Some(false), "good"),
            ("GOODSIG", Some(false), Some(false), "weak"),
            (
                "EXPKEYSIG",
                Some(true),
                Some(false),
                "good-certificate-expired-since",
            ),
            (
                "EXPKEYSIG",
                Some(false),
                Some(true),
                "certificate-expired-at-signing",
            ),
            ("EXPKEYSIG", Some(false), Some(false), "weak"),
            ("NO_PUBKEY", None, None, "unknown-signer"),
            ("BADSIG", Some(false), None, "bad"),
            (
                "EXPKEYSIG",
                Some(true),
                Some(true),
                "a state that the table lacks",
            ),
        ] {
            let facts = SignatureFacts {
                status: Some(status.to_owned()),
                sqv_ok,
                key_expired_at_sig_time: expired,
                ..SignatureFacts::default()
            };
            assert_eq!(expected(Some("openpgp"), Some(&facts)), state);
        }
        assert_eq!(expected(Some("none"), None), "none");
        assert_eq!(
            expected(Some("ssh"), Some(&SignatureFacts::default())),
            "unknown-signer"
        );
    }

    #[test]
    fn states_are_those_of_the_thing_asked_for() {
        let report = json!({"signatures": [
            {"over": "tag", "state": "good"},
            {"over": "tarball", "state": "weak"},
            {"over": "tar", "state": "bad"},
            {"over": "tarball", "state": "weak"},
        ]});
        assert_eq!(states(&report, &["tag"]), "good");
        assert_eq!(states(&report, &["tarball", "tar"]), "bad weak");
        assert_eq!(states(&report, &["commit"]), "none");
    }
}
