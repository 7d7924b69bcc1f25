//! What a version says of a tarball that the packager changed.

/// A version taken apart at the words that say "repacked".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repack<'a> {
    /// Upstream's own version, to look for among its tags.
    pub upstream: &'a str,
    /// The part to cut: `+dfsg1`, `~ds.2+repack` …
    pub marker: &'a str,
    /// What follows it: `+~1.2.3` for the components of a grouped package, else mostly nothing.
    pub rest: &'a str,
}

/// In use in the archive; uscan's @DEB_EXT@ and lintian have lists of their own.
const WORDS: [&str; 9] = [
    "dfsg", "ds", "repacked", "repack", "debian", "deb", "gfdl", "nonfree", "stripped",
];

/// Finds the first run of markers: a separator, a word, a number, then the end or another separator.
pub(super) fn find(version: &str) -> Option<Repack<'_>> {
    let starts = version.char_indices().map(|(at, _)| at);
    let at = starts.skip(1).find(|at| marker(version, *at).is_some())?;
    let mut end = at;
    while let Some(next) = marker(version, end) {
        end = next;
    }
    Some(Repack {
        upstream: version.get(..at)?,
        marker: version.get(at..end)?,
        rest: version.get(end..)?,
    })
}

/// Where the marker that begins at `at` ends.
fn marker(version: &str, at: usize) -> Option<usize> {
    let here = version.get(at..)?;
    let bare = here.strip_prefix(['+', '~', '.', '-']);
    let after_digit = version.get(..at)?.ends_with(|c: char| c.is_ascii_digit());
    let (word, rest) = WORDS.iter().find_map(|word| {
        let rest = bare.unwrap_or(here).strip_prefix(word)?;
        Some((*word, rest))
    })?;
    // Without a separator only the word that means nothing else: 1.2dfsg.
    if bare.is_none() && !(word == "dfsg" && after_digit) {
        return None;
    }
    let numbered = rest.strip_prefix('.').unwrap_or(rest);
    let digits = numbered.trim_start_matches(|c: char| c.is_ascii_digit());
    let rest = if digits.len() < numbered.len() {
        digits
    } else {
        rest
    };
    let ended = rest.is_empty() || rest.starts_with(['+', '~', '.', '-']);
    ended.then(|| version.len() - rest.len())
}
