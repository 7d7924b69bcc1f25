//! One fault each, everything else right: what has to be told, and beside it what has not.

use tarvet_archive::Limits;
use tarvet_core::Level;

use super::{
    FaultKind as K, Srpm, kinds,
    make::{Recipe, Value, set, source, spec, text},
    read, read_within,
};
use crate::{
    cpio::{
        FaultKind as P,
        write::{Made, archive, file, member, stripped, trailer},
    },
    srpm::digest::hex,
};

/// An honest header over another payload. Digests of the payload are those of what is there.
fn with_archive(archive: Vec<u8>) -> Vec<u8> {
    let mut recipe = Recipe::hello();
    recipe.archive = archive;
    recipe.make()
}

fn with_tag(tag: u32, value: Value) -> Vec<u8> {
    let mut recipe = Recipe::hello();
    recipe.set(tag, value);
    recipe.make()
}

fn with_signature_tag(tag: u32, value: Value) -> Vec<u8> {
    let mut recipe = Recipe::hello();
    recipe.signature.push((tag, value));
    recipe.make()
}

/// The four of threat R8, which `rpm -K` finds nothing wrong with; `oracles.rs` asks it.
pub(super) fn accepted_by_rpm() -> Vec<(&'static str, Vec<u8>, K)> {
    let evil = |name: &str| file(name, b"evil");
    let mut other = source();
    other.body = b"NOT really a tarball".to_vec();
    vec![
        (
            "duplicate",
            with_archive(archive(&[spec(), evil("hello-1.0.tar.gz"), source()])),
            K::Payload(P::DuplicateMember),
        ),
        (
            "other contents",
            with_archive(archive(&[spec(), other])),
            K::MemberMismatch,
        ),
        (
            "unlisted",
            with_archive(archive(&[spec(), source(), evil("evil.patch")])),
            K::UnlistedMember,
        ),
        (
            "traversal",
            with_archive(archive(&[spec(), source(), evil("../../evil")])),
            K::Payload(P::UnsafeName),
        ),
    ]
}

#[test]
fn an_honest_package_is_read_and_silent() {
    let bytes = Recipe::hello().make();
    let (seen, payload) = read(&bytes);
    assert_eq!(payload.faults, []);
    assert!(payload.is_sound());
    assert_eq!(payload.matched, 2);
    assert_eq!(seen[0], ("hello.spec".to_owned(), spec().body));
    assert_eq!(seen[1], ("hello-1.0.tar.gz".to_owned(), source().body));
    let facts = payload.facts;
    assert_eq!(facts.nevr(), "hello-1.0-1");
    assert_eq!(facts.spec().unwrap().name, "hello.spec");
    assert_eq!(facts.sources, ["hello-1.0.tar.gz"]);
    assert_eq!(facts.format, 4);
}

#[test]
fn what_rpm_accepts() {
    for (name, bytes, expected) in accepted_by_rpm() {
        assert!(kinds(&bytes).contains(&expected), "{name}: {:?}", kinds(&bytes));
        assert!(!read(&bytes).1.is_sound(), "{name}");
    }
}

#[test]
fn the_payload_and_the_list_differ() {
    assert_eq!(kinds(&with_archive(archive(&[spec()]))), [K::MissingMember]);
    let mut longer = source();
    longer.body.push(b'!');
    assert_eq!(
        kinds(&with_archive(archive(&[spec(), longer]))),
        [K::MemberMismatch]
    );
    let mut executable = source();
    executable.mode = 0o100_755;
    assert_eq!(
        kinds(&with_archive(archive(&[spec(), executable]))),
        [K::MemberMismatch]
    );
    // Another order is nothing.
    assert_eq!(kinds(&with_archive(archive(&[source(), spec()]))), []);
}

#[test]
fn the_payload_as_an_archive() {
    let linked = |made: Made| Made { links: 2, ..made };
    let late = archive(&[linked(spec()), linked(source())]);
    assert_eq!(kinds(&with_archive(late)), [K::Payload(P::HardLink)]);

    let mut symlink = source();
    symlink.mode = 0o120_777;
    assert_eq!(
        kinds(&with_archive(archive(&[spec(), symlink]))),
        [K::Payload(P::UnsafeKind)]
    );

    let mut huge = source();
    huge.name_size = Some(0x7fff_ffff);
    assert_eq!(
        kinds(&with_archive(archive(&[spec(), huge]))),
        [K::Payload(P::Malformed)]
    );

    let mut behind = Recipe::hello().archive;
    behind.extend_from_slice(&[0; 64]);
    assert_eq!(kinds(&with_archive(behind.clone())), []);
    member(&mut behind, &file("evil", b"x"));
    assert_eq!(kinds(&with_archive(behind)), [K::Payload(P::TrailingData)]);

    for name in ["/hello.spec", "./hello.spec", "a/b", "..", "", "a\0b"] {
        let bytes = with_archive(archive(&[spec(), source(), file(name, b"x")]));
        assert_eq!(kinds(&bytes), [K::Payload(P::UnsafeName)], "{name:?}");
    }
}

#[test]
fn stripped_payloads() {
    let mut bytes = Vec::new();
    stripped(&mut bytes, 1, &source().body);
    stripped(&mut bytes, 0, &spec().body);
    let mut twice = bytes.clone();
    trailer(&mut bytes);
    let (seen, payload) = read(&with_archive(bytes));
    assert_eq!(payload.faults, []);
    assert_eq!(seen[0], ("hello-1.0.tar.gz".to_owned(), source().body));

    stripped(&mut twice, 1, &source().body);
    trailer(&mut twice);
    assert!(kinds(&with_archive(twice)).contains(&K::Payload(P::DuplicateMember)));
    let mut unknown = Vec::new();
    stripped(&mut unknown, 2, b"x");
    trailer(&mut unknown);
    assert!(kinds(&with_archive(unknown)).contains(&K::Payload(P::Malformed)));
}

#[test]
fn a_nosource_is_not_in_the_payload() {
    let mut recipe = Recipe::hello();
    recipe.set(1037, Value::Numbers(vec![32, 64]));
    assert_eq!(kinds(&recipe.make()), [K::UnlistedMember]);
    recipe.archive = archive(&[spec()]);
    assert_eq!(kinds(&recipe.make()), []);
    recipe.set(1037, Value::Numbers(vec![96, 0]));
    recipe.archive = archive(&[source()]);
    assert_eq!(kinds(&recipe.make()), [K::Spec]);
}

#[test]
fn digests_and_sizes_that_do_not_hold() {
    let zeros = |count: usize| "0".repeat(count);
    for (tag, value) in [
        (269, text(&zeros(40))),
        (273, text(&zeros(64))),
        (273, text("short")),
    ] {
        assert_eq!(kinds(&with_signature_tag(tag, value)), [K::HeaderDigest], "{tag}");
    }
    let mut both = Recipe::hello();
    both.signature = vec![(269, text(&zeros(40))), (273, text(&zeros(64)))];
    assert_eq!(kinds(&both.make()), [K::HeaderDigest, K::MissingDigest]);

    for tag in [1000, 1007] {
        assert_eq!(
            kinds(&with_signature_tag(tag, Value::Numbers(vec![1]))),
            [K::Size],
            "{tag}"
        );
    }
    for tag in [270, 271] {
        assert_eq!(
            kinds(&with_signature_tag(tag, Value::Long(1))),
            [K::Size],
            "{tag}"
        );
    }
    for tag in [5112, 5113] {
        assert_eq!(kinds(&with_tag(tag, Value::Long(1))), [K::Size], "{tag}");
    }
    let wrong = || Value::Texts(vec![zeros(64)]);
    for (tag, value) in [
        (5092, wrong()),
        (5097, wrong()),
        (5092, Value::Texts(vec![zeros(9)])),
        (5092, Value::Texts(vec![zeros(64), zeros(64)])),
        (5093, Value::Numbers(vec![1])),
    ] {
        assert_eq!(kinds(&with_tag(tag, value)), [K::PayloadDigest], "{tag}");
    }
    assert_eq!(
        kinds(&with_signature_tag(1004, Value::Bytes(vec![0; 16]))),
        [K::PayloadDigest]
    );
}

#[test]
fn file_digests() {
    let md5 = |made: Made| hex(&<md5::Md5 as sha2::Digest>::digest(&made.body));
    let mut recipe = Recipe::hello();
    recipe.set(1035, Value::Texts(vec![md5(spec()), md5(source())]));
    recipe.tags.retain(|(tag, _)| *tag != 5011);
    let (_, payload) = read(&recipe.make());
    assert_eq!(kinds(&recipe.make()), [K::WeakDigest]);
    assert!(payload.is_sound());
    // SHA3 is not computed here: not verified, and never sound.
    assert_eq!(
        kinds(&with_tag(5011, Value::Numbers(vec![12]))),
        [K::MissingDigest]
    );
    let none = Value::Texts(vec![String::new(), String::new()]);
    assert_eq!(kinds(&with_tag(1035, none)), [K::MissingDigest]);
}

#[test]
fn the_list_of_files() {
    let names = |names: [&str; 2]| Value::Texts(names.map(String::from).to_vec());
    for value in [
        names(["hello.spec", "hello.spec"]),
        names(["hello.spec", "../x"]),
        names(["hello.spec", ""]),
    ] {
        assert!(
            kinds(&with_tag(1117, value.clone())).contains(&K::FileList),
            "{value:?}"
        );
    }
    for (tag, value) in [
        (1028, Value::Numbers(vec![12])),
        (1030, Value::Shorts(vec![0o100_644])),
        (1030, Value::Shorts(vec![0o100_644, 0o120_777])),
        (1030, Value::Shorts(vec![0o100_644, 0o104_755])),
        (1037, Value::Numbers(vec![32])),
        (1116, Value::Numbers(vec![0, 1])),
        (1118, Value::Texts(vec!["../".into()])),
        (1027, names(["hello.spec", "x"])),
        (5008, Value::Longs(vec![12, 20])),
    ] {
        assert!(
            kinds(&with_tag(tag, value.clone())).contains(&K::FileList),
            "{tag} {value:?}"
        );
    }
    assert_eq!(kinds(&with_tag(1037, Value::Numbers(vec![0, 0]))), [K::Spec]);
    assert_eq!(kinds(&with_tag(1037, Value::Numbers(vec![32, 32]))), [K::Spec]);
    for tag in [1018, 1019] {
        let elsewhere = Value::Texts(vec!["elsewhere.tar.gz".into()]);
        assert_eq!(kinds(&with_tag(tag, elsewhere)), [K::UnlistedSource]);
    }
}

#[test]
fn not_a_source_package() {
    assert_eq!(
        kinds(&with_tag(1044, text("hello-1.0-1.src.rpm"))),
        [K::NotSource]
    );
    let mut recipe = Recipe::hello();
    recipe.tags.retain(|(tag, _)| *tag != 1106);
    assert_eq!(kinds(&recipe.make()), [K::NotSource]);
}

#[test]
fn leads() {
    let with_lead = |at: usize, bytes: &[u8]| {
        let mut recipe = Recipe::hello();
        recipe.lead[at..at + bytes.len()].copy_from_slice(bytes);
        kinds(&recipe.make())
    };
    for (at, bytes) in [
        (4, b"\x07".as_slice()),
        (7, b"\0"),
        (10, b"jello"),
        (70, b"x"),
        (79, b"\x01"),
        (95, b"x"),
    ] {
        assert_eq!(with_lead(at, bytes), [K::OddLead], "at {at}");
        assert_eq!(K::OddLead.level(), Level::Warning);
    }
    assert_eq!(with_lead(0, b"x"), [K::Malformed]);
    // With the epoch, as rpm 4.18 writes it.
    let mut recipe = Recipe::hello();
    recipe.set(1003, Value::Numbers(vec![2]));
    assert_eq!(kinds(&recipe.make()), []);
    recipe.lead[10..76].fill(0);
    recipe.lead[10..23].copy_from_slice(b"hello-2:1.0-1");
    assert_eq!(kinds(&recipe.make()), []);
}

#[test]
fn regions_and_injections() {
    for outside in [[1, 0], [0, 1]] {
        let mut recipe = Recipe::hello();
        recipe.outside = outside;
        let kinds = kinds(&recipe.make());
        assert!(kinds.contains(&K::OutsideRegion), "{kinds:?}");
    }
    // CVE-2021-20271 and its like: tags that belong to the header, and tags with values of another type.
    for (tag, value) in [
        (1001, text("6.6.6")),
        (1117, Value::Texts(vec!["x".into()])),
        (1000, text("evil")),
        (5092, Value::Texts(vec!["x".into()])),
    ] {
        assert!(
            kinds(&with_signature_tag(tag, value)).contains(&K::InjectedTag),
            "{tag}"
        );
    }
    let room = with_signature_tag(1008, Value::Bytes(vec![0; 4128]));
    assert_eq!(kinds(&room), []);

    let mut twice = Recipe::hello();
    twice.tags.insert(1, (1000, text("jello")));
    assert!(kinds(&twice.make()).contains(&K::DuplicateTag));
}

#[test]
fn formats_and_compressors() {
    assert_eq!(kinds(&with_tag(5114, Value::Numbers(vec![6]))), []);
    assert_eq!(
        kinds(&with_tag(5114, Value::Numbers(vec![7]))),
        [K::UnsupportedFormat]
    );
    assert_eq!(kinds(&with_tag(1124, text("drpm"))), [K::UnsupportedFormat]);
    assert_eq!(kinds(&with_tag(1125, text("lzip"))), [K::Compression]);
    // Named, and not what is there: zlib would read on.
    let bytes = with_tag(1125, text("gzip"));
    assert!(kinds(&bytes).contains(&K::Compression));
}

#[test]
fn limits() {
    let bytes = Recipe::hello().make();
    for limits in [
        Limits {
            members: 1,
            ..Limits::default()
        },
        Limits {
            bytes: 50,
            ..Limits::default()
        },
    ] {
        let (_, payload) = read_within(&bytes, &limits);
        assert!(
            payload
                .faults
                .iter()
                .any(|fault| fault.kind.code() == "srpm-limit")
        );
        assert!(!payload.is_sound());
    }
}

#[test]
fn signatures_are_handed_over() {
    let mut recipe = Recipe::hello();
    for (tag, value) in [
        (278, Value::Texts(vec!["Zm9v".into()])),
        (268, Value::Bytes(b"foo".to_vec())),
        (267, Value::Bytes(b"bar".to_vec())),
        (1002, Value::Bytes(b"foo".to_vec())),
    ] {
        set(&mut recipe.signature, tag, value);
    }
    let bytes = recipe.make();
    assert_eq!(kinds(&bytes), []);
    let srpm = Srpm::open(&bytes[..]).unwrap();
    let found: Vec<_> = srpm
        .signatures()
        .into_iter()
        .map(|one| (one.tag, one.packets))
        .collect();
    assert_eq!(
        found,
        [
            ("OPENPGP", b"foo".to_vec()),
            ("DSAHEADER", b"bar".to_vec()),
            ("SIGPGP", b"foo".to_vec())
        ]
    );
    let at = srpm.header_offset() as usize;
    assert_eq!(&bytes[at..at + srpm.header_bytes().len()], srpm.header_bytes());
}

#[test]
fn codes_are_told_apart() {
    let mut codes: Vec<_> = K::all().map(K::code).collect();
    let all = codes.len();
    codes.sort_unstable();
    codes.dedup();
    // The two kinds of limits share one.
    assert_eq!(codes.len(), all - 1);
    assert!(K::all().all(|kind| kind.help().ends_with('.')));
}

#[test]
fn a_body_may_be_left_unread() {
    let bytes = Recipe::hello().make();
    let payload = Srpm::open(&bytes[..])
        .unwrap()
        .read_payload(&Limits::default(), |_, _| Ok(()))
        .unwrap();
    assert_eq!(payload.faults, []);
    assert_eq!(payload.matched, 2);
}
