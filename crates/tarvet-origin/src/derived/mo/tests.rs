//! Catalogues that msgfmt makes, and what an attacker would do to them.

use std::collections::HashMap;
use std::process::Command;

use proptest::prelude::*;

use super::*;
use crate::derived::testing::Tree;

const PO: &str = r#"
msgid ""
msgstr ""
"POT-Creation-Date: 2024-01-01 00:00+0000\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

msgid "one"
msgstr "eins"

#, c-format
msgid "%d file"
msgid_plural "%d files"
msgstr[0] "%d Datei"
msgstr[1] "%d Dateien"

msgctxt "menu"
msgid "one"
msgstr "Eins"

#, fuzzy
msgid "perhaps"
msgstr "vielleicht"

msgid "never"
msgstr ""

#~ msgid "gone"
#~ msgstr "weg"
"#;

/// A plain writer: enough of msgfmt for tests without it. `slots`: whether to write a hash table.
fn write(pairs: &[(&[u8], &[u8])], slots: bool) -> Vec<u8> {
    let ids: Vec<&[u8]> = pairs
        .iter()
        .map(|pair| pair.0.split(|&byte| byte == 0).next().unwrap())
        .collect();
    let table = if slots {
        hash::table(&ids, hash::sizes(ids.len()).unwrap()[0]).unwrap()
    } else {
        Vec::new()
    };
    let count = u32::try_from(pairs.len()).unwrap();
    let tables = 28 + 16 * count;
    let size = u32::try_from(table.len()).unwrap();
    let mut words = vec![0x9504_12de, 0, count, 28, 28 + 8 * count, size, tables];
    let mut data = Vec::new();
    for side in [0, 1] {
        for pair in pairs {
            let text = if side == 0 { pair.0 } else { pair.1 };
            words.push(u32::try_from(text.len()).unwrap());
            words.push(tables + 4 * size + u32::try_from(data.len()).unwrap());
            data.extend_from_slice(text);
            data.push(0);
        }
    }
    words.extend(table);
    let mut bytes: Vec<u8> = words.into_iter().flat_map(u32::to_le_bytes).collect();
    bytes.extend(data);
    bytes
}

const HEADER: &[u8] =
    b"Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n";

fn good() -> Vec<(&'static [u8], &'static [u8])> {
    vec![
        (b"", HEADER),
        (b"%d file\0%d files", b"%d Datei\0%d Dateien"),
        (b"menu\x04one", b"Eins"),
        (b"one", b"eins"),
    ]
}

fn ask(po: &str, mo: &[u8]) -> Option<Derived> {
    let tree = Tree::from([("po/de.po", po)]);
    explain(
        &Question {
            path: "po/de.gmo".into(),
            content: mo,
            tree: None,
        },
        &tree,
    )
}

#[test]
fn the_messages_of_the_po_are_derived() {
    for slots in [true, false] {
        let derived = ask(PO, &write(&good(), slots)).unwrap();
        assert_eq!(derived.from, ["po/de.po"]);
        assert_eq!(derived.how, "msgfmt: all 4 messages are those of the .po");
    }
}

#[test]
fn no_fuzzy_message_is_taken() {
    let mut pairs = good();
    pairs.push((b"perhaps", b"vielleicht"));
    assert_eq!(ask(PO, &write(&pairs, true)), None);
}

#[test]
fn a_message_changed_or_added_or_no_header_is_not_derived() {
    let mut cases = vec![good(), good(), good(), good(), good(), good()];
    cases[0][1].1 = b"%s Datei\0%d Dateien";
    cases[1][3].1 = b"eins\0zwei";
    cases[2].push((b"zz", b"evil"));
    cases[3].remove(0);
    cases[4][0].1 = b"";
    cases[5].push((b"gone", b"weg"));
    cases[5].sort();
    for pairs in cases {
        assert_eq!(ask(PO, &write(&pairs, true)), None, "{pairs:?}");
    }
}

#[test]
fn an_older_catalogue_may_translate_less() {
    let mut pairs = good();
    pairs.pop();
    assert_eq!(
        ask(PO, &write(&pairs, true)).unwrap().how,
        "msgfmt: its 3 messages are among the 4 of the .po"
    );
}

#[test]
fn no_byte_hides() {
    let bytes = write(&good(), true);
    for extra in [&b"x"[..], b"\0", b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"] {
        assert_eq!(ask(PO, &[&bytes, extra].concat()), None);
    }
    for at in 0..bytes.len() {
        for flip in [1, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[at] ^= flip;
            assert_eq!(ask(PO, &changed), None, "byte {at}");
        }
    }
    for length in 0..bytes.len() {
        assert_eq!(ask(PO, &bytes[..length]), None);
    }
}

#[test]
fn strings_that_share_bytes_are_refused_before_they_cost_anything() {
    // A hundred thousand strings over one region of 4 MiB: read one by one, it would take hours.
    let (count, size) = (100_000_u32, 4_u32 << 20);
    let text = 28 + 16 * count;
    let mut words = vec![0x9504_12de, 0, count, 28, 28 + 8 * count, 0, 0];
    words.extend((0..count).flat_map(|_| [size, text]));
    words.extend((0..count).flat_map(|_| [0, text + size]));
    let mut bytes: Vec<u8> = words.into_iter().flat_map(u32::to_le_bytes).collect();
    bytes.resize(bytes.len() + size as usize, b'a');
    bytes.push(0);
    assert_eq!(read::read(&bytes), None);
}

#[test]
fn a_large_source_is_not_read_for_a_small_member() {
    let bytes = write(&good(), true);
    let with = |entries: usize| {
        let untranslated = |n: usize| format!("\nmsgid \"message {n}\"\nmsgstr \"\"\n");
        let more: String = (0..entries).map(untranslated).collect();
        format!("{PO}{more}")
    };
    assert!(ask(&with(100), &bytes).is_some());
    assert!(with(10_000).len() > most_source(bytes.len()));
    assert_eq!(ask(&with(10_000), &bytes), None);
}

#[test]
fn without_a_proven_po_there_is_no_proof() {
    let tree = Tree::default();
    let bytes = write(&good(), true);
    assert_eq!(
        explain(
            &Question {
                path: "po/de.gmo".into(),
                content: &bytes,
                tree: None
            },
            &tree
        ),
        None
    );
    assert_eq!(ask("msgid \"broken", &bytes), None);
    assert_eq!(
        ask(
            "msgid \"one\"\nmsgstr \"eins\"\nmsgid \"one\"\nmsgstr \"zwei\"\n",
            &bytes
        ),
        None
    );
}

#[test]
fn installed_catalogues_find_their_po() {
    let paths = |path: &str| sources(path.into());
    assert!(paths("locale/de/LC_MESSAGES/foo.mo").contains(&"po/de.po".into()));
    assert!(paths("sub/locale/de/LC_MESSAGES/foo.mo").contains(&"sub/po/de.po".into()));
    assert!(paths("po/de/LC_MESSAGES/foo.mo").contains(&"po/de.po".into()));
    assert_eq!(paths("a.b/de.gmo"), ["a.b/de.po"]);
    assert!(!claims("po/de.po".into()) && !claims("memo".into()));
}

/// What msgfmt makes of a `.po`, or None where there is no msgfmt and none is demanded.
fn msgfmt(po: &[u8], arguments: &[&str]) -> Option<Vec<u8>> {
    let directory = tempfile::tempdir().unwrap();
    let (source, target) = (directory.path().join("x.po"), directory.path().join("x.gmo"));
    std::fs::write(&source, po).unwrap();
    match Command::new("msgfmt")
        .args(arguments)
        .arg("-o")
        .arg(&target)
        .arg(&source)
        .status()
    {
        Ok(status) => assert!(status.success(), "msgfmt {arguments:?}"),
        Err(_) => {
            let required = std::env::var_os("TARVET_REQUIRE_ORACLES").is_some_and(|value| value == "1");
            assert!(!required, "oracle msgfmt is missing");
            return None;
        }
    }
    Some(std::fs::read(&target).unwrap())
}

#[test]
fn every_way_of_msgfmt_is_recognised() {
    let system = format!("{PO}\n#, c-format\nmsgid \"%<PRIu64> bytes\"\nmsgstr \"%<PRIu64> und %Id\"\n");
    for po in [PO, &system] {
        for arguments in [
            &[][..],
            &["--no-hash"],
            &["--endianness=big"],
            &["--alignment=8"],
            &["-a", "16"],
        ] {
            let Some(mo) = msgfmt(po.as_bytes(), arguments) else {
                return;
            };
            assert!(ask(po, &mo).is_some(), "{arguments:?}");
            for at in 0..mo.len() {
                let mut changed = mo.clone();
                changed[at] ^= 0x20;
                assert_eq!(ask(po, &changed), None, "byte {at} with {arguments:?}");
            }
        }
    }
}

#[test]
fn small_catalogues_of_msgfmt_are_recognised() {
    let mut po = "msgid \"\"\nmsgstr \"Language: de\\n\"\n".to_owned();
    for number in 0..12 {
        let Some(mo) = msgfmt(po.as_bytes(), &[]) else {
            return;
        };
        assert!(ask(&po, &mo).is_some(), "{number} messages");
        po += &format!("\nmsgid \"{number}\"\nmsgstr \"Nummer {number}\"\n");
    }
}

#[test]
fn the_fuzzy_ones_of_msgfmt_are_refused() {
    if let Some(mo) = msgfmt(PO.as_bytes(), &["-f"]) {
        assert_eq!(ask(PO, &mo), None);
    }
}

#[test]
fn a_latin_1_catalogue_may_be_converted() {
    let po = PO
        .replace("charset=UTF-8", "charset=ISO-8859-1")
        .replace("eins", "ein\u{df}");
    let latin: Vec<u8> = po
        .chars()
        .map(|letter| u8::try_from(u32::from(letter)).unwrap())
        .collect();
    let files = HashMap::from([("po/de.po".into(), latin.clone())]);
    let tree = Tree {
        files,
        members: Vec::new(),
    };
    let ask = |mo: &[u8]| {
        explain(
            &Question {
                path: "po/de.gmo".into(),
                content: mo,
                tree: None,
            },
            &tree,
        )
    };
    let mut pairs = good();
    pairs[3].1 = "ein\u{df}".as_bytes();
    assert!(ask(&write(&pairs, true)).unwrap().how.contains("UTF-8"));
    pairs[3].1 = b"einss";
    assert_eq!(ask(&write(&pairs, true)), None);
    if let Some(mo) = msgfmt(&latin, &[]) {
        assert!(ask(&mo).is_some());
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read::read(&bytes);
    }

    #[test]
    fn no_numbers_panic(minor in 0_u32..2, words in proptest::collection::vec(prop_oneof![any::<u32>(), 0_u32..100], 0..60)) {
        let mut bytes: Vec<u8> = [0x9504_12de, minor].into_iter().flat_map(u32::to_le_bytes).collect();
        bytes.extend(words.into_iter().flat_map(u32::to_le_bytes));
        let _ = read::read(&bytes);
    }
}
