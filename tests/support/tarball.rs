//! The tarball of a case: what `git archive` makes, or members made from the story's files and then edited.

use std::collections::BTreeMap;
use std::io::Write;

use tarvet_testkit::tar::{Header, Tar};

use super::story::{Story, bytes};
use super::tar_tricks;
use super::upstream::Built;

/// The tarball's file and the tar inside.
pub struct Packed {
    pub file: Vec<u8>,
    pub tar: Vec<u8>,
}

#[derive(Clone)]
enum Content {
    File(Vec<u8>),
    Symlink(Vec<u8>),
    HardLink(Vec<u8>),
    Directory,
}

/// Makes it.
pub fn pack(story: &Story, built: &Built) -> Packed {
    let plan = &story.tarball;
    let top = if plan.top.is_empty() {
        String::new()
    } else {
        format!("{}/", plan.top)
    };
    let members = if plan.is_archive() {
        let rev = if plan.subdir.is_empty() {
            built.commit.clone()
        } else {
            format!("{}:{}", built.commit, plan.subdir)
        };
        let mut bytes = built.repo.archive(&rev, &top);
        // Tricks put further members behind; the end is written again.
        let end = bytes
            .iter()
            .rposition(|byte| *byte != 0)
            .map_or(0, |at| (at + 1).next_multiple_of(512));
        bytes.truncate(end);
        Tar::new().raw(bytes)
    } else {
        edited(story, built, &top)
    };
    let (container_tricks, tar_tricks): (Vec<_>, Vec<_>) = plan
        .tricks
        .iter()
        .partition(|trick| trick.starts_with("container:"));
    let tar = match tar_tricks.as_slice() {
        [] => members.finish(),
        [trick] => tar_tricks::apply(trick, members, &top),
        _ => panic!("one trick a tar"),
    };
    let kind = plan.compression.as_deref().unwrap_or_else(|| by_name(&plan.name));
    let mut file = compress(&tar, kind);
    for trick in container_tricks {
        file = tar_tricks::container(trick, file, &tar, kind);
    }
    Packed { file, tar }
}

fn edited(story: &Story, built: &Built, top: &str) -> Tar {
    let (upstream, plan) = (&story.upstream, &story.tarball);
    let mut members: BTreeMap<Vec<u8>, (Content, u32)> = BTreeMap::new();
    let text = |text: &String| bytes(&built.fill_in(text));
    for (path, contents) in upstream.contents() {
        let mode = if upstream.executable.contains(&path) {
            0o755
        } else {
            0o644
        };
        members.insert(bytes(&path), (Content::File(bytes(&contents)), mode));
    }
    for (path, target) in &upstream.symlinks {
        members.insert(bytes(path), (Content::Symlink(bytes(target)), 0o777));
    }
    for path in &plan.fill {
        for (file, contents) in &upstream.submodules[path] {
            members.insert(
                bytes(&format!("{path}/{file}")),
                (Content::File(bytes(contents)), 0o644),
            );
        }
    }
    for path in &plan.remove {
        members
            .remove(&bytes(path))
            .unwrap_or_else(|| panic!("nothing to remove at {path}"));
    }
    for (from, to) in &plan.rename {
        let member = members
            .remove(&bytes(from))
            .unwrap_or_else(|| panic!("nothing to rename at {from}"));
        members.insert(bytes(to), member);
    }
    for (path, contents) in &plan.modify {
        let old = members
            .get_mut(&bytes(path))
            .unwrap_or_else(|| panic!("nothing to modify at {path}"));
        *old = (
            Content::File(text(contents)),
            if old.1 == 0o777 { 0o644 } else { old.1 },
        );
    }
    for (path, contents) in &plan.add {
        let old = members.insert(bytes(path), (Content::File(text(contents)), 0o644));
        assert!(old.is_none(), "{path} is there already: modify it");
    }
    for (path, target) in &plan.symlink {
        members.insert(bytes(path), (Content::Symlink(bytes(target)), 0o777));
    }
    for (path, target) in &plan.hardlink {
        members.insert(
            bytes(path),
            (Content::HardLink(bytes(&format!("{top}{target}"))), 0o644),
        );
    }
    for path in &plan.directory {
        members.insert(bytes(path), (Content::Directory, 0o755));
    }
    for (path, mode) in &plan.chmod {
        let member = members
            .get_mut(&bytes(path))
            .unwrap_or_else(|| panic!("nothing to chmod at {path}"));
        member.1 = u32::from_str_radix(mode, 8).expect("an octal mode");
    }
    write(members, top.as_bytes())
}

/// Hard links last: their targets must come first.
fn write(members: BTreeMap<Vec<u8>, (Content, u32)>, top: &[u8]) -> Tar {
    let mut tar = Tar::new();
    if !top.is_empty() {
        tar = tar.dir(top);
    }
    let (links, others): (Vec<_>, Vec<_>) = members
        .into_iter()
        .partition(|(_, (content, _))| matches!(content, Content::HardLink(_)));
    for (path, (content, mode)) in others.into_iter().chain(links) {
        let path = [top, &path].concat();
        tar = match content {
            Content::File(text) => tar.member(Header::file(path).mode(mode), text),
            Content::Symlink(target) => tar.symlink(path, target),
            Content::HardLink(target) => tar.hard_link(path, target),
            Content::Directory => tar.dir([path.as_slice(), b"/"].concat()),
        };
    }
    tar
}

impl Built {
    /// `{COMMIT}`, `{TREE}` and `{TAG}` in a text.
    pub fn fill_in(&self, text: &str) -> String {
        let tree = || {
            self.repo
                .run(["rev-parse", &format!("{}^{{tree}}", self.commit)])
                .line()
        };
        let mut text = text.replace("{COMMIT}", &self.commit).replace("{TAG}", &self.tag);
        if text.contains("{TREE}") {
            text = text.replace("{TREE}", &tree());
        }
        text
    }
}

fn by_name(name: &str) -> &str {
    match name.rsplit('.').next().unwrap_or_default() {
        "gz" | "tgz" => "gzip",
        "xz" | "txz" => "xz",
        "bz2" => "bzip2",
        "zst" => "zstd",
        "lzma" => "lzma",
        "tar" => "none",
        other => panic!("say the compression of .{other}"),
    }
}

/// Compresses, quickly rather than well, and always to the same bytes.
pub fn compress(tar: &[u8], kind: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let written = match kind {
        "none" => out.write_all(tar),
        "gzip" => {
            let mut gzip = flate2::write::GzEncoder::new(&mut out, flate2::Compression::fast());
            gzip.write_all(tar).and_then(|()| gzip.finish().map(drop))
        }
        "bzip2" => {
            let mut bzip2 = bzip2::write::BzEncoder::new(&mut out, bzip2::Compression::fast());
            bzip2.write_all(tar).and_then(|()| bzip2.finish().map(drop))
        }
        "xz" => {
            let mut xz = liblzma::write::XzEncoder::new(&mut out, 0);
            xz.write_all(tar).and_then(|()| xz.finish().map(drop))
        }
        "lzma" => {
            let options = liblzma::stream::LzmaOptions::new_preset(0).expect("a preset");
            let stream = liblzma::stream::Stream::new_lzma_encoder(&options).expect("an encoder");
            let mut lzma = liblzma::write::XzEncoder::new_stream(&mut out, stream);
            lzma.write_all(tar).and_then(|()| lzma.finish().map(drop))
        }
        "zstd" => zstd::stream::copy_encode(tar, &mut out, 1),
        other => panic!("no such compression: {other}"),
    };
    written.expect("memory");
    out
}
