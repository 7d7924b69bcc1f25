//! Which files of `debian/` say whom upstream's signatures must be from, and which are proofs.
//!
//! Places of OpenPGP keyrings: uscan's and dpkg-source's. There is no convention for SSH; ours is ssh-keygen's own format in
//! `debian/upstream/allowed-signers`. Proofs are ours too: `debian/upstream/PACKAGE.gitproof` for the main tarball and
//! `debian/upstream/PACKAGE.COMPONENT.gitproof` for a component's, PACKAGE being the source package's name. No version is in
//! the name, so that an import replaces the proof, as it must.

use std::collections::BTreeMap;

use bstr::{BStr, ByteSlice};

use crate::fault::{Fault, tell};

/// The keyring's proper place.
pub const SIGNING_KEY: &str = "debian/upstream/signing-key.asc";
/// SSH signers, in the format ALLOWED SIGNERS of ssh-keygen(1).
pub const ALLOWED_SIGNERS: &str = "debian/upstream/allowed-signers";

/// Places that once were the keyring's, in the order in which uscan still looks.
const DEPRECATED: [&str; 3] = [
    "debian/upstream/signing-key.pgp",
    "debian/upstream-signing-key.pgp",
    "debian/upstream-signing-key.asc",
];

/// What a package ships to check upstream's signatures with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// OpenPGP keyrings, the one that counts first.
    pub keyrings: Vec<Keyring>,
    /// `debian/upstream/allowed-signers` is there.
    pub allowed_signers: bool,
    /// Proofs: component (None: the main tarball) to path.
    pub proofs: BTreeMap<Option<String>, String>,
    /// Several keyrings, deprecated places, proofs that belong to no tarball.
    pub faults: Vec<Fault>,
}

/// A keyring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keyring {
    /// Path in the source package.
    pub place: &'static str,
    /// The place is not used any more: dpkg-source does not look there.
    pub deprecated: bool,
}

impl Keys {
    /// Looks through the paths of a source package's regular files, such as `debian/upstream/signing-key.asc`.
    pub fn find<'a>(paths: impl IntoIterator<Item = &'a BStr>, package: &str) -> Self {
        let mut keys = Self::default();
        for path in paths {
            let Some(path) = path.strip_prefix(b"debian/").and(path.to_str().ok()) else {
                continue;
            };
            if path == ALLOWED_SIGNERS {
                keys.allowed_signers = true;
            } else if path == SIGNING_KEY {
                keys.add(SIGNING_KEY, false);
            } else if let Some(place) = DEPRECATED.iter().find(|place| **place == path) {
                keys.add(place, true);
            } else if let Some(name) = path
                .strip_prefix("debian/upstream/")
                .and_then(|name| name.strip_suffix(".gitproof"))
            {
                keys.proof(path, name, package);
            }
        }
        keys.keyrings.sort_by_key(|keyring| rank(keyring.place));
        keys.judge();
        keys
    }

    fn add(&mut self, place: &'static str, deprecated: bool) {
        let keyring = Keyring { place, deprecated };
        if !self.keyrings.contains(&keyring) {
            self.keyrings.push(keyring);
        }
    }

    fn proof(&mut self, path: &str, name: &str, package: &str) {
        let component = match name.strip_prefix(package) {
            Some("") => Some(None),
            Some(rest) => rest
                .strip_prefix('.')
                .filter(|name| is_component(name))
                .map(|name| Some(name.to_owned())),
            None => None,
        };
        match component {
            Some(component) => drop(self.proofs.insert(component, path.to_owned())),
            None => tell(
                &mut self.faults,
                0,
                format!(
                    "{path} belongs to no tarball; expected debian/upstream/{package}.gitproof, or \
                     {package}.COMPONENT.gitproof; rename or remove it"
                ),
            ),
        }
    }

    fn judge(&mut self) {
        let places: Vec<&str> = self.keyrings.iter().map(|keyring| keyring.place).collect();
        if let [first, _, ..] = places.as_slice() {
            let message = format!(
                "keyrings in several places ({}); only {first} counts; keep {SIGNING_KEY} alone",
                places.join(", ")
            );
            tell(&mut self.faults, 0, message);
        } else if let [
            Keyring {
                place,
                deprecated: true,
            },
        ] = self.keyrings.as_slice()
        {
            let message =
                format!("{place} is a deprecated place that dpkg-source ignores; move it to {SIGNING_KEY}");
            tell(&mut self.faults, 0, message);
        }
    }
}

/// The order in which uscan looks.
fn rank(place: &str) -> usize {
    match DEPRECATED.iter().position(|deprecated| *deprecated == place) {
        Some(position) => position + 1,
        None => 0,
    }
}

/// What dpkg-source allows in `orig-COMPONENT`.
fn is_component(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('-')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(paths: &[&str]) -> Keys {
        Keys::find(paths.iter().map(|path| BStr::new(*path)), "python3.11")
    }

    #[test]
    fn one_keyring_in_its_place() {
        let keys = find(&[
            "debian/control",
            SIGNING_KEY,
            ALLOWED_SIGNERS,
            "upstream/signing-key.asc",
        ]);
        assert_eq!(keys.faults, []);
        assert!(keys.allowed_signers);
        assert_eq!(
            keys.keyrings,
            [Keyring {
                place: SIGNING_KEY,
                deprecated: false
            }]
        );
        assert_eq!(find(&["debian/upstream/signing-key.asc.bak"]), Keys::default());
    }

    #[test]
    fn deprecated_places_and_several() {
        for paths in [
            &["debian/upstream-signing-key.pgp"][..],
            &["debian/upstream/signing-key.pgp", SIGNING_KEY],
            &[
                "debian/upstream/signing-key.pgp",
                "debian/upstream-signing-key.pgp",
            ],
        ] {
            assert_eq!(find(paths).faults.len(), 1, "{paths:?}");
        }
        let both = find(&["debian/upstream/signing-key.pgp", SIGNING_KEY]);
        assert_eq!(both.keyrings[0].place, SIGNING_KEY);
    }

    #[test]
    fn proofs() {
        let keys = find(&[
            "debian/upstream/python3.11.gitproof",
            "debian/upstream/python3.11.unicode-data.gitproof",
        ]);
        assert_eq!(keys.faults, []);
        assert_eq!(keys.proofs[&None], "debian/upstream/python3.11.gitproof");
        assert!(keys.proofs.contains_key(&Some("unicode-data".into())));
        for stray in [
            "python3.gitproof",
            "python3.11..gitproof",
            "python3.11.a.b.gitproof",
            ".gitproof",
        ] {
            let path = format!("debian/upstream/{stray}");
            let keys = find(&[&path]);
            assert_eq!((keys.faults.len(), keys.proofs.len()), (1, 0), "{stray}");
        }
    }
}
