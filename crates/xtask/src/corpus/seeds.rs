//! Seeded attacks: one honest file of a real release is altered, and the report must say so at level error.

use std::fs;

use serde_json::Value;

use super::command::Check;
use super::material::Material;
use super::record::Record;
use super::splice::Tar;

/// An alteration: which files it is for, and what it does to the contents.
struct Seed {
    name: &'static str,
    /// Whether a difference, or a file of the tree with this path, is of the kind.
    wants: fn(origin: &str, path: &str, lines: bool) -> bool,
    alter: fn(&[u8]) -> Option<Vec<u8>>,
}

const SEEDS: [Seed; 7] = [
    Seed {
        name: "a line in a known macro",
        wants: |origin, path, _| origin == "known" && path.ends_with(".m4"),
        alter: a_line_more,
    },
    Seed {
        name: "a line in a known script",
        wants: |origin, path, _| origin == "known" && !path.contains('.') || path.ends_with("config.guess"),
        alter: a_line_more,
    },
    Seed {
        name: "a line in a known source file",
        wants: |origin, path, _| origin == "known" && path.ends_with(".c"),
        alter: a_line_more,
    },
    Seed {
        name: "a line in aclocal.m4",
        wants: |origin, path, _| origin == "assembled" && path.ends_with("aclocal.m4"),
        alter: a_line_more,
    },
    Seed {
        name: "a byte of a catalogue",
        wants: |origin, path, _| origin == "derived" && (path.ends_with(".gmo") || path.ends_with(".mo")),
        alter: a_byte_else,
    },
    Seed {
        name: "a translation",
        wants: |origin, path, _| matches!(origin, "derived" | "tree") && path.ends_with(".po"),
        alter: another_translation,
    },
    Seed {
        name: "a substitution in a version stamp",
        wants: |origin, path, lines| origin == "derived" && (lines || path.ends_with("version")),
        alter: a_substitution,
    },
];

/// Tries every seed that the release has a file for. How many were tried, and which went unnoticed.
pub fn attack(
    record: &Record,
    check: &Check<'_>,
    material: &Material,
    report: &Value,
) -> Result<(u64, Vec<String>), String> {
    let tar = Tar::read(&material.tarball)?;
    let mut tried = 0;
    let mut unnoticed = Vec::new();
    for (number, seed) in SEEDS.iter().enumerate() {
        let Some((path, altered)) = tar.members().find_map(|member| {
            let path = below_top(&member, report)?;
            let (origin, lines) = origin(report, path);
            if !(seed.wants)(origin, path, lines) {
                return None;
            }
            let altered = (seed.alter)(tar.content(&member)?)?;
            Some((path.to_owned(), tar.with(&member, &altered)?))
        }) else {
            continue;
        };
        tried += 1;
        let file = material
            .tarball
            .with_file_name(format!("seed-{}-{number}.tar", record.id));
        fs::write(&file, altered).map_err(|error| format!("{}: {error}", file.display()))?;
        let answer = check.altered(record, &file);
        let _ = fs::remove_file(&file);
        if let Some(complaint) = complaint(&answer?, &path) {
            unnoticed.push(format!("{} in {path} {complaint}", seed.name));
        }
    }
    Ok((tried, unnoticed))
}

/// A member's path without the tarball's top directory.
pub fn below_top<'m>(member: &'m str, report: &Value) -> Option<&'m str> {
    let member = member.strip_prefix("./").unwrap_or(member);
    match report["subject"]["tarball"]["top_directory"].as_str() {
        Some(top) => member.strip_prefix(top)?.strip_prefix('/'),
        None => Some(member),
    }
}

/// The origin of a path, and whether there are lines to show of it.
pub fn origin<'r>(report: &'r Value, path: &str) -> (&'r str, bool) {
    let mut differences = report["differences"].as_array().into_iter().flatten();
    let found = differences.find(|one| one["path"] == path);
    found.map_or(("tree", false), |one| {
        (one["origin"].as_str().unwrap_or("none"), one["lines"].is_array())
    })
}

/// What is wrong with the report on an altered file, if anything.
fn complaint(report: &Value, path: &str) -> Option<String> {
    let (origin, _) = origin(report, path);
    let mut findings = report["findings"].as_array().into_iter().flatten();
    if !findings.any(|one| one["path"] == path && one["level"] == "error") {
        return Some(format!("is {origin} without an error"));
    }
    (report["verdict"] != "rejected").then(|| format!("left the verdict {}", report["verdict"]))
}

/// The line in the middle of the file, once more and with two letters changed.
pub fn a_line_more(content: &[u8]) -> Option<Vec<u8>> {
    let middle = content.len() / 2;
    let start = middle + content.get(middle..)?.iter().position(|byte| *byte == b'\n')? + 1;
    let (before, after) = content.split_at_checked(start)?;
    Some([before, b"touch pwned\n", after].concat())
}

/// One letter of the last text.
fn a_byte_else(content: &[u8]) -> Option<Vec<u8>> {
    let mut content = content.to_vec();
    let at = content.iter().rposition(u8::is_ascii_lowercase)?;
    let byte = content.get_mut(at)?;
    *byte = if *byte == b'x' { b'y' } else { b'x' };
    Some(content)
}

/// One letter of a translation that is neither the header nor fuzzy nor obsolete.
fn another_translation(content: &[u8]) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(content);
    let entries: Vec<&str> = text.split("\n\n").collect();
    let plain = |entry: &&&str| {
        !entry.contains("#~")
            && !entry.contains("#,")
            && !entry.contains("msgid \"\"")
            && entry.contains("\nmsgstr \"")
    };
    let entry = entries.iter().filter(plain).find(|entry| {
        let translation = entry.rsplit("msgstr \"").next().unwrap_or_default();
        translation.starts_with(|first: char| first.is_ascii_alphabetic())
    })?;
    let at = entry.rfind("msgstr \"")? + "msgstr \"".len();
    let changed = format!("{}Zz{}", entry.get(..at)?, entry.get(at..)?);
    let position = content
        .windows(entry.len())
        .position(|window| window == entry.as_bytes())?;
    let (before, after) = content.split_at_checked(position)?;
    Some([before, changed.as_bytes(), after.get(entry.len()..)?].concat())
}

/// A command behind the first number with a dot in it.
fn a_substitution(content: &[u8]) -> Option<Vec<u8>> {
    let dot = content
        .windows(3)
        .position(|w| w[0].is_ascii_digit() && w[1] == b'.' && w[2].is_ascii_digit())?;
    let (before, after) = content.split_at_checked(dot + 3)?;
    Some([before, b"$(touch pwned)", after].concat())
}

#[cfg(test)]
mod tests {
    use super::{a_byte_else, a_line_more, a_substitution, another_translation};

    #[test]
    fn every_alteration_alters() {
        assert_eq!(
            a_line_more(b"a\nb\n").as_deref(),
            Some(&b"a\nb\ntouch pwned\n"[..])
        );
        assert_eq!(a_byte_else(b"a\0bx\0").as_deref(), Some(&b"a\0by\0"[..]));
        assert_eq!(
            a_substitution(b"VERSION=1.2\n").as_deref(),
            Some(&b"VERSION=1.2$(touch pwned)\n"[..])
        );
        let po = b"msgid \"\"\nmsgstr \"x: y\"\n\n#: a.c\nmsgid \"yes\"\nmsgstr \"ja\"\n";
        let altered = another_translation(po).expect("one to alter");
        assert!(altered.ends_with(b"msgid \"yes\"\nmsgstr \"Zzja\"\n"));
    }
}
