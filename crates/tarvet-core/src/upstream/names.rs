//! From a version to the tag that names it.
//!
//! Upstreams write `v1.2.3`, `NAME-1.2.3`, `FILE5_46`, `curl-8_14_1`, `V_10_0_P1`, `release/1.2`; Debian writes
//! `1.2.3~rc1` and `1.2.3+dfsg1`. Both sides are cut into runs of digits and runs of letters, separators are
//! dropped, and the runs must be equal once a tag's known prefix and suffix words are taken away.
//! That never needs a guess: a tag fits or it does not, and two tags that fit are the caller's to choose from.

/// Which release is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagWish {
    /// The tag of exactly this name.
    Named(String),
    /// The one tag that fits the version.
    Version {
        /// The project's or package's name, if known.
        name: Option<String>,
        /// Upstream's version, as upstream or Debian spells it.
        version: String,
    },
}

/// Words that upstreams put in front of the version.
const PREFIXES: [&str; 8] = ["v", "r", "n", "rel", "release", "releases", "ver", "version"];
/// Words that upstreams put behind it.
const SUFFIXES: [&str; 3] = ["release", "final", "stable"];
/// Suffixes by which Debian marks a repacked tarball; digits and dots may follow.
const REPACK_MARKS: [&str; 5] = ["dfsg", "ds", "repack", "debian", "deb"];

/// Does the tag name this version (of this project)?
pub fn tag_fits(tag: &str, name: Option<&str>, version: &str) -> bool {
    let wanted = runs(upstream_part(version));
    if wanted.is_empty() {
        return false;
    }
    let tag_runs = runs(tag);
    let mut heads = vec![0];
    heads.extend(name.into_iter().flat_map(|name| name_lengths(&tag_runs, name)));
    heads.iter().any(|&head| {
        let rest = tag_runs.get(head..).unwrap_or_default();
        without_words(rest).iter().any(|rest| **rest == wanted[..])
    })
}

/// `rest` itself, and `rest` without a known first word, a known last word, or both.
fn without_words<'a>(rest: &'a [String]) -> Vec<&'a [String]> {
    let mut found: Vec<&'a [String]> = vec![rest];
    if let Some((first, tail)) = rest.split_first()
        && PREFIXES.contains(&first.as_str())
    {
        found.push(tail);
    }
    let shorter: Vec<_> = found
        .iter()
        .filter_map(|part| part.split_last())
        .filter(|(last, _)| SUFFIXES.contains(&last.as_str()))
        .map(|(_, init)| init)
        .collect();
    found.extend(shorter);
    found
}

/// How many leading runs of the tag may spell the project's name. Debian's names carry a soname or a wrapping
/// (`gnupg2`, `libgcrypt20`, `libdatetime-perl`, `rust-serde`), so those are tried without it too.
fn name_lengths(tag: &[String], name: &str) -> Vec<usize> {
    let name = name.to_lowercase();
    let mut spellings = vec![name.clone()];
    for cut in ["-perl", "-python", "-ruby"] {
        spellings.extend(name.strip_suffix(cut).map(ToOwned::to_owned));
    }
    for cut in [
        "lib",
        "rust-",
        "python-",
        "node-",
        "ruby-",
        "golang-github-",
        "gnu",
    ] {
        spellings.extend(name.strip_prefix(cut).map(ToOwned::to_owned));
    }
    let bare = |name: &String| {
        name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '-')
            .to_owned()
    };
    let stripped: Vec<_> = spellings.iter().map(bare).collect();
    spellings.extend(stripped);
    let mut lengths: Vec<usize> = spellings
        .iter()
        .map(|spelling| runs(spelling))
        .filter(|name_runs| !name_runs.is_empty() && tag.starts_with(name_runs))
        .map(|name_runs| name_runs.len())
        .collect();
    lengths.sort_unstable();
    lengths.dedup();
    lengths
}

/// The version without Debian's repacking marks; of `1.3+really1.2` it is `1.2`.
fn upstream_part(version: &str) -> &str {
    let version = version.rsplit_once("+really").map_or(version, |(_, real)| real);
    let mut best = version;
    for mark in REPACK_MARKS {
        for separator in ['+', '~', '.'] {
            let Some(at) = version.rfind(&format!("{separator}{mark}")) else {
                continue;
            };
            let tail = version.get(at + 1 + mark.len()..).unwrap_or_default();
            if tail.chars().all(|c| c.is_ascii_digit() || c == '.') && at < best.len() {
                best = version.get(..at).unwrap_or(version);
            }
        }
    }
    best
}

/// Runs of digits and of letters, in lower case, separators dropped: `V_10_0_P1` is `v 10 0 p 1`.
fn runs(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut last = None;
    for c in text.chars() {
        let class = if c.is_ascii_digit() {
            Some(true)
        } else if c.is_alphabetic() {
            Some(false)
        } else {
            None
        };
        if class.is_some() {
            match out.last_mut() {
                Some(run) if last == class => run.extend(c.to_lowercase()),
                _ => out.push(c.to_lowercase().collect()),
            }
        }
        last = class;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::tag_fits;

    #[test]
    fn the_spellings_of_real_upstreams_fit() {
        for (tag, name, version) in [
            ("1.2.3", "foo", "1.2.3"),
            ("v1.2.3", "foo", "1.2.3"),
            ("foo-1.2.3", "foo", "1.2.3"),
            ("foo_1_2_3", "foo", "1.2.3"),
            ("FILE5_46", "file", "5.46"),
            ("curl-8_14_1", "curl", "8.14.1"),
            ("R_2_5_0", "expat", "2.5.0"),
            ("release/3.18", "remctl", "3.18"),
            ("release-1.22.0", "unbound", "1.22.0"),
            ("V_10_0_P1", "openssh", "10.0p1"),
            ("DROPBEAR_2022.83", "dropbear", "2022.83"),
            ("rpm-4.20.1-release", "rpm", "4.20.1+dfsg"),
            ("gnupg-2.2.40", "gnupg2", "2.2.40"),
            ("cyrus-sasl-2.1.28", "cyrus-sasl2", "2.1.28+dfsg1"),
            ("v1.3.1", "zlib", "1.3.dfsg+really1.3.1"),
            ("v1.2.13", "zlib", "1.2.13.dfsg"),
            ("v1.2.3-rc1", "foo", "1.2.3~rc1"),
            ("fuse-3.17.2", "fuse3", "3.17.2"),
            ("1_35_0", "busybox", "1.35.0"),
        ] {
            assert!(
                tag_fits(tag, Some(name), version),
                "{tag} should name {name} {version}"
            );
        }
    }

    #[test]
    fn neighbours_do_not_fit() {
        for (tag, name, version) in [
            ("v1.2.30", "foo", "1.2.3"),
            ("v1.2.3-rc1", "foo", "1.2.3"),
            ("v1.2.3", "foo", "1.2.3~rc1"),
            ("v11.2.3", "foo", "1.1.2.3"),
            ("bar-1.2.3", "foo", "1.2.3"),
            ("v1.2.3", "foo", "1.23"),
            ("v1.2", "foo", "1.2.0"),
            ("", "foo", "1"),
            ("v", "foo", ""),
        ] {
            assert!(
                !tag_fits(tag, Some(name), version),
                "{tag} should not name {name} {version}"
            );
        }
    }
}
