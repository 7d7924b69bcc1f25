#![allow(dead_code)] // each test binary uses a part
#![allow(clippy::expect_used, clippy::print_stderr)] // a test may fail loudly

#[allow(clippy::expect_used)] // in memory nothing fails
pub mod pack;

use std::{
    path::Path,
    process::{Command, Stdio},
};

use tarvet_archive::{Limits, OddityClass, Options, Tarball};

pub fn options() -> Options<'static> {
    Options {
        object_format: gix_hash::Kind::Sha1,
        limits: Limits::default(),
        keep: &tarvet_archive::KeepNothing,
        threads: 2,
        tar_digest: true,
    }
}

pub fn read(bytes: &[u8]) -> Tarball {
    tarvet_archive::read(bytes, None, &options(), None).expect("reading from memory")
}

pub fn read_with(bytes: &[u8], limits: Limits) -> Tarball {
    tarvet_archive::read(bytes, None, &Options { limits, ..options() }, None).expect("reading from memory")
}

pub fn codes(tarball: &Tarball) -> Vec<(OddityClass, &'static str)> {
    tarball
        .oddities
        .iter()
        .map(|oddity| (oddity.class, oddity.code))
        .collect()
}

pub fn paths(tarball: &Tarball) -> Vec<String> {
    tarball
        .manifest
        .members
        .iter()
        .map(|member| member.path.to_string())
        .collect()
}

/// Asserts that the archive is honest: nothing at all to tell.
#[track_caller]
pub fn quiet(tarball: &Tarball) {
    assert!(tarball.oddities.is_empty(), "{:#?}", tarball.oddities);
}

/// Asserts that the oddity is among those told.
#[track_caller]
pub fn tells(tarball: &Tarball, class: OddityClass, code: &str) {
    let found = tarball
        .oddities
        .iter()
        .any(|oddity| oddity.class == class && oddity.code == code);
    assert!(found, "no {class:?} {code} in {:#?}", tarball.oddities);
}

/// Whether a tool can be run; with TARVET_REQUIRE_ORACLES=1 a missing one fails the test.
pub fn oracle(tool: &str) -> bool {
    let found = Command::new(tool)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok();
    let required = std::env::var_os("TARVET_REQUIRE_ORACLES").is_some_and(|value| value == "1");
    assert!(found || !required, "oracle {tool} is missing");
    if !found {
        eprintln!("skipped: {tool} is not installed");
    }
    found
}

/// Runs a tool in `directory` with `input` and gives its standard output.
pub fn run(directory: &Path, program: &str, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let file = tempfile::tempfile().expect("temporary file");
    std::io::Write::write_all(&mut &file, input).expect("write");
    std::io::Seek::rewind(&mut &file).expect("rewind");
    let output = Command::new(program)
        .args(arguments)
        .current_dir(directory)
        .env("LC_ALL", "C.UTF-8")
        .env("TZ", "UTC")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .stdin(file)
        .output()
        .expect("the tool starts");
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}
