use bstr::{BString, ByteSlice};

/// Size of a tar block.
pub(crate) const BLOCK: usize = 512;

/// One 512-byte header, read as strictly as POSIX.1-1988 and GNU tar's manual define the fields.
pub(super) struct Header<'a>(pub(super) &'a [u8; BLOCK]);

/// Which of the three header layouts the magic announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// No magic: names of 100 bytes and nothing else.
    V7,
    /// `ustar\0` `00`: the only layout with a name prefix.
    Ustar,
    /// `ustar  \0`: times and sparse maps where ustar has the prefix.
    Gnu,
    /// Any other magic; readers disagree on what it means.
    Odd,
}

/// A number field that is neither octal nor base-256, or does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BadNumber;

impl<'a> Header<'a> {
    pub(super) fn is_zero(&self) -> bool {
        self.0.iter().all(|byte| *byte == 0)
    }

    /// Sum of all bytes taken as unsigned, the checksum field taken as spaces.
    pub(super) fn checksum_matches(&self) -> bool {
        self.promised_checksum() == Ok(self.sum(i64::from))
    }

    /// The sum some historic tars made: bytes taken as signed.
    pub(super) fn signed_checksum_matches(&self) -> bool {
        self.promised_checksum() == Ok(self.sum(|byte| i64::from(byte.cast_signed())))
    }

    fn promised_checksum(&self) -> Result<i64, BadNumber> {
        octal(&self.0[148..156]).and_then(|value| i64::try_from(value).map_err(|_| BadNumber))
    }

    fn sum(&self, value: impl Fn(u8) -> i64) -> i64 {
        let field = |at: usize| (148..156).contains(&at);
        self.0
            .iter()
            .enumerate()
            .map(|(at, byte)| if field(at) { 32 } else { value(*byte) })
            .sum()
    }

    pub(super) fn layout(&self) -> Layout {
        match &self.0[257..265] {
            b"ustar\x0000" => Layout::Ustar,
            b"ustar  \0" => Layout::Gnu,
            magic if magic.iter().all(|byte| *byte == 0) => Layout::V7,
            _ => Layout::Odd,
        }
    }

    pub(super) fn magic(&self) -> &'a [u8] {
        &self.0[257..265]
    }

    pub(super) fn flag(&self) -> u8 {
        self.0[156]
    }

    /// The name field, with the prefix where the layout has one.
    pub(super) fn path(&self) -> BString {
        let prefix = until_zero(&self.0[345..500]);
        let mut path = BString::default();
        if self.layout() == Layout::Ustar && !prefix.is_empty() {
            path.extend_from_slice(prefix);
            path.push(b'/');
        }
        path.extend_from_slice(until_zero(&self.0[..100]));
        path
    }

    /// Bytes in the prefix area although the layout has no prefix.
    pub(super) fn has_stray_prefix(&self) -> bool {
        self.layout() != Layout::Ustar && self.0[345..500].iter().any(|byte| *byte != 0)
    }

    pub(super) fn link(&self) -> BString {
        BString::from(until_zero(&self.0[157..257]))
    }

    /// Whether name and prefix are text up to their first NUL and nothing after it. Bytes above 127 pass: names are
    /// not always UTF-8, and cut ones never are for sure.
    pub(super) fn name_field_is_text(&self) -> bool {
        let prefix = if self.layout() == Layout::Ustar {
            &self.0[345..500]
        } else {
            &[]
        };
        [&self.0[..100], prefix].iter().all(|field| {
            let text = until_zero(field);
            let rest = field.get(text.len()..).unwrap_or_default();
            text.iter().all(|byte| !byte.is_ascii_control()) && rest.iter().all(|byte| *byte == 0)
        })
    }

    /// Whether the name fills its field, all but a NUL, and is how `path` starts.
    pub(super) fn name_is_cut_from(&self, path: &[u8]) -> bool {
        let name = until_zero(&self.0[..100]);
        name.len() >= 99 && path.len() > name.len() && path.starts_with(name)
    }

    /// A size of spaces alone: zero to some readers, an error to others. All NUL is zero to everybody.
    pub(super) fn size_is_blank(&self) -> bool {
        let field = &self.0[124..136];
        field.contains(&b' ') && field.iter().all(|byte| matches!(byte, b' ' | 0))
    }

    pub(super) fn mode(&self) -> Result<u64, BadNumber> {
        unsigned(&self.0[100..108])
    }

    pub(super) fn size(&self) -> Result<u64, BadNumber> {
        unsigned(&self.0[124..136])
    }

    pub(super) fn mtime(&self) -> Result<i64, BadNumber> {
        signed(&self.0[136..148])
    }

    /// Owner, group and device numbers: nothing depends on them, but junk there splits readers too.
    pub(super) fn other_numbers_are_sound(&self) -> bool {
        let device = self.layout() != Layout::V7;
        let fields = [108..116, 116..124, 329..337, 337..345];
        fields
            .into_iter()
            .take(if device { 4 } else { 2 })
            .all(|field| signed(&self.0[field]).is_ok())
    }

    /// Old GNU sparse header: whether another block of the map follows.
    pub(super) fn sparse_map_continues(&self) -> bool {
        self.0[482] != 0
    }
}

fn until_zero(field: &[u8]) -> &[u8] {
    field.find_byte(0).map_or(field, |end| &field[..end])
}

fn unsigned(field: &[u8]) -> Result<u64, BadNumber> {
    signed(field).and_then(|value| u64::try_from(value).map_err(|_| BadNumber))
}

fn signed(field: &[u8]) -> Result<i64, BadNumber> {
    match field.first() {
        Some(0x80 | 0xff) => base256(field),
        _ => octal(field).and_then(|value| i64::try_from(value).map_err(|_| BadNumber)),
    }
}

/// GNU's base-256: a marker bit, then a big-endian two's complement number.
fn base256(field: &[u8]) -> Result<i64, BadNumber> {
    let negative = field.first() == Some(&0xff);
    let fill = if negative { 0xff } else { 0 };
    let digits = field.get(1..).unwrap_or_default();
    let (high, low) = digits.split_at(digits.len().saturating_sub(8));
    let mut bytes = [fill; 8];
    bytes[8 - low.len()..].copy_from_slice(low);
    let value = i64::from_be_bytes(bytes);
    let fits = high.iter().all(|byte| *byte == fill) && (value < 0) == negative;
    if fits { Ok(value) } else { Err(BadNumber) }
}

/// Octal digits with spaces or NULs around them; a field of only those is zero.
fn octal(field: &[u8]) -> Result<u64, BadNumber> {
    let pad = |byte: &u8| matches!(byte, 0 | b' ');
    let start = field.iter().position(|byte| *byte != b' ').unwrap_or(field.len());
    let digits = field.get(start..).unwrap_or_default();
    let end = digits.iter().position(pad).unwrap_or(digits.len());
    let (digits, rest) = digits.split_at(end);
    if !rest.iter().all(pad) {
        return Err(BadNumber);
    }
    digits
        .iter()
        .try_fold(0_u64, |value, digit| match digit {
            b'0'..=b'7' => value
                .checked_mul(8)
                .and_then(|value| value.checked_add(u64::from(digit - b'0'))),
            _ => None,
        })
        .ok_or(BadNumber)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octal_is_strict() {
        assert_eq!(octal(b"0000644\0"), Ok(0o644));
        assert_eq!(octal(b"   644 \0"), Ok(0o644));
        assert_eq!(octal(b"\0\0\0\0\0\0\0\0"), Ok(0));
        assert_eq!(octal(b"77777777"), Ok(0o77777777));
        for junk in [
            b"0000648\0",
            b"-000644\0",
            b"64 4    ",
            b"0x1ff\0\0\0",
            b"644\x009\0\0\0",
            b"+000644\0",
        ] {
            assert_eq!(octal(junk), Err(BadNumber), "{:?}", junk.as_bstr());
        }
    }

    #[test]
    fn base256_must_fit() {
        assert_eq!(signed(b"\x80\0\0\0\0\0\0\x02\0\0\0\0"), Ok(8 << 30));
        assert_eq!(
            signed(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe"),
            Ok(-2)
        );
        assert_eq!(
            unsigned(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe"),
            Err(BadNumber)
        );
        assert_eq!(signed(b"\x80\0\0\x01\0\0\0\0\0\0\0\0"), Err(BadNumber));
        assert_eq!(
            signed(b"\x80\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff"),
            Err(BadNumber)
        );
        assert_eq!(signed(b"\x80\0\0\0\0\0\0\x05"), Ok(5));
    }
}
