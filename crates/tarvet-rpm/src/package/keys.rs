//! Sources that are keyrings.

use bstr::{BStr, BString, ByteSlice};

use super::SourcePackage;
use crate::prep::{SourceRef, VerificationState};

/// A keyring that the package brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeySource<'a> {
    /// The file's name.
    pub name: &'a BStr,
    /// Its contents.
    pub content: &'a [u8],
}

/// Sources that are keyrings by their name, by what `%gpgverify` does with them, or by their contents.
pub(super) fn find(source: &SourcePackage) -> Vec<KeySource<'_>> {
    let mut found: Vec<KeySource<'_>> = Vec::new();
    let used = |number: u32| {
        source.prep.verifications.iter().any(|made| {
            made.state != VerificationState::CommentedOut && made.keyring == Some(SourceRef::Number(number))
        })
    };
    for (of, name) in SourcePackage::named(&source.spec.sources) {
        let Some(content) = source.content(name) else {
            continue;
        };
        let is_keyring = name.ends_with(b".keyring") || used(of.number) || is_key(name, content);
        if is_keyring && !found.iter().any(|known| known.name == name) {
            found.push(KeySource { name, content });
        }
    }
    found
}

/// Whether a file with a key's ending holds keys, not a signature.
fn is_key(name: &BStr, content: &[u8]) -> bool {
    const ENDINGS: [&[u8]; 6] = [b".gpg", b".pgp", b".asc", b".key", b".pub", b".kbx"];
    if !ENDINGS.iter().any(|end| name.ends_with(end)) {
        return false;
    }
    let start = BString::from(content.get(..content.len().min(64 << 10)).unwrap_or_default());
    let first = start.lines().next().unwrap_or_default();
    // RFC 9580, section 4.2: packets of type 6, public keys, in the old and in the new form.
    let is_packet = matches!(content.first(), Some(0x98..=0x9b | 0xc6));
    is_packet
        || start.contains_str("-----BEGIN PGP PUBLIC KEY BLOCK-----")
        || (first.starts_with(b"untrusted comment:") && first.contains_str("public key"))
        || first.starts_with(b"ssh-")
}
