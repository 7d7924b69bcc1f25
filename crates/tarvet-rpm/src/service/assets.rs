//! `#!RemoteAsset` and `#!CreateArchive`: comments of a spec that tell the Open Build Service to fetch the next source.

use bstr::{BString, ByteSlice};

use crate::spec::fault::{Fault, FaultKind, Faults, excerpt};

/// What one comment says, for the `Source:` or `Patch:` that follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Where it is fetched; without it, the URL of the tag.
    pub url: Option<BString>,
    /// The SHA-256 that the comment demands.
    pub sha256: Option<[u8; 32]>,
    /// `#!CreateArchive`, with the directory if one is given: a checkout is made into the archive.
    pub archive: Option<BString>,
    /// The line of the comment, from 1.
    pub line: usize,
    /// The line of the tag that it is for.
    pub tag_line: usize,
}

/// Finds the comments of a spec.
#[must_use]
pub fn read(spec: &[u8]) -> (Vec<Asset>, Vec<Fault>) {
    let mut faults = Faults::default();
    let mut found: Vec<Asset> = Vec::new();
    let mut open: Option<Asset> = None;
    for (index, line) in spec.lines().enumerate() {
        let number = index + 1;
        let line = line.trim();
        if let Some(rest) = comment(line, b"#!RemoteAsset") {
            let asset = open.get_or_insert_with(|| empty(number));
            for word in rest.fields() {
                take(asset, word, number, &mut faults);
            }
        } else if let Some(rest) = comment(line, b"#!CreateArchive") {
            open.get_or_insert_with(|| empty(number)).archive = Some(rest.trim().into());
        } else if !line.starts_with(b"#")
            && !line.is_empty()
            && let Some(mut asset) = open.take()
        {
            let is_tag = ["source", "patch"].iter().any(|tag| {
                line.get(..tag.len())
                    .is_some_and(|word| word.eq_ignore_ascii_case(tag.as_bytes()))
            });
            asset.tag_line = if is_tag { number } else { 0 };
            if !is_tag {
                dangling(asset.line, &mut faults);
            }
            found.push(asset);
        }
    }
    if let Some(asset) = open {
        dangling(asset.line, &mut faults);
        found.push(asset);
    }
    (found, faults.list)
}

fn empty(line: usize) -> Asset {
    Asset {
        url: None,
        sha256: None,
        archive: None,
        line,
        tag_line: 0,
    }
}

fn comment<'a>(line: &'a [u8], word: &[u8]) -> Option<&'a [u8]> {
    let rest = line.strip_prefix(word)?;
    match rest.first() {
        None => Some(rest),
        Some(b':') => rest.get(1..),
        Some(b' ' | b'\t') => Some(rest),
        Some(_) => None,
    }
}

fn take(asset: &mut Asset, word: &[u8], line: usize, faults: &mut Faults) {
    let Some(digits) = word.strip_prefix(b"sha256:") else {
        asset.url = Some(word.into());
        if word.starts_with(b"http://") || word.starts_with(b"git+http://") {
            let message = format!(
                "a remote asset is fetched without proof of who answers: {}",
                excerpt(word)
            );
            faults.push(
                FaultKind::SourceInsecure,
                line,
                message,
                "use https, or give its sha256",
            );
        }
        return;
    };
    let mut digest = [0; 32];
    let is_whole = digits.len() == 64;
    let pairs = digits.chunks_exact(2).zip(&mut digest);
    let mut is_hex = true;
    for (pair, byte) in pairs {
        let parsed = std::str::from_utf8(pair)
            .ok()
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        is_hex &= parsed.is_some() && pair.iter().all(u8::is_ascii_hexdigit);
        *byte = parsed.unwrap_or_default();
    }
    if is_whole && is_hex {
        asset.sha256 = Some(digest);
    } else {
        let message = format!("the sha256 of a remote asset is none: {}", excerpt(digits));
        faults.push(
            FaultKind::MalformedDigest,
            line,
            message,
            "write the 64 hexadecimal digits of its SHA-256",
        );
    }
}

fn dangling(line: usize, faults: &mut Faults) {
    let message = "a remote asset is not followed by a Source or Patch";
    faults.push(
        FaultKind::UnknownLine,
        line,
        message,
        "put the comment right before its tag",
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assets_belong_to_the_next_tag() {
        let hex = "aB".repeat(32);
        let spec = format!(
            "Name: a\n#!RemoteAsset: https://h/a.tar sha256:{hex}\nSource0: a.tar\n#!RemoteAsset\n#!CreateArchive: sub\n\
             Source1: git+https://h/b#v1\n#!RemoteAssets\n"
        );
        let (assets, faults) = read(spec.as_bytes());
        assert_eq!(faults, []);
        assert_eq!(assets[0].url.as_ref().unwrap(), "https://h/a.tar");
        assert_eq!((assets[0].sha256, assets[0].tag_line), (Some([0xab; 32]), 3));
        assert_eq!(
            (
                assets[1].archive.as_ref().unwrap().to_string(),
                assets[1].tag_line
            ),
            ("sub".into(), 6)
        );
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (spec, kind) in [
            (
                "#!RemoteAsset: sha256:+1\nSource: a\n",
                FaultKind::MalformedDigest,
            ),
            ("#!RemoteAsset\nName: a\n", FaultKind::UnknownLine),
            ("#!RemoteAsset\n", FaultKind::UnknownLine),
            (
                "#!RemoteAsset: http://h/a\nSource: a\n",
                FaultKind::SourceInsecure,
            ),
        ] {
            assert_eq!(read(spec.as_bytes()).1[0].kind, kind, "{spec}");
        }
    }
}
