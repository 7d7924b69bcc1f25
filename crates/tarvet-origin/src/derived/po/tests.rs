//! What msgmerge does, and what only an attacker does.

use super::*;
use crate::derived::testing::Tree;

const SOURCE: &str = r#"
msgid ""
msgstr ""
"Project-Id-Version: x 1.0\n"
"POT-Creation-Date: 2024-01-01 00:00+0000\n"
"Last-Translator: A <a@example.org>\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

#: a.c:1
#, c-format
msgid "could not open %s"
msgstr "%s nicht zu öffnen"

msgid "%d file"
msgid_plural "%d files"
msgstr[0] "%d Datei"
msgstr[1] "%d Dateien"

#, fuzzy
msgid "perhaps"
msgstr "vielleicht"

msgid "never"
msgstr ""

#~ msgid "revived"
#~ msgstr "wieder da"
"#;

const MERGED: &str = r#"
msgid ""
msgstr ""
"Project-Id-Version: x 1.1\n"
"Report-Msgid-Bugs-To: bugs@example.org\n"
"POT-Creation-Date: 2025-01-01 00:00+0000\n"
"Last-Translator: A <a@example.org>\n"
"Language: de\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

#: b.c:77
#, c-format
msgid "could not "
"open %s"
msgstr ""
"%s nicht "
"zu öffnen"

#, fuzzy
#| msgid "could not open %s"
msgid "could not read %s"
msgstr "%s nicht zu öffnen"

msgid "new"
msgstr ""

msgid "revived"
msgstr "wieder da"

#, fuzzy
msgid "perhaps"
msgstr "vielleicht"

#~ msgid "%d file"
#~ msgid_plural "%d files"
#~ msgstr[0] "%d Datei"
#~ msgstr[1] "%d Dateien"
"#;

fn ask(merged: &str) -> Option<Derived> {
    let question = Question {
        path: "po/de.po".into(),
        content: merged.as_bytes(),
        tree: Some(SOURCE.as_bytes()),
    };
    explain(&question, &Tree::default())
}

fn replaced(from: &str, to: &str) -> Option<Derived> {
    assert!(MERGED.contains(from));
    ask(&MERGED.replace(from, to))
}

#[test]
fn a_merge_is_derived_from_the_catalogue_before_it() {
    let derived = ask(MERGED).unwrap();
    assert_eq!(derived.from, ["po/de.po"]);
    assert_eq!(
        derived.how,
        "msgmerge: all 2 translations are the source's, and 3 that are not in use"
    );
    assert!(ask(SOURCE).is_some());
}

#[test]
fn a_translation_of_the_attackers_is_not() {
    assert_eq!(replaced("\"%s nicht \"", "\"%s%n nicht \""), None);
    assert_eq!(replaced("msgstr \"wieder da\"", "msgstr \"%s wieder\""), None);
    assert_eq!(
        replaced("msgid \"new\"\nmsgstr \"\"", "msgid \"new\"\nmsgstr \"neu\""),
        None
    );
    assert_eq!(
        replaced("msgid \"revived\"", "msgctxt \"c\"\nmsgid \"revived\""),
        None
    );
    assert_eq!(replaced("msgid \"revived\"", "msgid \"other\""), None);
    assert!(
        replaced(
            "
msgid \"revived\"",
            "
msgid \"revived\"
msgid_plural \"x\""
        )
        .is_none()
    );
    assert_eq!(replaced("msgstr[1] \"%d Dateien\"", "msgstr[1] \"%n\""), None);
}

#[test]
fn fuzzy_stays_fuzzy_and_takes_only_known_texts() {
    assert_eq!(replaced("#, fuzzy\nmsgid \"perhaps\"", "msgid \"perhaps\""), None);
    assert_eq!(replaced("#, fuzzy\n#| msgid", "#| msgid"), None);
    assert_eq!(
        replaced(
            "read %s\"\nmsgstr \"%s nicht zu öffnen\"",
            "read %s\"\nmsgstr \"%n\""
        ),
        None
    );
    assert!(
        replaced(
            "#, fuzzy\nmsgid \"perhaps\"",
            "#, fuzzy, no-c-format\nmsgid \"perhaps\""
        )
        .is_some()
    );
}

#[test]
fn the_header_is_the_sources() {
    assert_eq!(
        replaced("nplurals=2; plural=(n != 1);", "nplurals=2; plural=0;"),
        None
    );
    assert_eq!(
        replaced("\"Plural-Forms: nplurals=2; plural=(n != 1);\\n\"\n", ""),
        None
    );
    assert_eq!(replaced("charset=UTF-8", "charset=UTF-7"), None);
    assert_eq!(replaced("A <a@", "B <b@"), None);
    assert_eq!(replaced("\"Language: de\\n\"", "\"X-Evil: de\\n\""), None);
    assert_eq!(
        replaced("\"Language: de\\n\"", "\"Language: de\\033[m\\n\""),
        None
    );
    assert_eq!(
        replaced(
            "\"Language: de\\n\"",
            "\"Plural-Forms: nplurals=1; plural=0;\\n\""
        ),
        None
    );
}

#[test]
fn a_free_field_does_not_name_a_charset_or_a_plural_rule() {
    for evil in ["x charset=UTF-7", "x nplurals=1; plural=1/0", "plural=n"] {
        assert_eq!(replaced("x 1.1", evil), None, "{evil}");
    }
    assert!(replaced("x 1.1", "x 1.1 plural").is_some());
}

#[test]
fn twice_the_same_original_or_no_po_at_all_is_nothing() {
    assert_eq!(
        ask(&format!("{MERGED}\nmsgid \"revived\"\nmsgstr \"wieder da\"\n")),
        None
    );
    assert_eq!(ask("#!/bin/sh\n"), None);
    assert_eq!(ask(&format!("{MERGED}\nrm -rf /\n")), None);
}

#[test]
fn a_change_of_charset_is_no_change_of_text() {
    let source = SOURCE.replace("UTF-8", "ISO-8859-1");
    let latin: Vec<u8> = source
        .chars()
        .map(|letter| u8::try_from(u32::from(letter)).unwrap())
        .collect();
    let ask = |merged: &str| {
        let question = Question {
            path: "po/de.po".into(),
            content: merged.as_bytes(),
            tree: Some(latin.as_slice()),
        };
        explain(&question, &Tree::default())
    };
    assert!(ask(MERGED).is_some());
    assert!(ask(&MERGED.replace("zu öffnen", "zu offnen")).is_none());
    assert!(ask(&MERGED.replace("charset=UTF-8", "charset=UTF-8; plural=0")).is_none());
}

#[test]
fn an_example_takes_its_translations_from_further_up() {
    let tree = Tree::from([("a/po/de.po", SOURCE)]);
    let ask = |path: &str, files: &Tree| {
        explain(
            &Question {
                path: path.into(),
                content: MERGED.as_bytes(),
                tree: None,
            },
            files,
        )
    };
    assert_eq!(ask("a/hello/po/de.po", &tree).unwrap().from, ["a/po/de.po"]);
    assert_eq!(ask("a/hello/po/fr.po", &tree), None);
    assert_eq!(ask("b/hello/po/de.po", &tree), None);
    // The tree has it, and its bytes could not be read: nothing else will do.
    let tree = Tree::from([("a/po/de.po", SOURCE), ("a/hello/po/de.po", "")]);
    assert_eq!(ask("a/hello/po/de.po", &tree), None);
}

#[test]
fn a_catalogue_does_not_grow_without_bounds() {
    let with = |entries: usize| {
        let untranslated = |n: usize| format!("\nmsgid \"message {n} of a program\"\nmsgstr \"\"\n");
        let more: String = (0..entries).map(untranslated).collect();
        format!("{MERGED}{more}")
    };
    assert!(ask(&with(1000)).is_some());
    assert_eq!(ask(&with(40_000)), None);
}
