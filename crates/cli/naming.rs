//! Name and version from a tarball's file name.

/// What a file name says of the release.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Naming {
    pub name: Option<String>,
    pub version: Option<String>,
}

/// Endings of tarballs, longest first.
const ENDINGS: [&str; 12] = [
    ".tar.gz",
    ".tar.bz2",
    ".tar.xz",
    ".tar.lzma",
    ".tar.zst",
    ".tar.lz",
    ".tgz",
    ".tbz2",
    ".tbz",
    ".txz",
    ".tzst",
    ".tar",
];

/// Reads `NAME_VERSION.orig.tar.xz`, `NAME-VERSION.tar.gz` and `vVERSION.tar.gz`.
pub fn from_file_name(file: &str) -> Naming {
    let Some(stem) = ENDINGS.iter().find_map(|ending| file.strip_suffix(ending)) else {
        return Naming::default();
    };
    let debian = stem
        .rsplit_once(".orig")
        .filter(|(_, rest)| rest.is_empty() || rest.starts_with('-'));
    if let Some((name, version)) = debian.and_then(|(stem, _)| stem.split_once('_')) {
        return Naming {
            name: Some(name.into()),
            version: Some(version.into()),
        };
    }
    if starts_like_version(stem) {
        return Naming {
            name: None,
            version: Some(stem.into()),
        };
    }
    let split = stem
        .match_indices(['-', '_'])
        .find(|(at, _)| stem.get(at + 1..).is_some_and(starts_like_version))
        .map(|(at, _)| stem.split_at(at));
    match split {
        Some((name, version)) => Naming {
            name: Some(name.into()),
            version: version.get(1..).map(Into::into),
        },
        None => Naming::default(),
    }
}

fn starts_like_version(text: &str) -> bool {
    text.strip_prefix(['v', 'V'])
        .unwrap_or(text)
        .starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_names() {
        for (file, name, version) in [
            ("xz-utils_5.8.1.orig.tar.xz", Some("xz-utils"), Some("5.8.1")),
            (
                "glib2.0_2.84.4.orig-unicode-data.tar.xz",
                Some("glib2.0"),
                Some("2.84.4"),
            ),
            (
                "zlib_1.3.dfsg+really1.3.1.orig.tar.gz",
                Some("zlib"),
                Some("1.3.dfsg+really1.3.1"),
            ),
            ("curl-8.14.1.tar.gz", Some("curl"), Some("8.14.1")),
            ("foo-1.2-rc1.tgz", Some("foo"), Some("1.2-rc1")),
            ("libfoo-bar-v2.0.tar.zst", Some("libfoo-bar"), Some("v2.0")),
            ("v1.2.tar.gz", None, Some("v1.2")),
            ("snapshot.tar", None, None),
            ("foo_1.2.zip", None, None),
        ] {
            let expected = Naming {
                name: name.map(Into::into),
                version: version.map(Into::into),
            };
            assert_eq!(from_file_name(file), expected, "{file}");
        }
    }
}
