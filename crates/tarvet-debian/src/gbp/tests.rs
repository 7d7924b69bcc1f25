use std::process::{Command, Stdio};

use super::*;

#[test]
fn what_is_read() {
    let read = Gbp::parse(
        b"# c\n[DEFAULT]\nPristine-Tar = True\nupstream-tag: v%(version%~%.)s\ncompression=xz ; not a comment\n\
          [import-orig]\nfilter = [ 'a/*',\n  # c\n  \"b\",\n ]\nfilter-pristine-tar = 1\ncompression = gzip\n\n[pq]\npatch-numbers = False\n",
    );
    assert_eq!(read.faults, []);
    assert_eq!(read.pristine_tar, Some(true));
    assert_eq!(read.filter, ["a/*", "b"]);
    assert_eq!(read.filter_pristine_tar, Some(true));
    assert_eq!(read.compression.as_deref(), Some("gzip"));
    assert_eq!(read.upstream_tag_of("1~rc1").as_deref(), Some("v1.rc1"));
    assert_eq!(read.upstream_vcs_tag_of("1"), None);
    assert_eq!(read.debian_tag_of("1:1~2-1").as_deref(), Some("debian/1%1_2-1"));
    let components = Gbp::parse(b"[buildpackage]\ncomponent = data\n");
    assert_eq!(components.components, ["data"]);
    assert_eq!(Gbp::parse(b"[DEFAULT]\nfilter=\n  ['x']\n").faults.len(), 1);
}

#[test]
fn tags() {
    for (format, version, expected) in [
        ("debian/%(version)s", "0:0~0", Some("debian/0%0_0")),
        ("libfoo-%(hversion)s", "1.8.1", Some("libfoo-1-8-1")),
        ("v%(version%.%_)s", "1.2.3", Some("v1_2_3")),
        ("%(version%-%\\%)s", "0-1.2.3", Some("0%1.2.3")),
        ("%(version%.%ab)s", "1.2", Some("1b2")),
        ("100%%/%(version)s", "1", Some("100%/1")),
        ("%(version)s", "1..2.lock", Some("1.#.2.#lock")),
        ("%(version)s", "1.", Some("1.#")),
        ("release", "1", None),
        ("%(other)s", "1", None),
        ("%(version)d", "1", None),
        ("%(version%%_)s", "1", None),
        ("%", "1", None),
    ] {
        assert_eq!(tag(format, version).as_deref(), expected, "{format}");
    }
}

#[test]
fn what_gbp_refuses_is_told() {
    for (text, line) in [
        ("upstream-tag = x\n", 1),
        ("[DEFAULT]\nupstream-tag = x\nupstream-tag = y\n", 3),
        ("[a]\n[a]\n", 2),
        ("[DEFAULT]\nnonsense\n", 2),
        ("[DEFAULT]\n= x\n", 2),
        ("[DEFAULT]\npristine-tar = perhaps\n", 2),
        ("[DEFAULT]\nfilter = [x]\n", 2),
        ("[DEFAULT]\nfilter = ['x' + 'y']\n", 2),
        ("[DEFAULT]\nupstream-tag = 'v%(version)s'\n", 2),
    ] {
        let faults = Gbp::parse(text.as_bytes()).faults;
        assert_eq!(
            faults.iter().map(|fault| fault.line).collect::<Vec<_>>(),
            [line],
            "{text}"
        );
    }
    assert_eq!(Gbp::parse(b"[DEFAULT]\n[DEFAULT]\na=b\n").faults, []);
    let twice = Gbp::parse(b"[DEFAULT]\nupstream-tag = x\nupstream-tag = y\n  z\n");
    assert_eq!(twice.upstream_tag.as_deref(), Some("x"));
    let quoted = Gbp::parse(b"[DEFAULT]\nupstream-tag='v%(version)s'\n");
    assert_eq!(quoted.upstream_tag_of("1").as_deref(), Some("v1"));
}

/// Python's own reader: each option of each section, or that it refuses.
const PYTHON: &str = "
import configparser, sys
for text in sys.argv[1:]:
    parser = configparser.ConfigParser()
    try:
        parser.read_string(text)
    except configparser.Error:
        print('refused')
        continue
    options = [('DEFAULT', *item) for item in parser.defaults().items()]
    options += [(name, *item) for name in parser.sections() for item in parser._sections[name].items()]
    print(repr(sorted(options)))
";

#[test]
fn as_python_reads_it() {
    let texts = [
        "[DEFAULT]\na = b\n",
        "[DEFAULT]\nA: b = c\n",
        "[a]\nb=c\n d\n\n  e\nf=\n",
        "[a]\nb=\n [c]\n d\n[e]\nf=g",
        "[a] x\nb=c ; d # e\n",
        "a=b\n",
        "[a]\nb\n",
        "[a]\n=b\n",
        "[a]\nb=c\nB=d\n",
        "[a]\n[a]\n",
        "[DEFAULT]\n[DEFAULT]\n",
        "[a]\nb=c\n# d\n e\n;f\n\n\n",
        "[a]]\nb=c\n",
        " [a]\n  b=c\n   d\n  e=f\n",
        "[]\n",
        "[a]\n[]\nb=c\n",
        "",
        "[a]\nb : c = d\n",
        "[ a ]\nb=c",
    ];
    let Ok(output) = Command::new("python3")
        .args(["-c", PYTHON])
        .args(texts)
        .stdin(Stdio::null())
        .output()
    else {
        println!("skipped: python3 is not installed");
        assert!(
            std::env::var_os("TARVET_REQUIRE_ORACLES").is_none(),
            "python3 is required"
        );
        return;
    };
    let theirs = String::from_utf8(output.stdout).unwrap();
    assert_eq!(theirs.lines().count(), texts.len());
    for (text, theirs) in texts.iter().zip(theirs.lines()) {
        let mut faults = Vec::new();
        let ini = Ini::parse(text, &mut faults);
        let ours = if faults.is_empty() {
            let mut options: Vec<String> = ini
                .sorted()
                .into_iter()
                .map(|(section, name, value)| {
                    format!("('{section}', '{name}', '{}')", value.replace('\n', "\\n"))
                })
                .collect();
            options.sort();
            format!("[{}]", options.join(", "))
        } else {
            "refused".to_owned()
        };
        assert_eq!(ours, theirs, "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn nothing_panics(text in "(\\[|\\]|DEFAULT|upstream-tag|filter|=|'|\"|,|%|\\(version|\\)s|\\\\|\n| |#|x){0,60}", version in ".{0,9}") {
        let read = Gbp::parse(text.as_bytes());
        read.upstream_tag_of(&version);
        tag(&text, &version);
    }
}
