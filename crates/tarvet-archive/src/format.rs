use bstr::ByteSlice;

use crate::{Compression, tape};

/// What the first bytes of a file promise.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// A container this crate decodes, or a plain tar.
    Known(Compression),
    /// A tar header and the magic of a compressor at once: which one a reader sees is its own choice.
    Both(Compression),
    /// A container this crate does not decode.
    Unsupported(&'static str),
    /// Nothing that holds a tar.
    NotTar(&'static str),
}

/// Bytes [`detect`] wants to see.
pub(crate) const SNIFF: usize = 512;

/// Decides by contents alone, never by the file's name.
pub(crate) fn detect(head: &[u8]) -> Format {
    if head.is_empty() {
        return Format::NotTar("the file is empty");
    }
    let is_tar = tape::looks_like_header(head);
    match by_magic(head) {
        Some(Format::Known(compression)) if is_tar => Format::Both(compression),
        Some(_) if is_tar => Format::Both(Compression::None),
        None if is_tar && hides_another(head) => Format::Both(Compression::None),
        Some(format) => format,
        None if is_tar || starts_with_zero_block(head) => Format::Known(Compression::None),
        None if looks_like_lzma(head) => Format::Known(Compression::Lzma),
        None => Format::NotTar("neither a tar header nor a known container starts the file"),
    }
}

/// Whether decoded bytes, which ought to be a tar, look like something to decode or unpack once more: some readers
/// look for filters again after each layer.
pub(crate) fn nested(head: &[u8]) -> bool {
    match detect(head) {
        Format::Known(compression) => compression != Compression::None,
        Format::Both(_) | Format::Unsupported(_) => true,
        Format::NotTar(_) => by_magic(head).is_some(),
    }
}

/// What has no magic at a fixed place but is found by some reader in the name field of a tar header.
fn hides_another(head: &[u8]) -> bool {
    let line = |word: &[u8]| {
        head.find_iter(word).any(|at| {
            at == 0
                || head
                    .get(at - 1)
                    .is_some_and(|before| matches!(before, b'\n' | b'\r'))
        })
    };
    line(b"begin ") || line(b"begin-base64 ") || could_be_lzma(head)
}

/// A name of a tar is no .lzma header unless it has bytes after its end or many 0xff. That makes a wider test than
/// [`looks_like_lzma`] possible, because readers differ in the dictionary sizes they believe.
fn could_be_lzma(head: &[u8]) -> bool {
    let (Some((header, _)), Some(name)) = (head.split_first_chunk::<13>(), head.get(..100)) else {
        return false;
    };
    let mut size = [0; 8];
    size.copy_from_slice(&header[5..]);
    let size = u64::from_le_bytes(size);
    let end = name.find_byte(0).unwrap_or(name.len());
    let goes_on = name[end..].iter().any(|byte| *byte != 0);
    header[0] < 225 && (size == u64::MAX || (goes_on && size < 1 << 38))
}

fn by_magic(head: &[u8]) -> Option<Format> {
    const MAGIC: &[(&[u8], Format)] = &[
        (b"\x1f\x8b", Format::Known(Compression::Gzip)),
        (b"BZh", Format::Known(Compression::Bzip2)),
        (b"\xfd7zXZ\0", Format::Known(Compression::Xz)),
        (b"\x28\xb5\x2f\xfd", Format::Known(Compression::Zstd)),
        (b"LZIP", Format::Unsupported("lzip")),
        (b"\x1f\x9d", Format::Unsupported("compress")),
        (b"\x1f\x9e", Format::Unsupported("an old gzip")),
        (b"\x1f\x1e", Format::Unsupported("pack")),
        (b"\x1f\xa0", Format::Unsupported("compress -H")),
        (b"LRZI", Format::Unsupported("lrzip")),
        (b"GRZipII\0", Format::Unsupported("grzip")),
        (b"\x02\x21\x4c\x18", Format::Unsupported("lz4")),
        (b"begin ", Format::Unsupported("uuencode")),
        (b"begin-base64 ", Format::Unsupported("uuencode")),
        (b"\x89LZO\0", Format::Unsupported("lzop")),
        (b"\x04\x22\x4d\x18", Format::Unsupported("lz4")),
        (b"PK\x03\x04", Format::NotTar("the file is a zip archive")),
        (b"PK\x05\x06", Format::NotTar("the file is a zip archive")),
        (b"!<arch>\n", Format::NotTar("the file is an ar archive")),
        (b"070701", Format::NotTar("the file is a cpio archive")),
        (b"070702", Format::NotTar("the file is a cpio archive")),
        (b"070707", Format::NotTar("the file is a cpio archive")),
        (b"\xc7\x71", Format::NotTar("the file is a cpio archive")),
        (b"7z\xbc\xaf\x27\x1c", Format::NotTar("the file is a 7z archive")),
        (b"xar!", Format::NotTar("the file is a xar archive")),
        (b"MSCF\0\0\0\0", Format::NotTar("the file is a cabinet")),
        (b"Rar!\x1a\x07", Format::NotTar("the file is a rar archive")),
        (b"\xed\xab\xee\xdb", Format::NotTar("the file is an RPM package")),
    ];
    if let [first, 0x2a, 0x4d, 0x18, ..] = head
        && first & 0xf0 == 0x50
    {
        return Some(Format::Known(Compression::Zstd));
    }
    MAGIC
        .iter()
        .find(|(magic, _)| head.starts_with(magic))
        .map(|(_, format)| match format {
            Format::Known(compression) => Format::Known(*compression),
            Format::Both(compression) => Format::Both(*compression),
            Format::Unsupported(name) => Format::Unsupported(name),
            Format::NotTar(why) => Format::NotTar(why),
        })
}

fn starts_with_zero_block(head: &[u8]) -> bool {
    head.len() >= SNIFF && head.iter().all(|byte| *byte == 0)
}

/// .lzma has no magic: a properties byte, a dictionary size that is 2^n or 2^n + 2^(n-1), and a sane length.
fn looks_like_lzma(head: &[u8]) -> bool {
    let Some((header, _)) = head.split_first_chunk::<13>() else {
        return false;
    };
    let dictionary = u32::from_le_bytes([header[1], header[2], header[3], header[4]]);
    let mut size = [0; 8];
    size.copy_from_slice(&header[5..]);
    let size = u64::from_le_bytes(size);
    let round = dictionary.is_power_of_two()
        || (dictionary % 3 == 0 && (dictionary / 3).is_power_of_two())
        || dictionary == u32::MAX;
    header[0] < 225 && round && (size == u64::MAX || size < 1 << 38)
}

/// What the extension of `file_name` promises; `None` where it promises nothing we know.
pub(crate) fn promised(file_name: &str) -> Option<Compression> {
    const EXTENSIONS: &[(&str, Compression)] = &[
        (".tar", Compression::None),
        (".gz", Compression::Gzip),
        (".tgz", Compression::Gzip),
        (".taz", Compression::Gzip),
        (".bz2", Compression::Bzip2),
        (".tbz", Compression::Bzip2),
        (".tbz2", Compression::Bzip2),
        (".xz", Compression::Xz),
        (".txz", Compression::Xz),
        (".lzma", Compression::Lzma),
        (".tlz", Compression::Lzma),
        (".zst", Compression::Zstd),
        (".tzst", Compression::Zstd),
    ];
    let name = file_name.to_ascii_lowercase();
    EXTENSIONS
        .iter()
        .find(|(extension, _)| name.ends_with(extension))
        .map(|(_, compression)| *compression)
}

/// The format's name in sentences.
pub(crate) fn name(compression: Compression) -> &'static str {
    match compression {
        Compression::None => "plain tar",
        Compression::Gzip => "gzip",
        Compression::Bzip2 => "bzip2",
        Compression::Xz => "xz",
        Compression::Lzma => "lzma",
        Compression::Zstd => "zstd",
    }
}
