//! Which attributes a path has, against `git check-attr` reading the same tree.

use super::*;

const NAMES: [&str; 8] = [
    "export-ignore",
    "export-subst",
    "ident",
    "text",
    "crlf",
    "eol",
    "working-tree-encoding",
    "filter",
];

/// Files of a tree, and paths to ask for; directories end with a slash.
fn agree(files: &[(&str, &[u8])], paths: &[&str]) {
    let dir = tempfile::tempdir().unwrap();
    let repo = Repo::new(dir.path(), ObjectFormat::Sha1);
    for (path, contents) in files {
        repo.write(path, contents);
    }
    let commit = repo.commit("m\n", TIME);
    let ours: Vec<_> = files
        .iter()
        .map(|(path, contents)| ((*path).into(), contents.to_vec()))
        .collect();
    let ours = Attributes::new(&ours);
    for path in paths {
        let mut args = vec!["check-attr", "--source", &commit];
        args.extend(NAMES);
        args.extend(["--", path]);
        let said = String::from_utf8_lossy(&repo.run(args).ok()).into_owned();
        let said: Vec<_> = said
            .lines()
            .map(|line| line.rsplit_once(": ").unwrap().1)
            .collect();
        let found = ours.of(
            path.trim_end_matches('/').as_bytes().as_bstr(),
            path.ends_with('/'),
        );
        let value = |index: usize| match said[index] {
            "set" | "unset" | "unspecified" | "" => None,
            value => Some(BString::from(value)),
        };
        assert_eq!(found.export_ignore, said[0] == "set", "{path} {files:?}");
        assert_eq!(found.export_subst, said[1] == "set", "{path} {files:?}");
        assert_eq!(found.ident, said[2] == "set", "{path} {files:?}");
        assert_eq!(found.working_tree_encoding, value(6), "{path} {files:?}");
        assert_eq!(found.filter, value(7), "{path} {files:?}");
        let text = if said[3] == "unspecified" {
            said[4]
        } else {
            said[3]
        };
        let text = match text {
            "set" | "input" => Text::Set,
            "unset" => Text::Unset,
            "auto" => Text::Auto,
            _ if matches!(said[5], "lf" | "crlf") => Text::Set,
            _ => Text::Unspecified,
        };
        assert_eq!(found.text, text, "{path} {files:?}");
    }
}

const PATHS: [&str; 12] = [
    "a",
    "a.c",
    "sub/",
    "sub/a",
    "sub/a.c",
    "sub/b/a.c",
    "sub/b/",
    ".gitattributes",
    "x y",
    "sub/x y",
    "doc/a.txt",
    "A",
];

#[test]
fn patterns_as_git_matches_them() {
    for lines in [
        "*.c export-subst",
        "a export-ignore",
        "/a export-ignore",
        "sub/ export-ignore",
        "sub export-ignore",
        "/sub/a ident",
        "sub/* ident",
        "sub/** ident",
        "**/a.c ident",
        "* text=auto\n*.c -text\na.c !text",
        "*.c text\n*.c eol=crlf",
        "*.c ident\n/a.c -ident",
        "\"x y\" ident",
        "x\\ y ident",
        "!a ident",
        "\\!a ident",
        "# a ident",
        "  a ident",
        "a\tident",
        "a ident\r",
        "a.? ident",
        "[ab].c ident",
        "[^a] ident",
        "a ident -ident",
        "a -ident ident",
        "a filter=lfs",
        "a filter=",
        "a working-tree-encoding=UTF-16",
        "a text=auto eol=lf ident=yes",
        "s* export-ignore",
        "sub/b export-ignore",
        "/ ident",
        "// ident",
        "** ident",
        "**/ ident",
        "a/ ident",
        "sub/**/a.c ident",
        "* ident\nsub/a -ident",
        ". ident",
        "a ident bad*name",
        "a bad*name",
        "a builtin_x ident",
        "a -builtin_x",
        "a =x ident",
        "a - ident",
        "a",
        "",
    ] {
        agree(&[(".gitattributes", lines.as_bytes())], &PATHS);
        agree(
            &[
                ("sub/.gitattributes", lines.as_bytes()),
                (".gitattributes", b"* -ident filter=f"),
            ],
            &PATHS,
        );
    }
}

#[test]
fn macros_as_git_expands_them() {
    for lines in [
        "a binary",
        "a binary text",
        "a text binary",
        "* binary\na -binary",
        "* text\na binary",
        "a binary\n* text",
        "[attr]m ident export-subst\na m",
        "a m\n[attr]m ident",
        "[attr]m ident\n[attr]m filter=x\na m",
        "[attr]m n\n[attr]n ident\na m",
        "[attr]m m ident\na m",
        "[attr]m n\n[attr]n m ident\na m",
        "[attr]m ident\n* m\na -m",
        "[attr]m ident\na -ident m",
        "[attr]m ident\na m -ident",
        "[attr]m ident\na !m",
        "[attr]m ident\na m=1",
        "[attr]binary ident\na binary",
        "[attr]text ident\na text",
        "[attr]ident text\na ident",
        "[attr]m\na m ident",
        "[attr] ident\na ident",
        "[attr]m bad*\na m",
        "[attr]m !ident\n* ident\na m",
        "[attr]m -text eol=lf\n*.c m text",
    ] {
        agree(&[(".gitattributes", lines.as_bytes())], &PATHS);
        agree(&[("sub/.gitattributes", lines.as_bytes())], &PATHS);
        agree(
            &[
                (".gitattributes", lines.as_bytes()),
                ("sub/.gitattributes", b"a m\na.c -m\n"),
            ],
            &PATHS,
        );
    }
}

#[test]
fn lines_and_files_git_ignores() {
    let long = |length: usize| format!("a {}\nsub/a ident", "ident ".repeat(400))[..length].to_owned();
    let padded = |length: usize| format!("a ident{}\nb ident", " ".repeat(length - 7));
    for contents in [
        padded(2046).into_bytes(),
        padded(2047).into_bytes(),
        padded(2048).into_bytes(),
        padded(2049).into_bytes(),
        long(2400).into_bytes(),
        b"a ident\n\0\nb ident\na -ident".to_vec(),
        b"a ident\0 -ident\nsub ident".to_vec(),
        b"\xef\xbb\xbfa ident\nb ident".to_vec(),
        b"\xff\xfea ident\nb ident".to_vec(),
        b"\na ident".to_vec(),
        b"a\xff ident\na ident=\xff".to_vec(),
    ] {
        agree(&[(".gitattributes", &contents)], &["a", "b", "sub", "sub/a"]);
    }
}

#[test]
fn hostile_numbers_are_bounded() {
    let chain: String = (0..100_000).map(|i| format!("[attr]m{i} m{}\n", i + 1)).collect();
    let all = Attributes::new(&[(".gitattributes".into(), format!("{chain}* m0").into_bytes())]);
    assert!(all.truncated());
    assert_eq!(all.of(b"a".as_bstr(), false), PathAttributes::default());
    let rules = "a ident\n".repeat(100_000);
    assert!(Attributes::new(&[(".gitattributes".into(), rules.into_bytes())]).truncated());
    let stars = format!("{}b ident", "*a".repeat(900));
    let all = Attributes::new(&[(".gitattributes".into(), stars.into_bytes())]);
    assert!(!all.of("a".repeat(4000).as_bytes().as_bstr(), false).ident);
    assert!(!Attributes::new(&[]).of(b"a".as_bstr(), false).converts());
}
