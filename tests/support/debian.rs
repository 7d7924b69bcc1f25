//! A Debian source package around a case's tarball: what dpkg-source would write, and what it would refuse to.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use md5::{Digest, Md5};
use serde::Deserialize;
use sha1::Sha1;
use sha2::Sha256;
use tarvet_testkit::tar::{Header, Tar};

use super::people;
use super::story::{Story, bytes};
use super::tarball::{Packed, compress};

/// The source package; every field has a default, and the defaults are an honest package whose build is dh's.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Debian {
    /// The package's version.
    pub version: String,
    /// `3.0 (quilt)`, `3.0 (native)` or `1.0`.
    pub format: String,
    /// Files below debian/, besides or instead of the usual ones.
    pub files: BTreeMap<String, String>,
    /// Usual files below debian/ that are left out.
    pub without: Vec<String>,
    /// Members of debian.tar that are not below debian/.
    pub outside: BTreeMap<String, String>,
    /// Symlinks in debian.tar.
    pub symlinks: BTreeMap<String, String>,
    /// Files of components, by the component's name.
    pub components: BTreeMap<String, BTreeMap<String, String>>,
    /// Instead of debian.tar: the text of the diff of format 1.0.
    pub diff: Option<String>,
    /// Whether the package ships a proof of the release.
    pub proof: bool,
    /// Whose keys the package ships as debian/upstream/signing-key.asc; empty for nobody's.
    pub keys: String,
    /// Whether the options name keyring and repository as well.
    pub given: bool,
    /// Words of the .dsc that are replaced in the end.
    pub edit: Vec<[String; 2]>,
    /// Files that are not there.
    pub lost: Vec<String>,
    /// Bytes appended to a file after its digest was taken.
    pub spoiled: BTreeMap<String, String>,
    /// `dsc`, `changes`, or `tree`: an unpacked source tree beside its tarballs.
    pub form: String,
}

impl Default for Debian {
    fn default() -> Self {
        Debian {
            version: "1.0-1".into(),
            format: "3.0 (quilt)".into(),
            files: BTreeMap::new(),
            without: Vec::new(),
            outside: BTreeMap::new(),
            symlinks: BTreeMap::new(),
            components: BTreeMap::new(),
            diff: None,
            proof: true,
            keys: "alice".into(),
            given: false,
            edit: Vec::new(),
            lost: Vec::new(),
            spoiled: BTreeMap::new(),
            form: "dsc".into(),
        }
    }
}

const RULES: &str = "#!/usr/bin/make -f\n%:\n\tdh $@\n";
const CONTROL: &str = "Source: foo\nMaintainer: Maja <maja@example.org>\nBuild-Depends: debhelper-compat (= 13)\n\
                       Standards-Version: 4.6.2\n\nPackage: foo\nArchitecture: any\nDescription: a small story\n";

impl Debian {
    /// Writes the package below `tmp`, whose proof is `foo.proof`, and returns the path to give to the command.
    pub fn write(&self, story: &Story, packed: &Packed, tmp: &Path) -> String {
        let upstream = self
            .version
            .rsplit_once('-')
            .map_or(self.version.as_str(), |(upstream, _)| upstream);
        let native = self.format.contains("native");
        let extension = story
            .tarball
            .name
            .rsplit_once(".tar.")
            .map_or("gz", |(_, extension)| extension);
        let mut listed: Vec<String> = Vec::new();
        let mut add = |name: String, content: &[u8]| {
            fs::write(tmp.join(&name), content).expect("a file of the package");
            listed.push(name);
        };
        if native {
            add(format!("foo_{}.tar.{extension}", self.version), &packed.file);
        } else {
            add(format!("foo_{upstream}.orig.tar.{extension}"), &packed.file);
            for signature in &story.signature {
                let name = format!("foo_{upstream}.orig.tar.{extension}.asc");
                add(name, &people::detached(signature, &packed.file));
            }
        }
        for (component, files) in &self.components {
            let tar = files.iter().fold(Tar::new(), |tar, (path, content)| {
                tar.file(format!("{component}-1/{path}"), bytes(content))
            });
            let name = format!("foo_{upstream}.orig-{component}.tar.gz");
            add(name, &compress(&tar.finish(), "gz"));
        }
        if let Some(diff) = &self.diff {
            add(
                format!("foo_{}.diff.gz", self.version),
                &compress(&bytes(diff), "gz"),
            );
        } else if !native {
            let tar = compress(&self.debian_tar(tmp), "xz");
            add(format!("foo_{}.debian.tar.xz", self.version), &tar);
        }
        let dsc = self.dsc(tmp, &listed);
        let name = format!("foo_{}.dsc", self.version);
        fs::write(tmp.join(&name), dsc).expect("the .dsc");
        for file in &self.lost {
            fs::remove_file(tmp.join(file)).expect("a file to lose");
        }
        for (file, more) in &self.spoiled {
            let mut content = fs::read(tmp.join(file)).expect("a file to spoil");
            content.extend(bytes(more));
            fs::write(tmp.join(file), content).expect("a file to spoil");
        }
        match self.form.as_str() {
            "dsc" => name,
            "changes" => {
                let changes = format!("foo_{}_source.changes", self.version);
                let lists = lists(tmp, std::slice::from_ref(&name));
                let text = format!("Format: 1.8\nSource: foo\nVersion: {}\n{lists}", self.version);
                fs::write(tmp.join(&changes), text).expect("the .changes");
                changes
            }
            "tree" => self.unpack(story, tmp),
            other => panic!("no such form: {other}"),
        }
    }

    /// Every file below debian/.
    fn debian_files(&self, tmp: &Path) -> BTreeMap<String, Vec<u8>> {
        let changelog = format!(
            "foo ({}) unstable; urgency=medium\n\n  * A release.\n\n -- Maja <maja@example.org>  Wed, 10 Jan 2024 12:00:00 +0000\n",
            self.version
        );
        let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::from([
            ("changelog".into(), changelog.into_bytes()),
            ("control".into(), CONTROL.into()),
            ("rules".into(), RULES.into()),
            ("source/format".into(), format!("{}\n", self.format).into_bytes()),
        ]);
        if !self.keys.is_empty() {
            files.insert(
                "upstream/signing-key.asc".into(),
                people::keyring_file(&self.keys),
            );
        }
        if self.proof {
            let proof = fs::read(tmp.join("foo.proof")).expect("the proof");
            files.insert("upstream/foo.gitproof".into(), proof);
        }
        for (path, content) in &self.files {
            files.insert(path.clone(), bytes(content));
        }
        files.retain(|path, _| !self.without.contains(path));
        files
    }

    fn debian_tar(&self, tmp: &Path) -> Vec<u8> {
        let mut tar = Tar::new().dir("debian");
        for (path, content) in self.debian_files(tmp) {
            let header =
                Header::file(format!("debian/{path}")).mode(if path == "rules" { 0o755 } else { 0o644 });
            tar = tar.member(header, content);
        }
        for (path, content) in &self.outside {
            tar = tar.file(path, bytes(content));
        }
        for (path, target) in &self.symlinks {
            tar = tar.symlink(path, target);
        }
        tar.finish()
    }

    fn dsc(&self, tmp: &Path, listed: &[String]) -> String {
        let mut text = format!(
            "Format: {}\nSource: foo\nBinary: foo\nArchitecture: any\nVersion: {}\nMaintainer: Maja <maja@example.org>\n{}",
            self.format,
            self.version,
            lists(tmp, listed)
        );
        for [from, to] in &self.edit {
            assert!(text.contains(from), "the .dsc has no {from:?}");
            text = text.replace(from, to);
        }
        text
    }

    /// The tree as dpkg-source leaves it, of files that no patch touches.
    fn unpack(&self, story: &Story, tmp: &Path) -> String {
        let root = tmp.join("foo-1.0");
        let write = |path: &str, content: &[u8]| {
            let path = root.join(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("made");
            fs::write(path, content).expect("written");
        };
        let edits = &story.tarball;
        for (path, content) in story.upstream.contents() {
            if !edits.remove.contains(&path) {
                write(&path, &bytes(edits.modify.get(&path).unwrap_or(&content)));
            }
        }
        for (path, content) in &edits.add {
            write(path, &bytes(content));
        }
        for (path, content) in self.debian_files(tmp) {
            write(&format!("debian/{path}"), &content);
        }
        for (path, content) in &self.outside {
            write(path, &bytes(content));
        }
        "foo-1.0".into()
    }
}

/// The three lists of digests, as dpkg writes them.
fn lists(tmp: &Path, names: &[String]) -> String {
    let files: Vec<(Vec<u8>, &String)> = names
        .iter()
        .map(|name| (fs::read(tmp.join(name)).expect("a listed file"), name))
        .collect();
    let list = |title: &str, digest: fn(&[u8]) -> String| {
        let lines: String = files
            .iter()
            .map(|(content, name)| format!(" {} {} {name}\n", digest(content), content.len()))
            .collect();
        format!("{title}:\n{lines}")
    };
    let sha1 = list("Checksums-Sha1", |content| hex(&Sha1::digest(content)));
    let sha256 = list("Checksums-Sha256", |content| hex(&Sha256::digest(content)));
    sha1 + &sha256 + &list("Files", |content| hex(&Md5::digest(content)))
}

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
