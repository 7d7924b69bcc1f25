//! What somebody who holds the repository, but not upstream's keys, may do to it. By name.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use tarvet_testkit::git::{Repo, hermetic};

use super::story::noon;
use super::upstream::Built;

/// What the evil commit's file holds.
pub const EVIL: &str = "int main(void) { return system(\"evil\"); }\n";

/// Does one trick to a finished repository.
pub fn apply(trick: &str, built: &mut Built, tmp: &Path) {
    let repo = &built.repo;
    let git = repo.dir().join(".git");
    match trick {
        "replace-commit" => {
            let evil = evil_commit(built);
            repo.update_ref(&format!("refs/replace/{}", built.commit), &evil);
        }
        "replace-blob" => {
            let good = id_of(built, "src/main.c");
            let evil = repo.raw_object("blob", EVIL.as_bytes());
            repo.update_ref(&format!("refs/replace/{good}"), &evil);
        }
        "grafts" => write(&git.join("info/grafts"), format!("{}\n", built.commit)),
        "info-attributes" => write(
            &git.join("info/attributes"),
            "src/main.c export-subst\nREADME export-ignore\n",
        ),
        "canaries" => canaries(&git, tmp),
        "false-loose-tag" => falsify(repo, &built.tag, "tag"),
        "false-loose-commit" => falsify(repo, &built.commit, "commit"),
        "false-loose-tree" => falsify(repo, &id_of(built, "src"), "tree"),
        "false-loose-blob" => falsify(repo, &id_of(built, "src/main.c"), "blob"),
        "false-attributes" => falsify(repo, &id_of(built, ".gitattributes"), "blob"),
        "missing-commit" => fs::remove_file(loose(repo, &built.commit)).expect("the commit"),
        "missing-tree" => fs::remove_file(loose(repo, &id_of(built, "src"))).expect("the tree"),
        "missing-blob" => fs::remove_file(loose(repo, &id_of(built, "src/main.c"))).expect("the blob"),
        "packed" => {
            let _ = repo.run(["repack", "-adq"]).ok();
            let _ = repo.run(["pack-refs", "--all"]).ok();
        }
        "swapped-index" => swap_index(built, &git),
        "peel-lie" => {
            let evil = evil_commit(built);
            let _ = repo.run(["pack-refs", "--all"]).ok();
            let packed = fs::read_to_string(git.join("packed-refs")).expect("packed-refs");
            write(
                &git.join("packed-refs"),
                packed.replace(&format!("^{}", built.commit), &format!("^{evil}")),
            );
        }
        "stale-packed-ref" => {
            // A loose ref wins over a packed one.
            let _ = repo.run(["pack-refs", "--all"]).ok();
            let packed = fs::read_to_string(git.join("packed-refs")).expect("packed-refs");
            let evil = evil_commit(built);
            write(&git.join("packed-refs"), packed.replace(&built.tag, &evil));
            write(&git.join("refs/tags/v1.0"), format!("{}\n", built.tag));
        }
        "symbolic-tag" => {
            repo.update_ref("refs/tags/real", &built.tag);
            let _ = repo.run(["update-ref", "-d", "refs/tags/v1.0"]).ok();
            let _ = repo
                .run(["symbolic-ref", "refs/tags/v1.0", "refs/tags/real"])
                .ok();
        }
        "namesakes" => {
            let evil = evil_commit(built);
            repo.update_ref("refs/heads/v1.0", &evil);
            repo.update_ref("refs/v1.0", &evil);
            write(&git.join("v1.0"), format!("{evil}\n"));
        }
        "bare" => clone(built, tmp, &["--bare"], false),
        "shallow" => clone(built, tmp, &["--depth=1", "--branch=v1.0"], true),
        "alternates" => clone(built, tmp, &["--shared"], false),
        other => panic!("no such trick of repositories: {other}"),
    }
}

fn write(path: &Path, text: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
    fs::write(path, text).expect("the file can be written");
}

fn id_of(built: &Built, path: &str) -> String {
    built
        .repo
        .run(["rev-parse", &format!("{}:{path}", built.commit)])
        .line()
}

fn evil_commit(built: &Built) -> String {
    built.repo.write("src/main.c", EVIL);
    let evil = built.repo.commit("Release foo 1.0\n", noon("2024-01-02"));
    built.repo.update_ref("refs/heads/main", &built.commit);
    evil
}

fn loose(repo: &Repo, id: &str) -> PathBuf {
    repo.dir().join(".git/objects").join(&id[..2]).join(&id[2..])
}

/// Puts other contents where the object of this id should be.
fn falsify(repo: &Repo, id: &str, kind: &str) {
    let contents = repo.run(["cat-file", kind, id]).ok();
    let other = match kind {
        "tag" | "commit" => [contents.as_slice(), b"evil\n"].concat(),
        "tree" => [contents.as_slice(), b"100644 z\0", &[7; 20]].concat(),
        _ => EVIL.as_bytes().to_vec(),
    };
    let raw = [format!("{kind} {}\0", other.len()).as_bytes(), &other].concat();
    let mut deflate = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    deflate.write_all(&raw).expect("memory");
    let path = loose(repo, id);
    fs::remove_file(&path).expect("a loose object");
    write(&path, deflate.finish().expect("memory"));
}

/// Makes the pack's index lead to another blob's bytes. Offsets follow the ids and checksums (gitformat-pack(5)).
fn swap_index(built: &Built, git: &Path) {
    let ids = [id_of(built, "README"), id_of(built, "src/main.c")];
    let subtree = id_of(built, "src");
    let ids = [subtree, ids[0].clone()];
    let _ = built.repo.run(["repack", "-adq"]).ok();
    let index = fs::read_dir(git.join("objects/pack"))
        .expect("packs")
        .map(|entry| entry.expect("an entry").path())
        .find(|path| path.extension().is_some_and(|end| end == "idx"))
        .expect("an index");
    let mut bytes = fs::read(&index).expect("the index");
    let count = u32::from_be_bytes(bytes[8 + 255 * 4..8 + 256 * 4].try_into().expect("four")) as usize;
    let names = 8 + 256 * 4;
    let place = |id: &str| {
        let raw: Vec<u8> = (0..20)
            .map(|at| u8::from_str_radix(&id[2 * at..2 * at + 2], 16).expect("hex"))
            .collect();
        let row = (0..count)
            .find(|row| bytes[names + 20 * row..][..20] == raw[..])
            .expect("in the pack");
        names + 24 * count + 4 * row
    };
    let (one, two) = (place(&ids[0]), place(&ids[1]));
    for byte in 0..4 {
        bytes.swap(one + byte, two + byte);
    }
    fs::remove_file(&index).expect("git makes it read-only");
    write(&index, bytes);
}

/// Configuration, hooks and filters that leave a file behind when anything of it is run.
fn canaries(git: &Path, tmp: &Path) {
    let script = tmp.join("canary.sh");
    write(
        &script,
        format!("#!/bin/sh\ntouch {}\ncat\n", tmp.join("CANARY").display()),
    );
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&script, mode).expect("the script");
    let script = script.display();
    let config = format!(
        "[core]\n\tfsmonitor = {script}\n\tpager = {script}\n\teditor = {script}\n\thooksPath = {}\n\
         \tsshCommand = {script}\n\tattributesFile = {}\n[gpg]\n\tprogram = {script}\n\
         [gpg \"ssh\"]\n\tprogram = {script}\n[filter \"canary\"]\n\tsmudge = {script}\n\tclean = {script}\n\
         \tprocess = {script}\n[include]\n\tpath = {}\n[alias]\n\tarchive = !{script}\n",
        tmp.display(),
        tmp.join("attributes").display(),
        tmp.join("included").display(),
    );
    write(&tmp.join("attributes"), "* filter=canary\n");
    write(&tmp.join("included"), format!("[core]\n\taskPass = {script}\n"));
    let mut file = fs::OpenOptions::new()
        .append(true)
        .open(git.join("config"))
        .expect("the configuration");
    file.write_all(config.as_bytes()).expect("the configuration");
    for hook in ["post-checkout", "reference-transaction", "pre-auto-gc"] {
        fs::copy(tmp.join("canary.sh"), tmp.join(hook)).expect("a hook");
    }
}

fn clone(built: &mut Built, tmp: &Path, options: &[&str], by_url: bool) {
    let from = built.repo.dir().display();
    let from = if by_url {
        format!("file://{from}")
    } else {
        from.to_string()
    };
    let to = tmp.join("clone");
    let output = hermetic("git")
        .args(["-c", "advice.detachedHead=false", "clone", "--quiet"])
        .args(options)
        .arg(from)
        .arg(&to)
        .output()
        .expect("git clone");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    built.given = to;
}

/// The same commit with another root tree, made byte by byte.
pub fn with_changed_tree(repo: &Repo, commit: &str, change: &str) -> String {
    let tree = repo.run(["rev-parse", &format!("{commit}^{{tree}}")]).line();
    let mut raw = repo.run(["cat-file", "tree", &tree]).ok();
    let blob = repo.raw_object("blob", EVIL.as_bytes());
    let entry = |mode: &str, name: &str| {
        let id =
            (0..blob.len() / 2).map(|at| u8::from_str_radix(&blob[2 * at..2 * at + 2], 16).expect("hex"));
        let mut entry = format!("{mode} {name}\0").into_bytes();
        entry.extend(id);
        entry
    };
    match change {
        "duplicate-entry" => {
            let readme = raw.windows(7).position(|w| w == b"README\0").expect("README") - 7;
            raw.splice(readme..readme, entry("100644", "README"));
        }
        "slash-entry" => raw.extend(entry("100644", "src/main.c")),
        "dot-dot-entry" => raw.splice(..0, entry("100644", "..")).for_each(drop),
        "dot-git-entry" => raw.splice(..0, entry("100644", ".git")).for_each(drop),
        "cut-short" => raw.truncate(raw.len() - 5),
        "group-writable" => {
            let at = raw
                .windows(13)
                .position(|w| w == b"100644 README")
                .expect("README");
            raw[at..at + 6].copy_from_slice(b"100664");
        }
        "mode-100777" => {
            let at = raw
                .windows(13)
                .position(|w| w == b"100644 README")
                .expect("README");
            raw[at..at + 6].copy_from_slice(b"100777");
        }
        other => panic!("no such change of a tree: {other}"),
    }
    let changed = repo.raw_object("tree", &raw);
    let text = String::from_utf8(repo.run(["cat-file", "commit", commit]).ok()).expect("a commit");
    repo.raw_object("commit", text.replace(&tree, &changed).as_bytes())
}
