//! Against the real git, and against people who would misuse a conversion.

mod attributes;
mod hostile;
mod oracle;

use bstr::{BString, ByteSlice};
use gix::ObjectId;
use tarvet_testkit::git::{ObjectFormat, Repo, TIME};

use super::*;

/// A repository with one file `f` and its attributes, committed by somebody with an ordinary name and a zone.
struct Story {
    _dir: tempfile::TempDir,
    repo: Repo,
    commit: String,
    blob: Vec<u8>,
    attributes: Vec<u8>,
}

impl Story {
    fn new(attributes: &str, blob: &[u8]) -> Self {
        Self::told(
            "first line\nof subject\n\nbody\n\nmore\n",
            attributes,
            blob,
            ObjectFormat::Sha1,
        )
    }

    fn told(message: &str, attributes: &str, blob: &[u8], format: ObjectFormat) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let repo = Repo::new(dir.path(), format);
        let repo = repo.with_identity("Wíllow \"W\" Rosenberg", "willow@example.org", "-0130");
        // Two commits, so that there is a parent; the blob is stored as it is, whatever the attributes say.
        let _ = repo.write("other", "x").commit("zero\n", TIME - 5);
        repo.write(".gitattributes", attributes);
        let _ = repo.run(["add", "--all"]).ok();
        let id = repo.raw_object("blob", blob);
        let _ = repo
            .run(["update-index", "--add", "--cacheinfo", &format!("100644,{id},f")])
            .ok();
        let tree = repo.run(["write-tree"]).line();
        let parent = repo.run(["rev-parse", "HEAD"]).line();
        let who = format!("Wíllow \"W\" Rosenberg <willow@example.org> {TIME} -0130");
        let raw = format!("tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n\n{message}");
        let commit = repo.raw_object("commit", raw.as_bytes());
        repo.update_ref("refs/heads/main", &commit);
        Self {
            _dir: dir,
            repo,
            commit,
            blob: blob.to_vec(),
            attributes: attributes.into(),
        }
    }

    fn facts(&self) -> CommitFacts {
        let raw = self.repo.run(["cat-file", "commit", &self.commit]).ok();
        CommitFacts::parse(id(&self.commit), &raw).unwrap()
    }

    fn declared(&self) -> PathAttributes {
        Attributes::new(&[(".gitattributes".into(), self.attributes.clone())]).of(b"f".as_bstr(), false)
    }

    /// What git puts into an archive for `f`, with these settings on top.
    fn archived(&self, settings: &[&str]) -> Vec<u8> {
        let args =
            settings
                .iter()
                .flat_map(|s| ["-c", s])
                .chain(["archive", "--format=tar", &self.commit, "f"]);
        member(&self.repo.run(args).ok())
    }

    fn compare(&self, member: &[u8]) -> Conversion {
        let blob_id =
            gix::objs::compute_hash(id(&self.commit).kind(), gix::objs::Kind::Blob, &self.blob).unwrap();
        compare(
            &self.blob,
            blob_id,
            &self.declared(),
            &self.facts(),
            Some(b"v1.2".as_bstr()),
            member,
        )
    }

    #[track_caller]
    fn masked(&self, member: &[u8]) -> Vec<BString> {
        match self.compare(member) {
            Conversion::Masked { values, .. } => values,
            other => panic!("{other:?} for {:?}", member.as_bstr()),
        }
    }

    #[track_caller]
    fn different(&self, member: &[u8]) -> String {
        match self.compare(member) {
            Conversion::Different { reason } => reason,
            other => panic!("{other:?} for {:?}", member.as_bstr()),
        }
    }
}

fn id(hex: &str) -> ObjectId {
    ObjectId::from_hex(hex.as_bytes()).unwrap()
}

fn exact(how: &[&'static str]) -> Conversion {
    Conversion::Exact { how: how.to_vec() }
}

/// The contents of the only regular member of a tar.
fn member(tar: &[u8]) -> Vec<u8> {
    let mut at = 0;
    loop {
        let header = &tar[at..at + 512];
        let size = std::str::from_utf8(&header[124..135]).unwrap();
        let size = usize::from_str_radix(size, 8).unwrap();
        if header[156] == b'0' {
            return tar[at + 512..at + 512 + size].to_vec();
        }
        at += 512 + size.div_ceil(512) * 512;
    }
}
