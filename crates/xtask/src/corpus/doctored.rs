//! The attack on xz, as a Debian source package: a macro file that git does not have is altered and its serial raised, the
//! tarball and its `.dsc` are made anew, and upstream's release manager signs it, or the old signature stays.
//!
//! However many other errors an honest release has, that file must be the first of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::command::Check;
use super::material::Material;
use super::package::{Package, main_tarball};
use super::record::Record;
use super::seeds;
use super::splice::Tar;

/// The package that it is tried on.
const VICTIM: &str = "xz-utils";
/// How far ahead the serial gets: farther than any version will be for years.
const AHEAD: u64 = 27;

/// Tries both forms on a release of the victim. How many were tried, and what is wrong with the answers.
pub fn attack(
    record: &Record,
    check: &Check<'_>,
    material: &Material,
    report: &Value,
    package: &Package,
) -> Result<(u64, Vec<String>), String> {
    if record.package != VICTIM {
        return Ok((0, Vec::new()));
    }
    let directory = material.tarball.with_file_name(format!("doctored-{}", record.id));
    let result =
        make(record, material, report, package, &directory).and_then(|forgery| forgery.both(record, check));
    let _ = fs::remove_dir_all(&directory);
    Ok((2, result?))
}

/// A source package with a doctored tarball.
struct Forgery {
    directory: PathBuf,
    dsc: PathBuf,
    tarball: PathBuf,
    /// The path of the macro file, without the top directory.
    path: String,
}

fn make(
    record: &Record,
    material: &Material,
    report: &Value,
    package: &Package,
    directory: &Path,
) -> Result<Forgery, String> {
    fs::create_dir_all(directory).map_err(|error| cannot(directory, &error))?;
    let (path, altered) = altered(material, report)?;
    let tarball = directory.join(&record.orig);
    fs::write(&tarball, packed(&altered, directory)?).map_err(|error| cannot(&tarball, &error))?;
    let cache = package.dsc.parent().unwrap_or(Path::new("."));
    for name in package.files.iter().filter(|name| **name != record.orig) {
        fs::copy(cache.join(name), directory.join(name))
            .map_err(|error| cannot(&cache.join(name), &error))?;
    }
    let text = fs::read_to_string(&package.dsc).map_err(|error| cannot(&package.dsc, &error))?;
    let dsc = directory.join(package.dsc.file_name().unwrap_or_default());
    fs::write(&dsc, described(&text, directory)?).map_err(|error| cannot(&dsc, &error))?;
    Ok(Forgery {
        directory: directory.to_owned(),
        dsc,
        tarball,
        path,
    })
}

/// The doctored tarball of a release of the victim, and the path that is doctored; nothing for other releases.
pub fn tarball(
    record: &Record,
    material: &Material,
    report: &Value,
    directory: &Path,
) -> Result<Option<(String, Vec<u8>)>, String> {
    if record.package != VICTIM {
        return Ok(None);
    }
    let (path, altered) = altered(material, report)?;
    Ok(Some((path, packed(&altered, directory)?)))
}

/// The path of a macro file, and the tar in which it is altered.
fn altered(material: &Material, report: &Value) -> Result<(String, Vec<u8>), String> {
    let tar = Tar::read(&material.tarball)?;
    let candidate = |member: String| {
        let path = seeds::below_top(&member, report)?;
        let (origin, _) = seeds::origin(report, path);
        let macros = origin == "known" && path.ends_with(".m4");
        let altered = seeds::a_line_more(&ahead(tar.content(&member).filter(|_| macros)?)?)?;
        Some((path.to_owned(), tar.with(&member, &altered)?))
    };
    // The one of 2024 where the release has it.
    let mut members: Vec<String> = tar.members().collect();
    members.sort_by_key(|member| !member.ends_with("/build-to-host.m4"));
    let first = members.into_iter().find_map(candidate);
    first.ok_or("there is no macro file to doctor".to_owned())
}

fn packed(tar: &[u8], directory: &Path) -> Result<Vec<u8>, String> {
    let plain = directory.join("doctored.tar");
    fs::write(&plain, tar).map_err(|error| cannot(&plain, &error))?;
    run(Command::new("xz").args(["-0", "--stdout"]).arg(&plain))
}

impl Forgery {
    /// With the signature as it was, then with one by somebody in the keyring.
    fn both(&self, record: &Record, check: &Check<'_>) -> Result<Vec<String>, String> {
        let told = |form: &str, complaint: String| format!("doctored {} with {form}: {complaint}", self.path);
        let mut complaints = Vec::new();
        complaints.extend(
            self.complaint(record, check, None)?
                .map(|text| told("the old signature", text)),
        );
        let keyring = self.sign(check.keyring)?;
        let check = Check {
            binary: check.binary,
            proof: check.proof.clone(),
            keyring: &keyring,
        };
        complaints.extend(
            self.complaint(record, &check, Some("good"))?
                .map(|text| told("a good signature", text)),
        );
        Ok(complaints)
    }

    /// Signs the tarball by a new certificate and returns the keyring with it.
    fn sign(&self, keyring: &Path) -> Result<PathBuf, String> {
        let home = self.directory.join("gnupg");
        fs::create_dir_all(&home).map_err(|error| cannot(&home, &error))?;
        let gpg = |arguments: &[&str]| {
            let mut gpg = Command::new("gpg");
            gpg.args([
                "--batch",
                "--quiet",
                "--no-permission-warning",
                "--passphrase",
                "",
                "--pinentry-mode",
                "loopback",
            ]);
            // Signed before the time that the corpus is judged at.
            gpg.args(["--faked-system-time", "20260601T000000", "--homedir"])
                .arg(&home)
                .args(arguments);
            gpg
        };
        run(&mut gpg(&[
            "--quick-generate-key",
            "Release Manager <rm@example.org>",
            "ed25519",
            "sign",
            "never",
        ]))?;
        let signature = run(gpg(&["--armor", "--output", "-", "--detach-sign"]).arg(&self.tarball))?;
        let certificate = run(&mut gpg(&["--armor", "--export"]))?;
        let mut place = self.tarball.clone().into_os_string();
        place.push(".asc");
        fs::write(&place, signature).map_err(|error| cannot(Path::new(&place), &error))?;
        let text = fs::read_to_string(&self.dsc).map_err(|error| cannot(&self.dsc, &error))?;
        fs::write(&self.dsc, described(&text, &self.directory)?)
            .map_err(|error| cannot(&self.dsc, &error))?;
        let both = self.directory.join("keyring");
        let old = fs::read(keyring).map_err(|error| cannot(keyring, &error))?;
        fs::write(&both, [&old[..], b"\n", &certificate[..]].concat())
            .map_err(|error| cannot(&both, &error))?;
        // The agent would outlive its home by some seconds.
        let _ = Command::new("gpgconf")
            .arg("--homedir")
            .arg(&home)
            .args(["--kill", "all"])
            .output();
        Ok(both)
    }

    /// What is wrong with the answer, if anything.
    fn complaint(
        &self,
        record: &Record,
        check: &Check<'_>,
        signature: Option<&str>,
    ) -> Result<Option<String>, String> {
        let report = check.package(record, &self.dsc)?;
        let text = check.package_text(record, &self.dsc)?;
        Ok(self.complaint_about(record, &report, &text, signature))
    }

    fn complaint_about(
        &self,
        record: &Record,
        report: &Value,
        text: &str,
        signature: Option<&str>,
    ) -> Option<String> {
        if report["verdict"] != "rejected" {
            return Some(format!("the verdict is {}", report["verdict"]));
        }
        let main = main_tarball(record, report)?;
        let findings = |of: &Value| of["findings"].as_array().cloned().unwrap_or_default();
        let all = findings(report).into_iter().chain(findings(main));
        let first = all
            .filter(|finding| finding["level"] == "error")
            .map(|finding| finding["path"].clone())
            .next();
        if first.as_ref().is_none_or(|first| *first != self.path.as_str()) {
            return Some(format!("the first error is about {first:?}"));
        }
        let mut lines = text.lines().skip_while(|line| !line.starts_with("error "));
        if !lines
            .nth(1)
            .is_some_and(|line| line.trim_start().starts_with(&self.path))
        {
            return Some("the first error of the text is another".to_owned());
        }
        let mut signatures = main["signatures"].as_array().into_iter().flatten();
        let state = signatures
            .find(|one| one["over"] == "tarball")
            .map(|one| one["state"].clone());
        let wanted = signature?;
        (state.as_ref().is_none_or(|state| state != wanted))
            .then(|| format!("the tarball's signature is {state:?}"))
    }
}

fn cannot(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

/// What a program writes to its standard output.
fn run(command: &mut Command) -> Result<Vec<u8>, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .map_err(|error| format!("cannot run {name}: {error}"))?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(format!(
            "{name}: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        )),
    }
}

/// The text with the first serial raised.
fn ahead(content: &[u8]) -> Option<Vec<u8>> {
    const WORD: &[u8] = b" serial ";
    let start = content.windows(WORD.len()).position(|window| window == WORD)? + WORD.len();
    let (before, rest) = content.split_at_checked(start)?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, after) = rest.split_at_checked(digits)?;
    let number: u64 = std::str::from_utf8(number).ok()?.parse().ok()?;
    Some([before, (number + AHEAD).to_string().as_bytes(), after].concat())
}

/// A `.dsc` without its signature, whose lists tell of the files in the directory.
fn described(dsc: &str, directory: &Path) -> Result<String, String> {
    let signed = match dsc.split_once("-----BEGIN PGP SIGNED MESSAGE-----") {
        Some((_, rest)) => rest.split_once("\n\n").map_or(rest, |(_, text)| text),
        None => dsc,
    };
    let text = signed
        .split("-----BEGIN PGP SIGNATURE-----")
        .next()
        .unwrap_or_default();
    let mut anew = String::new();
    for line in text.lines() {
        anew.push_str(&listed(line, directory)?.unwrap_or_else(|| line.to_owned()));
        anew.push('\n');
    }
    Ok(anew)
}

/// A line of a list anew; none for any other line.
fn listed(line: &str, directory: &Path) -> Result<Option<String>, String> {
    let words: Vec<&str> = line.split(' ').collect();
    let ["", digest, size, name] = words.as_slice() else {
        return Ok(None);
    };
    let program = match (digest.len(), size.parse::<u64>()) {
        (32, Ok(_)) => "md5sum",
        (40, Ok(_)) => "sha1sum",
        (64, Ok(_)) => "sha256sum",
        _ => return Ok(None),
    };
    let path = directory.join(name);
    let output = run(Command::new(program).arg("--").arg(&path))?;
    let output = String::from_utf8_lossy(&output).into_owned();
    let digest = output.split(' ').next().unwrap_or_default();
    let size = fs::metadata(&path).map_err(|error| cannot(&path, &error))?.len();
    Ok(Some(format!(" {digest} {size} {name}")))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{ahead, described};

    #[test]
    fn the_serial_is_raised_and_nothing_else() {
        let raised = ahead(b"# a.m4 serial 3\ndnl serial 4\n").expect("there is one");
        assert_eq!(raised, b"# a.m4 serial 30\ndnl serial 4\n");
        assert_eq!(ahead(b"# a.m4 serial x\n"), None);
        assert_eq!(ahead(b"# a.m4\n"), None);
    }

    #[test]
    fn a_description_loses_its_signature() {
        let dsc = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nSource: a\n-----BEGIN PGP SIGNATURE-----\nx\n";
        assert_eq!(
            described(dsc, Path::new(".")).expect("well formed"),
            "Source: a\n"
        );
    }
}
