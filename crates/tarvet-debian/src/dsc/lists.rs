//! The three lists of a `.dsc` or `.changes`: Files (MD5), Checksums-Sha1, Checksums-Sha256.

use super::stanza::{AGAIN, Stanza};
use super::{FaultKind, Faults, shown};
use std::collections::HashMap;
use tarvet_archive::Sha256;

/// A file of a package, as its description lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedFile {
    /// Its name: letters, digits and `-+:.,=_~`, so never a path.
    pub name: String,
    /// Its length in bytes.
    pub size: u64,
    /// From Files.
    pub md5: [u8; 16],
    /// From Checksums-Sha1, where that is there.
    pub sha1: Option<[u8; 20]>,
    /// From Checksums-Sha256. Without it nothing that counts vouches for the contents.
    pub sha256: Option<Sha256>,
}

/// Reads the lists; `columns` is 3, or 5 for a `.changes`, whose Files has section and priority in between. Whatever
/// they disagree on is a fault.
pub(crate) fn read(
    stanza: &Stanza<'_>,
    columns: usize,
    malformed: FaultKind,
    faults: &mut Faults<'_>,
) -> Option<Vec<ListedFile>> {
    let before = faults.found.len();
    let mut lists = Lists { malformed, faults };
    let md5 = lists.one::<16>(stanza, "Files", columns);
    let sha1 = lists.one::<20>(stanza, "Checksums-Sha1", 3);
    let sha256 = lists.one::<32>(stanza, "Checksums-Sha256", 3);
    let Some(md5) = md5 else {
        lists
            .faults
            .push(malformed, None, "the field Files is missing", AGAIN);
        return None;
    };
    if md5.is_empty() {
        lists.faults.push(malformed, None, "Files lists no file", AGAIN);
    }
    let sha1 = sha1.map(|list| lists.agreed(&md5, list, "Checksums-Sha1"));
    let sha256 = sha256.map(|list| lists.agreed(&md5, list, "Checksums-Sha256"));
    if faults.found.len() > before {
        return None;
    }
    if sha256.is_none() {
        let message = "no list Checksums-Sha256: only digests that can be forged vouch for the files";
        faults.push(FaultKind::DscWeakDigests, None, message, AGAIN);
    }
    let files = md5.into_iter().map(|entry| ListedFile {
        sha1: sha1.as_ref().and_then(|list| list.get(&entry.name).copied()),
        sha256: sha256
            .as_ref()
            .and_then(|list| list.get(&entry.name).copied())
            .map(Sha256),
        name: entry.name,
        size: entry.size,
        md5: entry.digest,
    });
    Some(files.collect())
}

struct Entry<const N: usize> {
    line: usize,
    name: String,
    size: u64,
    digest: [u8; N],
}

struct Lists<'f, 'g> {
    malformed: FaultKind,
    faults: &'f mut Faults<'g>,
}

impl Lists<'_, '_> {
    /// One list in its order; None where the field is missing.
    fn one<const N: usize>(
        &mut self,
        stanza: &Stanza<'_>,
        name: &str,
        columns: usize,
    ) -> Option<Vec<Entry<N>>> {
        let field = stanza.get(&name.to_ascii_lowercase())?;
        if !field.first.is_empty() {
            let message = format!("{name} ought to begin on the line after its name");
            self.faults.push(self.malformed, field.line, message, AGAIN);
        }
        let mut lines: HashMap<String, usize> = HashMap::new();
        let mut entries = Vec::new();
        for (line, text) in &field.rest {
            let Some(entry) = self.entry::<N>(name, *line, text, columns) else {
                continue;
            };
            if let Some(first) = lines.insert(entry.name.clone(), *line) {
                let message = format!("{name} lists {} already, on line {first}", shown(&entry.name));
                self.faults
                    .push(FaultKind::DscFilesDisagree, *line, message, AGAIN);
                continue;
            }
            entries.push(entry);
        }
        Some(entries)
    }

    fn entry<const N: usize>(
        &mut self,
        list: &str,
        line: usize,
        text: &[u8],
        columns: usize,
    ) -> Option<Entry<N>> {
        let words: Vec<&[u8]> = text
            .split(|byte| matches!(byte, b' ' | b'\t'))
            .filter(|word| !word.is_empty())
            .take(columns + 1)
            .collect();
        let (Some(digest), Some(size), Some(name)) = (words.first(), words.get(1), words.get(columns - 1))
        else {
            let message = format!("{list}: {columns} words were expected, found: {}", shown(text));
            self.faults.push(self.malformed, line, message, AGAIN);
            return None;
        };
        let (digest, size) = (hex(digest), number(size));
        let (Some(digest), Some(size), true) = (digest, size, words.len() == columns) else {
            let message = format!(
                "{list}: {} digits in lower-case hexadecimal, a size and a name were expected, found: {}",
                2 * N,
                shown(text)
            );
            self.faults.push(self.malformed, line, message, AGAIN);
            return None;
        };
        let Some(name) = safe(name) else {
            let message = format!("{list}: dpkg-source takes no file of this name: {}", shown(name));
            let help = "file names have letters, digits and -+:.,=_~ only, no slash, and begin with a letter or digit";
            self.faults.push(FaultKind::FileNameUnsafe, line, message, help);
            return None;
        };
        Some(Entry {
            line,
            name,
            size,
            digest,
        })
    }

    /// The digests of `list`, which has to name the same files with the same sizes as Files.
    fn agreed<const N: usize>(
        &mut self,
        files: &[Entry<16>],
        list: Vec<Entry<N>>,
        name: &str,
    ) -> HashMap<String, [u8; N]> {
        let sizes: HashMap<&str, (usize, u64)> = files
            .iter()
            .map(|entry| (entry.name.as_str(), (entry.line, entry.size)))
            .collect();
        let mut digests = HashMap::new();
        for entry in list {
            let message = match sizes.get(entry.name.as_str()) {
                Some((_, size)) if *size == entry.size => None,
                Some((line, size)) => Some(format!(
                    "{name} says that {} has {} bytes, Files says {size} on line {line}",
                    entry.name, entry.size
                )),
                None => Some(format!("{name} lists {}, which Files does not", entry.name)),
            };
            if let Some(message) = message {
                self.faults
                    .push(FaultKind::DscFilesDisagree, entry.line, message, AGAIN);
            }
            digests.insert(entry.name, entry.digest);
        }
        for file in files.iter().filter(|file| !digests.contains_key(&file.name)) {
            let message = format!("Files lists {}, which {name} does not", file.name);
            self.faults
                .push(FaultKind::DscFilesDisagree, file.line, message, AGAIN);
        }
        digests
    }
}

/// Dpkg::Checksums: a letter or digit, then at least one of letters, digits and `-+:.,=_~`.
fn safe(name: &[u8]) -> Option<String> {
    let (first, rest) = name.split_first()?;
    let tail = |byte: &u8| byte.is_ascii_alphanumeric() || b"-+:.,=_~".contains(byte);
    let good = first.is_ascii_alphanumeric() && !rest.is_empty() && rest.iter().all(tail);
    // No file system that packages are built on has longer names.
    (good && name.len() <= 255).then(|| String::from_utf8_lossy(name).into_owned())
}

fn number(word: &[u8]) -> Option<u64> {
    let plain = word.iter().all(u8::is_ascii_digit) && (word == b"0" || word.first() != Some(&b'0'));
    std::str::from_utf8(word).ok().filter(|_| plain)?.parse().ok()
}

fn hex<const N: usize>(word: &[u8]) -> Option<[u8; N]> {
    let digit = |byte: &u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    if word.len() != 2 * N {
        return None;
    }
    let mut out = [0; N];
    for (place, pair) in out.iter_mut().zip(word.chunks_exact(2)) {
        *place = 16 * digit(pair.first()?)? + digit(pair.get(1)?)?;
    }
    Some(out)
}
