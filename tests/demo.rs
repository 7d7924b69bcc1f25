//! `tarvet demo`, the files it keeps, and the transcripts of it in README.md.
//!
//! `TARVET_BLESS=1` writes the transcripts into README.md instead of comparing them.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says when it is skipped"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// tarvet in an environment that has nothing to offer: no git, no gpg, no home.
fn tarvet(directory: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tarvet"))
        .args(words)
        .current_dir(directory)
        .env_clear()
        .env("TMPDIR", directory)
        .output()
        .expect("the command runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// What `tarvet demo --keep demo` prints in a new directory.
fn kept_demo() -> (tempfile::TempDir, String) {
    let directory = tempfile::tempdir().expect("a directory");
    let output = tarvet(directory.path(), &["demo", "--keep", "demo"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let printed = text(&output.stdout);
    (directory, printed)
}

fn commands(printed: &str) -> Vec<Vec<&str>> {
    let commands = printed.lines().filter_map(|line| line.strip_prefix("$ tarvet "));
    commands.map(|line| line.split(' ').collect()).collect()
}

#[test]
fn one_pass_and_one_rejection() {
    let (_directory, printed) = kept_demo();
    assert!(printed.contains("\nverified: "), "{printed}");
    assert!(printed.contains("\nrejected: "), "{printed}");
    assert!(
        printed.contains("\nerror file-impostor\n  m4/build-to-host.m4: ")
            && printed.contains("\nerror m4-serial-ahead\n  m4/build-to-host.m4: serial 30, "),
        "{printed}"
    );
    assert_eq!(
        printed.matches("\nerror ").count() + printed.matches("\nwarning ").count(),
        2,
        "{printed}"
    );
}

#[test]
fn the_printed_commands_check_the_kept_files_again() {
    let (directory, printed) = kept_demo();
    let commands = commands(&printed);
    assert_eq!(commands.len(), 2, "{printed}");
    for (command, status) in commands.iter().zip([0, 1]) {
        let output = tarvet(directory.path(), command);
        assert_eq!(output.status.code(), Some(status), "{command:?}");
        assert!(
            printed.contains(&text(&output.stdout)),
            "the demo shows another report than {command:?} prints"
        );
    }
}

#[test]
fn two_runs_keep_the_same_files() {
    let (first, _) = kept_demo();
    let (second, _) = kept_demo();
    for file in [
        "demo/keyring.asc",
        "demo/pocket-1.4.2.proof",
        "demo/honest/pocket-1.4.2.tar.gz",
        "demo/doctored/pocket-1.4.2.tar.gz",
    ] {
        let read = |directory: &Path| fs::read(directory.join(file)).expect(file);
        assert!(read(first.path()) == read(second.path()), "{file} differs");
    }
}

#[test]
fn without_keep_nothing_is_left_behind() {
    let directory = tempfile::tempdir().expect("a directory");
    let output = tarvet(directory.path(), &["demo"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(fs::read_dir(directory.path()).expect("readable").count(), 0);
}

#[test]
fn files_of_the_user_are_not_overwritten() {
    let directory = tempfile::tempdir().expect("a directory");
    fs::create_dir(directory.path().join("mine")).expect("a directory");
    fs::write(directory.path().join("mine/keyring.asc"), "precious").expect("written");
    let output = tarvet(directory.path(), &["demo", "--keep", "mine"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("not empty"),
        "{}",
        text(&output.stderr)
    );
    let kept = fs::read_to_string(directory.path().join("mine/keyring.asc")).expect("still there");
    assert_eq!(kept, "precious");
}

/// Length and digest of a tarball depend on the version of the compressor, so they are not compared.
fn without_sizes(text: &str) -> String {
    let mask = |line: &str| match line.split_once(" bytes, gzip, sha256 ") {
        Some(_) => "     SIZE".to_owned(),
        None => line.to_owned(),
    };
    text.lines().map(mask).collect::<Vec<_>>().join("\n")
}

/// From one command line to the end of its report.
fn transcript<'a>(printed: &'a str, command: &str) -> &'a str {
    let start = printed
        .find(&format!("$ tarvet check demo/{command}"))
        .expect("shown");
    let rest = &printed[start..];
    let verdict = ["\nverified: ", "\nrejected: "]
        .iter()
        .filter_map(|v| rest.find(v))
        .min()
        .expect("a verdict");
    let end = rest[verdict + 1..].find("\n\n").expect("the end of the report") + verdict + 1;
    &rest[..end]
}

#[test]
fn the_transcripts_of_the_readme_are_real() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let mut readme = fs::read_to_string(&path).expect("README.md");
    let (_directory, printed) = kept_demo();
    for name in ["honest", "doctored"] {
        let (begin, end) = (format!("<!-- demo: {name} -->\n```text\n"), "\n```\n");
        let start = readme.find(&begin).expect("the mark of a transcript") + begin.len();
        let length = readme[start..].find(end).expect("the end of a transcript");
        let real = transcript(&printed, name);
        if std::env::var_os("TARVET_BLESS").is_some() {
            readme.replace_range(start..start + length, real);
        } else {
            let shown = &readme[start..start + length];
            assert_eq!(
                without_sizes(shown),
                without_sizes(real),
                "TARVET_BLESS=1 rewrites README.md"
            );
        }
    }
    if std::env::var_os("TARVET_BLESS").is_some() {
        fs::write(&path, readme).expect("README.md can be written");
    }
}
