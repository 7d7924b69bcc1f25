//! The command line: what a user gets who mistypes, and where the words go. Judgements are in `cases.rs`.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::print_stderr)] // a test fails by panicking

mod support;

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use support::run::{Outcome, finish, run, tarvet};
use support::story::Story;
use support::{people, tarball, upstream};

/// An honest release in a directory of its own.
struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self::told(Story::default())
    }

    fn told(story: Story) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let built = upstream::build(&story, dir.path());
        let packed = tarball::pack(&story, &built);
        fs::write(dir.path().join("foo-1.0.tar.gz"), packed.file).expect("the tarball");
        fs::write(dir.path().join("alice.asc"), people::keyring_file("alice")).expect("a keyring");
        Place { dir }
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn run(&self, args: &[&str]) -> Outcome {
        run(self.path(), args)
    }

    /// `tarvet check` with everything right, and `more`.
    fn check(&self, more: &[&str]) -> Outcome {
        let usual = [
            "check",
            "foo-1.0.tar.gz",
            "--git",
            "upstream",
            "--keyring",
            "alice.asc",
        ];
        self.run(&[&usual, more].concat())
    }
}

/// Could not run: status 2, nothing on standard output, and one message that has all of `words`.
#[track_caller]
fn refuses(outcome: &Outcome, words: &[&str]) {
    assert_eq!(outcome.status, 2, "{outcome:?}");
    assert_eq!(outcome.stdout, "", "nothing on standard output");
    for word in words {
        assert!(
            outcome.stderr.contains(word),
            "no `{word}` in:\n{}",
            outcome.stderr
        );
    }
    let plain = |c: char| !c.is_control() || c == '\n';
    assert!(
        outcome.stderr.chars().all(plain),
        "control characters in {:?}",
        outcome.stderr
    );
    let messages = outcome
        .stderr
        .lines()
        .filter(|line| line.starts_with("tarvet: ") || line.starts_with("error: "));
    assert_eq!(messages.count(), 1, "one message:\n{}", outcome.stderr);
}

#[test]
fn an_honest_release_is_verified() {
    let place = Place::new();
    let outcome = place.check(&["--now", "2024-06-01"]);
    assert_eq!(
        (outcome.status, outcome.stderr.as_str()),
        (0, ""),
        "{}",
        outcome.stdout
    );
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let place = Place::new();
    let check = |tarball: &str, git: &str, keyring: &str| {
        place.run(&["check", tarball, "--git", git, "--keyring", keyring])
    };
    refuses(
        &check("absent-1.0.tar.gz", "upstream", "alice.asc"),
        &["absent-1.0.tar.gz", "read the tarball"],
    );
    refuses(
        &check("foo-1.0.tar.gz", "upstream", "absent.asc"),
        &["absent.asc", "keyring"],
    );
    refuses(&check("foo-1.0.tar.gz", "absent", "alice.asc"), &["absent"]);
    refuses(
        &place.check(&["--signature", "absent.sig"]),
        &["absent.sig", "signature"],
    );
    let proof = [
        "check",
        "foo-1.0.tar.gz",
        "--proof",
        "absent.proof",
        "--keyring",
        "alice.asc",
    ];
    refuses(&place.run(&proof), &["absent.proof", "proof"]);
}

#[test]
fn a_directory_is_no_tarball_and_no_repository_by_itself() {
    let place = Place::new();
    fs::create_dir(place.path().join("foo-1.0")).expect("a directory");
    let tarball = [
        "check",
        "foo-1.0",
        "--version",
        "1.0",
        "--git",
        "upstream",
        "--keyring",
        "alice.asc",
    ];
    refuses(&place.run(&tarball), &["foo-1.0", "regular file"]);
    let repository = [
        "check",
        "foo-1.0.tar.gz",
        "--git",
        "foo-1.0",
        "--keyring",
        "alice.asc",
    ];
    refuses(&place.run(&repository), &["foo-1.0", "repository"]);
    let file = [
        "check",
        "foo-1.0.tar.gz",
        "--git",
        "alice.asc",
        "--keyring",
        "alice.asc",
    ];
    refuses(&place.run(&file), &["alice.asc"]);
}

#[test]
fn keyrings_that_hold_nobody_are_refused() {
    let place = Place::new();
    for (name, contents) in [
        ("empty.asc", Vec::new()),
        ("notes.txt", b"please trust Alice\n".to_vec()),
        ("blank.signers", b"# nobody yet\n\n".to_vec()),
        (
            "archive.gz",
            fs::read(place.path().join("foo-1.0.tar.gz")).expect("the tarball"),
        ),
    ] {
        fs::write(place.path().join(name), contents).expect("a keyring");
        let args = ["check", "foo-1.0.tar.gz", "--git", "upstream", "--keyring", name];
        refuses(&place.run(&args), &[name]);
    }
}

#[test]
fn a_keyring_is_demanded() {
    let place = Place::new();
    refuses(
        &place.run(&["check", "foo-1.0.tar.gz", "--git", "upstream"]),
        &["--keyring"],
    );
}

#[test]
fn values_that_mean_nothing_are_refused() {
    let place = Place::new();
    refuses(
        &place.check(&["--require", "contents-perfect"]),
        &["contents-perfect", "contents-accounted"],
    );
    refuses(
        &place.check(&["--now", "yesterday"]),
        &["yesterday", "YYYY-MM-DD"].map(|w| if w == "YYYY-MM-DD" { "date" } else { w }),
    );
    refuses(&place.check(&["--format", "yaml"]), &["yaml", "text", "json"]);
    refuses(
        &place.check(&["--limit-bytes", "many"]),
        &["many", "--limit-bytes"],
    );
    refuses(
        &place.check(&["--acept-sha1-bindings"]),
        &["--accept-sha1-bindings"],
    );
    refuses(&place.check(&["--submodule", "lib"]), &["lib", "PATH=REPO"]);
    refuses(&place.check(&["--proof", "foo.proof"]), &["--proof", "--git"]);
    refuses(&place.run(&["chek"]), &["chek", "check"]);
    refuses(
        &place.run(&["explain", "file-not-upstrem"]),
        &["file-not-upstrem", "file-not-upstream"],
    );
}

#[test]
fn a_missing_tag_names_the_nearest() {
    let story =
        toml::from_str("[upstream]\ntags = [\"v1.0.1\", \"v2.0\"]\n[upstream.tag]\nname = \"v1.0-rc1\"\n");
    let place = Place::told(story.expect("a story"));
    refuses(&place.check(&[]), &["1.0", "v1.0.1", "--tag"]);
    let outcome = place.check(&["--tag", "v1.0"]);
    refuses(&outcome, &["v1.0", "v1.0.1", "v1.0-rc1"]);
    assert!(!outcome.stderr.contains("v2.0"), "{}", outcome.stderr);
    refuses(
        &place.run(&["prove", "--git", "upstream", "--tag", "v1.0", "-o", "p"]),
        &["v1.0.1"],
    );
    assert!(!place.path().join("p").exists(), "no proof of nothing");
}

#[test]
fn an_ambiguous_version_lists_the_candidates() {
    let story = toml::from_str("[upstream]\ntags = [\"foo-1.0\", \"1.0\"]\n");
    let place = Place::told(story.expect("a story"));
    refuses(&place.check(&[]), &["1.0", "v1.0", "foo-1.0", "--tag"]);
    assert_eq!(place.check(&["--tag", "v1.0", "--now", "2024-06-01"]).status, 0);
}

#[test]
fn a_tarball_without_a_version_asks_for_one() {
    let place = Place::new();
    fs::copy(
        place.path().join("foo-1.0.tar.gz"),
        place.path().join("snapshot.tar.gz"),
    )
    .expect("a copy");
    let args = [
        "check",
        "snapshot.tar.gz",
        "--git",
        "upstream",
        "--keyring",
        "alice.asc",
        "--now",
        "2024-06-01",
    ];
    refuses(&place.run(&args), &["--tag", "--version"]);
    assert_eq!(place.run(&[&args[..], &["--version", "1.0"]].concat()).status, 0);
    assert_eq!(
        place
            .run(&[&args[..], &["--tag", "refs/tags/v1.0"]].concat())
            .status,
        0
    );
}

#[test]
fn hostile_arguments_are_escaped() {
    let place = Place::new();
    refuses(&place.check(&["--tag", "v1\u{1b}[2J\u{202e}"]), &["v1"]);
    refuses(&place.check(&["--signature", "a\nb"]), &["a"]);
}

#[test]
fn the_report_goes_where_it_is_wanted() {
    let place = Place::new();
    let printed = place.check(&["--now", "2024-06-01", "--format", "json"]);
    let written = place.check(&[
        "--now",
        "2024-06-01",
        "--format",
        "json",
        "--output",
        "report.json",
    ]);
    assert_eq!(
        (written.status, written.stdout.as_str(), written.stderr.as_str()),
        (0, "", "")
    );
    assert_eq!(
        fs::read_to_string(place.path().join("report.json")).expect("the report"),
        printed.stdout
    );
    let text = place.check(&["--now", "2024-06-01", "--output", "report.txt"]);
    assert_eq!(text.status, 0);
    let text = fs::read_to_string(place.path().join("report.txt")).expect("the report");
    assert!(
        text.contains("\nverified: ") && !text.contains('\u{1b}'),
        "{text}"
    );
}

#[test]
fn an_output_that_cannot_be_written_is_no_verdict() {
    let place = Place::new();
    refuses(
        &place.check(&["--output", "absent/report"]),
        &["absent/report", "write"],
    );
    refuses(
        &place.run(&["prove", "--git", "upstream", "--tag", "v1.0", "-o", "absent/p"]),
        &["absent/p", "write"],
    );
    if Path::new("/dev/full").exists() {
        let full = fs::File::create("/dev/full").expect("the full device");
        let mut command = tarvet(place.path());
        command.args([
            "check",
            "foo-1.0.tar.gz",
            "--git",
            "upstream",
            "--keyring",
            "alice.asc",
        ]);
        let outcome = finish(command.stdout(full));
        refuses(&outcome, &["write"]);
        refuses(&place.check(&["--output", "/dev/full"]), &["/dev/full", "write"]);
    }
}

#[test]
fn a_reader_that_goes_away_is_no_panic() {
    let place = Place::told(toml::from_str("[tarball]\ntricks = [\"flood\"]\n").expect("a story"));
    let mut command = tarvet(place.path());
    command
        .args([
            "check",
            "foo-1.0.tar.gz",
            "--git",
            "upstream",
            "--keyring",
            "alice.asc",
            "--format",
            "json",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("tarvet starts");
    drop(child.stdout.take());
    let mut stderr = String::new();
    child
        .stderr
        .take()
        .expect("piped")
        .read_to_string(&mut stderr)
        .expect("text");
    let status = child.wait().expect("it ends").code();
    assert_eq!(stderr, "");
    assert!(matches!(status, Some(1 | 2)), "never 0: {status:?}");
    for args in [&["checks"][..], &["explain", "file-not-upstream"]] {
        let mut child = tarvet(place.path())
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("tarvet starts");
        drop(child.stdout.take());
        let mut stderr = String::new();
        child
            .stderr
            .take()
            .expect("piped")
            .read_to_string(&mut stderr)
            .expect("text");
        assert!(!stderr.contains("panic"), "{stderr}");
        assert_ne!(child.wait().expect("it ends").code(), Some(101));
    }
}

#[test]
fn colours_only_when_somebody_can_see_them() {
    let place = Place::new();
    let usual = [
        "check",
        "foo-1.0.tar.gz",
        "--git",
        "upstream",
        "--keyring",
        "alice.asc",
    ];
    let with = |name: &str, value: &str| {
        let mut command = tarvet(place.path());
        finish(command.args(usual).env(name, value))
            .stdout
            .contains('\u{1b}')
    };
    assert!(!with("TERM", "xterm-256color"), "a pipe is no terminal");
    assert!(!with("NO_COLOR", "1"));
    assert!(with("CLICOLOR_FORCE", "1"), "colours can be forced");
    let mut command = tarvet(place.path());
    let both = finish(
        command
            .args(usual)
            .env("CLICOLOR_FORCE", "0")
            .env("NO_COLOR", "1"),
    );
    assert!(!both.stdout.contains('\u{1b}'));
}

#[test]
fn the_environment_has_no_say() {
    let place = Place::new();
    let evil = Place::told(toml::from_str("[upstream.tag]\nkind = \"annotated\"\n").expect("a story"));
    let mut command = tarvet(place.path());
    command.args([
        "check",
        "foo-1.0.tar.gz",
        "--git",
        "upstream",
        "--keyring",
        "alice.asc",
        "--now",
        "2024-06-01",
    ]);
    let git = evil.path().join("upstream/.git");
    command
        .env("GIT_DIR", &git)
        .env("GIT_OBJECT_DIRECTORY", git.join("objects"))
        .env("GIT_ALTERNATE_OBJECT_DIRECTORIES", git.join("objects"))
        .env("GIT_NAMESPACE", "evil")
        .env("GIT_CONFIG_COUNT", "1")
        .env("GIT_CONFIG_KEY_0", "core.repositoryFormatVersion")
        .env("GIT_CONFIG_VALUE_0", "99")
        .env("HOME", evil.path())
        .env("GNUPGHOME", evil.path())
        .env("LC_ALL", "tr_TR.UTF-8")
        .env("TZ", "Asia/Kathmandu");
    assert_eq!(
        finish(&mut command).stdout,
        place.check(&["--now", "2024-06-01"]).stdout
    );
}

#[test]
fn helps_and_version() {
    let dir = tempfile::tempdir().expect("a directory");
    let help = run(dir.path(), ["--help"]);
    assert_eq!((help.status, help.stderr.as_str()), (0, ""));
    for command in ["check", "prove", "explain", "checks"] {
        assert!(
            help.stdout.contains(&format!("\n  {command} ")),
            "{command} in\n{}",
            help.stdout
        );
        let own = run(dir.path(), [command, "--help"]);
        assert_eq!((own.status, own.stderr.as_str()), (0, ""));
        assert!(own.stdout.contains("Usage: tarvet "), "{}", own.stdout);
        assert!(!own.stdout.contains('\u{1b}'));
    }
    let check = run(dir.path(), ["check", "--help"]).stdout;
    for option in [
        "--git",
        "--proof",
        "--tag",
        "--keyring",
        "--signature",
        "--require",
        "--now",
        "--subdir",
        "--submodule",
    ] {
        assert!(check.contains(option), "{option}");
    }
    let version = run(dir.path(), ["--version"]);
    assert_eq!(version.stdout, format!("tarvet {}\n", env!("CARGO_PKG_VERSION")));
    refuses_usage(&run(dir.path(), Vec::<&str>::new()));
}

/// No command at all: the usage, and status 2.
fn refuses_usage(outcome: &Outcome) {
    assert_eq!((outcome.status, outcome.stdout.as_str()), (2, ""));
    assert!(outcome.stderr.contains("Usage: tarvet "), "{}", outcome.stderr);
}

#[test]
fn names_that_are_not_utf8_are_files_like_others() {
    use std::os::unix::ffi::OsStrExt;
    let place = Place::new();
    let odd = PathBuf::from(std::ffi::OsStr::from_bytes(b"k\xe9y.asc"));
    fs::copy(place.path().join("alice.asc"), place.path().join(&odd)).expect("a copy");
    let mut command = tarvet(place.path());
    command
        .args([
            "check",
            "foo-1.0.tar.gz",
            "--git",
            "upstream",
            "--now",
            "2024-06-01",
            "--keyring",
        ])
        .arg(&odd);
    let outcome = finish(&mut command);
    assert_eq!(outcome.status, 0, "{outcome:?}");
    let mut file = fs::File::create(place.path().join("empty")).expect("a file");
    file.write_all(b"").expect("nothing");
}
