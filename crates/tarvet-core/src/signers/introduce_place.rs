//! Where projects keep the keys of their signers, and how a text names one.

use std::collections::BTreeSet;

use bstr::{BStr, ByteSlice};

/// Directories in which keys of signers are kept, and documents that name them. Everything else in a tree, test data
/// above all, may hold anybody's key.
const DIRECTORIES: [&[u8]; 14] = [
    b"doc",
    b"docs",
    b"documentation",
    b"key",
    b"keys",
    b"keyring",
    b"keyrings",
    b"pgp",
    b"gpg",
    b"openpgp",
    b"release",
    b"releases",
    b".github",
    b"security",
];
/// Names, in lower case and without extension, of files that name signers.
const DOCUMENTS: [&[u8]; 12] = [
    b"readme",
    b"security",
    b"maintainers",
    b"maintainer",
    b"authors",
    b"releasing",
    b"release",
    b"verify",
    b"verifying",
    b"allowed_signers",
    b"signers",
    b"contributing",
];
/// Extensions of certificates and keys.
const EXTENSIONS: [&[u8]; 6] = [b"asc", b"gpg", b"pgp", b"key", b"pub", b"signers"];
/// Words that a signer writes about keys which nobody should trust.
const WARNINGS: [&[u8]; 16] = [
    b"revok",
    b"revoc",
    b"compromis",
    b"not trust",
    b"n't trust",
    b"distrust",
    b"untrust",
    b"no longer",
    b"do not",
    b"don't",
    b"never",
    b"malicious",
    b"backdoor",
    b"stolen",
    b"fake",
    b"remove",
];
/// What a message says, too, that takes a key away or tells of a stranger's. Files say such things of verifying at large.
const MESSAGE_WARNINGS: [&[u8]; 14] = [
    b"revert",
    b"drop",
    b"delet",
    b"ignore",
    b"is not",
    b"isn't",
    b"not our",
    b"not mine",
    b"stranger",
    b"impersonat",
    b"hijack",
    b"attack",
    b"unauthori",
    b"rogue",
];
/// Lines around a fingerprint in which a warning counts.
const AROUND: usize = 3;
/// Digits of the shortest full fingerprint.
const FINGERPRINT: usize = 40;
/// Lines longer than this are no prose, in bytes.
const LONGEST_LINE: usize = 2_000;

/// Whether files at this path may introduce a signer.
pub(super) fn is_place(path: &BStr) -> bool {
    let lower = path.to_ascii_lowercase();
    let mut parts: Vec<&[u8]> = lower.split_str("/").collect();
    let Some(name) = parts.pop() else { return false };
    if parts.len() > 2 || !parts.iter().all(|part| DIRECTORIES.contains(part)) {
        return false;
    }
    let (stem, extension) = name.rsplit_once_str(".").unwrap_or((name, b""));
    EXTENSIONS.contains(&extension)
        || DOCUMENTS.contains(&stem)
        || DOCUMENTS.contains(&name)
        || name.contains_str("key")
}

/// Full fingerprints that are looked for.
pub(super) struct Names {
    /// As the keyring spells them: hexadecimal in capitals, `SHA256:…`, or base64.
    names: BTreeSet<String>,
}

impl Names {
    pub fn new(names: BTreeSet<String>) -> Self {
        Names { names }
    }

    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    pub fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Each name that a file gives in full, with the line that does. Linear in the text for a handful of names.
    pub fn in_text(&self, text: &[u8]) -> Vec<(String, String)> {
        self.introduced(text, &|_| false, &warns)
    }

    /// The same of a message, without what is quoted from elsewhere.
    pub fn in_message(&self, text: &[u8]) -> Vec<(String, String)> {
        self.introduced(text, &is_quoted, &warns_in_message)
    }

    /// Names of which a message warns in the very line that has them, and no other one.
    pub fn warned_of(&self, text: &[u8]) -> Vec<String> {
        let lines = text
            .lines()
            .filter(|line| line.len() <= LONGEST_LINE && warns_in_message(line));
        let mut found = Vec::new();
        for line in lines {
            let spelled = hexadecimal(line);
            // New key and old one are often named together.
            if spelled.iter().filter(|run| run.len() >= FINGERPRINT).count() > 1 {
                continue;
            }
            found.extend(
                self.names
                    .iter()
                    .filter(|name| is_named(name, line, &spelled))
                    .cloned(),
            );
        }
        found
    }

    fn introduced(
        &self,
        text: &[u8],
        skipped: &dyn Fn(&[u8]) -> bool,
        warns: &dyn Fn(&[u8]) -> bool,
    ) -> Vec<(String, String)> {
        let lines: Vec<&[u8]> = text.lines().collect();
        let mut found = Vec::new();
        for (at, line) in lines
            .iter()
            .enumerate()
            .filter(|(_, line)| line.len() <= LONGEST_LINE && !skipped(line))
        {
            let spelled = hexadecimal(line);
            for name in self.names.iter().filter(|name| is_named(name, line, &spelled)) {
                let around = lines.get(at.saturating_sub(AROUND)..lines.len().min(at + AROUND + 1));
                if !around.unwrap_or_default().iter().any(|line| warns(line)) {
                    let line = String::from_utf8_lossy(line.trim()).chars().take(200).collect();
                    found.push((name.clone(), line));
                }
            }
        }
        found
    }
}

/// Runs of hexadecimal digits, joined over blanks and colons as people write fingerprints, in capitals.
fn hexadecimal(line: &[u8]) -> Vec<Vec<u8>> {
    let mut runs: Vec<Vec<u8>> = vec![Vec::new()];
    for (at, word) in line.split(|byte| b" \t:\xa0\xc2".contains(byte)).enumerate() {
        let word = word.trim_with(|c| matches!(c, ',' | '.' | ';' | '(' | ')' | '<' | '>' | '"' | '`' | '*'));
        let bare = word.strip_prefix(b"0x").unwrap_or(word);
        let is_hex = !bare.is_empty() && bare.iter().all(u8::is_ascii_hexdigit);
        match (is_hex, runs.last_mut()) {
            (true, Some(run)) => run.extend(bare.iter().map(u8::to_ascii_uppercase)),
            // Two blanks in a row separate nothing.
            (false, _) if word.is_empty() && at > 0 => {}
            (false, Some(run)) if run.is_empty() => {}
            _ => runs.push(Vec::new()),
        }
    }
    runs
}

/// Hexadecimal names have to be a whole run; others a whole word.
fn is_named(name: &str, line: &[u8], spelled: &[Vec<u8>]) -> bool {
    if name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return spelled.iter().any(|run| run == name.as_bytes());
    }
    let mut words = line.split(u8::is_ascii_whitespace);
    words.any(|word| word.trim_with(|c| matches!(c, ',' | ';' | '(' | ')' | '`' | '"')) == name.as_bytes())
}

fn warns(line: &[u8]) -> bool {
    let lower = line.to_ascii_lowercase();
    WARNINGS.iter().any(|word| lower.contains_str(word))
}

fn warns_in_message(line: &[u8]) -> bool {
    let lower = line.to_ascii_lowercase();
    warns(line) || MESSAGE_WARNINGS.iter().any(|word| lower.contains_str(word))
}

/// Replies, and what git and GnuPG print about a signature: it names whoever made it, good or not.
fn is_quoted(line: &[u8]) -> bool {
    let line = line.trim_start();
    line.starts_with(b"#") || line.starts_with(b">") || line.contains_str("gpg: ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NAME: &str = "0123456789ABCDEF0123456789ABCDEF01234567";

    fn names() -> Names {
        Names::new(BTreeSet::from([NAME.to_owned(), "SHA256:abc+/x".to_owned()]))
    }

    #[test]
    fn full_fingerprints_are_found_as_people_write_them() {
        for text in [
            "my new key: 0123456789abcdef0123456789abcdef01234567.",
            "0123 4567 89AB CDEF 0123  4567 89AB CDEF 0123 4567",
            "Fingerprint (0x0123456789ABCDEF0123456789ABCDEF01234567) is Bob's",
            "01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67",
        ] {
            assert_eq!(names().in_text(text.as_bytes()).len(), 1, "{text}");
        }
        assert_eq!(names().in_text(b"ssh key SHA256:abc+/x now").len(), 1);
    }

    #[test]
    fn parts_of_fingerprints_and_warnings_introduce_nobody() {
        for text in [
            "89ABCDEF01234567",
            "00123456789ABCDEF0123456789ABCDEF01234567",
            "0123456789ABCDEF0123456789ABCDEF0123456789",
            "this key was compromised:\n\n0123456789ABCDEF0123456789ABCDEF01234567",
            "0123456789ABCDEF0123456789ABCDEF01234567\nDo not trust it!",
            "SHA256:abc+/xy",
        ] {
            assert!(names().in_text(text.as_bytes()).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_message_introduces_in_its_own_words_only() {
        let honest = format!("Release key of Bob: {NAME}");
        assert_eq!(names().in_message(honest.as_bytes()).len(), 1);
        for text in [
            format!("# gpg:                using EDDSA key {NAME}"),
            format!("gpg: using RSA key {NAME}"),
            format!("Bob wrote:\n> my key is {NAME}"),
            format!("Revert \"keys: add {NAME}\""),
            format!("drop {NAME} from KEYS"),
            format!("{NAME} is not ours"),
        ] {
            assert!(names().in_message(text.as_bytes()).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_warning_is_of_the_only_name_in_its_line() {
        let other = "F".repeat(40);
        assert_eq!(names().warned_of(format!("{NAME} was stolen").as_bytes()), [NAME]);
        for text in [
            format!("new release key {NAME}"),
            format!("{NAME} replaces {other}, which was stolen"),
            format!("{other} was stolen\nuse {NAME}"),
        ] {
            assert!(names().warned_of(text.as_bytes()).is_empty(), "{text}");
        }
    }

    #[test]
    fn keys_are_looked_for_where_projects_keep_them() {
        for path in [
            "KEYS",
            "keys/alice.asc",
            "README",
            "doc/SECURITY.md",
            ".github/allowed_signers",
            "alice.gpg",
        ] {
            assert!(is_place(path.into()), "{path}");
        }
        for path in [
            "tests/keys/alice.asc",
            "testdata/keyring.gpg",
            "src/main.c",
            "lib/keys/alice.asc",
            "a/b/c/KEYS",
        ] {
            assert!(!is_place(path.into()), "{path}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(names().in_text(&text).is_empty());
            is_place(text.as_bstr());
        }
    }
}
