//! Private keys in the place of public ones.

use tarvet_testkit::people::{Person, SshPerson};

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
