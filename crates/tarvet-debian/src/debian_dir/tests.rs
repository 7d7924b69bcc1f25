use super::*;
use crate::dsc::FaultKind;
use std::os::unix::fs::symlink;
use tarvet_archive::Limits;

/// A ustar archive of (name, type flag, contents or link target).
fn tar(members: &[(&str, u8, &str)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, flag, text) in members {
        let mut header = [0u8; 512];
        let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
        let link = matches!(flag, b'1' | b'2');
        put(0, name.as_bytes());
        put(100, b"0000644\0");
        put(108, b"0000000\x000000000\0");
        put(
            124,
            format!("{:011o}\0", if link { 0 } else { text.len() }).as_bytes(),
        );
        put(136, b"14546415400\0");
        put(148, b"        ");
        put(156, &[*flag]);
        if link {
            put(157, text.as_bytes());
        }
        put(257, b"ustar\x0000");
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        out.extend_from_slice(&header);
        if !link {
            out.extend_from_slice(text.as_bytes());
            out.resize(out.len().next_multiple_of(512), 0);
        }
    }
    out.resize(out.len() + 1024, 0);
    out
}

fn read(members: &[(&str, u8, &str)], root: Root) -> DebianDir {
    read_with(members, root, Room::default())
}

fn read_with(members: &[(&str, u8, &str)], root: Root, room: Room) -> DebianDir {
    DebianDir::from_tarball("foo.debian.tar", &tar(members)[..], root, Limits::default(), room).unwrap()
}

fn bytes<'a>(debian: &'a DebianDir, path: &str) -> &'a [u8] {
    match debian.content(path) {
        Content::Bytes(bytes) => bytes,
        other => panic!("{path}: {other:?}"),
    }
}

fn unknown(debian: &DebianDir, path: &str, words: &str) {
    match debian.content(path) {
        Content::Unknown(why) if why.contains(words) => {}
        other => panic!("{path}: {other:?}"),
    }
}

#[test]
fn a_debian_tar() {
    let debian = read(
        &[
            ("debian/", b'5', ""),
            ("debian/rules", b'0', "#!/usr/bin/make -f\n"),
            ("./debian/source/format", b'0', "1.0\n"),
        ],
        Root::InPlace,
    );
    assert_eq!(debian.faults, []);
    assert_eq!(debian.outside, []);
    assert_eq!(bytes(&debian, "debian/rules"), b"#!/usr/bin/make -f\n");
    assert_eq!(bytes(&debian, "debian/source/format"), b"1.0\n");
    assert_eq!(debian.content("debian/watch"), Content::Absent);
    let rules = debian.get("debian/rules").unwrap();
    assert_eq!((rules.kind, rules.mode, rules.size), (Kind::File, 0o644, 19));
}

#[test]
fn members_outside_are_listed() {
    let debian = read(
        &[
            ("./", b'5', ""),
            ("main.c", b'0', "evil"),
            ("debian", b'2', "/etc"),
            ("../x", b'0', ""),
            ("debianx/y", b'0', ""),
            ("/debian/z", b'0', ""),
            ("debian/../a", b'0', ""),
        ],
        Root::InPlace,
    );
    let outside: Vec<_> = debian
        .outside
        .iter()
        .map(|outside| outside.path.to_string())
        .collect();
    assert_eq!(
        outside,
        ["main.c", "../x", "debianx/y", "/debian/z", "debian/../a"]
    );
    assert_eq!(debian.get("debian").unwrap().kind, Kind::Symlink);
    unknown(&debian, "debian/rules", "no directory of its own");
    assert!(!debian.oddities.is_empty());
}

#[test]
fn a_native_tarball_loses_its_one_directory() {
    let members = [
        ("foo-1.0/", b'5', ""),
        ("foo-1.0/debian/rules", b'0', "x"),
        ("foo-1.0/main.c", b'0', ""),
    ];
    let debian = read(&members, Root::OneDirectory);
    assert_eq!(
        (bytes(&debian, "debian/rules"), debian.outside.len()),
        (&b"x"[..], 0)
    );
    let flat = [("debian/rules", b'0', "x"), ("main.c", b'0', "")];
    assert_eq!(bytes(&read(&flat, Root::OneDirectory), "debian/rules"), b"x");
    // Two directories at the top: dpkg-source keeps both.
    let two = [("foo/debian/rules", b'0', "x"), ("bar/a", b'0', "")];
    assert_eq!(
        read(&two, Root::OneDirectory).content("debian/rules"),
        Content::Absent
    );
    // Only debian/ at the top: that is the directory that goes.
    let only = [("debian/debian/rules", b'0', "y"), ("debian/rules", b'0', "x")];
    assert_eq!(bytes(&read(&only, Root::OneDirectory), "debian/rules"), b"y");
}

#[test]
fn links_are_followed_inside_debian_only() {
    let debian = read(
        &[
            ("debian/a", b'0', "a"),
            ("debian/b", b'2', "a"),
            ("debian/c", b'2', "../debian/./b"),
            ("debian/out", b'2', "../COPYING"),
            ("debian/abs", b'2', "/etc/passwd"),
            ("debian/up", b'2', "../../x"),
            ("debian/loop", b'2', "loop"),
            ("debian/h", b'1', "debian/a"),
            ("debian/dir", b'2', "."),
            ("debian/gone", b'2', "nowhere"),
        ],
        Root::InPlace,
    );
    for path in ["debian/a", "debian/b", "debian/c", "debian/h"] {
        assert_eq!(bytes(&debian, path), b"a", "{path}");
    }
    for path in ["debian/out", "debian/abs", "debian/up"] {
        unknown(&debian, path, "out of debian/");
    }
    unknown(&debian, "debian/loop", "too many links");
    unknown(&debian, "debian/dir/a", "no directory of its own");
    assert_eq!(debian.content("debian/gone"), Content::Absent);
}

#[test]
fn what_does_not_fit_is_not_absent() {
    let room = Room {
        file: 4,
        total: 6,
        entries: 10,
    };
    let members = [
        ("debian/a", b'0', "1234"),
        ("debian/b", b'0', "12345"),
        ("debian/c", b'0', "123"),
    ];
    let debian = read_with(&members, Root::InPlace, room);
    assert_eq!(bytes(&debian, "debian/a"), b"1234");
    unknown(&debian, "debian/b", "too large");
    unknown(&debian, "debian/c", "too large");
    let many = read_with(&members, Root::InPlace, Room { entries: 2, ..room });
    assert_eq!(many.faults[0].kind, FaultKind::DebianDirUnreadable);
    unknown(&many, "debian/x", "may be there");
}

#[test]
fn a_damaged_tarball_is_a_fault() {
    let mut cut = tar(&[("debian/a", b'0', "a"), ("debian/b", b'0', "b")]);
    cut.truncate(1300);
    let debian = DebianDir::from_tarball(
        "x.tar",
        &cut[..],
        Root::InPlace,
        Limits::default(),
        Room::default(),
    )
    .unwrap();
    assert_eq!(debian.faults[0].kind, FaultKind::DebianDirUnreadable);
    unknown(&debian, "debian/b", "may be there");
    let garbage = DebianDir::from_tarball(
        "x.tar",
        &b"garbage"[..],
        Root::InPlace,
        Limits::default(),
        Room::default(),
    );
    assert!(!garbage.unwrap().oddities.is_empty());
}

#[test]
fn a_directory_and_its_tarball_say_the_same() {
    let root = tempfile::tempdir().unwrap();
    let debian = root.path().join("debian");
    std::fs::create_dir_all(debian.join("source")).unwrap();
    std::fs::write(debian.join("source/format"), "1.0\n").unwrap();
    std::fs::write(root.path().join("outside"), "secret").unwrap();
    symlink("../outside", debian.join("out")).unwrap();
    symlink("source/format", debian.join("in")).unwrap();
    let dir = DebianDir::from_directory(root.path(), Room::default()).unwrap();
    assert_eq!(dir.faults, []);
    assert_eq!(bytes(&dir, "debian/in"), b"1.0\n");
    unknown(&dir, "debian/out", "out of debian/");
    let tarred = read(&[("debian/source/format", b'0', "1.0\n")], Root::InPlace);
    let (a, b) = (
        dir.get("debian/source/format").unwrap(),
        tarred.get("debian/source/format").unwrap(),
    );
    assert_eq!((a.sha256, a.size, &a.content), (b.sha256, b.size, &b.content));
    let small = DebianDir::from_directory(
        root.path(),
        Room {
            entries: 2,
            ..Room::default()
        },
    )
    .unwrap();
    assert_eq!(small.faults.len(), 1);
    let tiny = DebianDir::from_directory(
        root.path(),
        Room {
            file: 1,
            ..Room::default()
        },
    )
    .unwrap();
    unknown(&tiny, "debian/source/format", "too large");
}

#[test]
fn debian_itself_is_no_link() {
    let root = tempfile::tempdir().unwrap();
    assert!(
        DebianDir::from_directory(root.path(), Room::default())
            .unwrap()
            .files
            .is_empty()
    );
    symlink("/etc", root.path().join("debian")).unwrap();
    let dir = DebianDir::from_directory(root.path(), Room::default()).unwrap();
    assert!(dir.files.is_empty());
    assert_eq!(dir.faults[0].kind, FaultKind::DebianDirUnreadable);
}
