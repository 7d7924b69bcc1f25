//! The words of names: what a placeholder or a macro stands for. Only names made of known words say anything about the
//! release: `MIN_SSL_VERSION` is not its version, and `validate_signature` is not a date.

use bstr::ByteSlice;

use crate::derived::Release;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// The version, whole.
    Version,
    /// A number of the version, counted from 0.
    Number(usize),
    /// A date.
    Date,
    /// The commit.
    Commit,
}

/// Words that may stand before the one that says what is meant.
const BEFORE: [&str; 5] = ["PACKAGE", "PROJECT", "RELEASE", "BUILD", "PLIST"];

/// What a placeholder of that name, without its marks, stands for: known words, the release's name, and at last the
/// word that says it.
pub fn placeholder(name: &[u8], release: &Release) -> Option<Means> {
    let upper = name.to_ascii_uppercase();
    let (before, last) = match upper.rsplit_once_str("_") {
        Some((b"", _)) => return None,
        Some((before, last)) => (before, last),
        None => (&b""[..], upper.as_slice()),
    };
    let means = match last {
        b"VERSION" => Means::Version,
        b"DATE" => Means::Date,
        b"COMMIT" | b"REVISION" => Means::Commit,
        _ => return None,
    };
    let is_known = |word: &[u8]| {
        BEFORE.iter().any(|known| known.as_bytes() == word)
            || means == Means::Date && word == b"VERSION"
            || means == Means::Commit && word == b"GIT"
    };
    let own = own(release);
    let rest = own.iter().find_map(|own| {
        let rest = before.strip_prefix(own.as_bytes())?;
        if rest.is_empty() {
            Some(rest)
        } else {
            rest.strip_prefix(b"_")
        }
    });
    let rest = rest.unwrap_or(before);
    (rest.is_empty() || rest.split_str("_").all(is_known)).then_some(means)
}

/// What a macro of C stands for, by its name: the package's own version or its date.
pub fn macro_name(name: &[u8], release: &Release) -> Option<Means> {
    if name == b"VERSION" || name == b"PACKAGE_VERSION" {
        return Some(Means::Version);
    }
    own(release).iter().find_map(|own| {
        let rest = name.strip_prefix(own.as_bytes())?.strip_prefix(b"_")?;
        match rest {
            b"VERSION" | b"VERSION_STRING" | b"VERSION_STR" => Some(Means::Version),
            b"VERSION_MAJOR" | b"MAJOR_VERSION" => Some(Means::Number(0)),
            b"VERSION_MINOR" | b"MINOR_VERSION" => Some(Means::Number(1)),
            b"VERSION_MICRO" | b"VERSION_PATCH" | b"MICRO_VERSION" | b"PATCH_VERSION" => {
                Some(Means::Number(2))
            }
            b"TIMESTAMP" | b"DATE" | b"RELEASE_DATE" | b"VERSION_DATE" => Some(Means::Date),
            _ => None,
        }
    })
}

/// The release's name as macros have it: `GNUPG` of `gnupg2`, and `LIBFOO` beside `FOO`.
pub fn own(release: &Release) -> Vec<String> {
    let upper: String = release
        .name
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter.to_ascii_uppercase()
            } else {
                '_'
            }
        })
        .collect();
    let short = upper.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '_');
    let mut names = Vec::new();
    for name in [upper.as_str(), short] {
        let bare = name.strip_prefix("LIB").unwrap_or(name);
        if bare.len() >= 2 && bare.starts_with(|letter: char| letter.is_ascii_uppercase()) {
            names.extend([bare.to_owned(), format!("LIB{bare}")]);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(name: &str) -> Release {
        Release {
            name: name.into(),
            ..Release::default()
        }
    }

    #[test]
    fn whole_words_say_what_a_placeholder_stands_for() {
        let own = release("foo");
        for (name, means) in [
            ("VERSION", Means::Version),
            ("version", Means::Version),
            ("PACKAGE_VERSION", Means::Version),
            ("FOO_VERSION", Means::Version),
            ("LIBFOO_PLIST_VERSION", Means::Version),
            ("RELEASE_DATE", Means::Date),
            ("GIT_COMMIT", Means::Commit),
        ] {
            assert_eq!(placeholder(name.as_bytes(), &own), Some(means), "{name}");
        }
        for name in [
            "validate_signature",
            "update",
            "conversion",
            "mandatory",
            "MIN_SSL_VERSION",
            "OPENSSL_VERSION",
            "MIN_VERSION",
            "REQUIRED_VERSION",
            "FOO_TLS_VERSION",
            "VERSION_CHECK",
            "_VERSION",
            "EXPIRY_DATE",
            "",
        ] {
            assert_eq!(placeholder(name.as_bytes(), &own), None, "{name}");
        }
        assert_eq!(placeholder(b"_VERSION", &release("")), None);
    }

    #[test]
    fn macros_are_the_packages_own() {
        for (package, name, means) in [
            ("curl", "LIBCURL_VERSION", Some(Means::Version)),
            ("curl", "CURL_VERSION", Some(Means::Version)),
            ("curl", "LIBCURL_TIMESTAMP", Some(Means::Date)),
            ("gnupg2", "GNUPG_VERSION", Some(Means::Version)),
            ("libfoo", "FOO_VERSION_MINOR", Some(Means::Number(1))),
            ("foo", "TLS_PROTOCOL_VERSION", None),
            ("foo", "ENFORCE_VERSION", None),
            ("foo", "HARDENED_VERSION", None),
            ("foo", "LOWEST_VERSION", None),
            ("foo", "FOO_TLS_VERSION", None),
            ("foo", "KEY_EXPIRY_DATE", None),
            ("foo", "TLS1_3_VERSION", None),
            ("", "_VERSION", None),
            ("7", "_VERSION", None),
        ] {
            assert_eq!(
                macro_name(name.as_bytes(), &release(package)),
                means,
                "{package} {name}"
            );
        }
    }
}
