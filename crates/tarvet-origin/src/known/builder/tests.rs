//! From contents to answers and back.

use bstr::BStr;
use sha2::{Digest, Sha256};

use super::super::{Class, Match, Table, TableError};
use super::{Builder, Version};

const ICONV: &[u8] =
    b"# iconv.m4 serial 5\n## left out by aclocal\nAC_DEFUN([AM_ICONV], [yes])\n# end of the macro file\n";
const INIT: &[u8] =
    b"# Copyright (C) 1996-2021 Free Software Foundation, Inc.\nAC_DEFUN([AM_INIT_AUTOMAKE], [])\n";

fn release(version: &str) -> Version {
    Version::Release(version.to_owned())
}

pub fn sample() -> Vec<u8> {
    let mut builder = Builder::new();
    builder.add("gettext", &release("0.20"), Class::Macro, b"iconv.m4", ICONV);
    builder.add("gettext", &release("0.19.8"), Class::Macro, b"iconv.m4", ICONV);
    builder.add("automake", &release("1.16.5"), Class::Macro, b"init.m4", INIT);
    builder.add(
        "automake",
        &release("1.16.5"),
        Class::Script,
        b"missing",
        b"#! /bin/sh\nexit 1\n",
    );
    let days = Version::Days {
        first: 19_586,
        last: 19_723,
    };
    builder.add(
        "gnulib",
        &days,
        Class::Source,
        b"close.c",
        b"/* Copyright 2023 FSF */\nint x;\n",
    );
    builder.add(
        "gnulib",
        &Version::Days {
            first: 9000,
            last: 9001,
        },
        Class::Macro,
        b"prereq.m4",
        b"# serial 9\n",
    );
    builder.add("gnulib", &days, Class::Text, b"INSTALL", b"Read me\n");
    let corroborated = Version::Corroborated {
        version: "1.16.1".into(),
        upstreams: 41,
    };
    builder.add(
        "automake",
        &corroborated,
        Class::Script,
        b"missing",
        b"#! /bin/sh\nexit 2\n",
    );
    builder.add_aclocal_part(
        "automake",
        &corroborated,
        b"# Copyright (C) 2001 Free Software Foundation\nAC_DEFUN([AM_X])\n",
    );
    builder.finish().expect("it fits")
}

fn table() -> Table {
    Table::parse(sample()).expect("it was just written")
}

fn answer(path: &str, content: &[u8]) -> Option<(String, Match)> {
    let table = table();
    let by_content = table.known_by_content(BStr::new(path), content);
    let digest: [u8; 32] = Sha256::digest(content).into();
    if let Some(known) = table.known(BStr::new(path), &digest) {
        assert_eq!(Some(known), by_content);
    }
    by_content.map(|known| (format!("{} {}", known.project, known.versions), known.how))
}

#[test]
fn contents_under_their_name() {
    assert_eq!(
        answer("m4/iconv.m4", ICONV),
        Some(("gettext 0.19.8..0.20".into(), Match::Exact))
    );
    assert_eq!(answer("iconv.m4", ICONV), answer("a/b/iconv.m4", ICONV));
    assert_eq!(answer("m4/iconv2.m4", ICONV), None);
    assert_eq!(answer("m4/init.m4", ICONV), None);
    assert_eq!(answer("m4/iconv.m4/", ICONV), None);
    assert_eq!(answer("m4/iconv.m4", &[ICONV, b"\n"].concat()), None);
    assert_eq!(answer("\0iconv.m4", ICONV), None);
}

#[test]
fn the_overlooked_is_named() {
    let c = b"/* Copyright 2001, 2026 FSF */\nint x;\n";
    assert_eq!(
        answer("lib/close.c", c),
        Some(("gnulib 2023-08-17..2024-01-01".into(), Match::LicenceNotice))
    );
    assert_eq!(answer("lib/close.c", b"/* Copyright 2001 FSF */\nint y;\n"), None);
    assert_eq!(
        answer("missing", b"#!/usr/bin/sh\nexit 1\n"),
        Some(("automake 1.16.5".into(), Match::Shebang))
    );
    assert_eq!(answer("missing", b"#!/usr/bin/sh\nexit 3\n"), None);
    let spdx = [b"# SPDX-License-Identifier: MIT\n", INIT].concat();
    assert_eq!(
        answer("init.m4", &spdx),
        Some(("automake 1.16.5".into(), Match::SpdxLine))
    );
}

#[test]
fn corroborated_contents_say_so() {
    let table = table();
    let known = table
        .known_by_content(BStr::new("missing"), b"#! /bin/sh\nexit 2\n")
        .expect("known");
    assert_eq!(
        (known.corroborated, known.versions.as_str()),
        (Some(41), "1.16.1 (in 41 Debian source packages)")
    );
}

#[test]
fn names_that_make_impostors() {
    let table = table();
    let suspicious = |path: &str| {
        table
            .class(BStr::new(path))
            .is_some_and(|(_, suspicious)| suspicious)
    };
    assert!(suspicious("m4/iconv.m4") && suspicious("build-aux/missing"));
    // Retired, unrelated, informational, nobody's, unheard of.
    for path in [
        "m4/prereq.m4",
        "skeletons/iconv.m4",
        "INSTALL",
        "lib/close.c",
        "m4/x.m4",
    ] {
        assert!(!suspicious(path), "{path}");
    }
}

#[test]
fn serials_macros_and_other_names() {
    let table = table();
    let serial = |path: &str| {
        table
            .highest_serial(BStr::new(path))
            .map(|serial| serial.to_string())
    };
    assert_eq!(
        (serial("m4/iconv.m4").as_deref(), serial("init.m4")),
        (Some("5"), None)
    );
    assert_eq!(table.definer(BStr::new("AM_ICONV")), Some(BStr::new("iconv.m4")));
    assert_eq!(table.definer(BStr::new("AM_NOTHING")), None);
    let elsewhere = table
        .named_elsewhere(&Sha256::digest(INIT).into())
        .expect("under another name");
    assert_eq!(elsewhere.0, "init.m4");
    assert!(table.named_elsewhere(&[7; 32]).is_none());
}

#[test]
fn parts_of_aclocal() {
    let table = table();
    let part = |text: &[u8]| {
        table
            .part(BStr::new(text), &mut { usize::MAX })
            .map(|part| (part.len, part.name, part.known.versions))
    };
    let copied = ICONV.to_vec().splice(20..43, []).count();
    assert_eq!(copied, b"## left out by aclocal\n".len());
    let copied = [&ICONV[..20], &ICONV[43..]].concat();
    let expected = (copied.len(), "iconv.m4".to_owned(), "0.19.8..0.20".to_owned());
    assert_eq!(part(&[&copied[..], b"\nmore"].concat()), Some(expected));
    assert_eq!(part(ICONV), None);
    assert_eq!(part(&copied[1..]), None);
    assert_eq!(part(&copied[..copied.len() - 1]), None);
    assert_eq!(part(INIT).map(|part| part.1).as_deref(), Some("init.m4"));
    let shared = part(b"# Copyright (C) 2001 Free Software Foundation\nAC_DEFUN([AM_X])\n").expect("a part");
    assert_eq!(
        (shared.1.as_str(), shared.2.as_str()),
        ("", "1.16.1 (in 41 Debian source packages)")
    );
}

#[test]
fn the_order_of_additions_does_not_matter() {
    let versions = [("0.9", ICONV), ("0.10", ICONV), ("0.11", INIT)];
    let build = |order: &[usize]| {
        let mut builder = Builder::new();
        for at in order {
            let (version, content) = versions[*at];
            builder.add("gettext", &release(version), Class::Macro, b"iconv.m4", content);
        }
        builder.finish()
    };
    assert_eq!(build(&[0, 1, 2]), build(&[2, 1, 0]));
}

#[test]
fn generated_and_empty_files_are_not_taken() {
    let mut builder = Builder::new();
    assert!(!builder.add("x", &release("1"), Class::Macro, b"aclocal.m4", ICONV));
    assert!(!builder.add("x", &release("1"), Class::Macro, b"x.m4", b""));
    assert_eq!(
        Table::parse(builder.finish().expect("empty"))
            .expect("empty")
            .counts()
            .names,
        0
    );
}

#[test]
fn damage_is_told() {
    let good = sample();
    assert_eq!(
        Table::parse(Vec::new()).expect_err("nothing"),
        TableError::NotATable
    );
    assert_eq!(
        Table::parse(b"tarvet-known".to_vec()).expect_err("short"),
        TableError::NotATable
    );
    let mut other = good.clone();
    other[12] = 9;
    assert!(matches!(
        Table::parse(other),
        Err(TableError::OtherFormat { found: 9, .. })
    ));
    let mut flipped = good.clone();
    flipped[200] ^= 1;
    assert_eq!(Table::parse(flipped).expect_err("flipped"), TableError::Checksum);
    assert_eq!(
        Table::parse(good[..good.len() - 1].to_vec()).expect_err("cut"),
        TableError::Checksum
    );
}

#[test]
fn the_nearest_version_and_the_difference() {
    let mut builder = Builder::new();
    let body = |version: &str, from: usize| -> String {
        let lines = (from..from + 30).map(|line| format!("line {line} of the macro\n"));
        format!("# iconv.m4 serial {version}\n{}", lines.collect::<String>())
    };
    for (version, from) in [("0.9", 0), ("0.10", 3), ("0.11", 20)] {
        builder.add(
            "gettext",
            &release(version),
            Class::Macro,
            b"iconv.m4",
            body(version, from).as_bytes(),
        );
    }
    let table = Table::parse(builder.finish().expect("it fits")).expect("it was just written");
    let changed = body("0.10", 3).replace("line 7 of", "line 7; evil of");
    let nearest = table
        .nearest(BStr::new("m4/iconv.m4"), changed.as_bytes())
        .expect("a standard name");
    assert_eq!(
        (nearest.known.versions.as_str(), nearest.added, nearest.removed),
        ("0.10", 1, 1)
    );
    let changes: Vec<(usize, bool)> = nearest
        .changes
        .iter()
        .map(|change| (change.line, change.added))
        .collect();
    assert_eq!(changes, [(6, false), (6, true)]);
    assert_eq!(nearest.changes[1].text, b"line 7; evil of the macro");
    // Nothing in common: still an answer, all of it changed.
    let nearest = table
        .nearest(BStr::new("iconv.m4"), b"x\ny\n")
        .expect("a standard name");
    assert_eq!((nearest.added, nearest.removed), (2, 31));
    assert!(table.nearest(BStr::new("other.m4"), b"x\n").is_none());
    // Lines in another order are a difference.
    let moved = body("0.9", 0).replace("line 3 of the macro\nline 4 of", "line 4 of the macro\nline 3 of");
    assert_eq!(
        table
            .nearest(BStr::new("iconv.m4"), moved.as_bytes())
            .map(|nearest| nearest.added),
        Some(1)
    );
}

/// A table with a right checksum over wrong records.
fn sealed(mut body: Vec<u8>) -> Vec<u8> {
    let digest = Sha256::digest(&body);
    body.extend_from_slice(&digest);
    body
}

proptest::proptest! {
    #[test]
    fn no_bytes_panic(changes: Vec<(proptest::sample::Index, u8)>, cut: Option<proptest::sample::Index>) {
        let mut body = sample();
        body.truncate(body.len() - 32);
        for (at, byte) in changes.into_iter().take(4) {
            let at = at.index(body.len());
            body[at] = byte;
        }
        if let Some(cut) = cut {
            body.truncate(cut.index(body.len()));
        }
        if let Ok(table) = Table::parse(sealed(body)) {
            for content in [ICONV, INIT, b"#!/bin/sh\nexit 1\n"] {
                for path in ["iconv.m4", "init.m4", "missing", "close.c"] {
                    let _ = table.known_by_content(BStr::new(path), content);
                    let _ = table.nearest(BStr::new(path), content);
                    let _ = (table.class(BStr::new(path)), table.highest_serial(BStr::new(path)));
                }
                let _ = table.part(content, &mut { usize::MAX });
                let _ = table.named_elsewhere(&Sha256::digest(content).into());
            }
            let _ = table.definer(BStr::new("AM_ICONV"));
        }
    }
}
