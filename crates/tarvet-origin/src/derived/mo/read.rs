//! A binary catalogue, read so that every byte is accounted for.
//!
//! Source: GNU gettext manual, "The Format of GNU MO Files"; minor revision 1 adds strings with parts that depend on
//! the system (`PRIu64`). msgfmt's own layout is not demanded, only that nothing hides: the parts do not overlap, and
//! what lies between them is at most alignment, in zero bytes.

use super::{hash, system};

/// One message: original and translation, as stored, without the final NUL.
#[derive(Debug, PartialEq, Eq)]
pub struct Pair {
    /// `[context EOT] msgid [NUL msgid_plural]`
    pub original: Vec<u8>,
    /// The plural forms, parted by NUL.
    pub translation: Vec<u8>,
    /// Whether the pair is in the tables of system-dependent strings. A part that depends on the system is spelled in
    /// the strings as a `.po` does: `<PRIu64>`, or `I`.
    pub varies: bool,
    /// What the pair is on common systems: newer versions of msgfmt repeat it so, as fixed strings.
    pub instances: Vec<(Vec<u8>, Vec<u8>)>,
}

/// A system-dependent string, as a `.po` spells it and as each [`system::Flavor`] does, unless it depends on more.
struct Joined {
    text: Vec<u8>,
    spelled: Option<[Vec<u8>; 2]>,
}

/// Most bytes of alignment between two parts.
const MOST_PADDING: usize = 15;
/// Marks the last segment of a system-dependent string.
const SEGMENTS_END: u32 = u32::MAX;

/// Reads a whole binary catalogue; None for one that is not exactly what a correct writer writes.
pub fn read(bytes: &[u8]) -> Option<Vec<Pair>> {
    let mut file = File::new(bytes)?;
    let revision = file.word(4)?;
    let minor = match revision {
        0 => 0,
        // Major revision 1 says that there is an `I` flag.
        1 | 0x1_0001 => 1,
        _ => return None,
    };
    file.claim(0, if minor == 0 { 28 } else { 48 })?;
    let count = file.size(8)?;
    let originals = file.strings(file.size(12)?, count)?;
    let translations = file.strings(file.size(16)?, count)?;
    // A look-up without a hash table is a binary search: unsorted strings would not be found.
    let ids: Vec<&[u8]> = originals.iter().map(|original| until_nul(original)).collect();
    if !ids.is_sorted_by(|left, right| left < right) {
        return None;
    }
    let varying = if minor == 0 { Vec::new() } else { file.varying()? };
    let (slots, table) = (file.size(20)?, file.size(24)?);
    if slots > 0 {
        let words = file.words(table, slots)?;
        let sizes = hash::sizes(count.checked_add(varying.len())?)?;
        if !sizes.contains(&words.len()) || words != hash::table(&ids, words.len())? {
            return None;
        }
    } else if table != 0 && !(0..=MOST_PADDING).contains(&table.checked_sub(file.size(16)? + 8 * count)?) {
        return None;
    }
    let has_flag = varying.iter().any(|pair| pair.instances.is_empty());
    if revision > 1 && !has_flag {
        return None;
    }
    file.cover()?;
    let fixed = originals
        .iter()
        .zip(&translations)
        .map(|(original, translation)| Pair {
            original: original.to_vec(),
            translation: translation.to_vec(),
            varies: false,
            instances: Vec::new(),
        });
    Some(fixed.chain(varying).collect())
}

fn until_nul(text: &[u8]) -> &[u8] {
    text.split(|&byte| byte == 0).next().unwrap_or_default()
}

impl Joined {
    /// Appends what is the same everywhere.
    fn push(&mut self, segment: &[u8]) {
        self.text.extend_from_slice(segment);
        for text in self.spelled.iter_mut().flatten() {
            text.extend_from_slice(segment);
        }
    }

    /// Appends what depends on the system.
    fn push_varying(&mut self, name: &[u8]) {
        match name {
            b"I" => self.text.push(b'I'),
            _ => self.text.extend([b"<", name, b">"].concat()),
        }
        let Some([narrow, wide]) = &mut self.spelled else {
            return;
        };
        match (
            system::Flavor::Narrow.spell(name),
            system::Flavor::Wide.spell(name),
        ) {
            (Some(in_narrow), Some(in_wide)) => {
                narrow.extend(in_narrow);
                wide.extend(in_wide);
            }
            _ => self.spelled = None,
        }
    }
}

/// The bytes, and which of them were read as what.
struct File<'a> {
    bytes: &'a [u8],
    little: bool,
    /// Start and end of each part.
    parts: Vec<(usize, usize)>,
    /// How many bytes are not read yet. Parts that overlap run out of them at once, before they cost time or memory.
    left: usize,
}

impl<'a> File<'a> {
    fn new(bytes: &'a [u8]) -> Option<Self> {
        let little = match bytes.get(..4)? {
            [0xde, 0x12, 0x04, 0x95] => true,
            [0x95, 0x04, 0x12, 0xde] => false,
            _ => return None,
        };
        Some(File {
            bytes,
            little,
            parts: Vec::new(),
            left: bytes.len(),
        })
    }

    /// The number at an offset.
    fn word(&self, at: usize) -> Option<u32> {
        let word: [u8; 4] = self.bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if self.little {
            u32::from_le_bytes(word)
        } else {
            u32::from_be_bytes(word)
        })
    }

    /// The number at an offset, as an offset or a size.
    fn size(&self, at: usize) -> Option<usize> {
        usize::try_from(self.word(at)?).ok()
    }

    /// Takes a part of the file, once.
    fn claim(&mut self, at: usize, length: usize) -> Option<&'a [u8]> {
        let end = at.checked_add(length)?;
        let part = self.bytes.get(at..end)?;
        self.left = self.left.checked_sub(length)?;
        if length > 0 {
            self.parts.push((at, end));
        }
        Some(part)
    }

    /// Takes a table of numbers.
    fn words(&mut self, at: usize, count: usize) -> Option<Vec<u32>> {
        self.claim(at, count.checked_mul(4)?)?;
        (0..count).map(|index| self.word(at + index * 4)).collect()
    }

    /// Takes a text and the NUL after it.
    fn text(&mut self, at: usize, length: usize) -> Option<&'a [u8]> {
        self.claim(at, length.checked_add(1)?)?.strip_suffix(b"\0")
    }

    /// Takes a table of lengths and offsets, and the strings it names.
    fn strings(&mut self, at: usize, count: usize) -> Option<Vec<&'a [u8]>> {
        let table = self.words(at, count.checked_mul(2)?)?;
        let mut strings = Vec::with_capacity(count);
        for entry in table.chunks_exact(2) {
            let &[length, offset] = entry else { return None };
            strings.push(self.text(usize::try_from(offset).ok()?, usize::try_from(length).ok()?)?);
        }
        Some(strings)
    }

    /// Takes the strings whose parts depend on the system.
    fn varying(&mut self) -> Option<Vec<Pair>> {
        let names = self.segment_names(self.size(32)?, self.size(28)?)?;
        let count = self.size(36)?;
        let originals = self.words(self.size(40)?, count)?;
        let translations = self.words(self.size(44)?, count)?;
        let mut pairs = Vec::with_capacity(count);
        for (original, translation) in originals.into_iter().zip(translations) {
            let original = self.joined(usize::try_from(original).ok()?, &names)?;
            let translation = self.joined(usize::try_from(translation).ok()?, &names)?;
            let instances = match (original.spelled, translation.spelled) {
                (Some(original), Some(translation)) => original.into_iter().zip(translation).collect(),
                _ => Vec::new(),
            };
            pairs.push(Pair {
                original: original.text,
                translation: translation.text,
                varies: true,
                instances,
            });
        }
        // A writer chooses this revision only when it has such strings.
        (!pairs.is_empty()).then_some(pairs)
    }

    /// Takes the names of the system-dependent parts, each with its NUL counted.
    fn segment_names(&mut self, at: usize, count: usize) -> Option<Vec<&'a [u8]>> {
        let table = self.words(at, count.checked_mul(2)?)?;
        let mut names = Vec::with_capacity(count);
        for entry in table.chunks_exact(2) {
            let &[length, offset] = entry else { return None };
            let name = self.text(
                usize::try_from(offset).ok()?,
                usize::try_from(length).ok()?.checked_sub(1)?,
            )?;
            let is_macro = name.starts_with(b"PRI") && name.iter().all(u8::is_ascii_alphanumeric);
            if name != b"I" && !(is_macro && name.len() < 16) {
                return None;
            }
            names.push(name);
        }
        Some(names)
    }

    /// Takes one string of fixed and system-dependent segments.
    fn joined(&mut self, at: usize, names: &[&[u8]]) -> Option<Joined> {
        let mut fixed = self.size(at)?;
        let mut end = at.checked_add(4)?;
        let mut joined = Joined {
            text: Vec::new(),
            spelled: Some(Default::default()),
        };
        loop {
            let (size, name) = (self.size(end)?, self.word(end.checked_add(4)?)?);
            end = end.checked_add(8)?;
            let segment = self.claim(fixed, size)?;
            fixed = fixed.checked_add(size)?;
            if name == SEGMENTS_END {
                joined.push(segment.strip_suffix(b"\0")?);
                self.claim(at, end.checked_sub(at)?)?;
                return Some(joined);
            }
            joined.push(segment);
            if !in_directive(&joined.text) {
                return None;
            }
            joined.push_varying(names.get(usize::try_from(name).ok()?)?);
        }
    }

    /// Whether each byte was read exactly once, but for alignment.
    fn cover(mut self) -> Option<()> {
        self.parts.sort_unstable();
        let mut done = 0;
        for &(start, end) in &self.parts {
            let gap = self.bytes.get(done..start)?;
            if gap.len() > MOST_PADDING || gap.iter().any(|&byte| byte != 0) {
                return None;
            }
            done = end;
        }
        (done == self.bytes.len()).then_some(())
    }
}

/// Whether a text ends within a directive of printf, where alone a system-dependent part belongs.
fn in_directive(text: &[u8]) -> bool {
    let is_inner = |byte: &&u8| byte.is_ascii_digit() || b"$-+ #'.*I".contains(byte);
    let inner = text.iter().rev().take(32).take_while(is_inner).count();
    text.iter().rev().nth(inner) == Some(&b'%')
}
