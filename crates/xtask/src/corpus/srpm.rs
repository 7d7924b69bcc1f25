//! `tarvet rpm` on packages made of a release's tarball, keyring and proof: as a directory, a spec and an SRPM that rpmbuild
//! made, held against `tarvet check` on the tarball and against each other.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::command::{Check, NOW, report};
use super::doctored;
use super::facts::Fact;
use super::material::Material;
use super::package;
use super::record::Record;

/// How the spec names its main source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// By a URL with macros.
    Plain,
    /// By `%{forgesource}`, renamed by a fragment.
    Forge,
    /// In the branches of a condition, with another source that only one of them has.
    Conditional,
    /// By the file's name alone: it is no file of upstream's.
    Repacked,
}

/// The releases that packages are made of.
const RELEASES: [(&str, Style); 6] = [
    ("libntlm_1.8", Style::Plain),
    ("xz-utils_5.8.1", Style::Plain),
    ("jq_1.7.1", Style::Forge),
    ("jq_1.8.2", Style::Conditional),
    ("pcre2_10.46", Style::Plain),
    ("rpm_4.20.1+dfsg", Style::Repacked),
];

/// Where upstream says that the sources are; never asked.
const URL: &str = "https://github.com/example";

/// What is wrong with the answers; nothing for releases that are not of the list.
pub fn facts(
    record: &Record,
    check: &Check<'_>,
    material: &Material,
    report: &Value,
) -> Result<Vec<Fact>, String> {
    let Some((_, style)) = RELEASES.iter().find(|(id, _)| *id == record.id) else {
        return Ok(Vec::new());
    };
    let directory = material.tarball.with_file_name(format!("srpm-{}", record.id));
    let made = Package::make(record, check, material, *style, &directory);
    let facts = made.and_then(|made| made.judge(record, check, material, report));
    let _ = fs::remove_dir_all(&directory);
    facts
}

/// A package in its three forms.
struct Package {
    /// Spec and sources.
    sources: PathBuf,
    spec: PathBuf,
    /// The main source.
    tarball: PathBuf,
}

impl Package {
    fn make(
        record: &Record,
        check: &Check<'_>,
        material: &Material,
        style: Style,
        directory: &Path,
    ) -> Result<Self, String> {
        let sources = directory.join("sources");
        fs::create_dir_all(&sources).map_err(|error| cannot(&sources, &error))?;
        let extension = record.orig.split_once(".orig.").map_or("tar.gz", |(_, end)| end);
        let file = format!("{}-{}.{extension}", record.package, record.upstream_version);
        let tarball = sources.join(&file);
        copy(&material.tarball, &tarball)?;
        copy(&check.proof, &sources.join("upstream.gitproof"))?;
        copy(check.keyring, &sources.join("upstream.keyring"))?;
        if let Some(signature) = &material.signature {
            copy(signature, &sources.join(format!("{file}.asc")))?;
        }
        let spec = sources.join(format!("{}.spec", record.package));
        let text = spec_text(record, style, &file, material.signature.is_some());
        fs::write(&spec, text).map_err(|error| cannot(&spec, &error))?;
        for extra in ["fedora.conf"].iter().filter(|_| style == Style::Conditional) {
            fs::write(sources.join(extra), "x\n").map_err(|error| cannot(&sources, &error))?;
        }
        Ok(Package {
            sources,
            spec,
            tarball,
        })
    }

    /// The SRPM that rpmbuild makes of what is there now.
    fn srpm(&self) -> Result<PathBuf, String> {
        let top = self.sources.with_file_name("built");
        let _ = fs::remove_dir_all(&top);
        let define = |name: &str, path: &Path| format!("{name} {}", path.display());
        let output = Command::new("rpmbuild")
            .args(["-bs", "--nodeps", "--define", &define("_topdir", &top)])
            // Debian's rpm does not have it; the file's name does not depend on it.
            .args(["--define", "forgemeta %{nil}"])
            .args(["--define", &define("_sourcedir", &self.sources)])
            .arg(&self.spec)
            .output()
            .map_err(|error| format!("cannot run rpmbuild: {error}"))?;
        let made = fs::read_dir(top.join("SRPMS"))
            .ok()
            .and_then(|mut made| made.next());
        match made {
            Some(Ok(entry)) => Ok(entry.path()),
            _ => Err(format!(
                "rpmbuild: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            )),
        }
    }

    /// The reports on directory, spec and SRPM.
    fn reports(&self, record: &Record, check: &Check<'_>) -> Result<Vec<Value>, String> {
        let forms = [self.sources.clone(), self.spec.clone(), self.srpm()?];
        let judge = |path: &PathBuf| {
            let mut command = Command::new(check.binary);
            command.env_clear().env("LC_ALL", "C").arg("rpm").arg(path);
            command.args(["--tag", &record.tag, "--format", "json", "--now", NOW]);
            report(&mut command)
        };
        forms.iter().map(judge).collect()
    }

    fn judge(
        &self,
        record: &Record,
        check: &Check<'_>,
        material: &Material,
        report: &Value,
    ) -> Result<Vec<Fact>, String> {
        let mut facts = Vec::new();
        let reports = self.reports(record, check)?;
        for (form, whole) in ["directory", "spec", "srpm"].into_iter().zip(&reports) {
            let main = self
                .main(whole)
                .ok_or(format!("rpm: nothing on the tarball, as a {form}"))?;
            facts.extend(package::facts(report, main, true));
            facts.push(equal(
                "rpm: findings of every form",
                &told(reports.first()),
                &told(Some(whole)),
            ));
        }
        if let Some((path, tarball)) = doctored::tarball(
            record,
            material,
            report,
            self.sources.parent().unwrap_or(Path::new(".")),
        )? {
            fs::write(&self.tarball, tarball).map_err(|error| cannot(&self.tarball, &error))?;
            for whole in self.reports(record, check)? {
                let first = self.main(&whole).and_then(|main| {
                    let mut findings = main["findings"].as_array()?.iter();
                    findings
                        .find(|finding| finding["level"] == "error")
                        .map(|one| one["path"].to_string())
                });
                facts.push(equal(
                    "rpm: doctored",
                    "\"rejected\"",
                    &whole["verdict"].to_string(),
                ));
                facts.push(equal(
                    "rpm: doctored path",
                    &format!("{path:?}"),
                    &first.unwrap_or_default(),
                ));
            }
        }
        Ok(facts)
    }

    fn main<'r>(&self, report: &'r Value) -> Option<&'r Value> {
        let name = self.tarball.file_name()?;
        let mut tarballs = report["tarballs"].as_array()?.iter();
        tarballs.find(|one| {
            let path = one["subject"]["tarball"]["path"].as_str();
            path.is_some_and(|path| Path::new(path).ends_with(name))
        })
    }
}

/// Codes and paths of a report's findings, in their order.
fn told(report: Option<&Value>) -> String {
    let findings = |of: &Value| of["findings"].as_array().cloned().unwrap_or_default();
    let Some(report) = report else {
        return String::new();
    };
    let tarballs = report["tarballs"].as_array().into_iter().flatten();
    let all = findings(report).into_iter().chain(tarballs.flat_map(findings));
    all.map(|one| format!("{} {}", one["code"], one["path"]))
        .collect::<Vec<_>>()
        .join(", ")
}

fn equal(field: &'static str, expected: &str, found: &str) -> Fact {
    Fact {
        field,
        expected: expected.to_owned(),
        found: found.to_owned(),
    }
}

fn spec_text(record: &Record, style: Style, file: &str, signed: bool) -> String {
    let (name, version) = (&record.package, &record.upstream_version);
    let version = version.replace("+dfsg", "");
    let tail = file.replace(&format!("{name}-{}", record.upstream_version), "");
    let source = match style {
        Style::Plain => format!("Source0: {URL}/releases/%{{name}}-%{{version}}{tail}\n"),
        Style::Forge => format!("%forgemeta\nSource0: %{{forgesource}}#/{file}\n"),
        Style::Conditional => format!(
            "%if 0%{{?fedora}}\nSource0: {URL}/%{{name}}-%{{version}}{tail}\nSource5: fedora.conf\n%else\nSource0: {file}\n%endif\n"
        ),
        Style::Repacked => format!("Source0: {file}\n"),
    };
    let forge = match style {
        Style::Forge => format!("%global forgeurl {URL}/%{{name}}\n%global tag {}\n", record.tag),
        _ => String::new(),
    };
    let signature = match signed {
        true => format!("Source1: {file}.asc\n"),
        false => String::new(),
    };
    let verified = match signed {
        true => "%{gpgverify} --keyring='%{SOURCE2}' --signature='%{SOURCE1}' --data='%{SOURCE0}'\n",
        false => "",
    };
    format!(
        "{forge}Name: {name}\nVersion: {version}\nRelease: 1\nSummary: A release\nLicense: MIT\nURL: {URL}/%{{name}}\n\
         {source}{signature}Source2: upstream.keyring\nSource3: upstream.gitproof\n\n%description\nA release.\n\n\
         %prep\n{verified}%autosetup -n {}\n\n%build\nautoreconf -fi\n%configure\n%make_build\n",
        record.topdir.as_deref().unwrap_or(name)
    )
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let copied = fs::copy(from, to);
    copied.map(|_| ()).map_err(|error| cannot(from, &error))
}

fn cannot(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
