//! The real dh: which commands it would run, for the ways in which rules turn them on and off.

use std::process::Command;

use super::tests::{CONTROL, of};
use super::*;

/// The commands that `dh build --no-act` prints; `None` where there is no dh.
fn dh(files: &[(&str, &str)]) -> Option<String> {
    let found = Command::new("sh")
        .args(["-c", "command -v dh dh_autoreconf"])
        .output();
    if !found.is_ok_and(|output| output.status.success()) {
        assert!(
            std::env::var_os("TARVET_REQUIRE_ORACLES").is_none(),
            "dh is required"
        );
        return None;
    }
    let directory = tempfile::tempdir().unwrap();
    let debian = directory.path().join("debian");
    std::fs::create_dir(&debian).unwrap();
    let changelog =
        "pocket (1.0-1) unstable; urgency=low\n\n  * x\n\n -- A <a@b.c>  Thu, 01 Jan 2026 00:00:00 +0000\n";
    for (name, text) in files.iter().chain([&("changelog", changelog)]) {
        std::fs::write(debian.join(name), text).unwrap();
    }
    // Not by running debian/rules, but as it would run dh.
    let rules = files
        .iter()
        .find(|(name, _)| *name == "rules")
        .map(|(_, text)| *text)?;
    let options = rules
        .lines()
        .find_map(|line| line.trim().strip_prefix("dh $@"))
        .unwrap_or("");
    let made = Command::new("sh")
        .args([
            "-c",
            &format!("chmod +x debian/rules && dh build --no-act {options}"),
        ])
        .current_dir(directory.path())
        .env_remove("MAKEFLAGS")
        .output()
        .unwrap();
    assert!(
        made.status.success(),
        "{rules}: {}",
        String::from_utf8_lossy(&made.stderr)
    );
    Some(String::from_utf8_lossy(&made.stdout).into_owned())
}

#[test]
fn dh_runs_what_is_said_to_be_run() {
    let old = "Source: pocket\nBuild-Depends: debhelper-compat (= 9)\n\nPackage: pocket\nArchitecture: any\n";
    let sequence = "Source: pocket\nBuild-Depends: debhelper-compat (= 9), dh-sequence-autoreconf\n\nPackage: pocket\nArchitecture: any\n";
    for (control, text) in [
        (CONTROL, "%:\n\tdh $@\n"),
        (old, "%:\n\tdh $@\n"),
        (sequence, "%:\n\tdh $@\n"),
        (old, "%:\n\tdh $@ --with autoreconf\n"),
        (CONTROL, "%:\n\tdh $@ --without autoreconf\n"),
        (CONTROL, "%:\n\tdh $@ --with autoreconf --without=autoreconf\n"),
        (CONTROL, "%:\n\tdh $@\noverride_dh_autoreconf:\n"),
        (CONTROL, "%:\n\tdh $@\noverride_dh_update_autotools_config:\n"),
        (
            CONTROL,
            "%:\n\tdh $@\noverride_dh_auto_test override_dh_autoreconf:\n\ttrue\n",
        ),
        (CONTROL, "%:\n\tdh $@\noverride_dh_%:\n\ttrue\n"),
        (CONTROL, "%:\n\tdh $@\n.PHONY: override_dh_autoreconf\n"),
        (CONTROL, "%:\n\tdh $@\ndefine x\noverride_dh_autoreconf:\nendef\n"),
    ] {
        let files = [("control", control), ("rules", text)];
        let Some(commands) = dh(&files) else {
            return;
        };
        let build = of(&files);
        let runs = |command: &str| {
            commands
                .lines()
                .any(|line| line.trim().split(' ').next() == Some(command))
        };
        let says = |wanted: fn(&Step) -> bool| build.doubts.is_empty() && build.steps.iter().any(wanted);
        let autoreconf = says(|step| matches!(step, Step::Autoreconf { .. }));
        let scripts = says(|step| matches!(step, Step::ConfigScripts { .. }));
        if build.doubts.is_empty() {
            assert_eq!(autoreconf, runs("dh_autoreconf"), "{text}: {commands}");
            assert_eq!(scripts, runs("dh_update_autotools_config"), "{text}: {commands}");
        }
    }
}
