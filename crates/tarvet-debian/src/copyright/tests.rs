use std::path::Path;
use std::process::{Command, Stdio};

use bstr::BStr;

use super::*;

const FORMAT: &str = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n";

fn parse(fields: &str) -> Exclusions {
    Exclusions::parse(format!("{FORMAT}{fields}").as_bytes())
}

fn hit(fields: &str, name: &str) -> Option<String> {
    let read = parse(fields);
    read.of(None).matching(BStr::new(name)).map(str::to_owned)
}

#[test]
fn what_a_pattern_matches() {
    for (pattern, name, expected) in [
        ("vendor", "pkg-1/vendor", true),
        ("vendor", "pkg-1/vendor/", true),
        ("vendor", "pkg-1/vendor/a/b.c", true),
        ("vendor", "vendor/a", true),
        ("vendor", "pkg-1/src/vendor/a", false),
        ("vendor/", "pkg-1/vendor/a", true),
        ("vendor/*", "pkg-1/vendor", false),
        ("vendor/*", "pkg-1/vendor/", true),
        ("*.min.js", "pkg-1/a/b.min.js", true),
        ("*.min.js", "pkg-1/a/b.min.js/x", true),
        ("*.min.js", "pkg-1/a/bxmin.js", false),
        ("*/gen", "pkg-1/gen/x", true),
        ("a?c", "p/abc", true),
        ("a?c", "p/a/c", true),
        ("a?c", "p/ac", false),
        ("a\\*c", "p/a*c", true),
        ("a\\*c", "p/abc", false),
        ("a.c", "p/abc", false),
        ("[ab]", "p/a", false),
        ("pkg-1", "pkg-1/anything", true),
        ("/vendor", "pkg-1/vendor", false),
        ("a*", "p/a\nb", true),
        ("a\\\\nb", "p/a\nb", true),
        ("0", "p/0", false),
    ] {
        let found = hit(&format!("Files-Excluded: {pattern}\n"), name);
        assert_eq!(found.is_some(), expected, "{pattern} {name}");
    }
    assert_eq!(hit("Files-Excluded:\n b*\n bb\n", "p/bb").as_deref(), Some("b*"));
    assert_eq!(hit("Files-Excluded: bb b*", "p/bb").as_deref(), Some("bb"));
}

#[test]
fn included_members_stay() {
    let fields = "Files-Excluded: vendor\n third/*\nFiles-Included: vendor/keep\n third/a/b\n";
    for (name, expected) in [
        ("p/vendor/drop", true),
        ("p/vendor/keep", false),
        ("p/vendor/keeper", false),
        ("p/vendor/", false),
        ("p/third/a/", false),
        ("p/third/c", true),
        ("p/third/a/b/c", false),
    ] {
        assert_eq!(hit(fields, name).is_some(), expected, "{name}");
    }
}

#[test]
fn each_component_has_its_own() {
    let read = parse("files-excluded: a\nFiles-Excluded-Data: b\nFiles-Included-data: b/c\n");
    let name = BStr::new;
    assert_eq!(read.faults, []);
    assert_eq!(read.components().collect::<Vec<_>>(), ["data"]);
    assert!(read.of(None).matching(name("p/a")).is_some());
    assert!(read.of(None).matching(name("p/b")).is_none());
    assert!(read.of(Some("data")).matching(name("p/b/d")).is_some());
    assert!(read.of(Some("data")).matching(name("p/b/c")).is_none());
    assert!(read.of(Some("other")).is_empty());
    assert_eq!(read.of(None).texts().collect::<Vec<_>>(), ["a"]);
    assert_eq!(read.of(None).line(), 2);
}

#[test]
fn fields_without_effect_excuse_nothing() {
    for (text, line) in [
        ("Files-Excluded: a\n".to_owned(), 1),
        ("Format: 1.0\nFiles-Excluded: a\n".to_owned(), 2),
        (
            "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/\nFiles-Excluded: a\n"
                .to_owned(),
            2,
        ),
        (format!("{FORMAT}Files-Excluded: a\nFormat: x\n"), 3),
        (format!("{FORMAT}Files-Excluded: a\nnonsense of a line\n"), 3),
        (format!("{FORMAT}Files-Excluded: a b\\c\n"), 2),
        (format!("{FORMAT}Files-Excluded: a\nFiles-Included: \\c\n"), 3),
        (format!("{FORMAT}Files-Included: a\n"), 2),
        (format!("{FORMAT}Files-Excludeds: a\n"), 2),
    ] {
        let read = Exclusions::parse(text.as_bytes());
        assert!(read.of(None).matching(BStr::new("p/a")).is_none(), "{text}");
        assert_eq!(read.faults.first().map(|fault| fault.line), Some(line), "{text}");
    }
    // Of another paragraph, or of nobody.
    for text in [
        format!("{FORMAT}\nFiles-Excluded: a\n"),
        "Licence: old\nprose\n".into(),
    ] {
        let read = Exclusions::parse(text.as_bytes());
        assert!(read.of(None).is_empty());
        assert_eq!(read.faults, []);
    }
}

#[test]
fn bombs_are_cut_off() {
    let wild = parse(&format!("Files-Excluded: {}", "*a*a*a*b ".repeat(20_000)));
    assert_eq!(wild.faults.len(), 1);
    assert!(wild.of(None).matching(BStr::new(&"a".repeat(200))).is_none());
    let plain = parse(&format!("Files-Excluded: {}", "some/name ".repeat(20_000)));
    assert_eq!(plain.faults, []);
    assert!(plain.of(None).matching(BStr::new("p/some/name/x")).is_some());
}

/// The rule as mk-origtargz states it, by trying every way.
fn naive(pattern: &str, name: &str) -> bool {
    fn glob(pattern: &[u8], text: &[u8]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some((b'*', rest)) => (0..=text.len()).any(|skip| glob(rest, &text[skip..])),
            Some((b'?', rest)) => !text.is_empty() && glob(rest, &text[1..]),
            Some((byte, rest)) => text.first() == Some(byte) && glob(rest, &text[1..]),
        }
    }
    let pattern = pattern.strip_suffix('/').unwrap_or(pattern).as_bytes();
    let ends = (0..=name.len()).filter(|end| *end == name.len() || name.as_bytes()[*end] == b'/');
    let starts: Vec<usize> = std::iter::once(0)
        .chain(name.find('/').map(|slash| slash + 1))
        .collect();
    ends.into_iter().any(|end| {
        starts
            .iter()
            .any(|start| *start <= end && glob(pattern, &name.as_bytes()[*start..end]))
    })
}

proptest::proptest! {
    #[test]
    fn as_defined(patterns in "[ab*?/]{1,5}( [ab*?/]{1,5}){0,2}", name in "[ab/]{0,8}") {
        let expected = patterns.split(' ').find(|pattern| naive(pattern, &name));
        let found = hit(&format!("Files-Excluded: {patterns}"), &name);
        proptest::prop_assert_eq!(found.as_deref(), expected);
    }

    #[test]
    fn nothing_panics(text in proptest::collection::vec(proptest::num::u8::ANY, 0..300), name in ".{0,9}") {
        let mut whole = format!("{FORMAT}Files-Excluded: ").into_bytes();
        whole.extend(text);
        Exclusions::parse(&whole).of(None).matching(BStr::new(&name));
    }
}

/// A tool, or None; `TARVET_REQUIRE_ORACLES` turns that into a failure.
fn tool(name: &str) -> Option<Command> {
    let there = Command::new(name)
        .arg("--version")
        .stdin(Stdio::null())
        .output()
        .is_ok();
    if !there {
        println!("skipped: {name} is not installed");
        assert!(
            std::env::var_os("TARVET_REQUIRE_ORACLES").is_none(),
            "{name} is required"
        );
        return None;
    }
    let mut command = Command::new(name);
    command
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("LC_ALL", "C.UTF-8");
    Some(command)
}

/// Files of the tarball that mk-origtargz is let loose upon.
const MEMBERS: [&str; 17] = [
    "a",
    "b.c",
    "b.min.js",
    "dir/a",
    "dir/b.c",
    "dir/sub/keep.c",
    "dir/sub/drop.c",
    "vendor/x/a",
    "vendor/x/b.c",
    "vendor/y",
    "vendors",
    "w*ld",
    "wild",
    "q?",
    "qa",
    "back\\slash",
    "new\nline",
];

/// Lists a tarball's files, names as they are.
fn files(desk: &Path, tarball: &Path) -> Option<Vec<String>> {
    let output = tool("tar")?
        .current_dir(desk)
        .args(["--quoting-style=literal", "--show-transformed", "-tf"])
        .arg(tarball)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout)
        .unwrap()
        .replace("new\nline", "new@line");
    Some(
        text.lines()
            .filter(|name| !name.ends_with('/'))
            .map(|name| name.replace('@', "\n"))
            .collect(),
    )
}

#[test]
fn as_mk_origtargz_repacks() {
    let desk = tempfile::tempdir().unwrap();
    for name in MEMBERS {
        let path = desk.path().join("pkg-1").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, name).unwrap();
    }
    let Some(mut tar) = tool("tar") else { return };
    let made = tar
        .current_dir(desk.path())
        .args(["-czf", "up.tar.gz", "pkg-1"])
        .status()
        .unwrap();
    assert!(made.success());
    let cases = [
        "Files-Excluded: vendor\n",
        "Files-Excluded: vendor/\n",
        "Files-Excluded: vendor/*\n",
        "Files-Excluded: *.c\n",
        "Files-Excluded: *.min.js *sub/drop.c\n",
        "Files-Excluded: w\\*ld q\\?\n",
        "Files-Excluded: w*ld\n",
        "Files-Excluded: q?\n",
        "Files-Excluded: back\\\\\\\\slash\n",
        "Files-Excluded: back*slash\n",
        "Files-Excluded: new*line\n",
        "Files-Excluded: dir/*\nFiles-Included: dir/sub/keep.c\n",
        "Files-Excluded: dir\nFiles-Included: dir/sub/keep.c\n",
        "Files-Excluded: vendor/* dir\nFiles-Included: vendor/x\n",
        "Files-Excluded: ?\n",
        "Files-Excluded: d?r/a\n",
        "Files-Excluded: */a\n",
        "Files-Excluded: **\nFiles-Included: b.c\n",
        "Files-Excluded: 0 a\n",
        "Files-Excluded: pkg-1/vendor\n",
        "Files-Excluded: b.*\n",
    ];
    for (number, fields) in cases.iter().enumerate() {
        let out = format!("out{number}");
        std::fs::create_dir(desk.path().join(&out)).unwrap();
        std::fs::write(desk.path().join("copyright"), format!("{FORMAT}{fields}")).unwrap();
        let Some(mut mk) = tool("mk-origtargz") else {
            return;
        };
        let done = mk
            .current_dir(desk.path())
            .args([
                "--package",
                "pkg",
                "--version",
                "1",
                "--copyright-file",
                "copyright",
                "--compression",
                "gzip",
                "--copy",
                "--directory",
                &out,
                "up.tar.gz",
            ])
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "{fields}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
        let repacked = desk.path().join(&out).join("pkg_1.orig.tar.gz");
        let mut theirs = files(desk.path(), &repacked).unwrap();
        theirs.sort();
        let read = parse(fields);
        assert_eq!(read.faults, []);
        let mut ours: Vec<String> = MEMBERS
            .iter()
            .map(|name| format!("pkg-1/{name}"))
            .filter(|name| read.of(None).matching(BStr::new(name)).is_none())
            .collect();
        ours.sort();
        assert_eq!(ours, theirs, "{fields}");
    }
}
