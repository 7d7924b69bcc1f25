//! Private keys in the place of public ones.

use tarvet_testkit::people::{Minisigner, Person, SshPerson};

use super::{Desk, people, upstream};

/// The shape of one, with nothing behind it.
const MINISIGN_SECRET: &str = "RWRTY0IyAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+P0BBQkNERUZHSElKS0xNTk9QUVJTVFVWV1hZWltcXV5fYGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9fn+AgYKDhIWGh4iJiouMjY6PkJGSk5SVlpc=";

#[test]
fn no_secret_is_ever_printed() {
    let desk = Desk::new();
    let minisign = format!("untrusted comment: minisign encrypted secret key\n{MINISIGN_SECRET}\n");
    let armored = Person::with_subkey().secret();
    let disguised = String::from_utf8(armored.clone())
        .unwrap()
        .replace("PRIVATE", "PUBLIC");
    let files = [
        ("openpgp.asc", String::from_utf8(armored).unwrap()),
        ("disguised.asc", disguised),
        ("openssh", SshPerson::new(1, "alice").private()),
        ("minisign.key", minisign),
    ];
    upstream(&desk, &people());
    desk.put("alice.asc", &Person::alice().certificate());
    for (name, text) in files {
        desk.put(name, text.as_bytes());
        for arguments in [
            &["audit", name][..],
            &["audit", "--all", "--format", "json", name],
            &["audit", "--format", "jsonl", name],
            &["audit", name, "--git", "upstream"],
            &["compare", name, "alice.asc"],
            &["compare", "--format", "json", name, "alice.asc"],
            &["diff", "alice.asc", name],
            &["diff", "--format", "json", name, "alice.asc"],
        ] {
            let output = desk.run(arguments);
            let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
            for line in text
                .lines()
                .filter(|line| line.len() > 20 && !line.contains(['-', ' ', ':']))
            {
                // Any piece of it: the end of a line and its middle.
                for piece in [line.get(..16), line.get(line.len() - 16..)]
                    .into_iter()
                    .flatten()
                {
                    assert!(!said.contains(piece), "{arguments:?} prints {piece} of {name}");
                }
            }
            if arguments[0] == "audit" {
                assert!(said.contains("keyring-secret-key-inside"), "{name}: {said}");
                assert_eq!(output.status.code(), Some(1));
            }
        }
    }
}

/// Where a reader that stops at the first key, or minds labels and margins, does not see it.
#[test]
fn a_secret_beside_a_public_key_is_found() {
    let desk = Desk::new();
    let alice = Person::alice();
    let (public, secret) = (alice.certificate(), String::from_utf8(alice.secret()).unwrap());
    let indented: String = secret.lines().map(|line| format!("> {line}\n")).collect();
    let minisign = Minisigner::new(1).minisign_public();
    let cases = [
        ("quoted.asc", [public.as_slice(), indented.as_bytes()].concat()),
        (
            "labelled.asc",
            [
                public.as_slice(),
                secret.replace("PRIVATE KEY BLOCK", "SIGNATURE").as_bytes(),
            ]
            .concat(),
        ),
        (
            "minisign.pub",
            format!("{minisign}\n{MINISIGN_SECRET}\n").into_bytes(),
        ),
        (
            "openssh",
            format!("{minisign}\n{}", SshPerson::new(1, "sam").private()).into_bytes(),
        ),
    ];
    for (name, bytes) in cases {
        desk.put(name, &bytes);
        let output = desk.run(&["audit", name]);
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains("keyring-secret-key-inside"), "{name}: {said}");
        assert_eq!(output.status.code(), Some(1));
    }
    for (name, bytes) in [
        (
            "honest.asc",
            [b"Key of Alice, not private\n".as_slice(), &public].concat(),
        ),
        ("honest.pub", minisign.into_bytes()),
    ] {
        desk.put(name, &bytes);
        assert_eq!(desk.run(&["audit", name]).status.code(), Some(0), "{name}");
    }
}
