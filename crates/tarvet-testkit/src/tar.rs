//! Tarballs built header by header, honest and hostile.
//!
//! ```
//! use tarvet_testkit::tar::{Header, Tar};
//! let honest = Tar::new().dir("foo-1.0/").file("foo-1.0/main.c", "int main;").finish();
//! let hostile = Tar::new().member(Header::file("x").field(124..136, b"9999999999x\0"), "data").finish();
//! assert_eq!(honest.len() % 10240, 0);
//! assert_eq!(hostile.len() % 10240, 0);
//! ```

use std::ops::Range;

/// Where POSIX puts the fields of a header.
pub mod field {
    use std::ops::Range;

    /// Name.
    pub const NAME: Range<usize> = 0..100;
    /// Permission bits.
    pub const MODE: Range<usize> = 100..108;
    /// Size of the contents.
    pub const SIZE: Range<usize> = 124..136;
    /// Modification time.
    pub const MTIME: Range<usize> = 136..148;
    /// Checksum.
    pub const CHECKSUM: Range<usize> = 148..156;
    /// Type flag.
    pub const FLAG: Range<usize> = 156..157;
    /// Link target.
    pub const LINK: Range<usize> = 157..257;
    /// Magic and version.
    pub const MAGIC: Range<usize> = 257..265;
    /// Name prefix of ustar.
    pub const PREFIX: Range<usize> = 345..500;
}

/// `ustar\0` `00`.
pub const USTAR: &[u8; 8] = b"ustar\x0000";
/// Old GNU magic.
pub const GNU: &[u8; 8] = b"ustar  \0";
/// No magic at all.
pub const V7: &[u8; 8] = &[0; 8];

/// A 512-byte header. The checksum is made when the header is written, unless [`Header::raw_checksum`] set it.
#[derive(Clone)]
pub struct Header {
    bytes: [u8; 512],
    checksum_is_set: bool,
    size_is_set: bool,
}

impl Header {
    /// A ustar header for `path` with the type flag `flag`, mode 0644 and no contents.
    pub fn new(flag: u8, path: impl AsRef<[u8]>) -> Self {
        let header = Header {
            bytes: [0; 512],
            checksum_is_set: false,
            size_is_set: false,
        };
        let header = header
            .text(field::NAME, path)
            .field(field::FLAG, [flag])
            .magic(USTAR)
            .mode(0o644);
        header
            .field(108..116, b"0000000\0")
            .field(116..124, b"0000000\0")
            .field(field::SIZE, b"00000000000\0")
            .field(field::MTIME, b"14546415400\0")
            .field(265..270, b"root\0")
            .field(297..302, b"root\0")
    }

    /// A regular file.
    pub fn file(path: impl AsRef<[u8]>) -> Self {
        Header::new(b'0', path)
    }

    /// Sets the permission bits.
    pub fn mode(self, mode: u32) -> Self {
        self.field(field::MODE, format!("{mode:07o}\0"))
    }

    /// Sets the size field, which otherwise follows the contents written after the header.
    pub fn size(mut self, size: u64) -> Self {
        self.size_is_set = true;
        self.field(field::SIZE, format!("{size:011o}\0"))
    }

    /// Sets the size field byte by byte.
    pub fn raw_size(mut self, bytes: &[u8; 12]) -> Self {
        self.size_is_set = true;
        self.field(field::SIZE, bytes)
    }

    /// Sets the link target.
    pub fn link(self, target: impl AsRef<[u8]>) -> Self {
        self.text(field::LINK, target)
    }

    /// Sets magic and version.
    pub fn magic(self, magic: &[u8; 8]) -> Self {
        self.field(field::MAGIC, magic)
    }

    /// Sets the checksum field to what is given instead of what is right.
    pub fn raw_checksum(mut self, bytes: &[u8; 8]) -> Self {
        self.checksum_is_set = true;
        self.field(field::CHECKSUM, bytes)
    }

    /// Overwrites the start of a field with `bytes`.
    ///
    /// # Panics
    /// When they do not fit.
    pub fn field(mut self, field: Range<usize>, bytes: impl AsRef<[u8]>) -> Self {
        let bytes = bytes.as_ref();
        assert!(
            bytes.len() <= field.len(),
            "{} bytes do not fit into {field:?}",
            bytes.len()
        );
        self.bytes[field.start..field.start + bytes.len()].copy_from_slice(bytes);
        self
    }

    fn text(mut self, field: Range<usize>, text: impl AsRef<[u8]>) -> Self {
        self.bytes[field.clone()].fill(0);
        self.field(field, text)
    }

    /// The sum of all bytes, taken as signed where `signed`, with the checksum field as spaces.
    pub fn checksum(&self, signed: bool) -> i64 {
        let value = |byte: u8| {
            if signed {
                i64::from(byte.cast_signed())
            } else {
                i64::from(byte)
            }
        };
        let sum = |range: Range<usize>| self.bytes[range].iter().map(|byte| value(*byte)).sum::<i64>();
        sum(0..148) + 8 * 32 + sum(156..512)
    }

    fn finish(mut self, content: usize) -> [u8; 512] {
        if !self.size_is_set {
            self = self.size(content as u64);
        }
        if !self.checksum_is_set {
            let sum = format!("{:06o}\0 ", self.checksum(false));
            self = self.field(field::CHECKSUM, sum);
        }
        self.bytes
    }
}

/// A tar under construction.
#[derive(Default, Clone)]
pub struct Tar {
    bytes: Vec<u8>,
}

impl Tar {
    /// An empty tar.
    pub fn new() -> Self {
        Tar::default()
    }

    /// A regular file with mode 0644.
    pub fn file(self, path: impl AsRef<[u8]>, content: impl AsRef<[u8]>) -> Self {
        self.member(Header::file(path), content)
    }

    /// A directory with mode 0755.
    pub fn dir(self, path: impl AsRef<[u8]>) -> Self {
        self.member(Header::new(b'5', path).mode(0o755), "")
    }

    /// A symbolic link.
    pub fn symlink(self, path: impl AsRef<[u8]>, target: impl AsRef<[u8]>) -> Self {
        self.member(Header::new(b'2', path).mode(0o777).link(target), "")
    }

    /// A hard link.
    pub fn hard_link(self, path: impl AsRef<[u8]>, target: impl AsRef<[u8]>) -> Self {
        self.member(Header::new(b'1', path).link(target), "")
    }

    /// Any header with its contents, padded. The size field follows `content` unless the header set it.
    pub fn member(mut self, header: Header, content: impl AsRef<[u8]>) -> Self {
        let content = content.as_ref();
        self.bytes.extend_from_slice(&header.finish(content.len()));
        self.raw(content).pad()
    }

    /// A pax header with these records; `flag` is `x` (next member) or `g` (all that follow).
    pub fn pax<K: AsRef<[u8]>, V: AsRef<[u8]>>(self, flag: u8, records: &[(K, V)]) -> Self {
        let body: Vec<u8> = records
            .iter()
            .flat_map(|(key, value)| record(key.as_ref(), value.as_ref()))
            .collect();
        self.pax_raw(flag, body)
    }

    /// A pax header with any body.
    pub fn pax_raw(self, flag: u8, body: impl AsRef<[u8]>) -> Self {
        let name = if flag == b'g' {
            "pax_global_header"
        } else {
            "member.paxheader"
        };
        self.member(Header::new(flag, name), body)
    }

    /// GNU's long name (`L`) or long link target (`K`) for the next member.
    pub fn gnu_long(self, flag: u8, name: impl AsRef<[u8]>) -> Self {
        let mut body = name.as_ref().to_vec();
        body.push(0);
        self.member(Header::new(flag, "././@LongLink").magic(GNU), body)
    }

    /// Bytes as they are.
    pub fn raw(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.bytes.extend_from_slice(bytes.as_ref());
        self
    }

    /// `count` blocks of zeros.
    pub fn zeros(self, count: usize) -> Self {
        self.raw(vec![0; 512 * count])
    }

    /// Zeros up to the next block.
    pub fn pad(mut self) -> Self {
        self.bytes.resize(self.bytes.len().next_multiple_of(512), 0);
        self
    }

    /// The tar with its end-of-archive marker, filled up to a record of 10240 bytes.
    pub fn finish(self) -> Vec<u8> {
        let mut bytes = self.zeros(2).bytes;
        bytes.resize(bytes.len().next_multiple_of(10240), 0);
        bytes
    }

    /// The tar as it is, without an end.
    pub fn unfinished(self) -> Vec<u8> {
        self.bytes
    }
}

/// One pax record, `LENGTH KEY=VALUE\n`, with an honest length.
pub fn record(key: &[u8], value: &[u8]) -> Vec<u8> {
    let rest = key.len() + value.len() + 3;
    let mut len = rest + 1;
    while rest + len.to_string().len() != len {
        len = rest + len.to_string().len();
    }
    [len.to_string().as_bytes(), b" ", key, b"=", value, b"\n"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_counts_its_own_length() {
        assert_eq!(
            record(b"comment", &[b'a'; 40]),
            format!("52 comment={}\n", "a".repeat(40)).as_bytes()
        );
        for len in 0..2000 {
            let record = record(b"k", &vec![b'v'; len]);
            assert!(
                record.starts_with(format!("{} k=", record.len()).as_bytes()),
                "{len}"
            );
        }
    }
}
