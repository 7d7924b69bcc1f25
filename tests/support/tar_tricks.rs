//! Tricks of tars and of their containers, by name. Each gets an honest tar without its end.

use tarvet_testkit::tar::{GNU, Header, Tar, field};

use super::tarball::compress;

/// Contents that upstream never signed.
const EVIL: &str = "int main(void) { return system(\"evil\"); }\n";

/// Plays one trick and ends the tar.
pub fn apply(trick: &str, tar: Tar, top: &str) -> Vec<u8> {
    let at = |path: &str| format!("{top}{path}");
    let main = at("src/main.c");
    let evil = || Tar::new().file(&main, EVIL).finish();
    let x = |flag: u8| Header::new(flag, at("x"));
    let tar = match trick {
        "empty" => Tar::new(),
        "only-directories" => Tar::new().dir(top).dir(at("src/")),
        "duplicate-member" => tar.file(&main, EVIL),
        "repeated-member" => tar.file(at("README"), "foo is a small story.\n"),
        "dot-slash-duplicate" => tar.file(format!("./{main}"), EVIL),
        "double-slash-duplicate" => tar.file(at("src//main.c"), EVIL),
        "dot-dot-duplicate" => tar.file(at("doc/../src/main.c"), EVIL),
        "absolute-name" => tar.file("/etc/cron.d/foo", "evil\n"),
        "dot-dot-name" => tar.file(at("../../foo"), "evil\n"),
        "backslash-name" => tar.file(at("src\\main.c"), EVIL),
        "drive-letter" => tar.file("C:..\\foo", EVIL),
        "second-top" => tar.file("debian/rules", "#!/usr/bin/make -f\n"),
        "file-beside-top" => tar.file("configure", "#!/bin/sh\n"),
        "top-is-link" => return Tar::new().symlink(top.trim_end_matches('/'), "/tmp").finish(),
        "hard-link-outside" => tar.hard_link(at("x"), "/etc/passwd"),
        "hard-link-forward" => tar.hard_link(at("x"), at("y")).file(at("y"), "late\n"),
        "hard-link-late" => tar.file(at("evil"), EVIL).hard_link(&main, at("evil")),
        "hard-link-body" => tar.member(x(b'1').link(at("README")), "evil\n"),
        "through-symlink" => tar.symlink(at("l"), "src").file(at("l/main.c"), EVIL),
        "pax-path-swap" => tar.pax(b'x', &[("path", at("evil.c"))]).file(&main, EVIL),
        "pax-path-onto" => tar.pax(b'x', &[("path", &main)]).file(at("README"), EVIL),
        "pax-key-twice" => tar
            .pax(b'x', &[("path", at("a")), ("path", at("b"))])
            .file(at("c"), ""),
        "pax-two-headers" => {
            let header = |name: &str| vec![("path", at(name))];
            tar.pax(b'x', &header("a"))
                .pax(b'x', &header("b"))
                .file(at("c"), "")
        }
        "pax-and-long-name" => tar
            .gnu_long(b'L', at("a"))
            .pax(b'x', &[("path", at("b"))])
            .file(at("c"), ""),
        "pax-global-path" => tar.pax(b'g', &[("path", at("evil"))]).file(at("c"), ""),
        "pax-size" => tar
            .pax(b'x', &[("size", "1024")])
            .member(x(b'0').size(0), "")
            .raw(evil()),
        "pax-malformed" => tar.pax_raw(b'x', "99 path=evil\n").file(at("c"), ""),
        "pax-nul" => tar.pax(b'x', &[("path", at("a\0b"))]).file(at("c"), ""),
        "pax-bomb" => tar.member(x(b'x').size((1 << 33) - 1), "").file(at("c"), ""),
        "long-name-twice" => tar
            .gnu_long(b'L', at("a"))
            .gnu_long(b'L', at("b"))
            .file(at("c"), ""),
        "gnu-prefix" => {
            let header = Header::file("main.c").magic(GNU).field(field::PREFIX, at("evil"));
            tar.member(header, "")
        }
        "sparse" => tar.member(x(b'S').magic(GNU), "data"),
        "pax-sparse-name" => tar.pax(b'x', &[("GNU.sparse.name", &main)]).file(at("x"), EVIL),
        "data-after-end" => return tar.zeros(2).raw(evil()).finish(),
        "lone-zero-block" => return tar.zeros(1).raw(evil()).finish(),
        "no-end" => return tar.unfinished(),
        "truncated-member" => {
            let bytes = tar.file(at("z"), vec![b'z'; 3000]).unfinished();
            return bytes[..bytes.len() - 1500].to_vec();
        }
        "padding" => tar.member(Header::file(at("padded")).size(3), "abcSTOWED"),
        "odd-typeflag" => tar.member(x(b'Z'), EVIL),
        "volume-label" => tar.member(Header::new(b'V', "label"), ""),
        "slash-file" => tar.file(at("file/"), evil()),
        "device" => tar.member(x(b'3'), ""),
        "fifo" => tar.member(x(b'6'), ""),
        "bad-checksum" => tar.member(Header::file(&main).raw_checksum(b"000000\0 "), EVIL),
        "octal-junk" => tar.member(x(b'0').raw_size(b"0000000001x\0"), "d"),
        "negative-size" => tar.member(
            x(b'0').raw_size(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe\0"),
            "",
        ),
        "capability" => {
            let record = [("SCHILY.xattr.security.capability", "\u{1}")];
            tar.pax(b'x', &record).file(at("README2"), "")
        }
        "foreign-comment" => {
            let all = tar.unfinished();
            Tar::new().pax(b'g', &[("comment", "3".repeat(40))]).raw(all)
        }
        "flood" => (0..300).fold(tar, |tar, n| {
            tar.file(at(&format!("m4/extra-{n:03}.m4")), "evil\n")
        }),
        "archive-of-submodule-appended" => {
            // tar --concatenate of two outputs of git archive: each brings its own comment.
            let tar = tar.pax(b'g', &[("comment", "5".repeat(40))]);
            tar.dir(at("lib/")).file(at("lib/lib.c"), "int lib;\n")
        }
        "big-file" => tar.file(at("big"), vec![b'b'; 200_000]),
        "bomb" => tar.file(at("big"), vec![0; 68 << 20]),
        "many-members" => (0..2000).fold(tar, |tar, n| tar.file(at(&format!("n/{n}")), "")),
        "deep-path" => tar.file(at(&format!("{}x", "d/".repeat(40))), ""),
        "long-header" => tar
            .pax(b'x', &[("comment", "c".repeat(100_000))])
            .file(at("x"), ""),
        other => panic!("no such trick of tars: {other}"),
    };
    tar.finish()
}

/// Plays a trick on the container: `file` is `tar` compressed by `kind`.
pub fn container(trick: &str, mut file: Vec<u8>, tar: &[u8], kind: &str) -> Vec<u8> {
    match trick {
        "container:truncated" => file.truncate(file.len() - file.len() / 4),
        "container:trailing-bytes" => file.extend_from_slice(b"and more that is no stream"),
        "container:trailing-kilobytes" => file.extend_from_slice(&[b'~'; 8192]),
        "container:second-stream" => {
            let evil = Tar::new().file("foo-1.0/src/main.c", EVIL).finish();
            file.extend(compress(&evil, kind));
        }
        "container:split-in-two" => {
            let (one, two) = tar.split_at(tar.len() / 1024 * 512);
            file = [compress(one, kind), compress(two, kind)].concat();
        }
        "container:wrong-checksum" => {
            let at = file.len() - 6;
            file[at] ^= 0xff;
        }
        "container:skippable-frame" => {
            file.extend_from_slice(&[0x50, 0x2a, 0x4d, 0x18, 200, 0, 0, 0]);
            file.extend_from_slice(&[b's'; 200]);
        }
        "container:empty-file" => file.clear(),
        "container:not-a-tar" => file = compress(b"PK\x03\x04 this is a zip, says its name\n", kind),
        other => panic!("no such trick of containers: {other}"),
    }
    file
}
