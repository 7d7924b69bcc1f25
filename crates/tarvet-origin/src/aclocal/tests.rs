use std::fs;
use std::process::Command;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::known::{Builder, Class, Table, Version};

const HOST: &str = "# pocket-host.m4 serial 2\nAC_DEFUN([POCKET_HOST], [AC_REQUIRE([AC_CANONICAL_HOST])])\n";
const OWN: &str = "## how this file is made\nAC_DEFUN([POCKET_OWN], [:])\n";

fn tables() -> Tables {
    let mut builder = Builder::new();
    let version = Version::Release("1.0".into());
    assert!(builder.add(
        "pocket",
        &version,
        Class::Macro,
        b"pocket-host.m4",
        HOST.as_bytes()
    ));
    let mut tables = Tables::new();
    tables.add(Table::parse(builder.finish().unwrap()).unwrap());
    tables
}

/// What the machine's aclocal writes for a package that uses automake: an oracle, and the source of the preamble.
/// `None`, with a line that says so, where there is no aclocal; `TARVET_REQUIRE_ORACLES=1` turns that into a failure.
static WRITTEN: LazyLock<Option<String>> = LazyLock::new(|| {
    let directory = tempfile::tempdir().unwrap();
    let input = "AC_INIT([pocket], [1.0])\nAM_INIT_AUTOMAKE([foreign])\nAC_OUTPUT\n";
    fs::write(directory.path().join("configure.ac"), input).unwrap();
    let ran = Command::new("aclocal").current_dir(directory.path()).output();
    if !ran.is_ok_and(|output| output.status.success()) {
        assert!(
            std::env::var_os("TARVET_REQUIRE_ORACLES").is_none(),
            "aclocal cannot be run"
        );
        eprintln!("skipped: there is no aclocal (Debian: automake)");
        return None;
    }
    fs::read_to_string(directory.path().join("aclocal.m4")).ok()
});

const LAST: &str = "'autoreconf'.])])\n";

fn preamble() -> Option<&'static str> {
    let written = WRITTEN.as_ref()?;
    Some(&written[..written.find(LAST)? + LAST.len()])
}

/// Where there is no aclocal, a text without the preamble must do.
fn whole(parts: &[&str]) -> String {
    format!("{}\n{}", preamble().unwrap_or_default(), parts.concat())
}

fn of(text: &str) -> Split {
    let path = BStr::new("m4/own.m4");
    split(text.as_bytes(), &tables(), &[(path, OWN.as_bytes())])
}

#[test]
fn what_aclocal_writes_is_recognised() {
    let text = whole(&[
        HOST,
        "\n",
        "AC_DEFUN([POCKET_OWN], [:])\n",
        "\n",
        "m4_include([m4/x-1_y~z.m4])\n",
    ]);
    let split = of(&text);
    assert_eq!(split.aclocal.is_some(), preamble().is_some());
    assert_eq!(split.parts.len(), 1);
    assert_eq!(split.own, ["m4/own.m4"]);
    assert_eq!(split.included, ["m4/x-1_y~z.m4"]);
    assert_eq!(split.leftover, []);
}

#[test]
fn the_preamble_without_a_warning() {
    let Some(text) = preamble() else { return };
    let end = text.find("m4_ifndef([AC_AUTOCONF_VERSION]").unwrap();
    let split = of(&format!("{}m4_include([m4/a.m4])\n", &text[..end]));
    assert!(split.aclocal.is_some());
    assert_eq!(split.leftover, []);
}

#[test]
fn all_that_aclocal_writes_is_known() {
    let Some(written) = WRITTEN.as_ref() else { return };
    let split = split(written.as_bytes(), &Tables::new(), &[]);
    assert_eq!(split.leftover, []);
    assert!(split.parts.len() > 10 && split.parts.iter().all(|part| part.project == "automake"));
}

#[test]
fn nothing_hides_in_the_preamble() {
    let Some(text) = preamble() else { return };
    let version = &text[text.find("aclocal ").unwrap() + 8..text.find(" -*-").unwrap()];
    let year = &text[text.find("1996-").unwrap()..text.find(" Free").unwrap()];
    for (from, to) in [
        (format!("{version} -*-"), format!("{version}])m4_esyscmd([id -*-")),
        ("],,\n".into(), "],m4_esyscmd([id]),\n".into()),
        (year.into(), format!("{year}\nm4_esyscmd([id])")),
        (
            "generated for autoconf ".into(),
            "generated for autoconf 0".into(),
        ),
        (
            "# PARTICULAR PURPOSE.\n".into(),
            "# PARTICULAR PURPOSE.\nm4_esyscmd([id])\n".into(),
        ),
        (LAST.into(), LAST.replace("])])", "])m4_esyscmd([id])])")),
        ("# generated".into(), "m4_esyscmd([id])# generated".into()),
    ] {
        assert!(text.contains(&from), "{from}");
        let split = of(&text.replacen(&from, &to, 1));
        let hidden = split
            .leftover
            .iter()
            .any(|leftover| leftover.text.contains_str("esyscmd"));
        assert!(hidden || !to.contains("esyscmd"), "{to}: {:?}", split.leftover);
        assert!(!split.leftover.is_empty(), "{to}");
    }
}

#[test]
fn one_line_in_a_part_leaves_the_part_over() {
    let altered = HOST.replace("[AC_REQUIRE", "[touch pwned\nAC_REQUIRE");
    let split = of(&whole(&[&altered, "\n", "m4_include([m4/a.m4])\n"]));
    assert_eq!(split.parts, []);
    let [leftover] = split.leftover.as_slice() else {
        panic!("{:?}", split.leftover)
    };
    assert_eq!(leftover.text, altered);
    assert_eq!(leftover.last - leftover.first, 2);
    assert_eq!(split.included.len(), 1, "what follows is recognised again");
}

#[test]
fn text_glued_to_a_part_is_left_over() {
    for glue in ["m4_esyscmd([id])\n", " # x\n", "\tid\n"] {
        let split = of(&whole(&[HOST, glue]));
        let left: Vec<u8> = split
            .leftover
            .iter()
            .flat_map(|leftover| leftover.text.to_vec())
            .collect();
        assert!(
            left.contains_str(glue.trim_start()),
            "{glue:?}: {:?}",
            split.leftover
        );
    }
    let split = of(&whole(&[HOST.trim_end(), "m4_esyscmd([id])\n"]));
    assert!(!split.leftover.is_empty());
}

#[test]
fn includes_are_plain_paths() {
    for include in [
        "m4_include([m4/a.m4])m4_esyscmd([id])\n",
        "m4_include([m4/$1.m4])\n",
        "m4_include([m4/a.m4]) dnl\n",
        " m4_include([m4/a.m4])\n",
        "m4_sinclude([m4/a.m4])\n",
        "m4_include([a]b])\n",
        "m4_include([])\n",
        "m4_include([m4/a.m4])",
    ] {
        let split = of(&whole(&[include]));
        assert_eq!(split.included, [""; 0], "{include:?}");
        assert_eq!(split.leftover.len(), 1, "{include:?}");
    }
}

#[test]
fn a_file_of_the_package_that_is_not_accounted_for_is_left_over() {
    let split = split(
        whole(&["AC_DEFUN([POCKET_OWN], [:])\n"]).as_bytes(),
        &tables(),
        &[],
    );
    assert_eq!(split.leftover.len(), 1);
}

proptest! {
    /// Every line is in one of the four, whatever the text.
    #[test]
    fn nothing_is_lost(lines in proptest::collection::vec("[a-z#(\\[\\]) ]{0,12}", 0..30)) {
        let text = whole(&[&lines.join("\n"), "\n"]);
        let split = of(&text);
        let left: usize = split.leftover.iter().map(|leftover| leftover.last - leftover.first + 1).sum();
        let written = lines.iter().filter(|line| !line.is_empty()).count();
        prop_assert_eq!(left, written);
    }

    #[test]
    fn nothing_panics(content: Vec<u8>) {
        let _ = split(&content, &tables(), &[(BStr::new("x"), &content)]);
    }
}
