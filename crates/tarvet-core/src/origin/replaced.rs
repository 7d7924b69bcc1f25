//! A tracked file in whose place the tarball has a published version of it.
//!
//! `autoreconf -fi` at release time brings a newer `config.guess` in place of the tree's. That is accounted for only if the
//! tree's file is itself a published version, so that no change of upstream's own is undone, and an older one.

use bstr::{BStr, ByteSlice};
use sha2::{Digest, Sha256};
use tarvet_archive::Member;
use tarvet_origin::known::{Class, Tables};

/// Lines that date a script: `timestamp='2023-01-01'`, `scriptversion=2020-11-14.01; # UTC`.
const DATES: [&[u8]; 2] = [b"timestamp='", b"scriptversion="];

/// Whether the tree's bytes are published under this name too, and date from before the member's.
pub(super) fn by_published(path: &BStr, tracked: &[u8], member: &Member, tables: &Tables) -> bool {
    let published = tables.known(path, &Sha256::digest(tracked).into()).is_some();
    let is_script = tables.class(path) == Some(Class::Script);
    let newer = match (&member.content, date(tracked)) {
        (Some(content), Some(before)) => date(content).is_some_and(|after| after >= before),
        _ => false,
    };
    published && is_script && newer
}

/// The date that a script gives itself, as it is written: it sorts as text.
fn date(script: &[u8]) -> Option<&[u8]> {
    let lines = script.lines().take(100);
    let mut dates = lines.filter_map(|line| DATES.iter().find_map(|start| line.strip_prefix(*start)));
    dates.next()?.get(..10)
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn scripts_date_themselves() {
        let guess = b"#! /bin/sh\n# x\n\ntimestamp='2023-08-22'\n";
        assert_eq!(date(guess), Some(&b"2023-08-22"[..]));
        assert_eq!(
            date(b"scriptversion=2020-11-14.01; # UTC\n"),
            Some(&b"2020-11-14"[..])
        );
        assert_eq!(date(b"#! /bin/sh\n"), None);
        assert_eq!(date(b"timestamp='2023"), None);
    }
}
