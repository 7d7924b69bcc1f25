//! The repository of a case.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tarvet_testkit::git::{ObjectFormat, Repo};

use super::git_tricks;
use super::people::sign_object;
use super::story::{Story, Tag, bytes, noon};

/// A repository as it was built, with the ids that the story may refer to.
pub struct Built {
    pub repo: Repo,
    pub commit: String,
    /// The tag object; empty for a lightweight tag.
    pub tag: String,
    /// The directory given to `--git`; a trick may have made another one.
    pub given: PathBuf,
    /// Repositories of submodules by path.
    pub submodules: BTreeMap<String, Repo>,
}

/// Builds it below `tmp`.
pub fn build(story: &Story, tmp: &Path) -> Built {
    let upstream = &story.upstream;
    let format = match upstream.format.as_str() {
        "sha1" => ObjectFormat::Sha1,
        "sha256" => ObjectFormat::Sha256,
        other => panic!("no such object format: {other}"),
    };
    let repo = Repo::new(tmp.join("upstream"), format);
    let files = upstream.contents();
    for (path, text) in &files {
        repo.write(os(path), bytes(text));
    }
    for path in upstream
        .executable
        .iter()
        .filter(|path| files.contains_key(*path))
    {
        repo.chmod(path, true);
    }
    for (path, target) in &upstream.symlinks {
        repo.symlink(os(path), os(target));
    }
    let submodules = submodules(story, &repo, tmp, format);
    let time = noon(&upstream.commit.date);
    let mut commit = repo.commit("Release foo 1.0\n", time);
    if let Some(change) = &upstream.commit.tree {
        commit = git_tricks::with_changed_tree(&repo, &commit, change);
    }
    if let Some(signer) = &upstream.commit.signer {
        commit = signed_commit(&repo, &commit, signer, &upstream.commit.date);
    }
    repo.update_ref("refs/heads/main", &commit);
    let tag = make_tag(&repo, &upstream.tag, &commit);
    for name in &upstream.tags {
        let _ = repo.tag_annotated(name, &commit, "another\n", time);
    }
    let mut built = Built {
        given: repo.dir().to_owned(),
        repo,
        commit,
        tag,
        submodules,
    };
    for trick in &upstream.tricks {
        git_tricks::apply(trick, &mut built, tmp);
    }
    built
}

fn os(path: &str) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec(bytes(path)).into()
}

fn submodules(story: &Story, repo: &Repo, tmp: &Path, format: ObjectFormat) -> BTreeMap<String, Repo> {
    let mut made = BTreeMap::new();
    let mut modules = String::new();
    for (number, (path, files)) in story.upstream.submodules.iter().enumerate() {
        let sub = Repo::new(tmp.join(format!("submodule-{number}")), format);
        for (file, text) in files {
            sub.write(os(file), bytes(text));
        }
        let commit = sub.commit("A library\n", noon("2023-01-01"));
        std::fs::create_dir_all(repo.dir().join(path)).expect("a directory");
        let info = format!("160000,{commit},{path}");
        let _ = repo.run(["update-index", "--add", "--cacheinfo", &info]).ok();
        modules += &format!("[submodule \"{path}\"]\n\tpath = {path}\n\turl = https://example.org/lib.git\n");
        made.insert(path.clone(), sub);
    }
    if !modules.is_empty() {
        repo.write(".gitmodules", modules);
    }
    made
}

/// The same commit with a signature header.
fn signed_commit(repo: &Repo, commit: &str, signer: &str, date: &str) -> String {
    let raw = repo.run(["cat-file", "commit", commit]).ok();
    let armored = String::from_utf8(sign_object(signer, &raw, date, "git")).expect("armor");
    let raw = String::from_utf8(raw).expect("a commit");
    let (headers, message) = raw.split_once("\n\n").expect("a message");
    let header = match repo.format() {
        ObjectFormat::Sha1 => "gpgsig",
        ObjectFormat::Sha256 => "gpgsig-sha256",
    };
    let folded = armored.trim_end().replace('\n', "\n ");
    let signed = format!("{headers}\n{header} {folded}\n\n{message}");
    repo.raw_object("commit", signed.as_bytes())
}

fn make_tag(repo: &Repo, tag: &Tag, commit: &str) -> String {
    let at = tag.parked_at.as_deref().unwrap_or(&tag.name);
    let full = format!("refs/tags/{at}");
    let id = match tag.kind.as_str() {
        "none" => return String::new(),
        "lightweight" => {
            repo.tag_lightweight(at, commit);
            return String::new();
        }
        "annotated" => repo.raw_object("tag", &payload(tag, commit, "commit")),
        "signed" => repo.raw_object("tag", &signed(tag, commit, "commit")),
        "of-tree" => {
            let tree = repo.run(["rev-parse", &format!("{commit}^{{tree}}")]).line();
            repo.raw_object("tag", &signed(tag, &tree, "tree"))
        }
        "nested" => {
            let inner = repo.raw_object("tag", &signed(tag, commit, "commit"));
            repo.raw_object("tag", &payload(tag, &inner, "tag"))
        }
        "nested-signed" => {
            let inner = repo.raw_object("tag", &signed(tag, commit, "commit"));
            repo.raw_object("tag", &signed(tag, &inner, "tag"))
        }
        other => panic!("no such kind of tag: {other}"),
    };
    // Written by hand: git refuses refs to objects it finds malformed.
    let path = repo.dir().join(".git").join(full);
    std::fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
    std::fs::write(path, format!("{id}\n")).expect("the ref");
    id
}

/// The unsigned bytes of a tag object.
fn payload(tag: &Tag, target: &str, kind: &str) -> Vec<u8> {
    let time = noon(&tag.date);
    let kind = match tag.trick.as_deref() {
        Some("type-lies") => "tree",
        _ => kind,
    };
    let name = &tag.name;
    let tagger = match tag.trick.as_deref() {
        Some("hostile-tagger") => "Willow \u{1b}[31mRed\u{1b}[0m \u{202e}gro <w@example.org>",
        _ => "Willow Rosenberg <willow@example.org>",
    };
    let mut text = format!("object {target}\ntype {kind}\n");
    if tag.trick.as_deref() == Some("two-objects") {
        text += &format!("object {}\n", "1".repeat(target.len()));
    }
    text += &format!("tag {name}\ntagger {tagger} {time} +0000\n\nfoo 1.0\n");
    if tag.trick.as_deref() == Some("quoted-signature") {
        text += "\n> -----BEGIN PGP SIGNATURE-----\n> not one\n";
    }
    text.into_bytes()
}

/// The bytes of a signed tag object.
fn signed(tag: &Tag, target: &str, kind: &str) -> Vec<u8> {
    let payload = payload(tag, target, kind);
    let date = tag.signed.as_deref().unwrap_or(&tag.date);
    let sign = |who: &str, what: &[u8]| sign_object(who, what, date, &tag.namespace);
    let mut armored: Vec<u8> = tag
        .signer
        .split('+')
        .flat_map(|who| sign(who, &payload))
        .collect();
    match tag.trick.as_deref() {
        // What was signed was another tag.
        Some("replayed-signature") => {
            armored = sign(&tag.signer, &self::payload(tag, &"2".repeat(target.len()), kind));
        }
        Some("text-behind") => armored.extend_from_slice(b"and by the way\n"),
        Some("garbled") => {
            armored = b"-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n".to_vec();
        }
        Some("x509") => {
            armored = b"-----BEGIN SIGNED MESSAGE-----\nMIIB\n-----END SIGNED MESSAGE-----\n".to_vec();
        }
        Some("altered") => {
            // One word of the message was changed after signing.
            let text = String::from_utf8(payload)
                .expect("text")
                .replace("foo 1.0", "foo 1.O");
            return [text.into_bytes(), armored].concat();
        }
        _ => {}
    }
    [payload, armored].concat()
}
