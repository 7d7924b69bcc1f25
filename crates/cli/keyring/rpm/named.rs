//! Which sources of a spec are key files, as its text tells.

use std::collections::{BTreeMap, BTreeSet};

use bstr::{BStr, BString, ByteSlice};
use tarvet_rpm::prep::{self, SourceRef, VerificationState};
use tarvet_rpm::spec::{self, Reach, Spec, file_name};

use super::super::places::has_key_name;

/// Key files that one spec may name.
const MOST_NAMED: usize = 1_000;

/// What a spec says of its key files.
#[derive(Default)]
pub struct Named {
    /// File names, and whether `%prep` verifies with them.
    pub keys: BTreeMap<BString, bool>,
    /// Sources that may be key files and whose names cannot be told, a sentence each.
    pub unclear: Vec<String>,
}

impl Named {
    pub fn of(text: &[u8]) -> Self {
        let spec = spec::read(text, &spec::Options::default());
        let used = used(&spec);
        // Unresolved ones too: `%{what}.asc` is a signature where there is a `%{what}`.
        let readings = spec.sources.iter().flat_map(|source| &source.value.readings);
        let names: BTreeSet<&BStr> = readings.map(|reading| file_name(reading.text.as_ref())).collect();
        let mut named = Self::default();
        for source in spec
            .sources
            .iter()
            .filter(|source| source.place.reach() != Reach::Never)
        {
            if named.keys.len() + named.unclear.len() >= MOST_NAMED {
                let words = format!(
                    "it has {MOST_NAMED} key files; sources from line {} on were not looked at",
                    source.value.line
                );
                named.unclear.push(words);
                break;
            }
            let used = used.contains(&source.number);
            let wanted = |name: &BStr| used || has_key_name(name) && !is_signature_name(name, &names);
            for name in source.file_names() {
                if is_plain(name) && wanted(name) {
                    *named.keys.entry(name.to_owned()).or_default() |= used;
                }
            }
            let mut dark = source
                .value
                .readings
                .iter()
                .filter(|reading| !reading.is_resolved());
            if let Some(why) = source.value.why()
                && dark.any(|reading| wanted(file_name(reading.text.as_ref())))
            {
                named.unclear.push(format!(
                    "the file name of Source{} cannot be told without running the spec: {} (line {})",
                    source.number, why.why, why.line
                ));
            }
        }
        named
    }
}

/// Sources that `%prep` takes for keyrings.
fn used(spec: &Spec) -> BTreeSet<u32> {
    prep::read(spec)
        .verifications
        .into_iter()
        .filter(|made| made.state != VerificationState::CommentedOut)
        .filter_map(|made| match made.keyring {
            Some(SourceRef::Number(number)) => Some(number),
            _ => None,
        })
        .collect()
}

/// Whether a file that nobody has looked into is rather a signature: it is named like another source, or like a tarball.
fn is_signature_name(name: &BStr, names: &BTreeSet<&BStr>) -> bool {
    let Some((stem, _)) = name.rsplit_once_str(".") else {
        return false;
    };
    names.contains(&stem.as_bstr())
        || stem.contains_str(".tar")
        || stem.ends_with(b".tgz")
        || stem.ends_with(b".zip")
}

pub fn is_plain(name: &[u8]) -> bool {
    !name.is_empty() && name != b"." && name != b".." && !name.contains(&b'/') && !name.contains(&0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: &str = "Name: foo\nVersion: 1.0\nRelease: 1\nSource0: https://example.org/foo-%{version}.tar.xz\n\
        Source1: https://example.org/foo-%{version}.tar.xz.asc\nSource2: foo.keyring\nSource3: gpgkey-%{name}.gpg\n\
        Source4: signers\nSource5: %(date).asc\n%if 0\nSource6: dead.asc\n%endif\n%prep\n\
        %{gpgverify} --keyring='%{SOURCE4}' --signature='%{SOURCE1}' --data='%{SOURCE0}'\n";

    #[test]
    fn a_spec_names_its_keys() {
        let named = Named::of(SPEC.as_bytes());
        let keys: Vec<_> = named
            .keys
            .iter()
            .map(|(name, used)| (name.to_string(), *used))
            .collect();
        let expected = [
            ("foo.keyring", false),
            ("gpgkey-foo.gpg", false),
            ("signers", true),
        ];
        assert_eq!(keys, expected.map(|(name, used)| (name.to_owned(), used)));
        assert_eq!(named.unclear.len(), 1, "{:?}", named.unclear);
        assert!(named.unclear[0].contains("Source5"), "{:?}", named.unclear);
        assert!(
            Named::of(b"Source0: foo.tar.gz\nSource1: foo.tar.gz.asc\n")
                .keys
                .is_empty()
        );
        // What nobody can tell is a signature if it would be named like another source, and told if not.
        let named = Named::of(b"Source0: %{what}\nSource1: %{what}.asc\nSource2: %(date).asc\n");
        assert_eq!(named.unclear.len(), 1, "{:?}", named.unclear);
    }

    #[test]
    fn a_flood_of_key_files_is_bounded() {
        let many: String = (0..3_000)
            .map(|number| format!("Source{number}: {number}.gpg\n"))
            .collect();
        let named = Named::of(many.as_bytes());
        assert_eq!((named.keys.len(), named.unclear.len()), (MOST_NAMED, 1));
    }
}
