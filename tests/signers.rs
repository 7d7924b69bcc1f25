//! `tarvet signers` and `tarvet keyring diff`, as users run them, on repositories with stories.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::UNIX_EPOCH;

use serde_json::Value;
use tarvet_testkit::git::{ObjectFormat, Repo};
use tarvet_testkit::people::{Certify, Person, SshPerson, day};

/// A repository, keyrings and a command, in a directory of its own.
struct Place {
    dir: tempfile::TempDir,
    repo: Repo,
    commit: String,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let repo = Repo::new(dir.path().join("upstream"), ObjectFormat::Sha1);
        repo.write("README", "foo\n");
        let commit = repo.commit("Begin\n", seconds("2020-01-02"));
        repo.update_ref("refs/heads/main", &commit);
        Place { dir, repo, commit }
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    /// A tag object signed by `sign`, which gets the signed bytes; returns its id.
    fn object(&self, own: &str, date: &str, message: &str, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
        let head = format!(
            "object {}\ntype commit\ntag {own}\ntagger T <t@example.org> {} +0000\n\n{message}\n",
            self.commit,
            seconds(date)
        );
        let raw = [head.as_bytes(), &sign(head.as_bytes())].concat();
        self.repo.raw_object("tag", &raw)
    }

    fn tag(&self, name: &str, date: &str, message: &str, person: &Person) {
        let id = self.object(name, date, message, |data| person.sign(data, day(date)));
        self.repo.update_ref(&format!("refs/tags/{name}"), &id);
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn run(&self, args: &[&str]) -> (i32, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_tarvet"))
            .args(args)
            .args(["--now", "2026-01-01"])
            .current_dir(self.path())
            .env_clear()
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8_lossy(&output.stderr);
        (output.status.code().unwrap(), text)
    }

    fn timeline(&self) -> Value {
        let (status, text) = self.run(&[
            "signers",
            "--git",
            "upstream",
            "--keyring",
            "alice.asc",
            "--format",
            "json",
        ]);
        assert_eq!(status, 0, "{text}");
        let timeline = serde_json::from_str(&text).unwrap();
        follows_the_schema(&timeline);
        timeline
    }
}

static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    let text = include_str!("../schemas/signers.schema.json");
    jsonschema::validator_for(&serde_json::from_str(text).unwrap()).unwrap()
});

#[track_caller]
fn follows_the_schema(timeline: &Value) {
    let faults: Vec<String> = SCHEMA
        .iter_errors(timeline)
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn seconds(date: &str) -> i64 {
    i64::try_from(day(date).duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

fn remarks<'a>(timeline: &'a Value, name: &str) -> Vec<&'a str> {
    let tag = timeline["tags"]
        .as_array()
        .unwrap()
        .iter()
        .find(|tag| tag["name"] == name);
    let remarks = tag.unwrap_or_else(|| panic!("no {name}"))["remarks"]
        .as_array()
        .unwrap();
    remarks
        .iter()
        .map(|remark| remark["kind"].as_str().unwrap())
        .collect()
}

#[test]
fn a_timeline_tells_signers_runs_and_oddities() {
    let place = Place::new();
    let (alice, bob, eve) = (Person::alice(), Person::bob(), Person::eve());
    place.write("alice.asc", &alice.certificate());
    place.tag("v1.0", "2020-02-01", "one", &alice);
    place.tag("v1.1", "2020-03-01", "one", &alice);
    place.tag("v1.2", "2020-04-01", "one", &bob);
    place.tag("v1.10", "2020-05-01", "one", &alice);
    let _ = place
        .repo
        .tag_annotated("v2.0", &place.commit, "two\n", seconds("2020-06-01"));
    place.repo.tag_lightweight("v2.1", &place.commit);
    // Alice's v1.0 parked under another name, and beside it one that was changed after she signed it.
    let replay = place.object("v1.0", "2020-02-01", "one", |data| {
        alice.sign(data, day("2020-02-01"))
    });
    place.repo.update_ref("refs/tags/v3.0", &replay);
    let forged = place.object("v3.1", "2020-07-01", "x", |_| {
        alice.sign(b"other", day("2020-07-01"))
    });
    place.repo.update_ref("refs/tags/v3.1", &forged);
    let sam = SshPerson::new(1, "sam");
    let ssh = place.object("v3.2", "2020-08-01", "x", |data| sam.sign("git", data));
    place.repo.update_ref("refs/tags/v3.2", &ssh);
    place.repo.update_ref("refs/heads/v3.2", &place.commit);
    // v1.1 was tagged before, by somebody else.
    let _ = place.object("v1.1", "2020-02-20", "one", |data| {
        eve.sign(data, day("2020-02-20"))
    });

    let timeline = place.timeline();
    assert_eq!(timeline["schema_version"], 1);
    let runs: Vec<String> = timeline["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| {
            let kind = &timeline["signers"][run["signer"].as_u64().unwrap() as usize]["kind"];
            format!("{} {} {}", run["first"], run["last"], kind).replace('"', "")
        })
        .collect();
    assert_eq!(
        runs,
        [
            "v1.0 v1.1 known",
            "v1.2 v1.2 unknown-certificate",
            "v1.10 v1.10 known",
            "v2.0 v2.0 unsigned",
            "v2.1 v2.1 lightweight",
            "v3.0 v3.0 known",
            "v3.1 v3.1 bad",
            "v3.2 v3.2 unknown-certificate",
        ]
    );
    assert_eq!(remarks(&timeline, "v1.0"), [""; 0]);
    assert_eq!(remarks(&timeline, "v1.1"), ["signed-again"]);
    assert_eq!(remarks(&timeline, "v3.0"), ["name-mismatch"]);
    assert_eq!(remarks(&timeline, "v3.2"), ["shares-branch-name"]);
    let alice_row = &timeline["signers"][0];
    assert_eq!(
        (&alice_row["first"], &alice_row["last"]),
        (&"v1.0".into(), &"v1.10".into())
    );
    for format in ["text", "svg"] {
        let args = [
            "signers",
            "--git",
            "upstream",
            "--keyring",
            "alice.asc",
            "--all",
            "--format",
            format,
        ];
        let (status, text) = place.run(&args);
        assert_eq!(status, 0);
        assert!(text.contains(&alice.fingerprint()), "{text}");
    }
    let (_, later) = place.run(&[
        "signers", "--git", "upstream", "--since", "v3.1", "--format", "json",
    ]);
    let later: Value = serde_json::from_str(&later).unwrap();
    assert_eq!(later["tags"].as_array().unwrap().len(), 2);
    assert_eq!(place.run(&["signers", "--git", "upstream", "--since", "v9"]).0, 2);
}

#[test]
fn a_tag_that_moved_since_it_was_packed_is_told() {
    let place = Place::new();
    let alice = Person::alice();
    place.write("alice.asc", &alice.certificate());
    place.tag("v1.0", "2020-02-01", "one", &alice);
    let _ = place.repo.run(["pack-refs", "--all"]).ok();
    place.tag("v1.0", "2020-03-01", "again", &alice);
    let timeline = place.timeline();
    assert_eq!(remarks(&timeline, "v1.0"), ["moved", "signed-again"]);
}

/// `git tag -s v1.0 v1.0` makes a tag of a tag: the inner one is part of the outer, which was not moved.
#[test]
fn a_tag_of_a_tag_is_told_once() {
    let place = Place::new();
    let (alice, bob) = (Person::alice(), Person::bob());
    place.write("alice.asc", &alice.certificate());
    let over = |target: &str, kind: &str, date: &str, person: &Person| {
        let text = format!(
            "object {target}\ntype {kind}\ntag v1.0\ntagger T <t@example.org> {} +0000\n\none\n",
            seconds(date)
        );
        let raw = [text.as_bytes(), &person.sign(text.as_bytes(), day(date))].concat();
        place.repo.raw_object("tag", &raw)
    };
    let inner = over(&place.commit, "commit", "2020-02-01", &bob);
    let outer = over(&inner, "tag", "2020-03-01", &alice);
    place.repo.update_ref("refs/tags/v1.0", &outer);
    assert_eq!(remarks(&place.timeline(), "v1.0"), ["nested"]);
    // One that another tag took the place of is told, and that it led to the same commit.
    place.repo.update_ref("refs/tags/v1.0", &inner);
    assert_eq!(remarks(&place.timeline(), "v1.0"), ["signed-again"]);
    // And one that leads elsewhere was moved.
    let other = place.repo.commit("Another\n", 1_500_000_000);
    let moved = over(&other, "commit", "2020-04-01", &alice);
    place.repo.update_ref("refs/tags/v1.0", &moved);
    assert_eq!(remarks(&place.timeline(), "v1.0"), ["moved", "moved"]);
}

#[test]
fn names_of_tags_cannot_draw() {
    let place = Place::new();
    place.repo.tag_lightweight("<script>&\u{202e}evil", &place.commit);
    let (_, svg) = place.run(&["signers", "--git", "upstream", "--format", "svg"]);
    assert!(!svg.contains("<script>") && !svg.contains('\u{202e}'), "{svg}");
    assert!(svg.contains("&lt;script&gt;&amp;"));
    let (_, text) = place.run(&["signers", "--git", "upstream", "--all"]);
    assert!(!text.contains('\u{202e}') && text.contains("deceptive-name"));
}

/// Old keyring: Alice. New keyring: Alice and Bob.
fn diff(place: &Place, alice: &Person, bob: &Person, more: &[&str]) -> (i32, Value) {
    place.write("old.asc", &alice.certificate());
    place.write("new.asc", &[alice.certificate(), bob.certificate()].concat());
    let mut args = vec!["keyring", "diff", "old.asc", "new.asc", "--format", "json"];
    args.extend(more);
    let (status, text) = place.run(&args);
    (
        status,
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}")),
    )
}

fn codes(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|finding| finding["code"].as_str().unwrap())
        .collect()
}

#[test]
fn a_new_signer_needs_an_old_one() {
    let place = Place::new();
    let (alice, bob) = (Person::alice(), Person::bob());
    let (status, report) = diff(&place, &alice, &bob, &[]);
    assert_eq!((status, codes(&report)), (1, vec!["rollover-unendorsed"]));
    let certified = bob.certified(&alice, Certify::on(day("2024-01-01")));
    let (status, report) = diff(&place, &alice, &certified, &[]);
    assert_eq!((status, codes(&report)), (0, vec!["rollover-endorsed-once"]));
    place.write("empty.asc", b"");
    assert_eq!(place.run(&["keyring", "diff", "old.asc", "empty.asc"]).0, 2);
}

#[test]
fn tags_of_old_signers_introduce_new_ones() {
    let git = ["--git", "upstream"];
    let introduced = |place: &Place, alice: &Person, bob: &Person| {
        let (status, report) = diff(place, alice, bob, &git);
        assert_eq!(status == 0, !codes(&report).contains(&"rollover-unendorsed"));
        status == 0
    };
    let (alice, bob, eve) = (Person::alice(), Person::bob(), Person::eve());
    let named = format!("Bob will sign from now on: {}", bob.fingerprint());

    let place = Place::new();
    place.tag("v1.0", "2020-02-01", &named, &alice);
    assert!(introduced(&place, &alice, &bob));
    // Not by the look-alike, nor by the new signer, nor by an unsigned tag, nor under another name, nor by a key id.
    let place = Place::new();
    place.tag("v1.0", "2020-02-01", &named, &eve);
    place.tag("v1.1", "2020-02-01", &named, &bob);
    let _ = place
        .repo
        .tag_annotated("v1.2", &place.commit, &named, seconds("2020-03-01"));
    let parked = place.object("v0", "2020-02-01", &named, |data| {
        alice.sign(data, day("2020-02-01"))
    });
    place.repo.update_ref("refs/tags/v1.3", &parked);
    place.tag("v1.4", "2020-02-01", &bob.fingerprint()[24..], &alice);
    let warned = format!("Do not trust this key: {}", bob.fingerprint());
    place.tag("v1.5", "2020-02-01", &warned, &alice);
    let forged = place.object("v1.6", "2020-02-01", &named, |_| {
        alice.sign(b"x", day("2020-02-01"))
    });
    place.repo.update_ref("refs/tags/v1.6", &forged);
    assert!(!introduced(&place, &alice, &bob));
}

#[test]
fn the_signed_tree_introduces_where_projects_keep_keys() {
    let (alice, bob) = (Person::alice(), Person::bob());
    let tell = |path: &str, contents: &[u8], removed_later: bool| {
        let mut place = Place::new();
        place.repo.write(path, contents);
        place.commit = place.repo.commit("Keys\n", seconds("2020-02-01"));
        place.tag("v1.0", "2020-02-02", "one", &alice);
        if removed_later {
            place.repo.write(path, "nothing\n");
            place.commit = place.repo.commit("No keys\n", seconds("2020-03-01"));
            place.tag("v1.1", "2020-03-02", "two", &alice);
        }
        diff(&place, &alice, &bob, &["--git", "upstream"]).0
    };
    let key = bob.certificate();
    let line = format!("Releases are signed by {}\n", bob.fingerprint());
    assert_eq!(tell("keys/bob.asc", &key, false), 0);
    assert_eq!(tell("SECURITY.md", line.as_bytes(), false), 0);
    assert_eq!(tell("tests/keys/bob.asc", &key, false), 1);
    assert_eq!(tell("keys/bob.asc", &key, true), 1);
}

#[test]
fn who_is_removed_and_who_is_new_to_the_project() {
    let place = Place::new();
    let (alice, bob) = (Person::alice(), Person::bob());
    place.tag("v1.0", "2020-02-01", "one", &alice);
    place.write("old.asc", &alice.certificate());
    let certified = bob.certified(&alice, Certify::on(day("2024-01-01")));
    place.write("new.asc", &certified.certificate());
    let (status, text) = place.run(&[
        "keyring", "diff", "old.asc", "new.asc", "--git", "upstream", "--format", "json",
    ]);
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(status, 0);
    let expected = [
        "rollover-signer-removed",
        "rollover-endorsed-once",
        "rollover-signer-untried",
    ];
    assert_eq!(codes(&report), expected);
}

/// A commit by one person, authored by another or not, signed by `alice`; a merge if it has several parents.
fn commit(
    place: &Place,
    parents: &[&str],
    author: &str,
    date: &str,
    message: &str,
    alice: &Person,
) -> String {
    let tree = format!("{}^{{tree}}", place.commit);
    let tree = place.repo.run(["rev-parse", &tree]).line();
    let parents: String = parents.iter().map(|id| format!("parent {id}\n")).collect();
    let time = seconds(date);
    let head = format!(
        "tree {tree}\n{parents}author {author} {time} +0000\ncommitter A <a@example.org> {time} +0000"
    );
    let signed = format!("{head}\n\n{message}\n");
    let signature = String::from_utf8(alice.sign(signed.as_bytes(), day(date))).unwrap();
    let raw = format!(
        "{head}\ngpgsig {}\n\n{message}\n",
        signature.trim_end().replace('\n', "\n ")
    );
    let id = place.repo.raw_object("commit", raw.as_bytes());
    place.repo.update_ref("refs/heads/main", &id);
    id
}

#[test]
fn only_the_signers_own_words_introduce_and_until_they_are_taken_back() {
    let (alice, bob) = (Person::alice(), Person::bob());
    let judged = |place: &Place| diff(place, &alice, &bob, &["--git", "upstream"]).0;
    let (named, own) = (format!("My key is {}", bob.fingerprint()), "A <a@example.org>");

    let place = Place::new();
    let first = commit(&place, &[&place.commit], own, "2020-02-01", &named, &alice);
    assert_eq!(judged(&place), 0);
    // Any later word of alice's leaves it as it is, but not a warning.
    let second = commit(&place, &[&first], own, "2020-02-02", "Fix typo", &alice);
    assert_eq!(judged(&place), 0);
    let warning = format!("{} was stolen", bob.fingerprint());
    commit(&place, &[&second], own, "2020-02-03", &warning, &alice);
    assert_eq!(judged(&place), 1);

    // A merge quotes the tag that it merges, and a patch is its author's.
    let place = Place::new();
    let side = place.repo.commit("Side\n", seconds("2020-01-03"));
    commit(&place, &[&place.commit, &side], own, "2020-02-01", &named, &alice);
    assert_eq!(judged(&place), 1);
    let place = Place::new();
    commit(
        &place,
        &[&place.commit],
        "B <b@example.org>",
        "2020-02-01",
        &named,
        &alice,
    );
    assert_eq!(judged(&place), 1);
}

#[test]
fn the_new_file_does_not_decide_how_long_an_old_ssh_signer_speaks() {
    let place = Place::new();
    let (sam, bob) = (SshPerson::new(1, "sam"), Person::bob());
    let named = format!("Bob's key is {}", bob.fingerprint());
    let id = place.object("v1.0", "2020-02-01", &named, |data| sam.sign("git", data));
    place.repo.update_ref("refs/tags/v1.0", &id);
    let judged = |options: &str| {
        place.write("old", format!("sam {options}{}\n", sam.public()).as_bytes());
        fs::create_dir_all(place.path().join("new")).unwrap();
        place.write(
            "new/allowed_signers",
            format!("sam {}\n", sam.public()).as_bytes(),
        );
        place.write("new/bob.asc", &bob.certificate());
        let (_, text) = place.run(&[
            "keyring", "diff", "old", "new", "--git", "upstream", "--format", "json",
        ]);
        let report: Value = serde_json::from_str(&text).unwrap();
        codes(&report).contains(&"rollover-unendorsed")
    };
    assert!(!judged(""));
    assert!(judged("valid-before=\"20190101\" "));
    assert!(judged("namespaces=\"file\" "));
}
