//! Bad input: a finding or a clear error each, in bounded time.

use std::fs;
use std::time::{Duration, Instant};

use super::support::rpm::{Form, Package, SPEC, World};

/// Neither verified nor ended by a signal, and something was said.
#[track_caller]
fn is_told(package: &Package, form: Form, what: &str) {
    let judged = package.run(form);
    let said = !judged.findings().is_empty() || !judged.outcome.stderr.is_empty();
    assert!(
        matches!(judged.outcome.status, 1..=3) && said,
        "{what}: {judged:?}"
    );
}

#[test]
fn half_an_srpm_is_rejected() {
    let world = World::new();
    let package = world.package();
    let whole = package.srpm().make();
    let tmp = tempfile::tempdir().expect("a directory");
    let path = tmp.path().join("foo-1.0-1.src.rpm");
    let lengths = (0..24)
        .map(|number| whole.len() * number / 24)
        .chain([1, 95, 96, 100, whole.len() - 1]);
    for length in lengths {
        fs::write(&path, &whole[..length]).expect("written");
        let judged = package.run_at(&path, tmp.path()).exits(1);
        assert!(
            judged.findings().iter().any(|one| one[1].starts_with("srpm-")),
            "{length}: {judged:?}"
        );
    }
    // A flipped byte is no error of reading, and never a pass, but for the lead, which says nothing.
    for number in 0..40 {
        let mut bytes = whole.clone();
        let at = 96 + (whole.len() - 96) * number / 40;
        bytes[at] ^= 1;
        fs::write(&path, &bytes).expect("written");
        let judged = package.run_at(&path, tmp.path());
        assert_eq!(judged.outcome.status, 1, "byte {at}: {:?}", judged.findings());
    }
}

#[test]
fn half_a_spec_is_read() {
    let world = World::new();
    let mut package = world.package();
    for (length, _) in SPEC.match_indices('\n') {
        package.spec = SPEC[..length].to_owned();
        let judged = package.run(Form::Spec);
        assert!(matches!(judged.outcome.status, 0 | 1 | 3), "{length}: {judged:?}");
    }
    package.spec = String::new();
    is_told(&package, Form::Spec, "an empty spec");
    package.spec = "\0\x01\u{202e}".repeat(1000);
    is_told(&package, Form::Spec, "no text");
}

#[test]
fn hostile_specs_take_no_time() {
    let world = World::new();
    let nested =
        |open: &str, close: &str, count: usize| format!("{}{}", open.repeat(count), close.repeat(count));
    let bomb: String = (1..60)
        .map(|n| format!("%define b{n} %{{b{}}}%{{b{}}}\n", n - 1, n - 1))
        .collect();
    for (what, head) in [
        (
            "macros without end",
            "%define a %{b}\n%define b %{a}\nSource4: %{a}\n".to_owned(),
        ),
        (
            "macros that double",
            format!("%define b0 xxxxxxxx\n{bomb}Source4: %{{b59}}\n"),
        ),
        (
            "nested braces",
            format!("Source4: {}\n", nested("%{?a:", "}", 50_000)),
        ),
        ("nested conditions", nested("%if 1\n", "%endif\n", 20_000)),
        ("open conditions", "%ifarch x\n".repeat(20_000)),
        (
            "many sources",
            (0..40_000).map(|n| format!("Source{}: x{n}\n", n + 10)).collect(),
        ),
        (
            "more sources",
            format!(
                "{}%prep\n{}",
                "Source: a\n".repeat(200_000),
                "cp a b\n".repeat(300_000)
            ),
        ),
        (
            "many verifications",
            format!("%prep\n{}", "gpgv a b || :\n".repeat(300_000)),
        ),
        (
            "many words",
            format!(
                "%prep\n{}\n{}",
                "! ".repeat(2 << 20),
                "cat <<A ".repeat(200_000) + &"\nA".repeat(200_000)
            ),
        ),
        (
            "many branches",
            (0..3_000)
                .map(|n| format!("%if %{{with x{n}}}\n%global a %{{?a}}y\n%endif\n"))
                .collect(),
        ),
        (
            "ten megabytes",
            "# a comment with %{name} in it\n".repeat(340_000),
        ),
        ("one line", format!("%global x {}\n", "y ".repeat(5 << 20))),
        ("more than is read", "#\n".repeat(17 << 20)),
    ] {
        let package = world.package().with("Name:", &format!("{head}Name:"));
        let start = Instant::now();
        let judged = package.run(Form::Spec);
        let took = start.elapsed();
        assert!(
            matches!(judged.outcome.status, 0 | 1 | 3),
            "{what}: {}",
            judged.outcome.stderr
        );
        // Generous: this is a debug build on a busy machine; what is not linear takes hours.
        assert!(took < Duration::from_secs(60), "{what}: {took:?}");
        eprintln!("{what}: {took:?}, exit status {}", judged.outcome.status);
    }
}

#[test]
fn what_is_missing_is_told() {
    let world = World::new();
    let package = world
        .package()
        .without("foo-1.0.tar.gz")
        .file("sources", "SHA512 (foo-1.0.tar.gz) = 00\n");
    is_told(&package, Form::Directory, "sources without the file");
    let package = world
        .package()
        .file("more.keyring", super::support::people::keyring_file("bob"));
    let judged = package
        .with("Source3:", "Source4: more.keyring\nSource3:")
        .run(Form::Directory)
        .exits(0);
    assert!(
        judged
            .message("keyring-source-malformed")
            .contains("several keyrings")
    );
    let package = world.package().file("foo.gitproof", &b"PACK"[..]);
    is_told(&package, Form::Directory, "a damaged proof");
    let package = world.package().file("foo-1.0.tar.gz", &world.tarball[..100]);
    is_told(&package, Form::Directory, "half a tarball");
    // A source that is a directory, and one that is a pipe.
    let tmp = tempfile::tempdir().expect("a directory");
    let path = world.package().place(Form::Directory, tmp.path());
    fs::remove_file(path.join("foo-1.0.tar.gz")).expect("removed");
    fs::create_dir(path.join("foo-1.0.tar.gz")).expect("made");
    assert!(
        world
            .package()
            .run_at(&path, tmp.path())
            .exits(3)
            .has("spec-source-missing")
    );
}
