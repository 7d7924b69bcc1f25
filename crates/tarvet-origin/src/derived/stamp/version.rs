//! The release's own version, in the spellings that files carry.

use bstr::ByteSlice;

use crate::derived::Release;

/// The longest version that is believed.
const LONGEST: usize = 64;
/// Fewest digits of an abbreviated commit id.
const FEWEST: usize = 7;

/// Whether a byte may be in a version. No such byte means anything to a shell, to m4, to make or to C.
pub fn is_version_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".+~_-".contains(&byte)
}

/// Whether a text is one version: it begins with a digit and is of the strict alphabet.
pub fn is_version(text: &[u8]) -> bool {
    text.len() <= LONGEST
        && text.first().is_some_and(u8::is_ascii_digit)
        && text.iter().all(|&byte| is_version_byte(byte))
}

/// The versions that this release may call itself: the tag's, and the caller's, with and without a packager's suffix.
pub fn own(release: &Release) -> Vec<String> {
    let mut versions: Vec<String> = Vec::new();
    let mut add = |text: &str| {
        if is_version(text.as_bytes()) && !versions.iter().any(|own| own == text) {
            versions.push(text.to_owned());
        }
    };
    if let Ok(tag) = release.tag.to_str() {
        let after_name = tag.strip_prefix(&release.name).unwrap_or(tag);
        for text in [tag, after_name] {
            if let Some(at) = text.find(|letter: char| letter.is_ascii_digit()) {
                let version = text.get(at..).unwrap_or_default();
                add(version);
                add(&version.replace('_', "."));
                add(&version.replace(['_', '-'], "."));
            }
        }
    }
    add(&release.version);
    if let Some(at) = release.version.find(['+', '~']) {
        add(release.version.get(..at).unwrap_or_default());
    }
    versions
}

/// Whether a text is one of the release's versions.
pub fn is_own(text: &[u8], release: &Release) -> bool {
    own(release).iter().any(|own| own.as_bytes() == text)
}

/// Whether a text is the release's commit id, or its beginning.
pub fn is_commit(text: &[u8], release: &Release) -> bool {
    text.len() >= FEWEST && release.commit.as_bytes().starts_with(text)
}

/// Whether a text is a version on the way to another: `1.2-dev`, `1.2.git`, `1.2rc1` before `1.2`.
pub fn is_before(text: &[u8], version: &[u8]) -> bool {
    let Some(rest) = text.strip_prefix(version) else {
        return false;
    };
    let word: Vec<u8> = rest
        .iter()
        .skip_while(|byte| b"-.+~_".contains(byte))
        .map(u8::to_ascii_lowercase)
        .collect();
    let number = word.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let stem = word.get(..word.len() - number).unwrap_or_default();
    [
        &b"dev"[..],
        b"devel",
        b"git",
        b"pre",
        b"rc",
        b"alpha",
        b"beta",
        b"snapshot",
        b"unreleased",
        b"next",
    ]
    .contains(&stem)
}

/// Whether a text is a former version of what is now another: as many numbers, and a lower one first.
pub fn is_former(text: &[u8], version: &[u8]) -> bool {
    let numbers = |text: &[u8]| -> Option<Vec<u64>> {
        let parts = text.split_str(".").map(|part| {
            let is_number = part.iter().all(u8::is_ascii_digit);
            std::str::from_utf8(part).ok().filter(|_| is_number)?.parse().ok()
        });
        parts.collect()
    };
    let (Some(old), Some(new)) = (numbers(text), numbers(version)) else {
        return false;
    };
    old.len() == new.len() && old < new
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(name: &str, version: &str, tag: &str) -> Release {
        Release {
            name: name.into(),
            version: version.into(),
            tag: tag.into(),
            ..Release::default()
        }
    }

    #[test]
    fn a_tag_is_read_in_its_usual_spellings() {
        assert!(is_own(b"8.21.0", &release("curl", "8.21.0", "curl-8_21_0")));
        assert!(is_own(b"2.2.40", &release("gnupg2", "2.2.40", "gnupg-2.2.40")));
        assert!(is_own(
            b"2.1.28",
            &release("cyrus-sasl2", "2.1.28+dfsg", "cyrus-sasl-2.1.28")
        ));
        assert!(is_own(b"1.0", &release("x509", "1.0", "x509-1.0")));
    }

    #[test]
    fn nothing_else_is_a_version() {
        let own = release("x", "1.0", "v1.0");
        for text in ["", "v1.0", "1.1", "1.0 ", "1.0;id", "$(id)", "`id`"] {
            assert!(!is_own(text.as_bytes(), &own), "{text}");
        }
        assert!(own_of("x", "1.0`id`", "v1`id`").is_empty());
        assert!(
            is_before(b"1.2-DEV", b"1.2") && is_before(b"1.2rc3", b"1.2") && is_before(b"1.2.git", b"1.2")
        );
        assert!(
            !is_before(b"1.2.3", b"1.2") && !is_before(b"1.2", b"1.2") && !is_before(b"1.2-evil", b"1.2")
        );
    }

    #[test]
    fn a_former_version_is_lower_and_as_long() {
        assert!(is_former(b"8.20.0", b"8.21.0") && is_former(b"1.9.9", b"2.0.0"));
        for old in ["8.21.0", "9.0.0", "8.20", "8.20.0a", "8..0", "", "1.3"] {
            assert!(!is_former(old.as_bytes(), b"8.21.0"), "{old}");
        }
    }

    fn own_of(name: &str, version: &str, tag: &str) -> Vec<String> {
        own(&release(name, version, tag))
    }

    #[test]
    fn a_commit_is_named_by_its_beginning() {
        let own = Release {
            commit: "efc346430901b84f1f580a147191624d7ded0db6".into(),
            ..Release::default()
        };
        assert!(is_commit(b"efc3464", &own) && is_commit(own.commit.as_bytes(), &own));
        assert!(!is_commit(b"efc346", &own) && !is_commit(b"efc3465", &own) && !is_commit(b"", &own));
        assert!(!is_commit(b"efc3464", &Release::default()));
    }
}
