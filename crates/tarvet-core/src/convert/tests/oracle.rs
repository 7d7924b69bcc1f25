//! Whatever `git archive` writes must be recognised, and as what it is.

use super::*;

#[test]
fn each_reproducible_placeholder_expands_as_git_does() {
    for format in [
        "%H",
        "%T",
        "%P",
        "%an",
        "%ae",
        "%al",
        "%at",
        "%ad",
        "%ai",
        "%aI",
        "%as",
        "%aD",
        "%cn",
        "%ce",
        "%cl",
        "%ct",
        "%cd",
        "%ci",
        "%cI",
        "%cs",
        "%cD",
        "%s",
        "%b",
        "%B",
        "%f",
        "%e",
        "%n",
        "%%",
        "%x41",
        "%x00",
        "%m",
        "%xg1",
        "%x4",
        "%N",
        "%S",
        "%gd",
        "%gD",
        "%gs",
        "%gn",
        "%ge",
        "%g?",
        "%Cred%H%Creset",
        "%C(auto)%H",
        "%C(red)x%C(reset)",
        "%C(bold",
        "%Cpurple",
        "%z",
        "%",
        "%a",
        "%ax",
        "%c",
        "%G",
        "%Gx",
        "a%+sb",
        "a% sb",
        "a%+eb",
        "a%-eb",
        "%n%n%-eb",
        "%+z",
        "%-z",
        "%+w(1)",
        "%-w(2)",
        "%+%x",
        "%+n",
        "%%H",
        "%%%H",
        "two%nlines %H\n and more",
        "%(nothing)",
        "%(describe",
        "%(describex)",
        "%E",
        "% ",
        "%+",
        "%b%-e%s",
        "%-%H",
        "%x4g",
        "%xAf|%xaF",
        "plain",
        "",
    ] {
        let blob = format!("before\n\n$Format:{format}$ after $Format:%H$ $Format: unterminated\n");
        let story = Story::new("f export-subst", blob.as_bytes());
        let archived = story.archived(&[]);
        assert_eq!(
            story.compare(&archived),
            exact(&["export-subst"]),
            "{format}: {:?}",
            archived.as_bstr()
        );
        assert_eq!(story.compare(blob.as_bytes()), exact(&[]), "{format}");
        let sha256 = Story::told("one\n", "f export-subst", blob.as_bytes(), ObjectFormat::Sha256);
        assert_eq!(
            sha256.compare(&sha256.archived(&[])),
            exact(&["export-subst"]),
            "{format}"
        );
    }
}

#[test]
fn messages_of_every_shape() {
    for message in [
        "",
        "\n",
        "one",
        "one\n",
        "\n\n one \n two\t\n\n\n  body \n",
        "a  b..c...d -e- .",
        "--x..y--",
        ".",
        "é ü ss\n\nß\n",
        "one\r\ntwo\r\n\r\nbody\r\n",
        "s\n \nb",
        "s\n\n\n",
        "  s",
        "one\n\nbody\n\n\n",
        "a.-b_.c",
        "a..",
        "x ..y",
        "... a",
    ] {
        let blob = b"[$Format:%s|%b|%B|%f$]\n$Format:%-b$.$Format:%+b$.$Format:% s$";
        let story = Story::told(message, "f export-subst", blob, ObjectFormat::Sha1);
        let archived = story.archived(&[]);
        assert_eq!(
            story.compare(&archived),
            exact(&["export-subst"]),
            "{message:?}: {:?}",
            archived.as_bstr()
        );
    }
}

#[test]
fn people_and_dates_of_every_shape() {
    for who in [
        "A <a@b> 0 +0000",
        "A <a@b> 951782400 +1400",
        "A <a@b> 951868799 -1200",
        "A <a@b> 4107542399 +0545",
        "A <a@b> 1709164800 -0000",
        "  A  B  < a@b > 1709164800 +0099",
        "<a@b> 1 +0100",
        "A <> 99999999999 +0100",
        "A <a@b@c> 5000 -0001",
        "A <ab> 1099511627775 -0930",
    ] {
        let story = Story::new(
            "f export-subst",
            b"$Format:%an|%ae|%al|%at|%ad|%ai|%as|%aD$ $Format:%cI$ $Format:%cn$",
        );
        let raw = story
            .repo
            .run(["cat-file", "commit", &story.commit])
            .ok()
            .to_str()
            .unwrap()
            .to_owned();
        let raw: Vec<_> = raw
            .lines()
            .map(|l| {
                if l.starts_with("author ") {
                    format!("author {who}")
                } else {
                    l.into()
                }
            })
            .collect();
        let raw = raw.join("\n").replace("committer Wí", "committer W\\í");
        let commit = story.repo.raw_object("commit", raw.as_bytes());
        let story = Story { commit, ..story };
        let archived = story.archived(&[]);
        assert_eq!(
            story.compare(&archived),
            exact(&["export-subst"]),
            "{who}: {:?}",
            archived.as_bstr()
        );
    }
}

#[test]
fn both_spellings_of_an_offset_of_nothing() {
    let story = Story::new("f export-subst", b"$Format:%cI$");
    let raw = story
        .repo
        .run(["cat-file", "commit", &story.commit])
        .ok()
        .replace("-0130", "+0000");
    let commit = story.repo.raw_object("commit", &raw);
    let story = Story { commit, ..story };
    assert_eq!(story.compare(&story.archived(&[])), exact(&["export-subst"]));
    assert_eq!(
        story.compare(b"2021-03-04T05:06:07+00:00"),
        exact(&["export-subst"])
    );
    assert_eq!(story.compare(b"2021-03-04T05:06:07Z"), exact(&["export-subst"]));
    story.different(b"2021-03-04T05:06:08Z");
}

#[test]
fn commits_in_other_encodings() {
    for (encoding, name) in [
        ("ISO-8859-1", &b"J\xf6rg \x80"[..]),
        ("latin1", b"J\xf6rg"),
        ("windows-1252", b"J\xf6rg \x80"),
        ("ISO-8859-15", b"\xa4"),
        ("KOI8-R", b"\xf7\xc9\xcb"),
        ("EUC-JP", b"\xc6\xfc\xcb\xdc"),
        ("Shift_JIS", b"\x93\xfa\x96{"),
        ("UTF-8", "J\u{f6}rg".as_bytes()),
        ("no-such-thing", b"J\xf6rg"),
    ] {
        let story = Story::new("f export-subst", b"$Format:%an %e %s %b$");
        let tree = story.facts().tree;
        let raw = [
            format!("tree {tree}\nauthor ").as_bytes(),
            name,
            b" <a@b> 5 +0000\ncommitter C <c@d> 6 +0000\nencoding ",
            encoding.as_bytes(),
            b"\n\ns ",
            name,
            b"\n\nb ",
            name,
        ]
        .concat();
        let commit = story.repo.raw_object("commit", &raw);
        let story = Story { commit, ..story };
        let archived = story.archived(&[]);
        assert_eq!(
            story.compare(&archived),
            exact(&["export-subst"]),
            "{encoding}: {:?}",
            archived.as_bstr()
        );
    }
}

#[test]
fn irreproducible_placeholders_are_masked() {
    for format in [
        "%d",
        "%D",
        "%h",
        "%t",
        "%p",
        "%(describe)",
        "%(describe:tags=true,match=v*)",
        "%aN",
        "%aE",
        "%aL",
        "%cN",
        "%ar",
        "%cr",
        "%G?",
        "%GK",
        "%GF",
        "%GP",
        "%GT",
        "%h%d",
        "%d%D",
        "%d %h (%ar)",
    ] {
        let blob = format!("ref = \"$Format:{format}$\"\nhead $Format:%H$\n");
        let story = Story::new("f export-subst", blob.as_bytes());
        for name in ["v1.2", "release/1.2+b1", "z_9"] {
            story.repo.tag_lightweight(name, &story.commit);
        }
        let _ = story
            .repo
            .tag_annotated("v1.2-annotated", &story.commit, "m\n", TIME);
        for abbrev in ["core.abbrev=4", "core.abbrev=7", "core.abbrev=40"] {
            let archived = story.archived(&[abbrev]);
            let values = story.masked(&archived);
            assert_eq!(values.len(), format.matches('%').count(), "{format}");
        }
    }
    let story = Story::new("f export-subst", b"($Format:%D$)");
    story.repo.tag_lightweight("v1.2", &story.commit);
    assert_eq!(story.masked(&story.archived(&[])), ["HEAD -> main, tag: v1.2"]);
}

#[test]
fn only_the_first_description_of_an_archive_is_expanded() {
    let story = Story::new(
        "f export-subst",
        b"$Format:%(describe:tags=true)$ $Format:%(describe:tags=true)$\n",
    );
    story.repo.tag_lightweight("v1.2", &story.commit);
    assert_eq!(
        story.masked(&story.archived(&[])),
        ["v1.2", "%(describe:tags=true)"]
    );
    // No tag reachable: nothing.
    let story = Story::new("f export-subst", b"$Format:%(describe)$\n");
    assert_eq!(story.masked(&story.archived(&[])), [""]);
}

#[test]
fn what_cannot_be_redone_is_refused_not_guessed() {
    for format in [
        "%w(20,1,2)%B",
        "%<(80)%s",
        "%>(80)%s",
        "%C(always,red)x",
        "%+d",
        "%(trailers)",
        "%GS",
        "%ah",
    ] {
        let blob = format!("a $Format:{format}$ b\n");
        let story = Story::new("f export-subst", blob.as_bytes());
        let archived = story.archived(&[]);
        if archived != blob.as_bytes() {
            assert!(
                story.different(&archived).contains("cannot be redone"),
                "{format}"
            );
        }
    }
}

#[test]
fn line_endings_idents_and_encodings() {
    let texts: [&[u8]; 9] = [
        b"a\nb\n",
        b"a\r\nb\n",
        b"a\r\nb\r\n",
        b"a\rb\n",
        b"\0\nx\n",
        b"",
        b"\n",
        b"no end",
        b"a\x1a\n",
    ];
    for attributes in [
        "f text",
        "f -text",
        "f text=auto",
        "f eol=crlf",
        "f eol=lf",
        "f text eol=crlf",
        "f text=auto eol=crlf",
        "f text=auto eol=lf",
        "f -text eol=crlf",
        "f binary eol=crlf",
        "f crlf",
        "f crlf=input",
        "f -crlf eol=crlf",
        "f eol=other",
        "f text=other eol=crlf",
        "f crlf=auto eol=crlf",
        "f !text eol=crlf",
        "f text=input eol=crlf",
    ] {
        for text in texts {
            let story = Story::new(attributes, text);
            for settings in [&["core.eol=lf"][..], &["core.eol=crlf"], &["core.autocrlf=input"]] {
                let archived = story.archived(settings);
                let found = story.compare(&archived);
                let Conversion::Exact { how } = &found else {
                    panic!("{attributes} {settings:?} {text:?}: {found:?}")
                };
                assert_eq!(how.is_empty(), archived == text, "{attributes} {text:?}");
            }
        }
    }
}

#[test]
fn idents() {
    for text in [
        "$Id$",
        "x $Id$ y\n$Id$\n",
        "$Id: old $",
        "$Id:old$",
        "$Id: a b $",
        "$Id: a\nb $ $Id$",
        "$Id: $",
        "$Id:$",
        "$Id:",
        "$$Id$$",
        "$Idx$ $Id$",
        "$Id: f,v 1.2 2001/01/01 joe Exp $ $Id$",
        "$I",
        "$",
        "$Id:  $",
        "$Id:a $",
        "$Id: a$",
        "$id$",
    ] {
        for format in [ObjectFormat::Sha1, ObjectFormat::Sha256] {
            let story = Story::told("m\n", "f ident", text.as_bytes(), format);
            let archived = story.archived(&[]);
            let how: &[_] = if archived == text.as_bytes() {
                &[]
            } else {
                &["ident"]
            };
            assert_eq!(
                story.compare(&archived),
                exact(how),
                "{text:?} {:?}",
                archived.as_bstr()
            );
        }
    }
}

#[test]
fn encodings() {
    let texts = [
        "héllo\n",
        "日本 🦀\n",
        "ascii\n",
        "",
        "\u{feff}marked\n",
        "Вик\n",
        "€\n",
    ];
    for encoding in [
        "UTF-16",
        "UTF-16LE",
        "UTF-16BE",
        "UTF-16LE-BOM",
        "UTF-16BE-BOM",
        "utf-16",
        "UTF-32",
        "UTF-32LE",
        "UTF-32BE",
        "ISO-8859-1",
        "latin1",
        "windows-1252",
        "SHIFT-JIS",
        "EUC-JP",
        "KOI8-R",
        "UTF-8",
        "utf8",
        "no-such",
        "GB18030",
    ] {
        for text in texts {
            // Tables of iconv and of the web differ in what few texts use; then the file counts as different.
            if ["SHIFT-JIS", "EUC-JP", "GB18030"].contains(&encoding)
                && !["ascii\n", "", "Вик\n"].contains(&text)
            {
                continue;
            }
            let story = Story::new(&format!("f working-tree-encoding={encoding}"), text.as_bytes());
            let archived = story.archived(&[]);
            let how: &[_] = if archived == text.as_bytes() {
                &[]
            } else {
                &["working-tree-encoding"]
            };
            assert_eq!(
                story.compare(&archived),
                exact(how),
                "{encoding} {text:?} {:?}",
                archived.as_bstr()
            );
        }
    }
}

#[test]
fn all_at_once_in_gits_order() {
    let attributes = "f ident eol=crlf working-tree-encoding=latin1 export-subst";
    let story = Story::new(attributes, "$Id$ \u{e9}\n$Format:%H %an$\n".as_bytes());
    let all = ["ident", "eol", "working-tree-encoding", "export-subst"];
    assert_eq!(story.compare(&story.archived(&[])), exact(&all));
    let story = Story::new(
        "f ident eol=crlf working-tree-encoding=UTF-16 export-subst",
        b"$Id$\n$Format:%H$\n",
    );
    assert_eq!(story.compare(&story.archived(&[])), exact(&all[..3]));
}

#[test]
fn a_producer_on_windows_is_told_apart() {
    for attributes in ["f text", "f text=auto"] {
        let story = Story::new(attributes, b"a\nb\n");
        assert_eq!(story.compare(b"a\r\nb\r\n"), exact(&["eol-of-producer"]));
        assert_eq!(
            story.compare(&story.archived(&["core.autocrlf=true"])),
            exact(&["eol-of-producer"])
        );
        story.different(b"a\r\nb\n");
    }
    // Declared to be LF everywhere.
    Story::new("f text eol=lf", b"a\nb\n").different(b"a\r\nb\r\n");
}
