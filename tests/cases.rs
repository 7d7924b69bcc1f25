//! The acceptance tests: every directory below `tests/cases/` is a release, told in a few lines, that the command
//! judges. Text, JSON and exit status are compared together. `TARVET_BLESS=1` writes the expectations anew;
//! `TARVET_CASE=word` runs the cases whose path has the word.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::print_stderr)] // a test fails by panicking

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex};

use serde_json::Value;
use tarvet_core::keyring::{audit, rollover};

use support::prepare::{prepare, story};
use support::run::{Normaliser, Outcome, children, run};
use support::story::Story;

/// The directory of cases that belong to no single check.
const WHOLE_VERDICTS: &str = "verified";
/// Checks that no case can make fire, and why.
const WITHOUT_FIRING_CASE: [(&str, &str); 1] = [(
    "tarball-changed",
    "the file would have to be replaced between two readings of one run",
)];
/// What every page of a check has, in this order.
const SECTIONS: [&str; 4] = ["What it finds", "Why it matters", "What to do", "See also"];

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

/// Every case: the check it belongs to, and its directory.
fn cases() -> Vec<(String, PathBuf)> {
    let mut cases = Vec::new();
    for check in children(&directory()).into_iter().filter(|path| path.is_dir()) {
        let code = check.file_name().expect("a name").to_string_lossy().into_owned();
        cases.extend(children(&check).into_iter().map(|case| (code.clone(), case)));
    }
    cases
}

#[test]
fn every_case_comes_out_as_expected() {
    let wanted = std::env::var("TARVET_CASE").unwrap_or_default();
    let mut cases = cases();
    cases.retain(|(_, case)| case.to_string_lossy().contains(&wanted));
    assert!(!cases.is_empty(), "no case has {wanted:?} in its path");
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    let work = || {
        while let Some((_, case)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            let result = catch_unwind(AssertUnwindSafe(|| one_case(case))).unwrap_or_else(|panic| {
                let words = panic.downcast_ref::<String>().cloned();
                Err(words
                    .or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string))
                    .unwrap_or_default())
            });
            if let Err(what) = result {
                let name = case
                    .strip_prefix(directory())
                    .expect("a case")
                    .display()
                    .to_string();
                failures
                    .lock()
                    .expect("no panic holds it")
                    .push(format!("== {name}\n{what}"));
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, |n| n.get().max(2)) {
            scope.spawn(work);
        }
    });
    let mut failures = failures.into_inner().expect("no panic holds it");
    failures.sort();
    assert!(
        failures.is_empty(),
        "{} of {} cases:\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n")
    );
}

/// Builds, runs and compares one case.
fn one_case(case: &Path) -> Result<(), String> {
    let story = story(case);
    let tmp = tempfile::tempdir().expect("a directory");
    let tmp = tmp.path().canonicalize().expect("a directory");
    let args = prepare(&story, &tmp);
    let text = run(&tmp, &args);
    if tmp.join("CANARY").exists() {
        return Err("something of the repository was run".into());
    }
    if text.status != story.expect.exit {
        return Err(format!(
            "exit status {}, expected {}\n{}{}",
            text.status, story.expect.exit, text.stdout, text.stderr
        ));
    }
    let normaliser = Normaliser::new(&tmp);
    if text.status == 2 {
        let said = format!("{}{}", text.stdout, text.stderr);
        return compare(&case.join("expect.txt"), &normaliser.apply(&said));
    }
    let json = run(&tmp, args.iter().map(String::as_str).chain(["--format", "json"]));
    let all = run(&tmp, args.iter().map(String::as_str).chain(["--all"]));
    let report: Value =
        serde_json::from_str(&json.stdout).map_err(|e| format!("the report is no JSON: {e}"))?;
    if story.rebuilt.is_none() {
        consistent(&report, &text, &json, &all)?;
        follows_the_schema(&report)?;
    }
    found_as_expected(&story, &report)?;
    compare(&case.join("expect.txt"), &normaliser.apply(&text.stdout))?;
    compare(&case.join("expect.json"), &normaliser.apply(&json.stdout))
}

/// Text, JSON and exit status say the same.
fn consistent(report: &Value, text: &Outcome, json: &Outcome, all: &Outcome) -> Result<(), String> {
    let verdict = report["verdict"].as_str().unwrap_or_default();
    let status = match verdict {
        "verified" => 0,
        "rejected" => 1,
        "undetermined" => 3,
        other => return Err(format!("no such verdict: {other}")),
    };
    for outcome in [text, json, all] {
        if outcome.status != status {
            return Err(format!("verdict {verdict} with exit status {}", outcome.status));
        }
        if !outcome.stderr.is_empty() {
            return Err(format!("unexpected words on standard error: {}", outcome.stderr));
        }
        if let Some(c) = outcome
            .stdout
            .chars()
            .find(|c| c.is_control() && *c != '\n' || is_bidi(*c))
        {
            return Err(format!("the report has an unescaped {c:?}"));
        }
    }
    for outcome in [text, all] {
        if !outcome.stdout.contains(&format!("\n{verdict}: ")) {
            return Err(format!("the text does not say {verdict}"));
        }
    }
    for finding in findings(report).filter(|finding| finding.get("overridden").is_none()) {
        let (level, code) = (
            finding["level"].as_str().unwrap_or("?"),
            finding["code"].as_str().unwrap_or("?"),
        );
        let message = finding["message"].as_str().unwrap_or("?");
        let told = all
            .stdout
            .lines()
            .any(|line| line.split(" (").next() == Some(&format!("{level} {code}")));
        if !told || !all.stdout.contains(message) {
            return Err(format!(
                "the text with --all leaves out {level} {code}: {message}"
            ));
        }
    }
    Ok(())
}

static SCHEMA: LazyLock<jsonschema::Validator> =
    LazyLock::new(|| validator(include_str!("../schemas/report.schema.json")));
static PACKAGE_SCHEMA: LazyLock<jsonschema::Validator> =
    LazyLock::new(|| validator(include_str!("../schemas/package.schema.json")));

fn validator(schema: &str) -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(schema).expect("JSON");
    jsonschema::validator_for(&schema).expect("the schema is sound")
}

fn follows_the_schema(report: &Value) -> Result<(), String> {
    let is_package = report.get("package").is_some();
    for tarball in report["tarballs"].as_array().into_iter().flatten() {
        follows_the_schema(tarball)?;
    }
    let faults = if is_package { &PACKAGE_SCHEMA } else { &SCHEMA }.iter_errors(report);
    let faults: Vec<String> = faults
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect();
    match faults.as_slice() {
        [] => Ok(()),
        faults => Err(format!("against the schema:\n  {}", faults.join("\n  "))),
    }
}

fn is_bidi(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

/// Every finding: the package's own, and those of its tarballs.
fn findings(report: &Value) -> impl Iterator<Item = &Value> {
    let tarballs = list(report, "tarballs").iter();
    let of_tarballs = tarballs.flat_map(|tarball| list(tarball, "findings"));
    list(report, "findings").iter().chain(of_tarballs)
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn codes(report: &Value) -> BTreeSet<String> {
    findings(report)
        .filter_map(|finding| Some(finding["code"].as_str()?.to_owned()))
        .collect()
}

fn found_as_expected(story: &Story, report: &Value) -> Result<(), String> {
    let found = codes(report);
    let lacking: Vec<_> = story
        .expect
        .codes
        .iter()
        .filter(|code| !found.contains(*code))
        .collect();
    let unwanted: Vec<_> = story
        .expect
        .absent_codes
        .iter()
        .filter(|code| found.contains(*code))
        .collect();
    if lacking.is_empty() && unwanted.is_empty() {
        return Ok(());
    }
    Err(format!(
        "lacking {lacking:?}, unwanted {unwanted:?}, found {found:?}"
    ))
}

/// Compares with the expectation, or writes it.
fn compare(path: &Path, actual: &str) -> Result<(), String> {
    if std::env::var_os("TARVET_BLESS").is_some_and(|value| value == "1") {
        fs::write(path, actual).expect("the expectation");
        return Ok(());
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    if expected == actual {
        return Ok(());
    }
    let differing = expected.lines().zip(actual.lines()).position(|(a, b)| a != b);
    let at = differing.unwrap_or_else(|| expected.lines().count().min(actual.lines().count()));
    let line = |text: &str| text.lines().nth(at).unwrap_or("(the end)").to_owned();
    Err(format!(
        "{} differs at line {}\n  expected: {}\n  actual:   {}\n(TARVET_BLESS=1 rewrites it)",
        path.file_name().expect("a name").to_string_lossy(),
        at + 1,
        line(&expected),
        line(actual),
    ))
}

/// The codes that the command lists.
fn checks() -> Vec<String> {
    let tmp = tempfile::tempdir().expect("a directory");
    let listed = run(tmp.path(), ["checks", "--format", "json"]);
    assert_eq!(listed.status, 0, "{}", listed.stderr);
    let listed: Value = serde_json::from_str(&listed.stdout).expect("JSON");
    let code = |check: &Value| check["code"].as_str().expect("a code").to_owned();
    listed.as_array().expect("a list").iter().map(code).collect()
}

#[test]
fn codes_are_unique_and_sorted() {
    let codes = checks();
    assert!(codes.len() > 40, "{codes:?}");
    for pair in codes.windows(2) {
        assert!(pair[0] < pair[1], "{} before {}", pair[0], pair[1]);
    }
}

/// What `tarvet keyring` finds, which `keyring.rs` and `signers.rs` judge, and what `tarvet rpm` does: see `rpm.rs`.
fn checks_elsewhere() -> BTreeSet<&'static str> {
    let rollover = rollover::checks::ALL.iter().map(|check| check.code);
    let audit = audit::checks::describe().map(|check| check.code);
    let rpm = tarvet_rpm::checks::ALL.iter().map(|check| check.code);
    rollover.chain(audit).chain(rpm).collect()
}

#[test]
fn every_check_has_a_case_that_fires_and_one_that_is_silent() {
    let elsewhere = checks_elsewhere();
    let mut checks: BTreeSet<String> = checks().into_iter().collect();
    checks.retain(|code| !elsewhere.contains(code.as_str()));
    let (mut firing, mut silent) = (BTreeSet::new(), BTreeSet::new());
    for (code, case) in cases() {
        assert!(
            checks.contains(&code) || code == WHOLE_VERDICTS,
            "{}: there is no check of that code",
            case.display()
        );
        let expect = story(&case).expect;
        for named in expect.codes.iter().chain(&expect.absent_codes) {
            assert!(
                checks.contains(named),
                "{}: no such code: {named}",
                case.display()
            );
        }
        if code != WHOLE_VERDICTS {
            let about = expect.codes.contains(&code) || expect.absent_codes.contains(&code);
            assert!(about, "{}: says nothing of {code}", case.display());
        }
        firing.extend(expect.codes);
        silent.extend(expect.absent_codes);
    }
    let excused = |code: &&String| {
        WITHOUT_FIRING_CASE
            .iter()
            .any(|(excused, _)| *excused == code.as_str())
    };
    let never_fires: Vec<_> = checks.difference(&firing).filter(|code| !excused(code)).collect();
    let never_silent: Vec<_> = checks.difference(&silent).collect();
    assert!(
        never_fires.is_empty(),
        "no case in which these fire: {never_fires:?}"
    );
    assert!(
        never_silent.is_empty(),
        "no case in which these must be silent: {never_silent:?}"
    );
}

#[test]
fn every_case_has_its_files_and_nothing_else() {
    for (_, case) in cases() {
        let names: Vec<_> = children(&case)
            .iter()
            .map(|path| path.file_name().expect("a name").to_string_lossy().into_owned())
            .collect();
        let expected: &[&str] = match story(&case).expect.exit {
            2 => &["case.toml", "expect.txt"],
            _ => &["case.toml", "expect.json", "expect.txt"],
        };
        assert_eq!(names, expected, "{}", case.display());
        let text = fs::read_to_string(case.join("case.toml")).expect("case.toml");
        assert!(
            text.starts_with("# "),
            "{}: begins with what it tells",
            case.display()
        );
    }
}

#[test]
fn every_check_has_a_whole_page() {
    let tmp = tempfile::tempdir().expect("a directory");
    for code in checks() {
        let page = run(tmp.path(), ["explain", &code]);
        assert_eq!(page.status, 0, "{code}: {}", page.stderr);
        let headings: Vec<&str> = page
            .stdout
            .lines()
            .filter_map(|line| line.strip_prefix("## "))
            .collect();
        assert!(
            page.stdout.starts_with(&format!("# {code}\n")),
            "{code}: the heading is the code"
        );
        assert_eq!(headings, SECTIONS, "{code}");
        for section in SECTIONS {
            let (_, rest) = page
                .stdout
                .split_once(&format!("## {section}\n"))
                .expect("the section");
            let words = rest.split("\n## ").next().unwrap_or_default().trim();
            assert!(!words.is_empty(), "{code}: {section} says nothing");
        }
    }
}
