//! An RPM source package around the usual story's tarball, in every form that the command takes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::run::{Outcome, finish, run, tarvet};
use super::srpm::{Member, Srpm};
use super::story::{Signature, Story};
use super::{people, tarball, upstream};

/// The spec of an honest package whose build remakes everything.
pub const SPEC: &str = "\
Name:           foo
Version:        1.0
Release:        1
Summary:        A small story
License:        MIT
URL:            https://example.org/foo
Source0:        https://example.org/foo-%{version}.tar.gz
Source1:        https://example.org/foo-%{version}.tar.gz.asc
Source2:        foo.keyring
Source3:        foo.gitproof

%description
A small story.

%prep
%{gpgverify} --keyring='%{SOURCE2}' --signature='%{SOURCE1}' --data='%{SOURCE0}'
%autosetup

%build
autoreconf -fi
%configure
%make_build
";

/// A macro as the xz backdoor's was: the name of gnulib's, and a serial that nobody published.
pub const MACRO: &str = "# build-to-host.m4 serial 30\nAC_DEFUN([gl_BUILD_TO_HOST], [sh tests/payload])\n";

/// Upstream with a signed tag, and what a packager has of it.
pub struct World {
    dir: tempfile::TempDir,
    pub tarball: Vec<u8>,
    pub doctored: Vec<u8>,
    pub proof: Vec<u8>,
}

impl World {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let honest = Story::default();
        let built = upstream::build(&honest, dir.path());
        let made = run(
            dir.path(),
            ["prove", "--git", "upstream", "--tag", "v1.0", "-o", "proof"],
        );
        assert_eq!(made.status, 0, "prove: {}", made.stderr);
        let mut doctored = Story::default();
        doctored
            .tarball
            .add
            .insert("m4/build-to-host.m4".into(), MACRO.into());
        World {
            tarball: tarball::pack(&honest, &built).file,
            doctored: tarball::pack(&doctored, &built).file,
            proof: fs::read(dir.path().join("proof")).expect("the proof"),
            dir,
        }
    }

    /// A tarball with other edits.
    pub fn packed(&self, story: &str) -> Vec<u8> {
        let story: Story = toml::from_str(story).expect("a story");
        let aside = tempfile::tempdir().expect("a directory");
        let built = upstream::build(&story, aside.path());
        tarball::pack(&story, &built).file
    }

    /// The repository.
    pub fn git(&self) -> PathBuf {
        self.dir.path().join("upstream")
    }

    /// The honest package.
    pub fn package(&self) -> Package {
        self.around(&self.tarball)
    }

    /// The package around another tarball, with a good signature over it.
    pub fn around(&self, tarball: &[u8]) -> Package {
        Package {
            spec: SPEC.into(),
            files: BTreeMap::from([
                ("foo-1.0.tar.gz".into(), tarball.to_vec()),
                ("foo-1.0.tar.gz.asc".into(), signed(tarball)),
                ("foo.keyring".into(), people::keyring_file("alice")),
                ("foo.gitproof".into(), self.proof.clone()),
            ]),
            is_keyring_given: true,
            args: Vec::new(),
        }
    }
}

/// Alice's signature.
pub fn signed(content: &[u8]) -> Vec<u8> {
    people::detached(&Signature::default(), content)
}

/// How a package is given to the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Directory,
    Spec,
    /// As rpmbuild makes it.
    Srpm,
    /// As the tests make it, without rpmbuild.
    Made,
}

/// A source package.
#[derive(Clone)]
pub struct Package {
    pub spec: String,
    /// Files beside the spec.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Whether the caller brings Alice's certificate himself.
    pub is_keyring_given: bool,
    /// Further arguments.
    pub args: Vec<String>,
}

impl Package {
    /// The same with a piece of the spec replaced.
    #[must_use]
    pub fn with(mut self, from: &str, to: &str) -> Self {
        assert!(self.spec.contains(from), "the spec has no {from:?}");
        self.spec = self.spec.replacen(from, to, 1);
        self
    }

    /// The same with a further file.
    #[must_use]
    pub fn file(mut self, name: &str, content: impl Into<Vec<u8>>) -> Self {
        self.files.insert(name.into(), content.into());
        self
    }

    /// The same without a file.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.files.remove(name).expect("a file to leave out");
        self
    }

    /// The same, called with a further argument.
    #[must_use]
    pub fn arg(mut self, arg: impl Into<String>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// The same, with nobody trusted but whom the package names.
    #[must_use]
    pub fn alone(mut self) -> Self {
        self.is_keyring_given = false;
        self
    }

    /// Writes spec and files into a directory.
    pub fn write(&self, directory: &Path) {
        fs::create_dir_all(directory).expect("a directory");
        fs::write(directory.join("foo.spec"), &self.spec).expect("the spec");
        for (name, content) in &self.files {
            fs::write(directory.join(name), content).expect("a source");
        }
    }

    /// The SRPM that holds the spec and every file.
    pub fn srpm(&self) -> Srpm {
        let spec = Member::file("foo.spec", self.spec.as_bytes());
        let files = self
            .files
            .iter()
            .map(|(name, content)| Member::file(name, content.as_slice()));
        Srpm::new([spec].into_iter().chain(files).collect())
    }

    /// Puts the package below `tmp` in this form, and returns its path.
    pub fn place(&self, form: Form, tmp: &Path) -> PathBuf {
        let directory = tmp.join("package");
        match form {
            Form::Made => {
                let path = tmp.join("foo-1.0-1.src.rpm");
                fs::write(&path, self.srpm().make()).expect("the SRPM");
                path
            }
            Form::Directory | Form::Spec | Form::Srpm => {
                self.write(&directory);
                match form {
                    Form::Directory => directory,
                    Form::Spec => directory.join("foo.spec"),
                    _ => rpmbuild(&directory, tmp),
                }
            }
        }
    }

    /// Runs the command on the package in this form.
    pub fn run(&self, form: Form) -> Judged {
        let tmp = tempfile::tempdir().expect("a directory");
        let path = self.place(form, tmp.path());
        self.run_at(&path, tmp.path())
    }

    /// Runs the command on a path below `tmp`.
    pub fn run_at(&self, path: &Path, tmp: &Path) -> Judged {
        let path = path.to_string_lossy().into_owned();
        let report = tmp.join("report.json");
        let _ = fs::remove_file(&report);
        let mut args = vec![
            "rpm".to_owned(),
            "--format=json".into(),
            "--now=2024-06-01".into(),
        ];
        args.push(format!("--output={}", report.display()));
        if self.is_keyring_given {
            fs::write(tmp.join("alice.asc"), people::keyring_file("alice")).expect("a keyring");
            args.extend(["--keyring".into(), "alice.asc".into()]);
        }
        args.extend(self.args.iter().cloned());
        args.push(path);
        let outcome = finish(tarvet(tmp).args(args));
        let report = fs::read(&report)
            .ok()
            .and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or_default();
        Judged { outcome, report }
    }
}

/// Makes the SRPM with rpmbuild.
fn rpmbuild(sources: &Path, tmp: &Path) -> PathBuf {
    let out = tmp.join("out");
    let define = |name: &str, path: &Path| format!("{name} {}", path.display());
    let output = Command::new("rpmbuild")
        .args([
            "-bs",
            "--define",
            &define("_sourcedir", sources),
            "--define",
            &define("_srcrpmdir", &out),
        ])
        .args([
            "--define",
            &define("_topdir", &tmp.join("top")),
            "--define",
            "_source_payload w6.gzdio",
        ])
        .arg(sources.join("foo.spec"))
        .output()
        .expect("rpmbuild starts");
    assert!(
        output.status.success(),
        "rpmbuild: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    super::run::children(&out).pop().expect("an SRPM")
}

/// What the command said.
#[derive(Debug)]
pub struct Judged {
    pub outcome: Outcome,
    pub report: Value,
}

impl Judged {
    /// Every finding, of the package and of its tarballs: level, code, place and message.
    pub fn findings(&self) -> Vec<[String; 4]> {
        let lists = self.report["tarballs"]
            .as_array()
            .into_iter()
            .flatten()
            .chain([&self.report]);
        let all = lists.flat_map(|report| report["findings"].as_array().into_iter().flatten());
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        all.map(|one| [&one["level"], &one["code"], &one["path"], &one["message"]].map(text))
            .collect()
    }

    pub fn has(&self, code: &str) -> bool {
        self.findings().iter().any(|finding| finding[1] == code)
    }

    /// The message of the first finding with this code.
    #[track_caller]
    pub fn message(&self, code: &str) -> String {
        let found = self.findings().into_iter().find(|finding| finding[1] == code);
        found.unwrap_or_else(|| panic!("no {code}: {self:?}"))[3].clone()
    }

    /// Expects this exit status.
    #[track_caller]
    pub fn exits(self, status: i32) -> Self {
        assert_eq!(
            self.outcome.status,
            status,
            "{:#?}\n{}",
            self.findings(),
            self.outcome.stderr
        );
        self
    }
}
