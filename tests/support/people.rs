//! The people of the cases, made once per test binary.
//!
//! ```text
//!          2020        2021        2022        2023        2024-01-03   2024-03-01      2024-06-01
//! alice    |---------------------------------------------- signs ---------------------- now
//! dave     |------------------------ expires 2022-09-27
//! carol    |---------------------------------------------- signs ---- compromised
//! rita     |---------------------------------------------- signs ---- retired
//! ```

use std::collections::BTreeMap;
use std::sync::LazyLock;

use tarvet_testkit::people::sequoia::types::{HashAlgorithm, ReasonForRevocation, SignatureType};
use tarvet_testkit::people::{Minisigner, Person, Recipe, SshPerson, Subkey, armor, day, days};

use super::story::{Signature, noon_time};

/// Somebody who signs.
pub enum Who {
    Pgp(Box<Person>),
    Ssh(SshPerson),
    Mini(Minisigner),
}

static EVERYBODY: LazyLock<BTreeMap<&str, Who>> = LazyLock::new(|| {
    let pgp = |person: Person| Who::Pgp(Box::new(person));
    let recipe = |name| Recipe::new(name);
    let carol = recipe("Carol Compromised <carol@example.org>").make();
    let rita = recipe("Rita Retired <rita@example.org>").make();
    let revoked = |person: &Person, why| pgp(person.revoked(Some(why), day("2024-03-01")));
    let old = Recipe {
        digest: HashAlgorithm::SHA1,
        ..recipe("Olga Old <olga@example.org>")
    };
    let with_subkey = |name, subkey| {
        Recipe {
            subkey,
            ..recipe(name)
        }
        .make()
    };
    let short = Recipe {
        rsa_bits: Some(1024),
        ..recipe("Sid Short <sid@example.org>")
    };
    BTreeMap::from([
        ("alice", pgp(Person::alice())),
        ("bob", pgp(Person::bob())),
        ("eve", pgp(Person::eve())),
        ("dave", pgp(Person::dave())),
        ("carol", revoked(&carol, ReasonForRevocation::KeyCompromised)),
        ("rita", revoked(&rita, ReasonForRevocation::KeyRetired)),
        ("olga", pgp(old.make())),
        ("sid", pgp(short.make())),
        (
            "susan",
            pgp(with_subkey("Susan Subkey <susan@example.org>", Subkey::Signing)),
        ),
        (
            "greg",
            pgp(with_subkey(
                "Greg Grafted <greg@example.org>",
                Subkey::WithoutBackSignature,
            )),
        ),
        (
            "late",
            pgp(Recipe {
                created: day("2024-02-01"),
                validity: Some(days(3000)),
                ..recipe("Late Lisa <lisa@example.org>")
            }
            .make()),
        ),
        ("sam", Who::Ssh(SshPerson::new(1, "sam@example.org"))),
        ("sue", Who::Ssh(SshPerson::new(2, "sue@example.org"))),
        ("mini", Who::Mini(Minisigner::new(3))),
        ("mallory", Who::Mini(Minisigner::new(4))),
    ])
});

/// The person of that name.
pub fn who(name: &str) -> &'static Who {
    EVERYBODY
        .get(name)
        .unwrap_or_else(|| panic!("nobody is called {name}"))
}

/// The file by which somebody is trusted: `NAME [OPTIONS of allowed_signers]`, `NAME,NAME`, or a spoiled file.
pub fn keyring_file(entry: &str) -> Vec<u8> {
    let (name, options) = entry.split_once(' ').unwrap_or((entry, ""));
    match name {
        "nobody" => Vec::new(),
        "garbage" => b"this is no keyring\n".to_vec(),
        _ => name.split(',').flat_map(|name| one_key(name, options)).collect(),
    }
}

fn one_key(name: &str, options: &str) -> Vec<u8> {
    match who(name) {
        Who::Pgp(person) => person.certificate(),
        Who::Ssh(person) => {
            let (principal, options) = match options.split_once("principal=") {
                Some((options, principal)) => (principal.to_owned(), options.trim().to_owned()),
                None => (format!("{name}@example.org"), options.to_owned()),
            };
            format!("{principal} {options} {}\n", person.public()).into_bytes()
        }
        Who::Mini(person) => person.minisign_public().into_bytes(),
    }
}

/// An armored signature over the payload of a tag or commit.
pub fn sign_object(name: &str, payload: &[u8], date: &str, namespace: &str) -> Vec<u8> {
    match who(name) {
        Who::Pgp(person) => person.sign(payload, noon_time(date)),
        Who::Ssh(person) => person.sign(namespace, payload),
        Who::Mini(_) => panic!("git knows no minisign"),
    }
}

/// The contents of a detached signature's file.
pub fn detached(signature: &Signature, data: &[u8]) -> Vec<u8> {
    match signature.kind.as_str() {
        "garbage" => return b"<html>404 not found</html>\n".to_vec(),
        "empty" => return Vec::new(),
        _ => {}
    }
    let at = noon_time(&signature.date);
    let mut packets = Vec::new();
    for name in signature.signer.split('+') {
        match who(name) {
            Who::Pgp(person) => packets.extend(match signature.kind.as_str() {
                "binary" => person.sign_with(data, at, SignatureType::Binary, |b| b),
                "text" => person.sign_with(data, at, SignatureType::Text, |b| b),
                "sha1" => person.sign_with(data, at, SignatureType::Binary, |b| {
                    b.set_hash_algo(HashAlgorithm::SHA1)
                }),
                other => panic!("no such kind of signature: {other}"),
            }),
            Who::Mini(person) if signature.kind == "signify" => return person.signify(data),
            Who::Mini(person) => return person.minisign(data, &signature.comment, true),
            Who::Ssh(person) => return person.sign("file", data),
        }
    }
    armor(&packets)
}

/// Fingerprints and key ids with the names that stand for them in expectations.
pub fn names() -> Vec<(String, String)> {
    let mut names = Vec::new();
    for (name, who) in EVERYBODY.iter() {
        if let Who::Pgp(person) = who {
            #[allow(clippy::disallowed_methods, reason = "only to name keys in a golden text")]
            for (number, key) in person.cert.keys().enumerate() {
                let suffix = if number == 0 { "" } else { "-subkey" };
                names.push((key.key().fingerprint().to_hex(), format!("<FPR:{name}{suffix}>")));
                names.push((key.key().keyid().to_hex(), format!("<KEYID:{name}{suffix}>")));
            }
        }
    }
    names
}
