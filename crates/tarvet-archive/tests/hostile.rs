//! One archive per trick; the numbers are the rows of the threat catalogue.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a test may panic and say why it skips"
)]
mod support;

use support::{codes, paths, quiet, read, read_with, tells};
use tarvet_archive::{
    Limits, MemberKind,
    OddityClass::{Ambiguous, Corrupt, Curious, Limit, Unsafe},
};
use tarvet_testkit::tar::{Header, Tar, record};

fn tree() -> Tar {
    Tar::new()
        .dir("foo-1.0/")
        .file("foo-1.0/main.c", "int main;\n")
        .dir("foo-1.0/docs/")
}

#[test]
fn an_honest_tree_is_quiet() {
    let tarball = read(
        &tree()
            .symlink("foo-1.0/link", "main.c")
            .hard_link("foo-1.0/hard", "foo-1.0/main.c")
            .finish(),
    );
    quiet(&tarball);
    assert_eq!(paths(&tarball).len(), 5);
}

#[test]
fn t2_duplicates() {
    let same = tree().file("foo-1.0/main.c", "int main;\n").finish();
    assert_eq!(codes(&read(&same)), [(Curious, "repeated-member")]);
    tells(
        &read(&tree().file("foo-1.0/main.c", "evil").finish()),
        Ambiguous,
        "duplicate-member",
    );
    tells(
        &read(&tree().symlink("foo-1.0/main.c", "evil").finish()),
        Ambiguous,
        "duplicate-member",
    );
    tells(
        &read(&tree().file("foo-1.0/docs", "").finish()),
        Ambiguous,
        "duplicate-member",
    );
    let executable = Header::file("foo-1.0/main.c").mode(0o755);
    tells(
        &read(&tree().member(executable, "int main;\n").finish()),
        Ambiguous,
        "duplicate-member",
    );
    quiet(&read(&tree().dir("foo-1.0/docs/").dir("foo-1.0/docs").finish()));
}

#[test]
fn t3_other_spellings() {
    for path in [
        "./foo-1.0/main.c",
        "foo-1.0//main.c",
        "foo-1.0/./main.c",
        "foo-1.0/docs/../main.c",
    ] {
        tells(
            &read(&tree().file(path, "evil").finish()),
            Ambiguous,
            "duplicate-member",
        );
    }
    tells(
        &read(&tree().file("foo-1.0//other", "").finish()),
        Ambiguous,
        "odd-spelling",
    );
    tells(
        &read(&tree().file("foo-1.0/./other", "").finish()),
        Ambiguous,
        "odd-spelling",
    );
    quiet(&read(
        &Tar::new()
            .dir("./")
            .dir("./foo/")
            .file("./foo/main.c", "")
            .finish(),
    ));
}

#[test]
fn t4_out_of_the_tree() {
    tells(
        &read(&tree().file("/etc/passwd", "").finish()),
        Unsafe,
        "absolute-name",
    );
    tells(
        &read(&tree().file("foo-1.0/../../x", "").finish()),
        Unsafe,
        "dot-dot-in-name",
    );
    tells(
        &read(&tree().file("C:..\\x", "").finish()),
        Unsafe,
        "drive-letter",
    );
    assert_eq!(
        codes(&read(&tree().file("foo-1.0/a\\b", "").finish())),
        [(Curious, "backslash-in-name")]
    );
    quiet(&read(
        &tree()
            .file("foo-1.0/..a/b..", "")
            .file("foo-1.0/C:x", "")
            .finish(),
    ));
}

#[test]
fn t5_a_link_at_the_top() {
    tells(
        &read(&Tar::new().symlink("foo-1.0", "/tmp").finish()),
        Unsafe,
        "top-entry-link",
    );
    let below = Tar::new()
        .symlink("foo-1.0", "/tmp")
        .file("foo-1.0/x", "")
        .finish();
    tells(&read(&below), Unsafe, "top-entry-link");
    quiet(&read(&tree().symlink("latest", "foo-1.0").finish()));
}

#[test]
fn t6_hard_links_share_contents() {
    let tarball = read(
        &tree()
            .hard_link("foo-1.0/b", "foo-1.0/main.c")
            .hard_link("foo-1.0/c", "./foo-1.0/b")
            .finish(),
    );
    quiet(&tarball);
    let members = &tarball.manifest.members;
    for link in &members[3..5] {
        assert_eq!((link.kind, link.size), (MemberKind::HardLink, 10));
        assert_eq!((link.blob, link.sha256), (members[1].blob, members[1].sha256));
    }
    let to_symlink = tree()
        .symlink("foo-1.0/s", "main.c")
        .hard_link("foo-1.0/t", "foo-1.0/s")
        .finish();
    let tarball = read(&to_symlink);
    quiet(&tarball);
    let [link, twin] = &tarball.manifest.members[3..] else {
        panic!("{:?}", paths(&tarball))
    };
    assert_eq!((twin.kind, twin.mode), (MemberKind::Symlink, link.mode));
    assert_eq!((&twin.link, twin.blob), (&link.link, link.blob));
    let executable = tree()
        .member(Header::file("foo-1.0/run").mode(0o755), "x")
        .hard_link("foo-1.0/walk", "foo-1.0/run")
        .finish();
    let tarball = read(&executable);
    quiet(&tarball);
    assert_eq!(tarball.manifest.members[4].mode, 0o755);
}

#[test]
fn t6_hard_links_that_lie() {
    tells(
        &read(&tree().hard_link("foo-1.0/x", "/etc/passwd").finish()),
        Unsafe,
        "hard-link-outside",
    );
    tells(
        &read(&tree().hard_link("foo-1.0/x", "foo-1.0/../../y").finish()),
        Unsafe,
        "hard-link-outside",
    );
    tells(
        &read(&tree().hard_link("foo-1.0/x", "foo-1.0/absent").finish()),
        Unsafe,
        "hard-link-outside",
    );
    tells(
        &read(&tree().hard_link("foo-1.0/x", "foo-1.0/x").finish()),
        Unsafe,
        "hard-link-cycle",
    );
    tells(
        &read(&tree().hard_link("./foo-1.0/main.c", "foo-1.0/main.c").finish()),
        Unsafe,
        "hard-link-cycle",
    );
    let forward = tree()
        .hard_link("foo-1.0/x", "foo-1.0/y")
        .file("foo-1.0/y", "late")
        .finish();
    tells(&read(&forward), Unsafe, "forward-hard-link");
    let cycle = tree()
        .hard_link("foo-1.0/x", "foo-1.0/y")
        .hard_link("foo-1.0/y", "foo-1.0/x")
        .finish();
    tells(&read(&cycle), Unsafe, "forward-hard-link");
    tells(
        &read(&tree().hard_link("foo-1.0/x", "foo-1.0/docs").finish()),
        Unsafe,
        "hard-link-to-odd-target",
    );
    let late = tree()
        .file("foo-1.0/evil", "evil")
        .hard_link("foo-1.0/main.c", "foo-1.0/evil")
        .finish();
    tells(&read(&late), Ambiguous, "duplicate-member");
    let through = tree()
        .symlink("foo-1.0/s", "/etc")
        .hard_link("foo-1.0/x", "foo-1.0/s/passwd")
        .finish();
    tells(&read(&through), Unsafe, "hard-link-outside");
}

#[test]
fn t6_bodies_on_links() {
    for flag in [b'1', b'2', b'5'] {
        let header = Header::new(flag, "foo-1.0/x").link("foo-1.0/main.c");
        tells(
            &read(&tree().member(header, "evil").finish()),
            Ambiguous,
            "body-on-link",
        );
    }
}

#[test]
fn t7_members_through_links() {
    let after = tree()
        .symlink("foo-1.0/l", "docs")
        .file("foo-1.0/l/x", "")
        .finish();
    tells(&read(&after), Unsafe, "write-through-link");
    let before = tree()
        .file("foo-1.0/l/x", "")
        .symlink("foo-1.0/l", "docs")
        .finish();
    tells(&read(&before), Unsafe, "write-through-link");
    let deep = tree()
        .symlink("foo-1.0/l", "docs")
        .file("foo-1.0/l/a/b/c", "")
        .finish();
    tells(&read(&deep), Unsafe, "write-through-link");
    let respelled = tree()
        .symlink("./foo-1.0/l", "docs")
        .file("foo-1.0//l/x", "")
        .finish();
    tells(&read(&respelled), Unsafe, "write-through-link");
    tells(
        &read(&tree().file("foo-1.0/main.c/x", "").finish()),
        Unsafe,
        "member-below-file",
    );
    let hard = tree()
        .symlink("foo-1.0/l", "docs")
        .hard_link("foo-1.0/h", "foo-1.0/l")
        .file("foo-1.0/h/x", "");
    tells(&read(&hard.finish()), Unsafe, "write-through-link");
    quiet(&read(
        &tree()
            .symlink("foo-1.0/doc", "docs")
            .file("foo-1.0/docs2/x", "")
            .finish(),
    ));
}

#[test]
fn t9_pax_overrides() {
    let renamed = read(
        &tree()
            .pax(b'x', &[("path", "foo-1.0/real")])
            .file("foo-1.0/shown", "x")
            .finish(),
    );
    quiet(&renamed);
    assert_eq!(paths(&renamed)[3], "foo-1.0/real");
    let link = read(
        &tree()
            .pax(b'x', &[("linkpath", "main.c")])
            .symlink("foo-1.0/l", "other")
            .finish(),
    );
    assert_eq!(link.manifest.members[3].link.as_ref().unwrap(), "main.c");

    let twice = tree()
        .pax(b'x', &[("path", "foo-1.0/a"), ("path", "foo-1.0/b")])
        .file("foo-1.0/c", "");
    tells(&read(&twice.finish()), Ambiguous, "repeated-pax-key");
    let two = tree()
        .pax(b'x', &[("path", "foo-1.0/a")])
        .pax(b'x', &[("mtime", "1")])
        .file("foo-1.0/c", "");
    tells(&read(&two.finish()), Ambiguous, "repeated-pax-header");
    let mixed = tree()
        .gnu_long(b'L', "foo-1.0/a")
        .pax(b'x', &[("path", "foo-1.0/b")])
        .file("foo-1.0/c", "");
    tells(&read(&mixed.finish()), Ambiguous, "mixed-overrides");
    let mixed = tree()
        .pax(b'x', &[("path", "foo-1.0/b")])
        .gnu_long(b'L', "foo-1.0/a")
        .file("foo-1.0/c", "");
    tells(&read(&mixed.finish()), Ambiguous, "mixed-overrides");
    let dangling = tree().pax(b'x', &[("path", "foo-1.0/b")]);
    tells(&read(&dangling.finish()), Ambiguous, "dangling-override");
}

#[test]
fn t10_global_headers() {
    for key in ["path", "linkpath", "size", "GNU.sparse.major", "unheard-of"] {
        let tarball = read(&Tar::new().pax(b'g', &[(key, "1")]).file("a", "").finish());
        tells(&tarball, Ambiguous, "global-header-key");
        assert_eq!(paths(&tarball), ["a"]);
    }
    let comment = "0123456789012345678901234567890123456789";
    let honest = Tar::new()
        .pax(b'g', &[("comment", comment), ("mtime", "1")])
        .pax(b'g', &[("comment", "second")]);
    let tarball = read(&honest.file("a", "").finish());
    quiet(&tarball);
    assert_eq!(tarball.pax_comments, [comment, "second"]);
    let between = tree()
        .pax(b'x', &[("path", "b")])
        .pax(b'g', &[("comment", "x")])
        .file("foo-1.0/c", "");
    tells(&read(&between.finish()), Ambiguous, "mixed-overrides");
}

#[test]
fn t11_size_disagreements() {
    let inner = Tar::new().file("evil/main.c", "evil").finish();
    for size in ["0", "512", "99999"] {
        let tar = tree()
            .pax(b'x', &[("size", size)])
            .file("foo-1.0/inner.tar", &inner)
            .finish();
        tells(&read(&tar), Ambiguous, "size-disagreement");
    }
    let honest = tree()
        .pax(b'x', &[("size", "5")])
        .file("foo-1.0/x", "12345")
        .finish();
    quiet(&read(&honest));
    let hidden = tree()
        .pax(b'x', &[("size", "10240")])
        .member(Header::file("foo-1.0/x").size(0), &inner)
        .finish();
    tells(&read(&hidden), Ambiguous, "size-disagreement");
    let applied = tree()
        .pax(b'x', &[("size", "0")])
        .gnu_long(b'L', "foo-1.0/long")
        .file("foo-1.0/l", "");
    tells(&read(&applied.finish()), Ambiguous, "mixed-overrides");
}

#[test]
fn t12_malformed_records() {
    for body in [
        "9 path=ab\n",
        "99 path=ab\n",
        "path=ab\n",
        "11 path=ab\nx",
        "-9 path=a\n",
    ] {
        let tar = tree().pax_raw(b'x', body).file("foo-1.0/x", "").finish();
        tells(&read(&tar), Corrupt, "malformed-pax-record");
    }
    let noise: Vec<u8> = (0..100)
        .flat_map(|n| record(format!("X.k{n}").as_bytes(), b"v"))
        .collect();
    let hidden = |records: &[&[u8]]| {
        let body = [&noise[..], &records.concat()].concat();
        read(&tree().pax_raw(b'x', body).file("foo-1.0/x", "").finish())
    };
    tells(&hidden(&[b"9 path=ab\n"]), Corrupt, "malformed-pax-record");
    tells(&hidden(&[&record(b"size", b" 1536")]), Ambiguous, "odd-number");
    tells(&hidden(&[&record(b"path", b"")]), Ambiguous, "empty-pax-value");
    let twice = [&record(b"path", b"foo-1.0/a")[..], &record(b"path", b"foo-1.0/b")];
    tells(&hidden(&twice), Ambiguous, "repeated-pax-key");
    let nul = tree()
        .pax(b'x', &[("path", "foo-1.0/a\0b")])
        .file("foo-1.0/x", "")
        .finish();
    tells(&read(&nul), Ambiguous, "nul-in-name");
    let empty = tree().pax(b'x', &[("path", "")]).file("foo-1.0/x", "").finish();
    tells(&read(&empty), Ambiguous, "empty-pax-value");
    let charset = tree()
        .pax(b'x', &[("hdrcharset", "KOI8-R")])
        .file("foo-1.0/x", "")
        .finish();
    tells(&read(&charset), Ambiguous, "pax-charset");
    let fake = format!(
        "a\n{}",
        String::from_utf8(record(b"path", b"evil/main.c")).unwrap()
    );
    let newline = read(
        &tree()
            .pax(b'x', &[("path", fake.as_str())])
            .file("foo-1.0/x", "")
            .finish(),
    );
    assert_eq!(paths(&newline)[3], fake);
    tells(&newline, Curious, "control-in-name");
}

#[test]
fn t13_limits() {
    let huge = tree()
        .member(
            Header::new(b'x', "p").raw_size(b"\x80\0\0\0\x40\0\0\0\0\0\0\0"),
            "",
        )
        .finish();
    tells(&read(&huge), Limit, "header-limit");
    let long = tree().gnu_long(b'L', vec![b'a'; 2 << 20]).file("x", "").finish();
    tells(&read(&long), Limit, "header-limit");
    let globals = (0..4).fold(tree(), |tar, _| {
        tar.pax(b'g', &[("comment", "x".repeat(300 << 10))])
    });
    tells(
        &read(&globals.file("foo-1.0/x", "").finish()),
        Limit,
        "header-limit",
    );
    let deep = tree()
        .pax(b'x', &[("path", "d/".repeat(5000) + "x")])
        .file("foo-1.0/x", "")
        .finish();
    tells(&read(&deep), Limit, "depth-limit");

    let limits = Limits {
        members: 10,
        ..Limits::default()
    };
    let many = (0..11).fold(Tar::new(), |tar, n| tar.file(format!("f{n}"), ""));
    let tarball = read_with(&many.clone().finish(), limits);
    assert_eq!(codes(&tarball), [(Limit, "member-limit")]);
    assert_eq!(tarball.manifest.members.len(), 10);
    assert!(tarball.oddities[0].detail.contains("10"));
    quiet(&read_with(
        &many.finish(),
        Limits {
            members: 11,
            ..limits
        },
    ));

    let bytes = tree().file("foo-1.0/big", vec![b'x'; 100_000]).finish();
    let limits = Limits {
        bytes: 50_000,
        ..Limits::default()
    };
    assert_eq!(codes(&read_with(&bytes, limits)), [(Limit, "size-limit")]);
    quiet(&read_with(
        &bytes,
        Limits {
            bytes: bytes.len() as u64,
            ..limits
        },
    ));
}
