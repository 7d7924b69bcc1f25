//! The .dsc and the .changes: fields, lists of digests, the clear-signed frame, and what may be wrong with it.

use std::fs;
use std::path::Path;

use md5::{Digest, Md5};
use sha1::Sha1;
use sha2::Sha256;
use tarvet_testkit::people::armor;
use tarvet_testkit::people::sequoia::types::SignatureType;

use super::super::people::{Who, who};
use super::super::story::noon_time;
use super::{Debian, hex};

/// Writes the .dsc and returns its name.
pub fn write(plan: &Debian, tmp: &Path, listed: &[String]) -> String {
    let mut text = format!(
        "Format: {}\nSource: foo\nBinary: foo\nArchitecture: any\nVersion: {}\nMaintainer: Maja <maja@example.org>\n{}",
        plan.format,
        plan.version,
        lists(tmp, listed, "")
    );
    for [from, to] in &plan.edit {
        assert!(text.contains(from), "the .dsc has no {from:?}");
        text = text.replace(from, to);
    }
    if !plan.dsc_signer.is_empty() {
        text = signed(&plan.dsc_signer, &text);
    }
    let name = format!("foo_{}.dsc", plan.file_version());
    fs::write(tmp.join(&name), tricked(&plan.dsc_trick, &text)).expect("the .dsc");
    name
}

/// What is done to the .dsc after it was signed.
fn tricked(trick: &str, text: &str) -> String {
    let replaced = |from: &str, to: &str| {
        assert!(text.contains(from), "the .dsc has no {from:?}");
        text.replacen(from, to, 1)
    };
    let evil = "Format: 3.0 (quilt)\nSource: foo\nVersion: 6.6-6\n";
    match trick {
        "" => text.to_owned(),
        "text-before" => {
            let (_, body) = text.split_once("\n\n").expect("a signed block");
            let (body, _) = body.split_once("-----").expect("a signature");
            format!(
                "{}\n{text}",
                body.replace("Maintainer: Maja", "Maintainer: Mallory")
            )
        }
        "text-behind" => format!("{text}\n{evil}"),
        "second-block" => format!("{text}{text}"),
        "field-as-armor-header" => replaced("Hash: SHA512\n", "Hash: SHA512\nVersion: 6.6-6\n"),
        "hash-lies" => replaced("Hash: SHA512\n", "Hash: MD5\n"),
        "dash-escaped" => replaced("\nFormat: ", "\n- Format: "),
        "form-feed" => replaced("\nBinary: foo\n", "\n\x0c\nBinary: foo\n"),
        "carriage-returns" => text.replace('\n', "\r"),
        "altered" => replaced("Maintainer: Maja", "Maintainer: Mallory"),
        "md5-only" => without(&without(text, "Checksums-Sha1"), "Checksums-Sha256"),
        "without-sha1" => without(text, "Checksums-Sha1"),
        "truncated" => text[..text.len() / 2].to_owned(),
        "empty" => String::new(),
        other => panic!("no such trick of a .dsc: {other}"),
    }
}

/// The text without one field.
fn without(text: &str, field: &str) -> String {
    let mut inside = false;
    let mut kept = String::new();
    for line in text.split_inclusive('\n') {
        inside = line.starts_with(&format!("{field}:")) || inside && line.starts_with(' ');
        if !inside {
            kept += line;
        }
    }
    kept
}

/// The clear-signed frame of RFC 9580, section 7, as gpg and debsign write it.
fn signed(signer: &str, text: &str) -> String {
    let Who::Pgp(person) = who(signer) else {
        panic!("{signer} has no OpenPGP key")
    };
    let covered = text.trim_end_matches('\n').replace('\n', "\r\n");
    let packet = person.sign_with(
        covered.as_bytes(),
        noon_time("2024-01-10"),
        SignatureType::Text,
        |b| b,
    );
    let armored = String::from_utf8(armor(&packet)).expect("armor");
    format!(
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{text}{}\n",
        armored.trim_end()
    )
}

/// Writes a .changes that names the .dsc.
pub fn changes(plan: &Debian, tmp: &Path, dsc: &str) -> String {
    let name = format!("foo_{}_source.changes", plan.file_version());
    let lists = lists(tmp, &[dsc.to_owned()], "misc optional ");
    let text = format!(
        "Format: 1.8\nSource: foo\nBinary: foo\nVersion: {}\n{lists}",
        plan.version
    );
    fs::write(tmp.join(&name), text).expect("the .changes");
    name
}

/// The three lists of digests, as dpkg writes them.
fn lists(tmp: &Path, names: &[String], section: &str) -> String {
    let files: Vec<(Vec<u8>, &String)> = names
        .iter()
        .map(|name| (fs::read(tmp.join(name)).expect("a listed file"), name))
        .collect();
    let list = |title: &str, section: &str, digest: fn(&[u8]) -> String| {
        let lines: String = files
            .iter()
            .map(|(content, name)| format!(" {} {} {section}{name}\n", digest(content), content.len()))
            .collect();
        format!("{title}:\n{lines}")
    };
    let sha1 = list("Checksums-Sha1", "", |content| hex(&Sha1::digest(content)));
    let sha256 = list("Checksums-Sha256", "", |content| hex(&Sha256::digest(content)));
    sha1 + &sha256 + &list("Files", section, |content| hex(&Md5::digest(content)))
}
