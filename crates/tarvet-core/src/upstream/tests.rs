//! Real repositories and doctored ones, read as the command reads them.

use std::path::{Path, PathBuf};

use gix::ObjectId;
use tarvet_testkit::git::{ObjectFormat, Repo};
use tempfile::TempDir;

use super::*;

const TIME: i64 = 1_700_000_000;

struct Upstream {
    repo: Repo,
    _dir: TempDir,
}

impl Upstream {
    fn new(format: ObjectFormat) -> Self {
        let dir = TempDir::new().expect("a temporary directory");
        let repo = Repo::new(dir.path().join("up"), format);
        repo.write("README", "hello\n")
            .write("src/main.c", "int main;\n")
            .write("src/empty", "");
        repo.chmod("src/main.c", true).symlink("link", "src/main.c");
        Upstream { repo, _dir: dir }
    }

    fn released(format: ObjectFormat) -> (Self, String) {
        let upstream = Upstream::new(format);
        let commit = upstream.repo.commit("first", TIME);
        let _ = upstream.repo.tag_annotated("v1.0", &commit, "one", TIME);
        (upstream, commit)
    }

    fn open(&self) -> Repository {
        Repository::open(self.repo.dir()).expect("a repository")
    }

    fn resolve(&self, tag: &str) -> Release {
        let repository = self.open();
        let tags = repository.tags().expect("tags");
        resolve(&repository, &tags, &TagWish::Named(tag.into())).expect("a tag")
    }

    fn proof(&self, tag: &str) -> Vec<u8> {
        let release = self.resolve(tag);
        let repository = self.open();
        let tree = walk(
            &repository,
            release.commit.as_ref().expect("a commit").tree,
            &TreeLimits::default(),
        );
        prove(&repository, &release, &tree, &[]).expect("a proof")
    }

    fn loose(&self, id: &str) -> PathBuf {
        let (head, tail) = id.split_at(2);
        self.repo.dir().join(".git/objects").join(head).join(tail)
    }
}

fn kinds(faults: &[Fault]) -> Vec<FaultKind> {
    faults.iter().map(|fault| fault.kind).collect()
}

fn tree_of(store: &dyn ObjectStore, release: &Release) -> Tree {
    walk(
        store,
        release.commit.as_ref().expect("a commit").tree,
        &TreeLimits::default(),
    )
}

#[test]
fn a_release_is_read_in_both_formats() {
    for format in [ObjectFormat::Sha1, ObjectFormat::Sha256] {
        let (upstream, commit) = Upstream::released(format);
        let release = upstream.resolve("v1.0");
        assert_eq!(release.faults, []);
        assert_eq!(release.commit.as_ref().map(|c| c.id.to_string()), Some(commit));
        let tree = tree_of(&upstream.open(), &release);
        assert_eq!(tree.faults, []);
        let found: Vec<_> = tree
            .entries
            .iter()
            .map(|e| (e.path.to_string(), e.kind))
            .collect();
        let expected = [
            ("README", EntryKind::File),
            ("link", EntryKind::Symlink),
            ("src/empty", EntryKind::File),
            ("src/main.c", EntryKind::Executable),
        ];
        assert_eq!(found, expected.map(|(path, kind)| (path.to_owned(), kind)));
    }
}

#[test]
fn a_proof_holds_the_same_release_and_no_source_code() {
    for format in [ObjectFormat::Sha1, ObjectFormat::Sha256] {
        let (upstream, _) = Upstream::released(format);
        let bytes = upstream.proof("v1.0");
        assert_eq!(
            bytes,
            upstream.proof("v1.0"),
            "the same release gives the same bytes"
        );
        let proof = Proof::from_bytes(Path::new("p"), bytes);
        let wish = TagWish::Version {
            name: None,
            version: "1.0".into(),
        };
        let release = proof.release(&wish);
        assert_eq!(release.faults, []);
        let direct = upstream.resolve("v1.0");
        assert_eq!(
            tree_of(&proof, &release).entries,
            tree_of(&upstream.open(), &direct).entries
        );
        assert_eq!(
            proof.ids_of(gix::objs::Kind::Blob).len(),
            1,
            "only the symlink's target"
        );
    }
}

#[test]
fn a_packed_clone_gives_the_same_proof() {
    let (upstream, _) = Upstream::released(ObjectFormat::Sha1);
    let loose = upstream.proof("v1.0");
    let _ = upstream.repo.run(["gc", "-q"]).ok();
    assert_eq!(loose, upstream.proof("v1.0"));
}

#[test]
fn a_damaged_proof_is_a_fault_and_never_a_release() {
    let (upstream, _) = Upstream::released(ObjectFormat::Sha1);
    let bytes = upstream.proof("v1.0");
    let wish = TagWish::Named("v1.0".into());
    for at in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[at] ^= 0x40;
        let release = Proof::from_bytes(Path::new("p"), altered).release(&wish);
        assert!(
            !release.faults.is_empty() && release.commit.is_none(),
            "byte {at}"
        );
        let release = Proof::from_bytes(Path::new("p"), bytes[..at].to_vec()).release(&wish);
        assert!(
            !release.faults.is_empty() && release.commit.is_none(),
            "cut at {at}"
        );
    }
}

#[test]
fn a_proof_of_another_release_is_told() {
    let (upstream, _) = Upstream::released(ObjectFormat::Sha1);
    let proof = Proof::from_bytes(Path::new("p"), upstream.proof("v1.0"));
    for wish in [
        TagWish::Named("v2.0".into()),
        TagWish::Version {
            name: None,
            version: "2.0".into(),
        },
    ] {
        assert_eq!(kinds(&proof.release(&wish).faults), [FaultKind::TagNamesOther]);
    }
}

#[test]
fn a_tag_object_parked_under_another_name_is_told() {
    let (upstream, commit) = Upstream::released(ObjectFormat::Sha1);
    let old = upstream.repo.run(["rev-parse", "refs/tags/v1.0"]).line();
    upstream.repo.update_ref("refs/tags/v2.0", &old);
    assert_eq!(
        kinds(&upstream.resolve("v2.0").faults),
        [FaultKind::TagNamesOther]
    );
    assert_eq!(upstream.resolve("v1.0").faults, []);
    upstream.repo.tag_lightweight("light", &commit);
    assert_eq!(upstream.resolve("light").faults, []);
}

#[test]
fn a_symbolic_tag_is_told() {
    let (upstream, _) = Upstream::released(ObjectFormat::Sha1);
    let _ = upstream
        .repo
        .run(["symbolic-ref", "refs/tags/v2.0", "refs/tags/v1.0"])
        .ok();
    assert_eq!(kinds(&upstream.resolve("v2.0").faults), [FaultKind::SymbolicTag]);
}

#[test]
fn types_that_lie_and_tags_of_trees_are_told() {
    let (upstream, commit) = Upstream::released(ObjectFormat::Sha1);
    let tree = upstream
        .repo
        .run(["rev-parse", &format!("{commit}^{{tree}}")])
        .line();
    for (name, target, kind) in [("lie", &tree, "commit"), ("tree", &tree, "tree")] {
        let raw = format!("object {target}\ntype {kind}\ntag {name}\ntagger T <t@x> {TIME} +0000\n\nm\n");
        let id = upstream.repo.raw_object("tag", raw.as_bytes());
        upstream.repo.update_ref(&format!("refs/tags/{name}"), &id);
        assert_eq!(
            kinds(&upstream.resolve(name).faults),
            [FaultKind::WrongKind],
            "{name}"
        );
    }
}

#[test]
fn a_loose_object_with_other_contents_is_told() {
    let (upstream, commit) = Upstream::released(ObjectFormat::Sha1);
    let other = upstream.repo.raw_object("commit", b"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor a <a> 1 +0000\ncommitter a <a> 1 +0000\n\nx\n");
    let target = upstream.loose(&commit);
    std::fs::remove_file(&target).expect("the loose commit");
    std::fs::copy(upstream.loose(&other), &target).expect("copied");
    assert_eq!(
        kinds(&upstream.resolve("v1.0").faults),
        [FaultKind::ObjectCorrupt]
    );
}

#[test]
fn a_missing_tree_is_told_with_its_path() {
    let (upstream, commit) = Upstream::released(ObjectFormat::Sha1);
    let src = upstream.repo.run(["rev-parse", &format!("{commit}:src")]).line();
    std::fs::remove_file(upstream.loose(&src)).expect("the loose tree");
    let tree = tree_of(&upstream.open(), &upstream.resolve("v1.0"));
    assert_eq!(kinds(&tree.faults), [FaultKind::ObjectMissing]);
    assert_eq!(
        tree.faults[0].path.as_ref().map(ToString::to_string),
        Some("src".into())
    );
}

#[test]
fn replaced_objects_are_ignored_and_told() {
    let (upstream, commit) = Upstream::released(ObjectFormat::Sha1);
    upstream.repo.write("README", "evil\n");
    let evil = upstream.repo.commit("evil", TIME + 1);
    let _ = upstream.repo.run(["replace", &commit, &evil]).ok();
    let release = upstream.resolve("v1.0");
    assert_eq!(release.commit.map(|c| c.id.to_string()), Some(commit));
    assert_eq!(kinds(&upstream.open().faults()), [FaultKind::ReplacementsPresent]);
}

#[test]
fn trees_that_fsck_refuses_are_told() {
    let (upstream, _) = Upstream::released(ObjectFormat::Sha1);
    let blob = ObjectId::from_hex(upstream.repo.raw_object("blob", b"x").as_bytes()).expect("an id");
    let entry =
        |mode: &str, name: &str| [mode.as_bytes(), b" ", name.as_bytes(), b"\0", blob.as_slice()].concat();
    for (tree, kind) in [
        (
            [entry("100644", "a"), entry("100644", "a")].concat(),
            FaultKind::TreeMalformed,
        ),
        (entry("100644", "a/b"), FaultKind::TreeMalformed),
        (entry("100644", ".."), FaultKind::TreeMalformed),
        (entry("100644", ".GIT"), FaultKind::TreeMalformed),
        (entry("100664", "a"), FaultKind::OddMode),
        (b"garbage".to_vec(), FaultKind::TreeMalformed),
    ] {
        let id = upstream.repo.raw_object("tree", &tree);
        let id = ObjectId::from_hex(id.as_bytes()).expect("an id");
        let walked = walk(&upstream.open(), id, &TreeLimits::default());
        assert_eq!(kinds(&walked.faults), [kind]);
    }
}

#[test]
fn a_tree_bomb_ends_at_the_limit() {
    let (upstream, _) = Upstream::released(ObjectFormat::Sha1);
    let mut id = ObjectId::from_hex(upstream.repo.raw_object("tree", b"").as_bytes()).expect("an id");
    for _ in 0..8 {
        let entries = (0..10).map(|n| [format!("40000 {n}\0").as_bytes(), id.as_slice()].concat());
        let tree = entries.collect::<Vec<_>>().concat();
        id = ObjectId::from_hex(upstream.repo.raw_object("tree", &tree).as_bytes()).expect("an id");
    }
    let limits = TreeLimits {
        entries: 1_000,
        ..TreeLimits::default()
    };
    assert_eq!(
        kinds(&walk(&upstream.open(), id, &limits).faults),
        [FaultKind::Limit]
    );
}

#[test]
fn a_tag_that_is_not_there_or_not_alone_is_the_callers_error() {
    let (upstream, commit) = Upstream::released(ObjectFormat::Sha1);
    upstream.repo.tag_lightweight("release-1.0", &commit);
    let repository = upstream.open();
    let tags = repository.tags().expect("tags");
    let version = |version: &str| TagWish::Version {
        name: None,
        version: version.into(),
    };
    let error = |wish: TagWish| resolve(&repository, &tags, &wish).expect_err("no tag");
    assert!(matches!(
        error(TagWish::Named("v1".into())),
        UpstreamError::NoSuchTag { .. }
    ));
    assert!(matches!(
        error(version("3.0")),
        UpstreamError::NoTagForVersion { .. }
    ));
    match error(version("1.0")) {
        UpstreamError::AmbiguousTag { tags, .. } => assert_eq!(tags.len(), 2),
        other => panic!("{other}"),
    }
}

#[cfg(unix)]
#[test]
fn a_fifo_or_an_endless_device_in_the_repository_is_refused() {
    for file in [
        "HEAD",
        "config",
        "packed-refs",
        "refs/tags/v9",
        "objects/info/alternates",
        "commondir",
    ] {
        for device in [None, Some("/dev/zero")] {
            let (upstream, _) = Upstream::released(ObjectFormat::Sha1);
            let path = upstream.repo.dir().join(".git").join(file);
            let _ = std::fs::remove_file(&path);
            match device {
                Some(device) => std::os::unix::fs::symlink(device, &path).expect("a symlink"),
                None => {
                    let made = std::process::Command::new("mkfifo")
                        .arg(&path)
                        .status()
                        .expect("mkfifo");
                    assert!(made.success());
                }
            }
            assert!(
                Repository::open(upstream.repo.dir()).is_err(),
                "{file} {device:?}"
            );
        }
    }
}

#[test]
fn an_id_of_the_other_format_is_a_fault() {
    let (upstream, _) = Upstream::released(ObjectFormat::Sha1);
    let id = ObjectId::null(gix::hash::Kind::Sha256);
    let fault = read_as(&upstream.open(), &id, gix::objs::Kind::Commit).expect_err("no such id");
    assert_eq!(fault.kind, FaultKind::ObjectMalformed);
}
