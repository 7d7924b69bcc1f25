//! The files of one release: tarball, signature and keyring.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::archive::Archive;
use super::package::Package;
use super::record::Record;

/// Somebody who signed nothing: the private half was thrown away. For packages that ship no keyring.
const STRANGER: &str =
    "stranger ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDzaAE22YYgwnRN0eUl6aRsl/MQ7OqWvIMshXiCPGbcC\n";

/// What `tarvet check` is run on.
pub struct Material {
    pub tarball: PathBuf,
    /// The detached signature beside the tarball.
    pub signature: Option<PathBuf>,
    /// The package's keyring, or a stranger's.
    pub keyring: PathBuf,
    /// Whether the keyring is the one that the record's statements on signatures were made with.
    pub keyring_as_recorded: bool,
    /// A tar without members, for questions that need no tarball.
    pub nothing: PathBuf,
    /// What is missing.
    pub remarks: Vec<String>,
}

impl Material {
    /// Gathers the files, fetching what the cache lacks. The inner error says why there is nothing to judge.
    pub fn gather(
        record: &Record,
        archive: &mut Archive,
        cache: &Path,
    ) -> Result<Result<Self, String>, String> {
        let tarball = cache.join(&record.orig);
        let signature = cache.join(format!("{}.asc", record.orig));
        let wants_packaging = record.debian_keyring.is_some() && packaging(record, cache).is_none();
        let wants_signature = record.tarball_sig.is_some() && !signature.is_file();
        let wants_package = Package::at_hand(record, cache).is_err();
        let mut refusal = None;
        if !tarball.is_file() || wants_packaging || wants_signature || wants_package {
            refusal = archive.fetch(record).err();
        }
        if !tarball.is_file() {
            let why = refusal.unwrap_or_else(|| "apt did not say why".to_owned());
            return Ok(Err(format!(
                "the archive has no {} any more ({why})",
                record.orig
            )));
        }
        let digest = sha256(&tarball)?;
        if digest != record.orig_sha256 {
            return Err(format!(
                "{} has SHA-256 {digest}, the record {}",
                record.orig, record.orig_sha256
            ));
        }
        let own = cache.join("keyrings").join(&record.id);
        fs::create_dir_all(&own).map_err(|error| format!("{}: {error}", own.display()))?;
        let mut remarks = Vec::new();
        let mut keyring_as_recorded = record.debian_keyring.is_none();
        let keyring = own.join("keyring");
        match record
            .debian_keyring
            .as_deref()
            .map(|name| unpack(record, cache, name))
        {
            Some(Ok(bytes)) => {
                keyring_as_recorded = true;
                write(&keyring, &bytes)?;
            }
            Some(Err(why)) => {
                let refusal = refusal.map(|refusal| format!(" ({refusal})")).unwrap_or_default();
                remarks.push(format!("contents only: {why}{refusal}"));
                write(&keyring, STRANGER.as_bytes())?;
            }
            None => write(&keyring, STRANGER.as_bytes())?,
        }
        let signature = Some(signature).filter(|path| path.is_file());
        if signature.is_none() && record.tarball_sig.is_some() {
            remarks.push("the archive has no signature over the tarball any more".to_owned());
        }
        let nothing = own.join("nothing.tar");
        write(&nothing, &[0; 10_240])?;
        Ok(Ok(Material {
            tarball,
            signature,
            keyring,
            keyring_as_recorded,
            nothing,
            remarks,
        }))
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}

/// The file with the `debian/` directory.
fn packaging(record: &Record, cache: &Path) -> Option<PathBuf> {
    let stem = record.debian_stem();
    ["xz", "gz", "bz2", "zst"]
        .iter()
        .map(|ending| cache.join(format!("{stem}.debian.tar.{ending}")))
        .find(|path| path.is_file())
}

fn unpack(record: &Record, cache: &Path, member: &str) -> Result<Vec<u8>, String> {
    let packaging = packaging(record, cache).ok_or("the archive has no debian.tar of it any more")?;
    let output = Command::new("tar")
        .arg("-xOf")
        .arg(&packaging)
        .arg(member)
        .output()
        .map_err(|error| format!("cannot run tar: {error}"))?;
    if output.status.success() && !output.stdout.is_empty() {
        Ok(output.stdout)
    } else {
        Err(format!("no {member} in {}", packaging.display()))
    }
}

/// Asked of another program than the one under test.
fn sha256(path: &Path) -> Result<String, String> {
    let output = Command::new("sha256sum")
        .arg("--")
        .arg(path)
        .output()
        .map_err(|error| format!("cannot run sha256sum: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let digest = text.split_whitespace().next().map(ToOwned::to_owned);
    digest.ok_or(format!("sha256sum cannot read {}", path.display()))
}
