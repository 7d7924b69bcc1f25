//! Writes the seeds of the fuzz targets and the keys of the people who made them:
//! `cargo run -p tarvet-testkit --example fuzz_seeds -- fuzz`.
//!
//! The OpenPGP keys are new each time, so keys and seeds are committed together.
#![allow(
    clippy::expect_used,
    reason = "an example that cannot write has nothing else to do"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tarvet_testkit::git::{ObjectFormat, Repo, TIME};
use tarvet_testkit::people::{Minisigner, Person, SecurityKey, SshPerson, armor, day};

const SIGNED: &[u8] = b"what the seeds sign, which is not what the targets check\n";

struct Seeds(PathBuf);

impl Seeds {
    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("a directory")).expect("the directory can be made");
        fs::write(path, bytes).expect("the seed can be written");
    }
}

fn main() {
    let fuzz = PathBuf::from(std::env::args_os().nth(1).expect("the directory fuzz/"));
    let directory = tempfile::tempdir().expect("a directory");
    let seeds = Seeds(fuzz);
    signatures(&seeds);
    let repo = Repo::new(directory.path(), ObjectFormat::Sha1);
    repo.write("file", "text\n$Format:%H%d$\n")
        .write("directory/other", "more\n")
        .write(".gitattributes", "file export-subst\n*.txt text eol=crlf\n")
        .symlink("link", "file");
    let commit = repo.commit("subject\n\nbody\n", TIME);
    let tag = repo.tag_annotated("v1", &commit, "foo 1\n", TIME);
    objects(&seeds, &repo, &commit, &tag);
    archives(&seeds, &repo, directory.path());
    text(&seeds);
}

fn signatures(seeds: &Seeds) {
    let alice = Person::alice();
    let willow = SshPerson::new(7, "willow");
    let token = SecurityKey::new(8);
    let minisigner = Minisigner::new(9);
    let openpgp = armor(&alice.sign(SIGNED, day("2021-01-01")));
    let allowed = format!("willow@example.org {}\n* {}\n", willow.public(), token.public());
    seeds.put("keys/openpgp.asc", alice.certificate());
    seeds.put("keys/allowed_signers", &allowed);
    seeds.put("keys/minisign.pub", minisigner.minisign_public());
    seeds.put("keys/signify.pub", minisigner.signify_public());
    let with_kind = |kind: u8, bytes: &[u8]| [&[kind], bytes].concat();
    seeds.put("seeds/keyring/certificate", with_kind(0, &alice.certificate()));
    seeds.put("seeds/keyring/binary", with_kind(0, &alice.certificate_binary()));
    seeds.put("seeds/keyring/openpgp.sig", with_kind(1, &openpgp));
    seeds.put(
        "seeds/keyring/binary.sig",
        with_kind(1, &alice.sign(SIGNED, day("2021-01-01"))),
    );
    seeds.put("seeds/keyring/ssh.sig", with_kind(1, &willow.sign("git", SIGNED)));
    seeds.put(
        "seeds/keyring/token.sig",
        with_kind(1, &token.sign("git", SIGNED, 1)),
    );
    seeds.put("seeds/allowed_signers/plain", &allowed);
    let options = "* cert-authority,namespaces=\"git,file\",valid-after=\"20200101\" ";
    seeds.put(
        "seeds/allowed_signers/options",
        format!("# x\n{options}{}\n", willow.public()),
    );
    seeds.put("seeds/allowed_signers/public", willow.public());
    for (name, prehashed) in [("prehashed", true), ("legacy", false)] {
        let signature = minisigner.minisign(SIGNED, "timestamp:1600000000\tfile:foo-1.tar.gz", prehashed);
        seeds.put(&format!("seeds/minisign/{name}"), signature);
    }
    seeds.put("seeds/minisign/signify", minisigner.signify(SIGNED));
    seeds.put("seeds/minisign/public", minisigner.minisign_public());
    let tag = format!(
        "object {}\ntype commit\ntag v1\ntagger A <a@b> 1 +0000\n\nfoo 1\n",
        "1".repeat(40)
    );
    seeds.put("seeds/tag/openpgp", [tag.as_bytes(), &openpgp].concat());
    seeds.put(
        "seeds/tag/ssh",
        [tag.as_bytes(), &willow.sign("git", SIGNED)].concat(),
    );
    let folded = String::from_utf8_lossy(&openpgp).trim_end().replace('\n', "\n ");
    let commit = format!(
        "tree {}\nauthor A <a@b> 1 +0000\ncommitter C <c@d> 2 -0130\n",
        "2".repeat(40)
    );
    seeds.put(
        "seeds/commit/signed",
        format!("{commit}gpgsig {folded}\n\nsubject\n"),
    );
    let rest = format!("encoding ISO-8859-1\ngpgsig-sha256 {folded}\nmergetag object x\n y\n\nsubject\n");
    seeds.put("seeds/commit/odd", commit + &rest);
}

fn objects(seeds: &Seeds, repo: &Repo, commit: &str, tag: &str) {
    seeds.put("seeds/tag/plain", repo.run(["cat-file", "tag", tag]).ok());
    seeds.put(
        "seeds/commit/plain",
        repo.run(["cat-file", "commit", commit]).ok(),
    );
    for (name, wanted) in [("tag", tag), ("commit", commit)] {
        let pack = repo.run_with(
            ["pack-objects", "--stdout", "--revs", "-q"],
            format!("{wanted}\n").as_bytes(),
        );
        seeds.put(&format!("seeds/proof/{name}"), pack.ok());
    }
}

fn archives(seeds: &Seeds, repo: &Repo, directory: &Path) {
    let tar = directory.join("foo.tar");
    let bytes = repo.archive("HEAD", "foo-1/");
    fs::write(&tar, &bytes).expect("the tar can be written");
    seeds.put("seeds/archive/tar", bytes);
    for (program, arguments) in [
        ("gzip", ["-n", "-c"].as_slice()),
        ("bzip2", &["-c"]),
        ("xz", &["-c"]),
        ("xz", &["--format=lzma", "-c"]),
        ("zstd", &["-q", "-c"]),
    ] {
        let output = Command::new(program)
            .args(arguments)
            .arg(&tar)
            .output()
            .expect("the compressor is there");
        assert!(output.status.success(), "{program}");
        let name = if arguments.len() == 2 && program == "xz" {
            "lzma"
        } else {
            program
        };
        seeds.put(&format!("seeds/archive/{name}"), output.stdout);
    }
}

fn text(seeds: &Seeds) {
    let records = "20 path=foo-1/other\n11 size=3\n18 comment=0123456\n30 GNU.sparse.name=foo-1/third\n";
    for (name, kind) in [("extended", 0), ("global", 1), ("long-name", 2), ("long-link", 3)] {
        seeds.put(
            &format!("seeds/pax/{name}"),
            [&[kind], records.as_bytes()].concat(),
        );
    }
    let trees = "100644 a x\n100755 b x\n120000 c x\n\n40000 d 0\n160000 e x\n\n40000 f 1\n100644 g x";
    seeds.put("seeds/tree/nested", trees);
    seeds.put(
        "seeds/tree/odd",
        "100664 .. x\n40000 .git 0\n100644 a x\n100644 a x",
    );
    let cases = [
        ("subst", "a export-subst", "a", "$Format:%H %d$", "0123 (tag: v1)"),
        ("eol", "* text eol=crlf", "b", "x\n", "x\r\n"),
        ("ident", "*.c ident", "c.c", "$Id$", "$Id: 0 $"),
        (
            "encoding",
            "* working-tree-encoding=UTF-16LE",
            "d",
            "xy",
            "x\0y\0",
        ),
        ("macro", "[attr]m text -ident\n**/e m !eol", "a/e", "x\n", "x\r\n"),
    ];
    for (name, attributes, path, blob, member) in cases {
        let between = "\n====\n";
        seeds.put(
            &format!("seeds/attributes/{name}"),
            [attributes, path, blob, member].join(between),
        );
    }
}
