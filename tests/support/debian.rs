//! A Debian source package around a case's tarball: what dpkg-source would write, and what it would refuse to.

mod dsc;
mod tree;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use sha2::{Digest, Sha256};
use tarvet_testkit::tar::{Header, Tar};

use super::people;
use super::story::{Story, Upstream, bytes};
use super::tar_tricks;
use super::tarball::{Packed, compress};
use super::upstream::{self, Built};

/// The source package; every field has a default, and the defaults are an honest package whose build is dh's.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Debian {
    /// The package's version.
    pub version: String,
    /// `3.0 (quilt)`, `3.0 (native)` or `1.0`.
    pub format: String,
    /// Files below debian/, besides or instead of the usual ones. `{SHA256:PATH}` is the digest of a file of the tarball,
    /// `{FPR:NAME}` somebody's fingerprint.
    pub files: BTreeMap<String, String>,
    /// Usual files below debian/ that are left out.
    pub without: Vec<String>,
    /// Members of debian.tar that are not below debian/.
    pub outside: BTreeMap<String, String>,
    /// Symlinks in debian.tar.
    pub symlinks: BTreeMap<String, String>,
    /// What is done to debian.tar in the end: one of `tar_tricks.rs`, any of the container, or `gigabyte`.
    pub tricks: Vec<String>,
    /// Additional upstream tarballs by name.
    pub components: BTreeMap<String, Component>,
    /// Instead of debian.tar: the text of the diff of format 1.0.
    pub diff: Option<String>,
    /// Whether the package ships a proof of the release; and of each submodule, as debian/upstream/NUMBER.submodule.
    pub proof: bool,
    pub submodule_proofs: bool,
    /// Whose keys the package ships as debian/upstream/signing-key.asc; empty for nobody's.
    pub keys: String,
    /// Who is in debian/upstream/allowed-signers.
    pub signers: Vec<String>,
    /// Whether the options name keyring and repository as well.
    pub given: bool,
    /// Who signs the .dsc; empty for nobody.
    pub dsc_signer: String,
    /// Who is in the keyring given with `--dsc-keyring`.
    pub dsc_keyring: String,
    /// Whose keys the version 0.9-1 shipped, which is given with `--previous`; empty for no such version.
    pub previous_keys: String,
    /// Words of the .dsc that are replaced before it is signed.
    pub edit: Vec<[String; 2]>,
    /// What is done to the .dsc in the end; `debian/dsc.rs` has the list.
    pub dsc_trick: String,
    /// Further files that the .dsc lists.
    pub listed: BTreeMap<String, String>,
    /// Further files beside the .dsc that it does not list.
    pub beside: BTreeMap<String, String>,
    /// Files that are not there.
    pub lost: Vec<String>,
    /// Bytes appended to a file after its digest was taken.
    pub spoiled: BTreeMap<String, String>,
    /// `dsc`, `changes`, `tree` (an unpacked source tree beside its tarballs), or `directory` (the one of the .dsc).
    pub form: String,
    /// Files of an unpacked tree that are not what dpkg-source left.
    pub tree: BTreeMap<String, String>,
    /// Files that are gone from an unpacked tree.
    pub tree_lost: Vec<String>,
}

/// An additional upstream tarball: of another repository, with a tag v1.0 that alice signed.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Component {
    pub files: BTreeMap<String, String>,
    /// Files of the tarball that the tag has not, or has otherwise.
    pub modify: BTreeMap<String, String>,
    /// Files that the tarball leaves out.
    pub remove: Vec<String>,
    /// Whether the package ships a proof of it.
    pub proof: bool,
}

impl Default for Component {
    fn default() -> Self {
        Component {
            files: BTreeMap::from([("lib.c".into(), "int lib;\n".into())]),
            modify: BTreeMap::new(),
            remove: Vec::new(),
            proof: true,
        }
    }
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
            tricks: Vec::new(),
            components: BTreeMap::new(),
            diff: None,
            proof: true,
            submodule_proofs: false,
            keys: "alice".into(),
            signers: Vec::new(),
            given: false,
            dsc_signer: String::new(),
            dsc_keyring: String::new(),
            previous_keys: String::new(),
            edit: Vec::new(),
            dsc_trick: String::new(),
            listed: BTreeMap::new(),
            beside: BTreeMap::new(),
            lost: Vec::new(),
            spoiled: BTreeMap::new(),
            form: "dsc".into(),
            tree: BTreeMap::new(),
            tree_lost: Vec::new(),
        }
    }
}

const RULES: &str = "#!/usr/bin/make -f\n%:\n\tdh $@\n";
const CONTROL: &str = "Source: foo\nMaintainer: Maja <maja@example.org>\nBuild-Depends: debhelper-compat (= 13)\n\
                       Standards-Version: 4.6.2\n\nPackage: foo\nArchitecture: any\nDescription: a small story\n";

/// Who made the proofs that a package ships: repository, tag and file, all below the case's directory.
pub type Prove<'a> = dyn Fn(&str, &str, &str) + 'a;

impl Debian {
    /// Writes the package below `tmp`, whose proof is `foo.proof`, and returns the path to give to the command.
    pub fn write(
        &self,
        story: &Story,
        built: &Built,
        packed: &Packed,
        tmp: &Path,
        prove: &Prove<'_>,
    ) -> String {
        let mut listed = self.tarballs(story, packed, tmp, prove);
        self.submodules(built, tmp, prove);
        let files = self.debian_files(story, built, tmp);
        let mut add = |name: String, content: &[u8]| {
            fs::write(tmp.join(&name), content).expect("a file of the package");
            listed.push(name);
        };
        if let Some(diff) = &self.diff {
            add(
                format!("foo_{}.diff.gz", self.file_version()),
                &compress(&bytes(diff), "gzip"),
            );
        } else if !self.is_native() {
            let tar = self.debian_tar(&files);
            add(format!("foo_{}.debian.tar.xz", self.file_version()), &tar);
        }
        for (name, content) in &self.listed {
            add(name.clone(), &bytes(content));
        }
        let name = dsc::write(self, tmp, &listed);
        for (file, content) in &self.beside {
            fs::write(tmp.join(file), bytes(content)).expect("a file beside");
        }
        let path = match self.form.as_str() {
            "dsc" => name,
            "directory" => ".".into(),
            "changes" => dsc::changes(self, tmp, &name),
            "tree" => tree::unpack(self, story, &files, tmp),
            other => panic!("no such form: {other}"),
        };
        for file in &self.lost {
            fs::remove_file(tmp.join(file)).expect("a file to lose");
        }
        for (file, more) in &self.spoiled {
            let mut content = fs::read(tmp.join(file)).expect("a file to spoil");
            content.extend(bytes(more));
            fs::write(tmp.join(file), content).expect("a file to spoil");
        }
        path
    }

    /// Writes the version before as a source tree, and returns its name.
    pub fn write_previous(&self, tmp: &Path) -> String {
        let root = tmp.join("previous/debian");
        fs::create_dir_all(root.join("source")).expect("a directory");
        fs::create_dir_all(root.join("upstream")).expect("a directory");
        let entry = "foo (0.9-1) unstable; urgency=medium\n\n  * Before.\n\n \
                     -- Maja <maja@example.org>  Tue, 10 Jan 2023 12:00:00 +0000\n";
        for (path, content) in [
            ("changelog", entry.as_bytes()),
            ("control", CONTROL.as_bytes()),
            ("source/format", b"3.0 (quilt)\n"),
            (
                "upstream/signing-key.asc",
                &people::keyring_file(&self.previous_keys),
            ),
        ] {
            fs::write(root.join(path), content).expect("a file");
        }
        "previous".into()
    }

    fn is_native(&self) -> bool {
        self.format.contains("native")
    }

    /// The version in names of files: without epoch.
    fn file_version(&self) -> &str {
        self.version
            .split_once(':')
            .map_or(&self.version, |(_, version)| version)
    }

    /// Upstream's tarballs and their signatures; the names of those that the .dsc lists.
    fn tarballs(&self, story: &Story, packed: &Packed, tmp: &Path, prove: &Prove<'_>) -> Vec<String> {
        let version = self.file_version();
        let upstream = version.rsplit_once('-').map_or(version, |(upstream, _)| upstream);
        let extension = story
            .tarball
            .name
            .rsplit_once(".tar.")
            .map_or("gz", |(_, extension)| extension);
        let mut files = vec![match self.is_native() {
            true => (format!("foo_{version}.tar.{extension}"), packed.file.clone()),
            false => (
                format!("foo_{upstream}.orig.tar.{extension}"),
                packed.file.clone(),
            ),
        }];
        for signature in &story.signature {
            let data: &[u8] = if signature.over == "other" {
                b"another tarball"
            } else {
                &packed.file
            };
            let name = format!("foo_{upstream}.orig.tar.{extension}.asc");
            files.push((name, people::detached(signature, data)));
        }
        for (name, component) in &self.components {
            let tar = component.tarball(name, tmp, prove);
            files.push((format!("foo_{upstream}.orig-{name}.tar.gz"), tar));
        }
        for (name, content) in &files {
            fs::write(tmp.join(name), content).expect("a tarball");
        }
        files.into_iter().map(|(name, _)| name).collect()
    }

    /// Proofs of the submodules, of a tag that nobody signed.
    fn submodules(&self, built: &Built, tmp: &Path, prove: &Prove<'_>) {
        for (number, repo) in built
            .submodules
            .values()
            .enumerate()
            .filter(|_| self.submodule_proofs)
        {
            let head = repo.run(["rev-parse", "HEAD"]).line();
            let _ = repo.tag_lightweight("v1.0", &head);
            let given = repo.dir().strip_prefix(tmp).expect("below").display().to_string();
            prove(&given, "v1.0", &format!("{number}.submodule"));
        }
    }

    /// Every file below debian/.
    fn debian_files(&self, story: &Story, built: &Built, tmp: &Path) -> BTreeMap<String, Vec<u8>> {
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
        if !self.signers.is_empty() {
            let lines = self
                .signers
                .iter()
                .flat_map(|entry| people::keyring_file(entry))
                .collect();
            files.insert("upstream/allowed-signers".into(), lines);
        }
        let mut ship = |made: String, name: String| {
            let proof = fs::read(tmp.join(made)).expect("a proof");
            files.insert(format!("upstream/{name}"), proof);
        };
        if self.proof {
            ship("foo.proof".into(), "foo.gitproof".into());
        }
        for (name, _) in self.components.iter().filter(|(_, component)| component.proof) {
            ship(format!("{name}.proof"), format!("foo.{name}.gitproof"));
        }
        for (number, _) in built
            .submodules
            .iter()
            .enumerate()
            .filter(|_| self.submodule_proofs)
        {
            ship(format!("{number}.submodule"), format!("{number}.submodule"));
        }
        for (path, content) in &self.files {
            files.insert(path.clone(), bytes(&fill_in(content, story, built)));
        }
        files.retain(|path, _| !self.without.contains(path));
        files
    }

    fn debian_tar(&self, files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
        let mut tar = Tar::new().dir("debian");
        for (path, content) in files {
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
        let (container, tar_tricks): (Vec<_>, Vec<_>) = self
            .tricks
            .iter()
            .partition(|trick| trick.starts_with("container:"));
        let tar = match tar_tricks.as_slice() {
            [] => tar.finish(),
            [trick] if *trick == "gigabyte" => return gigabyte(tar),
            [trick] => tar_tricks::apply(trick, tar, "debian/"),
            _ => panic!("one trick a tar"),
        };
        let file = compress(&tar, "xz");
        container
            .into_iter()
            .fold(file, |file, trick| tar_tricks::container(trick, file, &tar, "xz"))
    }
}

/// A gigabyte of zeros as one more file. Every xz stream of it is the same, so it is compressed once.
fn gigabyte(tar: Tar) -> Vec<u8> {
    const STREAM: usize = 16 << 20;
    let head = tar
        .member(Header::file("debian/big").size(1 << 30), "")
        .unfinished();
    let zeros = compress(&vec![0; STREAM], "xz");
    let mut file = compress(&head, "xz");
    for _ in 0..(1 << 30) / STREAM {
        file.extend_from_slice(&zeros);
    }
    file.extend(compress(&[0; 1024], "xz"));
    file
}

impl Component {
    /// Makes the repository, its proof, and the tarball.
    fn tarball(&self, name: &str, tmp: &Path, prove: &Prove<'_>) -> Vec<u8> {
        let place = format!("component-{name}");
        let story = Story {
            upstream: Upstream {
                files: Some(self.files.clone()),
                ..Upstream::default()
            },
            ..Story::default()
        };
        let _ = upstream::build(&story, &tmp.join(&place));
        if self.proof {
            prove(&format!("{place}/upstream"), "v1.0", &format!("{name}.proof"));
        }
        let mut files = self.files.clone();
        files.extend(self.modify.clone());
        files.retain(|path, _| !self.remove.contains(path));
        let tar = files.iter().fold(Tar::new(), |tar, (path, content)| {
            tar.file(format!("{name}-1/{path}"), bytes(content))
        });
        compress(&tar.finish(), "gzip")
    }
}

/// `{SHA256:PATH}` of a file in the tarball, `{FPR:NAME}`, and the ids of the release.
fn fill_in(text: &str, story: &Story, built: &Built) -> String {
    let mut text = built.fill_in(text);
    while let Some((before, path, after)) = braced(&text, "{SHA256:") {
        let edits = &story.tarball;
        let content = edits.add.get(&path).or(edits.modify.get(&path)).cloned();
        let content = content.or_else(|| story.upstream.contents().remove(&path));
        let digest = Sha256::digest(bytes(&built.fill_in(&content.expect("a file of the tarball"))));
        text = format!("{before}{}{after}", hex(&digest));
    }
    while let Some((before, name, after)) = braced(&text, "{FPR:") {
        let people::Who::Pgp(person) = people::who(&name) else {
            panic!("{name} has no OpenPGP fingerprint")
        };
        text = format!("{before}{}{after}", person.fingerprint());
    }
    text
}

fn braced(text: &str, opening: &str) -> Option<(String, String, String)> {
    let (before, rest) = text.split_once(opening)?;
    let (word, after) = rest.split_once('}')?;
    Some((before.to_owned(), word.to_owned(), after.to_owned()))
}

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
