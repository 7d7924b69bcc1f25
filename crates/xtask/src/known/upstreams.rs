//! Corroboration: what releases of several unrelated upstreams share byte for byte, though no project published it.
//!
//! Distributions patch libtool, maintainers use versions of automake that Debian no longer has; their tarballs carry
//! what those tools wrote. One tarball proves nothing about it, so contents count only when three upstreams have them.

use std::collections::{BTreeMap, BTreeSet};

use tarvet_origin::known::{Builder, Class, Table, Version};

use super::archive::Archive;
use super::manifest::Manifest;
use super::{place, unpacked};

/// Source packages and the suite whose version is read; one `name suite` a line.
const UPSTREAMS: &str = include_str!("upstreams.txt");
/// So many upstreams must have the same contents.
const ENOUGH: usize = 3;

/// How aclocal.m4 names a macro file of the package; these lines come after all files.
const INCLUDE: &str = "m4_include(";

/// What was seen, and in which source packages.
#[derive(Default)]
struct Seen {
    names: BTreeSet<Vec<u8>>,
    files: BTreeMap<(Vec<u8>, Vec<u8>), BTreeSet<String>>,
    parts: BTreeMap<Vec<u8>, (BTreeSet<String>, BTreeSet<String>)>,
}

/// Reads the tarballs of all upstreams and adds what enough of them share.
pub fn add(builder: &mut Builder, manifest: &mut Manifest, archive: &Archive) -> Result<(), String> {
    let mut so_far = builder.clone();
    so_far.keep_texts(|_| false);
    let so_far = so_far.finish().map_err(|error| error.to_string())?;
    let table = Table::parse(so_far).map_err(|error| error.to_string())?;
    let mut seen = Seen::default();
    for (name, suite) in UPSTREAMS
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(' '))
    {
        if let Err(error) = read((name, suite), builder, &table, manifest, archive, &mut seen) {
            println!("known: upstream {name} is left out: {error}");
        }
    }
    // Differences are shown only to files that releases really ship: the rest would fill the table.
    builder.keep_texts(|name| seen.names.contains(name));
    for ((name, content), packages) in seen.files {
        let (Some(class), Some(version)) =
            (builder.class(&name), corroborated(&packages, declared(&content)))
        else {
            continue;
        };
        let project = builder.project(&name).unwrap_or_default();
        manifest.corroborated.files += usize::from(builder.add(&project, &version, class, &name, &content));
    }
    for (text, (packages, versions)) in seen.parts {
        let range = [versions.first(), versions.last()].map(|version| version.cloned().unwrap_or_default());
        let words = if range[0] == range[1] {
            range[0].clone()
        } else {
            range.join("..")
        };
        if let Some(version) = corroborated(&packages, words) {
            builder.add_aclocal_part("aclocal", &version, &text);
            manifest.corroborated.aclocal_parts += 1;
        }
    }
    Ok(())
}

fn corroborated(packages: &BTreeSet<String>, version: String) -> Option<Version> {
    let upstreams = u16::try_from(packages.len()).unwrap_or(u16::MAX);
    (packages.len() >= ENOUGH).then_some(Version::Corroborated { version, upstreams })
}

fn read(
    (name, suite): (&str, &str),
    builder: &Builder,
    table: &Table,
    manifest: &mut Manifest,
    archive: &Archive,
    seen: &mut Seen,
) -> Result<(), String> {
    let version = archive.source_version_in(name, suite)?;
    let fetched = archive.orig(name, &version)?;
    let scratch = archive.scratch()?;
    unpacked::tarball(&fetched.path, &scratch)?;
    let class = |path: &str| builder.class(path.rsplit('/').next().unwrap_or_default().as_bytes());
    let build_file = |class: Class| !matches!(class, Class::Source | Class::Text);
    let wanted = |path: &str| {
        let named = path.ends_with("aclocal.m4") || class(path).is_some_and(build_file);
        named && place::worth_reading(path)
    };
    for file in unpacked::files(&scratch, &wanted)? {
        let base = file
            .path
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .as_bytes()
            .to_vec();
        if base == b"aclocal.m4" {
            read_parts(&file.content, name, table, seen);
        } else {
            if !builder.has(&base, &file.content) {
                let packages = seen.files.entry((base.clone(), file.content)).or_default();
                packages.insert(name.to_owned());
            }
            seen.names.insert(base);
        }
    }
    manifest.upstream(&fetched);
    Ok(())
}

/// The texts of an aclocal.m4 between those that are known, cut where a file seems to begin.
fn read_parts(content: &[u8], package: &str, table: &Table, seen: &mut Seen) {
    let version = generator(content);
    let mut start = 0;
    let mut at = 0;
    while at < content.len() {
        if let Some(part) = table.part(&content[at..], &mut { usize::MAX }) {
            note(&content[start..at], package, &version, seen);
            at += part.len;
            start = at;
        } else {
            at += line_length(&content[at..]);
        }
    }
    note(&content[start..], package, &version, seen);
}

fn line_length(text: &[u8]) -> usize {
    text.iter()
        .position(|byte| *byte == b'\n')
        .map_or(text.len(), |newline| newline + 1)
}

/// Cuts a text of unknown files at the lines that start one.
fn note(text: &[u8], package: &str, version: &str, seen: &mut Seen) {
    let mut cuts = vec![0];
    let mut at = 0;
    while at < text.len() {
        if at > 0 && text[..at].ends_with(b"\n\n") && begins_file(&text[at..]) {
            cuts.push(at);
        }
        at += line_length(&text[at..]);
    }
    cuts.push(text.len());
    for pair in cuts.windows(2) {
        // aclocal writes one empty line after each file.
        let part = &text[pair[0]..pair[1]];
        let part = part
            .strip_suffix(b"\n\n")
            .map_or(part, |_| &part[..part.len() - 1]);
        let part = part.strip_prefix(b"\n").unwrap_or(part);
        let own =
            part.starts_with(b"# generated automatically by aclocal") || part.starts_with(INCLUDE.as_bytes());
        if part.len() >= 40 && !own {
            let entry = seen.parts.entry(part.to_vec()).or_default();
            entry.0.insert(package.to_owned());
            entry.1.insert(version.to_owned());
        }
    }
}

fn begins_file(text: &[u8]) -> bool {
    let line = String::from_utf8_lossy(&text[..line_length(text)]);
    let line = line.trim_end();
    line.starts_with(INCLUDE)
        || line.starts_with('#')
            && (line.starts_with("# Copyright") || line.contains(".m4") || line.contains("-*-"))
        || line.starts_with("dnl") && line.contains(".m4")
}

/// `1.16.1` of `# generated automatically by aclocal 1.16.1 -*- Autoconf -*-`.
fn generator(content: &[u8]) -> String {
    let line = String::from_utf8_lossy(&content[..line_length(content)]).into_owned();
    let version = line
        .split("by aclocal ")
        .nth(1)
        .and_then(|rest| rest.split_whitespace().next());
    version.unwrap_or_default().to_owned()
}

/// The version that a file says it has: of automake's scripts a time, of libtool's files a version, of macros a serial.
fn declared(content: &[u8]) -> String {
    let text = String::from_utf8_lossy(content);
    let signs = [
        "scriptversion=",
        "timestamp=",
        "VERSION=",
        "package_revision=",
        "LT_PACKAGE_VERSION], [",
    ];
    let found = text.lines().find_map(|line| {
        let value = signs.iter().find_map(|sign| line.strip_prefix(sign))?;
        let value = value.trim_matches(['\'', '"', ' ', ';']);
        (!value.is_empty() && value.len() < 40 && !value.contains('$')).then(|| value.to_owned())
    });
    let serial = || tarvet_origin::known::serial(content).map(|serial| format!("serial {serial}"));
    found.or_else(serial).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Seen, declared, generator, note};

    #[test]
    fn what_a_file_says_of_itself() {
        assert_eq!(
            declared(b"#! /bin/sh\nscriptversion=2018-03-07.15; # UTC\n"),
            "2018-03-07.15; # UTC"
        );
        assert_eq!(declared(b"# serial 12\n"), "serial 12");
        assert_eq!(
            generator(b"# generated automatically by aclocal 1.16.1 -*- Autoconf -*-\n"),
            "1.16.1"
        );
    }

    #[test]
    fn unknown_text_is_cut_where_files_begin() {
        let one = "# Copyright (C) 2001 Free Software Foundation, Inc.\nAC_DEFUN([A])\n";
        let other = "# Copyright (C) 2002 Free Software Foundation, Inc.\nAC_DEFUN([B])\n";
        let mut seen = Seen::default();
        note(
            format!("{one}\n{other}\nm4_include([m4/x.m4])\n").as_bytes(),
            "p",
            "1.16",
            &mut seen,
        );
        let parts: Vec<&[u8]> = seen.parts.keys().map(Vec::as_slice).collect();
        assert_eq!(parts, [one.as_bytes(), other.as_bytes()]);
    }
}
