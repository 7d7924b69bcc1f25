//! Catalogs and what carries translations.

use crate::alleged::rule::{Input, Mark, Name, Rule};

/// What says that a directory holds catalogs of this project.
const CATALOGS: &[Input] = &[
    Input::Beside("POTFILES.in"),
    Input::Beside("POTFILES"),
    Input::Beside("LINGUAS"),
    Input::Beside("Makevars"),
    Input::Beside("Makevars.in"),
    Input::Beside("Makefile.am"),
    Input::Above("po4a.conf"),
    Input::Above("po4a.cfg"),
];

/// A template of the other kind: the file before its translations were merged in.
const TEMPLATES: &[Input] = &[
    Input::Beside("{base}.in"),
    Input::Beside("{base}.in.in"),
    Input::Beside("_{base}"),
];

pub(super) const RULES: &[Rule] = &[
    Rule {
        tool: "xgettext",
        names: &[Name::Ends(".pot")],
        mark: Mark::Shape(is_catalog),
        from: CATALOGS,
        ..Rule::PLAIN
    },
    Rule {
        tool: "msgen",
        names: &[Name::Is("en@quot.po"), Name::Is("en@boldquot.po")],
        mark: Mark::Shape(is_catalog),
        from: CATALOGS,
        ..Rule::PLAIN
    },
    Rule {
        // The same language elsewhere in the tree: msgmerge splits and moves catalogs.
        tool: "msgmerge",
        names: &[Name::Ends(".po")],
        mark: Mark::Shape(is_catalog),
        from: &[Input::Anywhere("{base}")],
        within: &["po"],
        ..Rule::PLAIN
    },
    Rule {
        // Fetched from the translators' site when the release was made: not from the tree at all.
        tool: "translators",
        names: &[Name::Ends(".po")],
        mark: Mark::Shape(is_catalog),
        from: CATALOGS,
        ..Rule::PLAIN
    },
    Rule {
        // Only where the catalog's own bytes are not accounted for: else the compiled one is recomputed, and must be right.
        tool: "msgfmt",
        names: &[Name::Ends(".gmo"), Name::Ends(".mo")],
        mark: Mark::Magic(&[b"\xde\x12\x04\x95", b"\x95\x04\x12\xde"]),
        from: &[Input::Beside("{}.po"), Input::Member("{}.po")],
        ..Rule::PLAIN
    },
    Rule {
        tool: "list of translations",
        names: &[Name::Is("LINGUAS")],
        mark: Mark::Shape(lists_languages),
        from: CATALOGS,
        ..Rule::PLAIN
    },
    Rule {
        tool: "list of translated files",
        names: &[Name::Is("POTFILES.in"), Name::Is("POTFILES")],
        mark: Mark::Shape(lists_files),
        from: &[
            Input::Beside("Makevars"),
            Input::Beside("LINGUAS"),
            Input::Beside("update-potfiles"),
            Input::Above("po/update-potfiles"),
        ],
        ..Rule::PLAIN
    },
    Rule {
        tool: "intltool",
        names: &[
            Name::Ends(".desktop"),
            Name::Ends(".metainfo.xml"),
            Name::Ends(".appdata.xml"),
            Name::Ends(".policy"),
            Name::Ends(".schemas"),
            Name::Ends(".directory"),
        ],
        mark: Mark::Text,
        from: TEMPLATES,
        ..Rule::PLAIN
    },
];

/// A catalog has the empty message with its header, or begins with one.
fn is_catalog(head: &[u8], _size: u64) -> bool {
    let has = |text: &str| memchr::memmem::find(head, text.as_bytes()).is_some();
    !head.contains(&0) && has("msgid \"") && has("msgstr \"") && has("\"Project-Id-Version: ") && {
        // Whatever precedes the first message is comment: a script that hides a catalog at its end is none.
        head.split(|&b| b == b'\n')
            .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
            .take_while(|line| !line.starts_with(b"msgid "))
            .all(|line| {
                line.is_empty()
                    || (line.starts_with(b"#") && !line.starts_with(b"#!"))
                    || line.starts_with(b"\xef\xbb\xbf#")
            })
    }
}

/// Names of languages, apart by blanks; comments.
fn lists_languages(head: &[u8], size: u64) -> bool {
    let name = |word: &[u8]| {
        word.len() <= 20
            && word
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || b"_@-".contains(b))
    };
    size <= 4096
        && size > 0
        && head
            .split(|&b| b == b'\n')
            .filter(|line| !line.starts_with(b"#"))
            .all(|line| line.split(u8::is_ascii_whitespace).all(name))
}

/// A path on each line; comments. The whole file, for make reads it.
fn lists_files(head: &[u8], size: u64) -> bool {
    let path = |line: &[u8]| {
        line.iter()
            .all(|b| b.is_ascii_alphanumeric() || b"_-./+".contains(b))
    };
    let mut lines = head.split(|&b| b == b'\n').filter(|line| !line.starts_with(b"#"));
    size == head.len() as u64 && head.contains(&b'/') && lines.all(path)
}

#[cfg(test)]
mod tests {
    use crate::alleged::rules::testing::{alleged, alleged_among, comes_from, stays_unexplained};

    const CATALOG: &str = "# German\nmsgid \"\"\nmsgstr \"\"\n\"Project-Id-Version: x 1.0\\n\"\n";

    #[test]
    fn catalogs_come_from_the_directory_that_lists_them() {
        comes_from("po/x.pot", CATALOG, "xgettext", None, "po/POTFILES.in");
        comes_from("po/en@quot.po", CATALOG, "msgen", None, "po/Makevars");
        comes_from("po/de.po", CATALOG, "translators", None, "po/POTFILES.in");
        comes_from(
            "examples/hello/po/de.po",
            CATALOG,
            "msgmerge",
            None,
            "examples/po/de.po",
        );
        comes_from(
            "po/LINGUAS",
            "de fr\npt_BR\nsr@latin\n",
            "list of translations",
            None,
            "po/POTFILES.in",
        );
        comes_from(
            "po/POTFILES.in",
            "src/a.c\nlib/b.c\n",
            "list of translated files",
            None,
            "po/LINGUAS",
        );
        comes_from(
            "data/x.desktop",
            "[Desktop Entry]\n",
            "intltool",
            None,
            "data/x.desktop.in",
        );
    }

    #[test]
    fn a_compiled_catalog_needs_its_source() {
        let head = b"\xde\x12\x04\x95\0\0\0\0";
        let members = ["po/de.po", "po/de.gmo"];
        let found = alleged_among("po/de.gmo", head, &[], &members);
        assert_eq!(found.map(|found| found.from), Some("po/de.po".into()));
        assert!(alleged_among("po/de.gmo", head, &["po/de.po"], &[]).is_some());
        assert_eq!(alleged_among("po/de.gmo", head, &[], &["po/de.gmo"]), None);
    }

    #[test]
    fn a_script_with_a_catalog_in_it_is_no_catalog() {
        stays_unexplained("po/de.po", format!("#!/bin/sh\ncurl x | sh\n{CATALOG}"));
        stays_unexplained("po/LINGUAS", "de\n$(shell curl x)\n");
        assert_eq!(
            alleged("po/POTFILES.in", b"src/a.c\n`curl x`/\n", &["po/LINGUAS"]),
            None
        );
        stays_unexplained("po/Makevars", CATALOG);
        stays_unexplained("po/Rules-evil", CATALOG);
    }
}
