//! One archive per trick, continued: layouts, ends, numbers, names.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a test may panic and say why it skips"
)]
mod support;

use support::{codes, paths, quiet, read, tells};
use tarvet_archive::{
    MemberKind,
    OddityClass::{Ambiguous, Attributes, Corrupt, Curious, Stowaway, Unsafe},
};
use tarvet_testkit::tar::{GNU, Header, Tar, USTAR, V7, field, record};

fn tree() -> Tar {
    Tar::new()
        .dir("foo-1.0/")
        .file("foo-1.0/main.c", "int main;\n")
        .dir("foo-1.0/docs/")
}

#[test]
fn t14_gnu_and_odd_headers() {
    let long = "foo-1.0/".to_owned() + &"n".repeat(150);
    let honest = tree()
        .gnu_long(b'K', &long)
        .gnu_long(b'L', long.clone() + "2")
        .member(Header::new(b'2', "foo-1.0/x").magic(GNU), "")
        .finish();
    let tarball = read(&honest);
    quiet(&tarball);
    assert_eq!(paths(&tarball)[3], long.clone() + "2");
    assert_eq!(tarball.manifest.members[3].link.as_ref().unwrap(), &long);

    let twice = tree()
        .gnu_long(b'L', "foo-1.0/a")
        .gnu_long(b'L', "foo-1.0/b")
        .file("foo-1.0/c", "")
        .finish();
    tells(&read(&twice), Ambiguous, "repeated-long-name");
    tells(
        &read(
            &tree()
                .member(Header::new(b'X', "foo-1.0/x"), "10 path=a\n")
                .finish(),
        ),
        Ambiguous,
        "odd-typeflag",
    );
    for magic in [GNU, V7] {
        let prefixed = Header::file("main.c")
            .magic(magic)
            .field(field::PREFIX, "foo-1.0/evil");
        let tarball = read(&tree().member(prefixed, "").finish());
        tells(&tarball, Ambiguous, "stray-prefix");
        assert_eq!(paths(&tarball)[3], "main.c");
    }
    for magic in [b"ustar\0  ", b"ustar  0", b"ustar\x0001", b"USTAR\x0000"] {
        tells(
            &read(&tree().member(Header::file("foo-1.0/x").magic(magic), "").finish()),
            Ambiguous,
            "odd-magic",
        );
    }
    let split = Header::file("x").field(field::PREFIX, "foo-1.0").magic(USTAR);
    let tarball = read(&tree().member(split, "").finish());
    quiet(&tarball);
    assert_eq!(paths(&tarball)[3], "foo-1.0/x");
}

#[test]
fn t15_sparse_files() {
    let old = Header::new(b'S', "foo-1.0/x").magic(GNU);
    let tarball = read(&tree().member(old.clone(), "data").file("foo-1.0/y", "").finish());
    tells(&tarball, Ambiguous, "sparse-member");
    assert_eq!(paths(&tarball)[4], "foo-1.0/y");
    let extended = tree()
        .member(old.field(482..483, [1]).size(4), "")
        .zeros(1)
        .raw("data")
        .pad();
    let tarball = read(&extended.file("foo-1.0/y", "").finish());
    tells(&tarball, Ambiguous, "sparse-member");
    assert_eq!(paths(&tarball)[4], "foo-1.0/y");
    for key in [
        "GNU.sparse.major",
        "GNU.sparse.map",
        "GNU.sparse.name",
        "GNU.sparse.realsize",
        "SCHILY.realsize",
        "SUN.holesdata",
    ] {
        tells(
            &read(&tree().pax(b'x', &[(key, "1")]).file("foo-1.0/x", "").finish()),
            Ambiguous,
            "sparse-member",
        );
    }
}

#[test]
fn t16_the_end() {
    let evil = Tar::new().file("foo-1.0/main.c", "evil").finish();
    let after = tree().zeros(2).raw(&evil).finish();
    let tarball = read(&after);
    assert_eq!(codes(&tarball), [(Ambiguous, "data-after-end")]);
    assert_eq!(paths(&tarball).len(), 3);
    tells(
        &read(&tree().zeros(20).raw("x").unfinished()),
        Ambiguous,
        "data-after-end",
    );
    tells(
        &read(&tree().zeros(1).raw(&evil).finish()),
        Ambiguous,
        "lone-zero-block",
    );
    assert_eq!(codes(&read(&tree().unfinished())), [(Curious, "no-end-marker")]);
    assert_eq!(
        codes(&read(&tree().zeros(1).unfinished())),
        [(Curious, "short-end-marker")]
    );
    quiet(&read(&tree().zeros(2).unfinished()));
    quiet(&read(&tree().zeros(2000).raw([0; 7]).unfinished()));

    let whole = tree().file("foo-1.0/z", vec![b'z'; 2000]).unfinished();
    for cut in [100, 700, whole.len() - 2048, whole.len() - 700, whole.len() - 10] {
        let class = if cut < 512 { "not-a-tar" } else { "truncated" };
        tells(&read(&whole[..cut]), Corrupt, class);
    }
    tells(
        &read(&tree().pax(b'x', &[("path", "a")]).unfinished()),
        Corrupt,
        "truncated",
    );
}

#[test]
fn t20_type_flags() {
    for flag in *b"7MDVNAIEZ~" {
        let tarball = read(
            &tree()
                .member(Header::new(flag, "foo-1.0/x"), "data")
                .file("foo-1.0/y", "")
                .finish(),
        );
        tells(&tarball, Ambiguous, "odd-typeflag");
        assert_eq!(tarball.manifest.members[3].kind, MemberKind::Other(flag));
        assert_eq!(paths(&tarball)[4], "foo-1.0/y");
    }
    let inner = Tar::new().file("foo-1.0/evil", "").unfinished();
    tells(
        &read(&tree().file("foo-1.0/file/", inner).finish()),
        Ambiguous,
        "slash-after-file",
    );
    let old = read(
        &Tar::new()
            .member(Header::new(0, "foo/").magic(V7).mode(0o755), "")
            .finish(),
    );
    quiet(&old);
    assert_eq!(old.manifest.members[0].kind, MemberKind::Directory);
    quiet(&read(
        &Tar::new().member(Header::new(0, "foo").magic(V7), "x").finish(),
    ));
}

#[test]
fn t21_modes_and_devices() {
    for flag in *b"346" {
        tells(
            &read(&tree().member(Header::new(flag, "foo-1.0/x"), "").finish()),
            Unsafe,
            "special-file",
        );
    }
    for mode in [0o4755, 0o2755, 0o1644] {
        let tar = tree().member(Header::file("foo-1.0/x").mode(mode), "").finish();
        tells(&read(&tar), Attributes, "special-mode");
    }
    let tar = tree().member(Header::file("foo-1.0/x").mode(0o666), "").finish();
    assert_eq!(codes(&read(&tar)), [(Attributes, "world-writable")]);
    quiet(&read(
        &tree()
            .member(Header::new(b'5', "foo-1.0/g/").mode(0o2775), "")
            .finish(),
    ));
    quiet(&read(
        &tree()
            .member(Header::file("foo-1.0/x").mode(0o100_664), "")
            .finish(),
    ));
}

#[test]
fn t22_numbers_and_checksums() {
    let evil = Header::file("foo-1.0/x");
    for size in [
        b"0000000001x\0",
        b"-0000000001\0",
        b"00000000009\0",
        b"0x000000001\0",
        b"1\x000000000001",
    ] {
        tells(
            &read(&tree().member(evil.clone().raw_size(size), "d").finish()),
            Ambiguous,
            "odd-size",
        );
    }
    let negative = evil
        .clone()
        .raw_size(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe\0");
    tells(
        &read(&tree().member(negative, "").finish()),
        Ambiguous,
        "odd-size",
    );
    let huge = evil
        .clone()
        .raw_size(b"\x80\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff");
    tells(&read(&tree().member(huge, "").finish()), Ambiguous, "odd-size");
    let largest = evil
        .clone()
        .raw_size(b"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff");
    tells(&read(&tree().member(largest, "").finish()), Corrupt, "truncated");
    quiet(&read(
        &tree()
            .member(evil.clone().raw_size(b"\x80\0\0\0\0\0\0\0\0\0\0\x01"), "d")
            .finish(),
    ));
    for junk in [field::MODE, field::MTIME, 108..116, 116..124, 329..337] {
        tells(
            &read(&tree().member(evil.clone().field(junk, "junk"), "").finish()),
            Ambiguous,
            "odd-number",
        );
    }

    let wrong = tree()
        .member(evil.clone().raw_checksum(b"000000\0 "), "")
        .file("foo-1.0/y", "")
        .finish();
    let tarball = read(&wrong);
    tells(&tarball, Corrupt, "header-checksum");
    assert_eq!(paths(&tarball).len(), 3);
    let high = Header::file("foo-1.0/\u{e9}");
    let sum: &[u8; 8] = &format!("{:06o}\0 ", high.checksum(true))
        .into_bytes()
        .try_into()
        .unwrap();
    tells(
        &read(&tree().member(high.clone().raw_checksum(sum), "").finish()),
        Ambiguous,
        "signed-checksum",
    );
    quiet(&read(&tree().member(high, "").finish()));
}

#[test]
fn t23_names_that_merge() {
    let case = read(&tree().file("foo-1.0/Main.c", "").finish());
    assert_eq!(codes(&case), [(Curious, "case-collision")]);
    let nfc = read(
        &tree()
            .file("foo-1.0/\u{e9}", "")
            .file("foo-1.0/e\u{301}", "")
            .finish(),
    );
    assert_eq!(codes(&nfc), [(Curious, "unicode-collision")]);
    let lossy = read(
        &tree()
            .file(b"foo-1.0/\xe9", "")
            .file(b"foo-1.0/\xe8", "")
            .finish(),
    );
    assert_eq!(codes(&lossy), [(Curious, "unicode-collision")]);
    assert_eq!(lossy.manifest.members[3].path, b"foo-1.0/\xe9".as_slice());
    let exact = "foo-1.0/".to_owned() + &"n".repeat(92);
    let tarball = read(&tree().symlink(&exact, &exact).finish());
    quiet(&tarball);
    assert_eq!(paths(&tarball)[3], exact);
    tells(&read(&tree().file("", "").finish()), Ambiguous, "empty-name");
    tells(
        &read(&tree().symlink(".", "x").finish()),
        Unsafe,
        "replaces-the-root",
    );
}

#[test]
fn t25_attributes() {
    let with = |key: &str| read(&tree().pax(b'x', &[(key, "1")]).file("foo-1.0/x", "").finish());
    for key in [
        "SCHILY.xattr.security.capability",
        "LIBARCHIVE.xattr.security.capability",
        "SCHILY.xattr.trusted.x",
    ] {
        assert_eq!(codes(&with(key)), [(Attributes, "privileged-xattr")]);
    }
    assert_eq!(codes(&with("SCHILY.xattr.user.mime_type")), [(Curious, "xattr")]);
    for key in ["SCHILY.acl.access", "SCHILY.acl.default", "SCHILY.acl.ace"] {
        assert_eq!(codes(&with(key)), [(Attributes, "acl")]);
    }
    let with_acl = |mode: u32, value: &str| {
        let header = Header::file("foo-1.0/x").mode(mode);
        read(
            &tree()
                .pax(b'x', &[("SCHILY.acl.access", value)])
                .member(header, "")
                .finish(),
        )
    };
    let executable = "user::rwx,group::r-x,other::r-x";
    tells(&with_acl(0o644, executable), Ambiguous, "acl-disagreement");
    assert_eq!(codes(&with_acl(0o755, executable)), [(Attributes, "acl")]);
    assert_eq!(codes(&with("SCHILY.fflags")), [(Curious, "acl")]);
    assert_eq!(codes(&with("VENDOR.thing")), [(Stowaway, "unknown-pax-key")]);
    for key in [
        "atime",
        "ctime",
        "uid",
        "gname",
        "SCHILY.ino",
        "SUN.devmajor",
        "LIBARCHIVE.creationtime",
        "comment",
    ] {
        quiet(&with(key));
    }
}

#[test]
fn fields_that_the_type_flag_makes_meaningless() {
    for flag in *b"0\x005" {
        let header = Header::new(flag, "foo-1.0/x").link("foo-1.0/main.c");
        let tar = tree().member(header, "").finish();
        assert_eq!(codes(&read(&tar)), [(Ambiguous, "link-name-on-file")]);
    }
    let pax = tree().pax(b'x', &[("linkpath", "main.c")]).file("foo-1.0/x", "");
    tells(&read(&pax.finish()), Ambiguous, "link-name-on-file");
    let gnu = tree().gnu_long(b'K', "main.c").file("foo-1.0/x", "");
    tells(&read(&gnu.finish()), Ambiguous, "link-name-on-file");

    let blank = Header::file("foo-1.0/x").raw_size(b"            ");
    let tar = tree().member(blank, "").finish();
    assert_eq!(codes(&read(&tar)), [(Ambiguous, "odd-size")]);
    quiet(&read(
        &tree()
            .member(Header::file("foo-1.0/x").raw_size(&[0; 12]), "")
            .finish(),
    ));

    for flag in *b"0\0" {
        let tar = tree()
            .pax(b'x', &[("path", "foo-1.0/inner.tar")])
            .member(Header::new(flag, "foo-1.0/inner.tar/"), "")
            .finish();
        assert_eq!(codes(&read(&tar)), [(Ambiguous, "slash-after-file")]);
    }
    let long = format!("{}/{}", "d".repeat(99), "f");
    let cut = |flag| {
        tree()
            .pax(b'x', &[("path", &long)])
            .member(Header::new(flag, &long[..100]), "")
            .finish()
    };
    quiet(&read(&cut(b'0')));
    tells(&read(&cut(0)), Ambiguous, "slash-after-file");
}

#[test]
fn the_header_of_an_extension_is_checked_too() {
    let with = |header: Header| {
        let tar = tree()
            .member(header, record(b"comment", b"x"))
            .file("foo-1.0/x", "");
        codes(&read(&tar.finish()))
    };
    for flag in *b"xg" {
        let plain = Header::new(flag, "./PaxHeaders/x");
        assert_eq!(with(plain.clone()), []);
        assert_eq!(
            with(plain.clone().field(100..124, [0; 24]).field(136..148, [0; 12])),
            []
        );
        assert_eq!(with(Header::new(flag, "PaxHeaders/caf\u{e9}")), []);
        for hidden in [
            plain.clone().field(0..20, [0xb5; 20]).field(3..4, [7]),
            plain.clone().field(50..51, [1]),
            plain.clone().field(field::MODE, "\x01junk"),
            plain.clone().field(116..124, "junk"),
            plain.clone().field(field::MTIME, "junk"),
            plain.field(field::PREFIX, [1]),
        ] {
            assert_eq!(with(hidden), [(Ambiguous, "extension-header")]);
        }
    }
}

#[test]
fn a_volume_label_lands_nowhere() {
    let label = Tar::new().member(Header::new(b'V', "foo-1.0").magic(GNU), "");
    let tar = label.dir("foo-1.0/").file("foo-1.0/x", "").finish();
    assert_eq!(codes(&read(&tar)), [(Ambiguous, "odd-typeflag")]);
}

#[test]
fn padding_may_not_carry_anything() {
    let tar = tree()
        .member(Header::file("foo-1.0/x").size(3), "abcSTOWED")
        .finish();
    assert_eq!(codes(&read(&tar)), [(Stowaway, "padding")]);
}

#[test]
fn a_flood_is_capped_and_counted() {
    let flood = (0..3000).fold(tree(), |tar, n| tar.file(format!("foo-1.0//{n}"), ""));
    let tarball = read(&flood.file("/etc/passwd", "").finish());
    assert!(tarball.oddities.len() < 1010);
    tells(&tarball, Unsafe, "absolute-name");
    tells(&tarball, Curious, "more-oddities");
}
