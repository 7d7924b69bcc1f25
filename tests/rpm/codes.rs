//! Every check fires where it should, and is silent beside it: each code has a package that differs from the honest one in
//! one thing.

use std::collections::BTreeSet;
use std::io::Read;

use sha2::{Digest, Sha512};
use tarvet_testkit::people::sequoia;

use super::support::people;
use super::support::rpm::{Form, Package, World, signed};

/// What is done to the honest package, and in which form it is looked at.
type Trick = fn(&World, Package) -> (Package, Form);

fn listed(tarball: &[u8]) -> String {
    let digits: String = Sha512::digest(tarball)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("SHA512 (foo-1.0.tar.gz) = {digits}\n")
}

const CALL: &str = "%{gpgverify} --keyring='%{SOURCE2}' --signature='%{SOURCE1}' --data='%{SOURCE0}'";

const TRICKS: &[(&str, i32, Trick)] = &[
    ("gpgverify-conditional", 0, |_, package| {
        (
            package.with(CALL, &format!("%if %{{with check}}\n{CALL}\n%endif")),
            Form::Directory,
        )
    }),
    ("gpgverify-disabled", 0, |_, package| {
        (package.with(CALL, &format!("#%{CALL}")), Form::Directory)
    }),
    ("gpgverify-missing", 0, |_, package| {
        (package.with(CALL, ""), Form::Directory)
    }),
    ("gpgverify-other-data", 1, |world, package| {
        let package = package
            .with("Source3:", "Source4: more-1.0.tar.gz\nSource3:")
            .with("--data='%{SOURCE0}'", "--data='%{SOURCE4}'");
        (
            package.file("more-1.0.tar.gz", world.tarball.clone()),
            Form::Directory,
        )
    }),
    ("gpgverify-unclear", 0, |_, package| {
        (
            package.with("--data='%{SOURCE0}'", "--data=$tarball"),
            Form::Directory,
        )
    }),
    ("keyring-from-sources", 0, |_, package| {
        (package.alone(), Form::Directory)
    }),
    ("keyring-source-malformed", 0, |_, package| {
        (
            package.file("foo.keyring", "this is no keyring\n"),
            Form::Directory,
        )
    }),
    ("prep-rewrites-build-input", 0, |_, package| {
        (
            package.with("%autosetup", "%autosetup\nsed -i s/foo/bar/ configure.ac"),
            Form::Directory,
        )
    }),
    ("prep-rewrites-source", 0, |_, package| {
        (
            package.with("%autosetup", "%autosetup\nsed -i s/foo/bar/ README"),
            Form::Directory,
        )
    }),
    ("prep-unpacking-unclear", 3, |world, package| {
        let package = package.with("Source3:", "Source4: more.dat\nSource3:");
        (package.file("more.dat", world.doctored.clone()), Form::Directory)
    }),
    ("service-makes-sources", 3, |_, package| {
        (
            package.file(
                "_service",
                "<services><service name=\"tar\" mode=\"buildtime\"/></services>",
            ),
            Form::Directory,
        )
    }),
    ("service-malformed", 3, |_, package| {
        (package.file("_service", "<services><service"), Form::Directory)
    }),
    ("source-extra-unproven", 3, |world, package| {
        let package = package.with("Source3:", "Source4: more-1.0.tar.gz\nSource3:");
        (
            package.file("more-1.0.tar.gz", world.tarball.clone()),
            Form::Directory,
        )
    }),
    ("sources-digest-mismatch", 1, |_, package| {
        (package.file("sources", listed(b"another one")), Form::Directory)
    }),
    ("sources-digest-weak", 0, |world, package| {
        let digest: String = md5::Md5::digest(&world.tarball)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        (
            package.file("sources", format!("{digest}  foo-1.0.tar.gz\n")),
            Form::Directory,
        )
    }),
    ("sources-line-missing", 0, |_, package| {
        (package.file("sources", ""), Form::Directory)
    }),
    ("sources-malformed", 1, |world, package| {
        (
            package.file("sources", listed(&world.tarball).repeat(2)),
            Form::Directory,
        )
    }),
    ("spec-definition-in-comment", 0, |_, package| {
        (package.with("Name:", "#%global x 1\nName:"), Form::Directory)
    }),
    ("spec-include-refused", 3, |_, package| {
        (
            package.with("Name:", "%include %{SOURCE2}\nName:"),
            Form::Directory,
        )
    }),
    ("spec-line-opaque", 3, |_, package| {
        (
            package.with("Name:", "%{lua:print('Source9: x')}\nName:"),
            Form::Directory,
        )
    }),
    ("spec-malformed", 1, |_, package| {
        (package.with("Name:", "%if 1\nName:"), Form::Directory)
    }),
    ("spec-network-use", 0, |_, package| {
        (
            package.with("%autosetup", "%autosetup\ncurl -O https://example.org/x"),
            Form::Directory,
        )
    }),
    ("spec-settings-malformed", 1, |_, package| {
        (package.file("tarvet.toml", "[upstreem]\n"), Form::Directory)
    }),
    ("spec-source-duplicate", 1, |_, package| {
        (
            package
                .with("Source3:", "Source2: other.keyring\nSource3:")
                .file("other.keyring", ""),
            Form::Directory,
        )
    }),
    ("spec-source-missing", 3, |_, package| {
        (package.without("foo.keyring"), Form::Directory)
    }),
    ("spec-source-name-odd", 0, |_, package| {
        (
            package.with(
                "Source3:",
                "Source4: https://example.org/x?/foo.keyring\nSource3:",
            ),
            Form::Directory,
        )
    }),
    ("spec-source-name-unsafe", 1, |_, package| {
        (
            package.with("Source3:", "Source4: https://example.org/..\nSource3:"),
            Form::Directory,
        )
    }),
    ("spec-source-unresolved", 3, |_, package| {
        (
            package.with("Source3:", "Source4: %(echo x).tar.gz\nSource3:"),
            Form::Directory,
        )
    }),
    ("spec-source-url-doubtful", 0, |_, package| {
        (
            package.with(
                "https://example.org/foo-%{version}",
                "http://example.org/foo-%{version}",
            ),
            Form::Directory,
        )
    }),
    ("spec-upstream-unknown", 3, |_, package| {
        (
            package
                .without("foo.gitproof")
                .with("Source3:        foo.gitproof\n", ""),
            Form::Directory,
        )
    }),
    ("spec-version-unresolved", 3, |_, package| {
        let package = package.with("Version:        1.0", "Version: %(echo 1.0)");
        (
            package
                .with("foo-%{version}", "foo-1.0")
                .with("foo-%{version}", "foo-1.0"),
            Form::Directory,
        )
    }),
    ("srpm-digest-mismatch", 1, |_, package| (package, Form::Made)),
    ("srpm-header-disagrees", 1, |_, package| (package, Form::Made)),
    ("srpm-malformed", 1, |_, package| (package, Form::Made)),
    ("srpm-member-unexpected", 1, |_, package| (package, Form::Made)),
    ("srpm-odd", 0, |_, package| (package, Form::Made)),
    ("srpm-signature-bad", 1, |_, package| {
        (package.arg("--srpm-keyring=alice.asc"), Form::Made)
    }),
];

/// The bytes of an SRPM in which this code's fault is.
fn spoiled(code: &str, package: &Package) -> Vec<u8> {
    let mut srpm = package.srpm();
    match code {
        "srpm-digest-mismatch" => {
            // The padding before the payload's end is in no file.
            let mut bytes = srpm.make();
            let last = bytes.len() - 1;
            bytes[last] ^= 1;
            return bytes;
        }
        "srpm-header-disagrees" => srpm.version = "2.0".into(),
        "srpm-malformed" => srpm.behind = b"more".to_vec(),
        "srpm-member-unexpected" => {
            let more = super::support::srpm::Member::file("configure", "evil\n");
            srpm.payload.push(more);
        }
        "srpm-odd" => {
            let mut bytes = srpm.make();
            bytes[10] = b'b';
            return bytes;
        }
        "srpm-signature-bad" => srpm.signature = vec![(268, raw(&signed(b"another header")))],
        _ => {}
    }
    srpm.make()
}

/// The packets of an armored signature.
fn raw(armored: &[u8]) -> Vec<u8> {
    let mut packets = Vec::new();
    sequoia::armor::Reader::from_bytes(armored, None)
        .read_to_end(&mut packets)
        .expect("armor");
    packets
}

#[test]
fn every_check_fires_and_is_silent_in_the_honest_package() {
    let world = World::new();
    let honest: Vec<_> = [Form::Directory, Form::Made]
        .into_iter()
        .map(|form| world.package().run(form).exits(0))
        .collect();
    let mut seen = BTreeSet::new();
    for (code, status, trick) in TRICKS {
        let (package, form) = trick(&world, world.package());
        let judged = if form == Form::Made {
            let tmp = tempfile::tempdir().expect("a directory");
            let path = tmp.path().join("foo-1.0-1.src.rpm");
            std::fs::write(&path, spoiled(code, &package)).expect("the SRPM");
            std::fs::write(tmp.path().join("alice.asc"), people::keyring_file("alice")).expect("a keyring");
            package.run_at(&path, tmp.path())
        } else {
            package.run(form)
        };
        assert!(
            judged.has(code),
            "{code} is silent: {:#?}\n{}",
            judged.findings(),
            judged.outcome.stderr
        );
        assert_eq!(judged.outcome.status, *status, "{code}: {:#?}", judged.findings());
        assert!(
            honest.iter().all(|judged| !judged.has(code)),
            "{code} fires in the honest package"
        );
        seen.insert(*code);
    }
    let all: BTreeSet<&str> = tarvet_rpm::checks::ALL.iter().map(|check| check.code).collect();
    assert_eq!(seen, all);
}
