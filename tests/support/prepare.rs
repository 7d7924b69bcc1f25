//! From a story to files below a directory and the arguments that judge them.

use std::fs;
use std::path::Path;

use tarvet_origin::known::{Builder, Class, Version};

use super::debian::Debian;
use super::run::run;
use super::story::{Rebuilt, Run, Story, bytes};
use super::tarball::Packed;
use super::upstream::Built;
use super::{people, tarball, upstream};

/// The story of the case in a directory.
pub fn story(case: &Path) -> Story {
    let text = fs::read_to_string(case.join("case.toml")).unwrap_or_else(|e| panic!("case.toml: {e}"));
    toml::from_str(&text).unwrap_or_else(|e| panic!("case.toml: {e}"))
}

/// Makes every file of the story below `tmp` and returns the arguments.
pub fn prepare(story: &Story, tmp: &Path) -> Vec<String> {
    let built = upstream::build(story, tmp);
    let packed = tarball::pack(story, &built);
    if let Some(rebuilt) = &story.rebuilt {
        return prepare_rebuilt(rebuilt, story, &packed, tmp);
    }
    if let Some(debian) = &story.debian {
        return prepare_debian(debian, story, &built, &packed, tmp);
    }
    fs::write(tmp.join(&story.tarball.name), &packed.file).expect("the tarball");
    let mut args = vec!["check".to_owned(), story.tarball.name.clone()];
    let given = built
        .given
        .strip_prefix(tmp)
        .expect("below")
        .display()
        .to_string();
    if story.run.proof || story.run.proof_trick.is_some() {
        make_proof(story, &given, tmp);
        args.extend(["--proof".into(), "foo.proof".into()]);
    } else {
        args.extend(["--git".into(), given]);
    }
    for (number, entry) in story.run.keyring.iter().enumerate() {
        let word = entry.split([' ', ',']).next().unwrap_or_default();
        let file = format!("{number}-{word}.keyring");
        fs::write(tmp.join(&file), people::keyring_file(entry)).expect("a keyring");
        args.extend(["--keyring".into(), file]);
    }
    for (number, signature) in story.signature.iter().enumerate() {
        let data = match signature.over.as_str() {
            "tarball" => packed.file.clone(),
            "tar" => packed.tar.clone(),
            "other" => b"another tarball".to_vec(),
            other => panic!("no such thing to sign: {other}"),
        };
        let file = format!("{number}.sig");
        fs::write(tmp.join(&file), people::detached(signature, &data)).expect("a signature");
        args.extend(["--signature".into(), file]);
    }
    for path in &story.run.submodules {
        let repo = built.submodules[path]
            .dir()
            .strip_prefix(tmp)
            .expect("below")
            .to_owned();
        args.extend(["--submodule".into(), format!("{path}={}", repo.display())]);
    }
    if !story.run.known.is_empty() {
        fs::write(tmp.join("known.table"), known_table(&story.run)).expect("a table");
        args.extend(["--known".into(), "known.table".into()]);
    }
    args.extend(["--now".into(), story.run.now.clone()]);
    args.extend(story.run.args.iter().map(|arg| built.fill_in(arg)));
    args
}

/// The same for a Debian source package.
fn prepare_debian(debian: &Debian, story: &Story, built: &Built, packed: &Packed, tmp: &Path) -> Vec<String> {
    let given = built
        .given
        .strip_prefix(tmp)
        .expect("below")
        .display()
        .to_string();
    if debian.proof {
        make_proof(story, &given, tmp);
    }
    let path = debian.write(story, built, packed, tmp, &|repo, tag, file| {
        prove(repo, tag, file, tmp)
    });
    let mut args = vec!["debian".to_owned(), path];
    if debian.given {
        args.extend(["--git".into(), given]);
        for (number, entry) in story.run.keyring.iter().enumerate() {
            let file = format!("{number}-given.keyring");
            fs::write(tmp.join(&file), people::keyring_file(entry)).expect("a keyring");
            args.extend(["--keyring".into(), file]);
        }
    }
    if !debian.previous_keys.is_empty() {
        args.extend(["--previous".into(), debian.write_previous(tmp)]);
    }
    if !debian.dsc_keyring.is_empty() {
        fs::write(
            tmp.join("uploaders.keyring"),
            people::keyring_file(&debian.dsc_keyring),
        )
        .expect("a keyring");
        args.extend(["--dsc-keyring".into(), "uploaders.keyring".into()]);
    }
    args.extend(["--now".into(), story.run.now.clone()]);
    args.extend(story.run.args.iter().map(|arg| built.fill_in(arg)));
    args
}

/// The same for what a build left behind.
fn prepare_rebuilt(plan: &Rebuilt, story: &Story, packed: &Packed, tmp: &Path) -> Vec<String> {
    fs::write(tmp.join(&story.tarball.name), &packed.file).expect("the tarball");
    let mut args = vec![
        "rebuilt".to_owned(),
        "--source".into(),
        story.tarball.name.clone(),
    ];
    for (option, name, files) in [
        ("--binary", "foo", &plan.installed),
        ("--tree", "build", &plan.tree),
    ] {
        let Some(files) = files else { continue };
        fs::create_dir(tmp.join(name)).expect("a directory");
        for (path, content) in files {
            let path = tmp.join(name).join(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
            fs::write(path, bytes(content)).expect("a file");
        }
        args.extend([option.into(), name.into()]);
    }
    args
}

/// What pocket published.
fn known_table(plan: &Run) -> Vec<u8> {
    let mut builder = Builder::new();
    for (name, published) in &plan.known {
        let class = if name.ends_with(".m4") {
            Class::Macro
        } else {
            Class::Script
        };
        for (number, content) in published.versions().iter().enumerate() {
            let version = Version::Release(format!("1.{number}"));
            let taken = builder.add("pocket", &version, class, name.as_bytes(), content.as_bytes());
            assert!(taken, "{name} cannot be known");
        }
    }
    builder.finish().expect("a small table")
}

fn make_proof(story: &Story, given: &str, tmp: &Path) {
    let plan = &story.run;
    let tag = match plan.proof_trick.as_deref() {
        Some("other") => "v0.9",
        // A case that parks or tricks has v1.0 all the same.
        _ if story.debian.is_some() && story.upstream.tag.parked_at.is_none() => &story.upstream.tag.name,
        _ => "v1.0",
    };
    prove(given, tag, "foo.proof", tmp);
    let path = tmp.join("foo.proof");
    let mut bytes = fs::read(&path).expect("the proof");
    let middle = bytes.len() / 2;
    match plan.proof_trick.as_deref() {
        None | Some("other") => {}
        Some("truncated") => bytes.truncate(middle),
        Some("flipped") => bytes[middle] ^= 1,
        Some("empty") => bytes.clear(),
        Some(other) => panic!("no such trick of proofs: {other}"),
    }
    fs::write(&path, bytes).expect("the proof");
}

/// `tarvet prove`, in the case's directory.
fn prove(repo: &str, tag: &str, file: &str, tmp: &Path) {
    let made = run(tmp, ["prove", "--git", repo, "--tag", tag, "-o", file]);
    assert_eq!(made.status, 0, "prove: {}", made.stderr);
}
