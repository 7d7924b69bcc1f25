use std::process::{Command, Stdio};

use super::*;

fn parse(text: &str) -> Overrides {
    Overrides::parse(text.as_bytes(), "hello")
}

fn found(text: &str, context: &str) -> Option<usize> {
    parse(text).find("tarvet-a", context).map(|line| line.line)
}

#[test]
fn the_forms_of_a_line() {
    for line in [
        "tarvet-a",
        "  tarvet-a  x   y ",
        "hello: tarvet-a x y",
        "hello source: tarvet-a",
        "hello source :tarvet-a",
        "source: tarvet-a *",
        "[source]: tarvet-a",
        "hello [source] source: tarvet-a",
        "[!amd64 !i386]: tarvet-a",
        "hello [ ] : tarvet-a x*",
        "tarvet-a x\ty",
    ] {
        let read = parse(line);
        assert_eq!(read.faults, [], "{line}");
        assert!(read.find("tarvet-a", "x y").is_some(), "{line}");
        assert!(read.find("tarvet-b", "x y").is_none(), "{line}");
    }
}

#[test]
fn lines_for_others_do_not_count() {
    for line in [
        "other: tarvet-a",
        "[amd64]: tarvet-a",
        "[any]: tarvet-a",
        "[!source]: tarvet-a",
        "some-tag tarvet-a",
        "#tarvet-a",
        "tarvet-ab",
    ] {
        assert!(parse(line).find("tarvet-a", "x").is_none(), "{line}");
        assert_eq!(parse(line).faults, [], "{line}");
    }
}

#[test]
fn malformed_lines_of_ours_are_told() {
    for line in [
        "hello tarvet-a",
        "hello source tarvet-a x",
        "[source] tarvet-a",
        "source tarvet-a",
    ] {
        let read = parse(&format!("\n{line}\nhello other-tag\n"));
        assert_eq!(read.iter().count(), 0, "{line}");
        assert_eq!(
            read.faults.iter().map(|fault| fault.line).collect::<Vec<_>>(),
            [2],
            "{line}"
        );
    }
    assert_eq!(parse("hello:\nhello source\n").faults, []);
    assert_eq!(Overrides::parse(b"\xe4\ntarvet-a\n", "hello").faults.len(), 1);
    assert_eq!(Overrides::parse(b"\xe4\nother\n", "hello").faults, []);
}

#[test]
fn comments_and_their_inheritance() {
    let read = parse(
        "# one\n#\n#  two  three\ntarvet-a x\ntarvet-a y\ntarvet-b z\n# lost\n\ntarvet-c\n# own\ntarvet-c w\n\
         # of another\nother-tag\ntarvet-d\n",
    );
    let comments: Vec<_> = read
        .iter()
        .map(|line| (line.pattern.as_str(), line.justification.as_str()))
        .collect();
    assert_eq!(
        comments,
        [
            ("x", "one two three"),
            ("y", "one two three"),
            ("z", ""),
            ("", ""),
            ("w", "own"),
            ("", "")
        ]
    );
}

#[test]
fn globs() {
    for (pattern, context, hit) in [
        (
            "autoconf 2.71 [configure:*]",
            "autoconf 2.71 [configure:12]",
            true,
        ),
        ("[a]", "a", false),
        ("a", "ab", false),
        ("a?", "ab", true),
        ("a\\*", "a*", true),
        ("a\\*", "ab", false),
        ("a\\\\*", "a\\b", true),
        ("a\\b", "a\\b", true),
        ("\\[x\\]", "[x]", true),
        ("a.c", "abc", false),
        ("*", "", true),
        ("ä?", "äb", true),
    ] {
        assert_eq!(
            found(&format!("tarvet-a {pattern}"), context).is_some(),
            hit,
            "{pattern} {context}"
        );
    }
}

#[test]
fn shorter_patterns_first_and_none_before_all() {
    assert_eq!(found("tarvet-a xyz*\ntarvet-a x*\n", "xyz"), Some(2));
    assert_eq!(found("tarvet-a x*\ntarvet-a\n", "xyz"), Some(2));
    assert_eq!(found("tarvet-a x\ntarvet-a x\n", "x"), Some(2));
}

#[test]
fn unused_ones() {
    let read = parse("tarvet-a x\ntarvet-a y\ntarvet-a y\ntarvet-b\nother\n");
    let unused: Vec<_> = read
        .unused([("tarvet-a", "x"), ("tarvet-a", "q")])
        .into_iter()
        .map(|unused| (unused.line.line, unused.mismatched))
        .collect();
    assert_eq!(unused, [(3, true), (4, false)]);
    assert_eq!(
        read.unused([("tarvet-a", "x"), ("tarvet-a", "y"), ("tarvet-b", "")]),
        []
    );
}

#[test]
fn unlimited_ones_are_known() {
    let read = parse("tarvet-a\ntarvet-a **\ntarvet-a * x\n");
    let unlimited: Vec<_> = read.iter().map(Override::is_unlimited).collect();
    assert_eq!(unlimited, [true, true, false]);
}

#[test]
fn a_bomb_is_cut_off() {
    let read = parse(&"tarvet-a *a*b*c*\n".repeat(MOST + 10));
    assert_eq!((read.iter().count(), read.faults.len()), (MOST, 1));
}

/// lintian's own module on a file: for each override tag, pattern, comment and line, then the matching of globs.
const LINTIAN: &str = r#"
package File; sub new { bless {}, shift } sub pointer { $_[1] }
package Source; use Moo; sub name { 'hello' } sub type { 'source' } sub override_file { File->new }
with 'Lintian::Processable::Overrides';
package main; use Lintian::Util qw(match_glob); use utf8;
local $/; open(my $file, '<:encoding(UTF-8)', $ARGV[0]); my $source = Source->new;
binmode(STDOUT, ':encoding(UTF-8)');
for my $o (@{ $source->parse_overrides(<$file>) }) {
    my $hits = join('', map { match_glob($o->pattern, $_) ? 1 : 0 } @ARGV[1 .. $#ARGV]);
    print join("\t", $o->position, $o->tag_name, $o->pattern, $o->justification, $hits), "\n"
      if $o->tag_name =~ /^tarvet-/ && !@{ $o->architectures };
}
print "malformed\t$_->{pointer}\n" for @{ $source->override_errors };
"#;

#[test]
fn as_lintian_reads_it() {
    let library = "/usr/share/lintian/lib";
    if !std::path::Path::new(library).exists() {
        println!("skipped: lintian is not installed");
        assert!(
            std::env::var_os("TARVET_REQUIRE_ORACLES").is_none(),
            "lintian is required"
        );
        return;
    }
    let text = "# a  b\n#c\nhello source: tarvet-a x\ntarvet-a  y z\n\ntarvet-b\n# d\ntarvet-b [x:*]\n#\ntarvet-c \\[x:1\\]\n\
        tarvet-c a\\b\ntarvet-c a\\*\ntarvet-c a\\\\*\nhello tarvet-d\nsource :tarvet-d ?\nhello[x]: tarvet-e\n\
        hello: tarvet-f\n: tarvet-g\nhellotarvet: tarvet-h\nhello source tarvet-i\nsource tarvet-j\n\
        tarvet-k a.c\ntarvet-k a|b\ntarvet-k (a)\ntarvet-k $\ntarvet-k a\\\ntarvet-k ä?\ntarvet-k {a,b}\n\t tarvet-l\t*\r\n\
        hello : source: tarvet-m\ntarvet-n **?\nhello:tarvet-o a: b\nhello::tarvet-p\n";
    let contexts = [
        "", "x", "y z", "[x:1]", "a\\b", "a*", "ab", "a\\", "abc", "a.c", "a", "b", "a|b", "(a)", "$", "äb",
        "{a,b}", "a: b",
    ];
    let desk = tempfile::tempdir().unwrap();
    let file = desk.path().join("overrides");
    std::fs::write(&file, text).unwrap();
    let output = Command::new("perl")
        .args(["-I", library, "-CA", "-e", LINTIAN])
        .arg(&file)
        .args(contexts)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let theirs = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let read = parse(text);
    let mut ours = String::new();
    for line in read.iter() {
        let hits: String = contexts
            .iter()
            .map(|context| {
                if matches(&line.tokens, context.as_bytes()) {
                    '1'
                } else {
                    '0'
                }
            })
            .collect();
        ours += &format!(
            "{}\t{}\t{}\t{}\t{hits}\n",
            line.line, line.tag, line.pattern, line.justification
        );
    }
    for fault in &read.faults {
        ours += &format!("malformed\t{}\n", fault.line);
    }
    assert_eq!(ours, theirs);
}

proptest::proptest! {
    #[test]
    fn nothing_panics(text in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
        Overrides::parse(&text, "hello");
    }

    #[test]
    fn what_is_found_is_not_unused(text in "((# c|hello|source|:| |tarvet-a|tarvet-b|x|\\*|\n){0,30})", context in "[x ]{0,3}") {
        let read = parse(&text);
        let hit = read.find("tarvet-a", &context);
        let unused = read.unused([("tarvet-a", context.as_str())]);
        proptest::prop_assert!(hit.is_none_or(|hit| unused.iter().all(|unused| unused.line != hit)));
    }
}
