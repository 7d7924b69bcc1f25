use std::io::Read;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use tarvet_archive::Limits;

use super::{
    FaultKind, MemberKind, Obscpio, read_obscpio,
    write::{Made, archive, file, member, stripped, trailer},
};

fn read(bytes: &[u8]) -> (Vec<(String, MemberKind, Vec<u8>)>, Obscpio) {
    let mut seen = Vec::new();
    let end = read_obscpio(bytes, &Limits::default(), |member, body| {
        let mut content = Vec::new();
        body.read_to_end(&mut content)?;
        let content = member.target.clone().map_or(content, Into::into);
        seen.push((member.path.to_string(), member.kind, content));
        Ok(())
    })
    .unwrap();
    (seen, end)
}

fn kinds(bytes: &[u8]) -> Vec<FaultKind> {
    read(bytes).1.faults.into_iter().map(|fault| fault.kind).collect()
}

fn with(name: &str, mode: u32, links: u32, body: &[u8]) -> Made {
    Made {
        mode,
        links,
        ..file(name, body)
    }
}

fn honest() -> Vec<Made> {
    vec![
        with("hello", 0o040_755, 2, b""),
        file("hello/configure.ac", b"AC_INIT\n"),
        with("hello/link", 0o120_777, 1, b"configure.ac"),
        file("hello/empty", b""),
    ]
}

#[test]
fn an_honest_archive_is_read_and_silent() {
    let mut bytes = archive(&honest());
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    let (seen, end) = read(&bytes);
    assert_eq!(end.faults, []);
    assert!(end.complete);
    assert_eq!(end.members, 4);
    assert_eq!(seen[1].2, b"AC_INIT\n");
    assert_eq!(
        seen[2],
        ("hello/link".into(), MemberKind::Symlink, b"configure.ac".to_vec())
    );
}

#[test]
fn directories_may_come_after_what_is_in_them() {
    let members = [
        file("a/b/c", b"x"),
        with("a/b", 0o040_755, 2, b""),
        with("a", 0o040_755, 2, b""),
    ];
    assert_eq!(kinds(&archive(&members)), []);
}

#[test]
fn names_that_lead_elsewhere() {
    for name in ["../x", "/etc/passwd", "a/../b", "./a", "a//b", "", "a/", "a\0b"] {
        assert_eq!(
            kinds(&archive(&[file(name, b"x")])),
            [FaultKind::UnsafeName],
            "{name:?}"
        );
    }
    let through = [with("a", 0o120_777, 1, b"/etc"), file("a/passwd", b"x")];
    assert_eq!(kinds(&archive(&through)), [FaultKind::UnsafeName]);
    let below_a_file = [file("a", b""), file("a/b/c", b"x")];
    assert_eq!(kinds(&archive(&below_a_file)), [FaultKind::UnsafeName]);
}

#[test]
fn the_same_name_again() {
    let twice = [file("a", b"1"), file("a", b"2")];
    assert_eq!(kinds(&archive(&twice)), [FaultKind::DuplicateMember]);
    let link_for_a_directory = [file("a/b", b"1"), with("a", 0o120_777, 1, b"x")];
    assert_eq!(
        kinds(&archive(&link_for_a_directory)),
        [FaultKind::DuplicateMember]
    );
}

#[test]
fn links_and_special_files() {
    let late = [with("a", 0o100_644, 2, b""), with("b", 0o100_644, 2, b"late")];
    assert_eq!(kinds(&archive(&late)), [FaultKind::HardLink, FaultKind::HardLink]);
    for mode in [0o020_644, 0o060_644, 0o010_644, 0o140_644, 0, 0o104_755] {
        let members = [with("a", mode, 1, b"")];
        assert_eq!(kinds(&archive(&members)), [FaultKind::UnsafeKind], "{mode:o}");
    }
}

#[test]
fn bytes_behind_the_trailer() {
    let mut bytes = archive(&honest());
    bytes.extend_from_slice(&[0; 700]);
    member(&mut bytes, &file("hidden", b"x"));
    assert_eq!(kinds(&bytes), [FaultKind::TrailingData]);
}

#[test]
fn lying_and_odd_headers() {
    let mut huge = file("a", b"x");
    huge.name_size = Some(u32::MAX);
    assert_eq!(kinds(&archive(&[huge.clone()])), [FaultKind::Malformed]);
    huge.name_size = Some(0);
    assert_eq!(kinds(&archive(&[huge])), [FaultKind::Malformed]);

    let honest = archive(&[file("abc", b"x")]);
    // Magic of other forms, a sign and a blank where C reads a number, a checksum, padding that is not zero.
    for (at, text) in [
        (0, "070702"),
        (0, "070707"),
        (0, "x"),
        (14, "+"),
        (22, " "),
        (103, "1"),
        (115, "x"),
    ] {
        let mut bytes = honest.clone();
        bytes[at..at + text.len()].copy_from_slice(text.as_bytes());
        assert_eq!(kinds(&bytes), [FaultKind::Malformed], "{text:?} at {at}");
    }

    let mut bytes = Vec::new();
    stripped(&mut bytes, 0, b"x");
    trailer(&mut bytes);
    assert_eq!(kinds(&bytes), [FaultKind::Malformed]);
}

#[test]
fn each_cut_is_told() {
    let bytes = archive(&honest());
    for cut in 0..bytes.len() {
        let (_, end) = read(&bytes[..cut]);
        assert!(!end.faults.is_empty(), "cut at {cut}");
        // The trailer's own padding is all that may be missing of a complete archive.
        assert!(!end.complete || cut + 4 > bytes.len(), "cut at {cut}");
    }
}

#[test]
fn limits() {
    let bytes = archive(&honest());
    for limits in [
        Limits {
            members: 2,
            ..Limits::default()
        },
        Limits {
            bytes: 200,
            ..Limits::default()
        },
    ] {
        let end = read_obscpio(&bytes[..], &limits, |_, _| Ok(())).unwrap();
        assert!(
            end.faults.iter().any(|fault| fault.kind == FaultKind::Limit),
            "{end:?}"
        );
    }
}

#[test]
fn a_body_that_nobody_reads_is_skipped() {
    let mut names = Vec::new();
    let bytes = archive(&[file("a", b"12345"), file("b", b"1234567")]);
    let end = read_obscpio(&bytes[..], &Limits::default(), |member, body| {
        body.read_exact(&mut [0; 3])?;
        names.push(member.path.clone());
        Ok(())
    })
    .unwrap();
    assert_eq!(end.faults, []);
    assert_eq!(names, ["a", "b"]);
}

/// What `cpio` writes with the options of tar_scm is read, and holds what it holds for `cpio`.
#[test]
fn cpio_is_the_oracle() {
    if !crate::srpm::oracle("cpio") {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let root = place.path().join("hello-1.0");
    std::fs::create_dir_all(root.join("m4")).unwrap();
    std::fs::write(root.join("configure.ac"), "AC_INIT\n").unwrap();
    std::fs::write(root.join("m4/x.m4"), vec![b'x'; 100_001]).unwrap();
    std::os::unix::fs::symlink("m4/x.m4", root.join("link")).unwrap();
    let script =
        "find hello-1.0 | LC_ALL=C sort | cpio --create --format=newc --quiet --reproducible --owner 0:0";
    let made = Command::new("sh")
        .args(["-c", script])
        .current_dir(&place)
        .output()
        .unwrap();
    assert!(made.status.success());
    let (seen, end) = read(&made.stdout);
    assert_eq!(end.faults, []);
    let names: Vec<_> = seen.iter().map(|(name, _, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "hello-1.0",
            "hello-1.0/configure.ac",
            "hello-1.0/link",
            "hello-1.0/m4",
            "hello-1.0/m4/x.m4"
        ]
    );
    assert_eq!(seen[4].2.len(), 100_001);
    assert_eq!(seen[2].2, b"m4/x.m4");

    // And the tests' own writer writes what cpio reads.
    let mut child = Command::new("cpio")
        .args(["--list", "--quiet"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), &archive(&honest())).unwrap();
    let mut listed = String::new();
    child.stdout.take().unwrap().read_to_string(&mut listed).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(listed, "hello\nhello/configure.ac\nhello/link\nhello/empty\n");
}

proptest! {
    #[test]
    fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        read(&bytes);
    }

    #[test]
    fn a_changed_byte_never_panics(at in 0_usize..600, byte: u8) {
        let mut bytes = archive(&honest());
        let at = at % bytes.len();
        bytes[at] = byte;
        read(&bytes);
    }

    #[test]
    fn what_was_written_is_read(bodies in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..50), 0..9)) {
        let members: Vec<_> = bodies.iter().enumerate().map(|(i, body)| file(&format!("f{i}"), body)).collect();
        let (seen, end) = read(&archive(&members));
        prop_assert_eq!(end.faults, []);
        let contents: Vec<_> = seen.into_iter().map(|(_, _, content)| content).collect();
        prop_assert_eq!(contents, bodies);
    }
}
