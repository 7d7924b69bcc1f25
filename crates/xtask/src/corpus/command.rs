//! Runs of the command under test.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::material::Material;
use super::record::Record;

/// A day after the last signature of the corpus for which gpg's statements on expiry hold.
pub const NOW: &str = "2026-09-15";

/// What the runs on one release have in common.
pub struct Check<'a> {
    pub binary: &'a Path,
    pub proof: PathBuf,
    pub keyring: &'a Path,
}

impl Check<'_> {
    /// The report on the tarball, with the tag the record names.
    pub fn tarball(&self, record: &Record, material: &Material) -> Result<Value, String> {
        let mut command = self.command(&material.tarball);
        command.args(["--tag", &record.tag]);
        if let Some(subdir) = &record.subdir {
            command.args(["--subdir", subdir]);
        }
        if let Some(signature) = &material.signature {
            command.arg("--signature").arg(signature);
        }
        report(&mut command)
    }

    /// The report on the whole source package.
    pub fn package(&self, record: &Record, dsc: &Path) -> Result<Value, String> {
        report(&mut self.debian(record, dsc, "json"))
    }

    /// The audit of the keyring. Its exit status is that of its findings.
    pub fn audit(&self) -> Result<Value, String> {
        let mut command = Command::new(self.binary);
        command.env_clear().env("LC_ALL", "C");
        command.args(["keyring", "audit", "--format", "json", "--now", NOW]);
        let output = command.arg(self.keyring).output();
        let output = output.map_err(|error| format!("cannot run tarvet: {error}"))?;
        serde_json::from_slice(&output.stdout).map_err(|_| {
            let stderr = String::from_utf8_lossy(&output.stderr);
            format!("the audit gave no report ({}): {}", output.status, stderr.trim())
        })
    }

    /// What a person reads about the whole source package.
    pub fn package_text(&self, record: &Record, dsc: &Path) -> Result<String, String> {
        let output = self
            .debian(record, dsc, "text")
            .output()
            .map_err(|error| format!("cannot run tarvet: {error}"))?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn debian(&self, record: &Record, dsc: &Path, format: &str) -> Command {
        let mut command = self.judging("debian", dsc, format);
        command.args(["--tag", &record.tag]);
        command
    }

    /// The report on an altered tarball.
    pub fn altered(&self, record: &Record, tarball: &Path) -> Result<Value, String> {
        let mut command = self.command(tarball);
        command.args(["--tag", &record.tag, "--name", &record.package]);
        command.args(["--version", &record.upstream_version]);
        if let Some(subdir) = &record.subdir {
            command.args(["--subdir", subdir]);
        }
        report(&mut command)
    }

    /// The report that shows which tag name and version alone lead to.
    pub fn tag_search(&self, record: &Record, material: &Material) -> Result<Value, String> {
        let mut command = self.command(&material.nothing);
        command.args(["--name", &record.package, "--version", &record.upstream_version]);
        report(&mut command)
    }

    fn command(&self, tarball: &Path) -> Command {
        self.judging("check", tarball, "json")
    }

    fn judging(&self, what: &str, path: &Path, format: &str) -> Command {
        let mut command = Command::new(self.binary);
        command.env_clear().env("LC_ALL", "C").arg(what).arg(path);
        command.arg("--proof").arg(&self.proof);
        command.arg("--keyring").arg(self.keyring);
        command.args(["--format", format, "--now", NOW]);
        command
    }
}

/// The report and its exit status must agree; "could not run" is a failure of the chore.
pub fn report(command: &mut Command) -> Result<Value, String> {
    let output = command
        .output()
        .map_err(|error| format!("cannot run tarvet: {error}"))?;
    let report: Value = serde_json::from_slice(&output.stdout).map_err(|_| {
        let stderr = String::from_utf8_lossy(&output.stderr);
        format!("tarvet gave no report ({}): {}", output.status, stderr.trim())
    })?;
    let expected = match report["verdict"].as_str() {
        Some("verified") => 0,
        Some("rejected") => 1,
        _ => 3,
    };
    if output.status.code() != Some(expected) {
        return Err(format!("{} for the verdict {}", output.status, report["verdict"]));
    }
    Ok(report)
}
