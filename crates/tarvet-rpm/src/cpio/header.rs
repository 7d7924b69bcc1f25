//! The header of one member, field by field.

/// Bytes of a newc header.
pub(crate) const LEN: usize = 110;
/// Bytes of a stripped header: magic and file number.
pub(crate) const STRIPPED_LEN: usize = 14;

/// The bits of a mode that say what kind of file it is.
pub(crate) const FORMAT: u32 = 0o170_000;
/// [`FORMAT`] of a regular file.
pub(crate) const FILE: u32 = 0o100_000;

/// The fields of a newc header that mean something to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Newc {
    pub(crate) mode: u32,
    pub(crate) links: u32,
    pub(crate) mtime: u32,
    pub(crate) size: u32,
    /// Bytes of the name, its NUL included.
    pub(crate) name_size: u32,
}

/// What stands at the place of a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Magic {
    Newc,
    /// With the number of the file.
    Stripped(u32),
}

/// Reads the first [`STRIPPED_LEN`] bytes of any header. Err: what is there instead.
pub(crate) fn magic(bytes: &[u8; STRIPPED_LEN]) -> Result<Magic, &'static str> {
    let (magic, number) = bytes.split_at(6);
    match magic {
        b"070701" => Ok(Magic::Newc),
        b"07070X" => hex(number)
            .map(Magic::Stripped)
            .ok_or("the number of a file is not hexadecimal"),
        b"070702" => Err("the form with checksums (070702), which rpm does not write"),
        b"070707" => Err("the old portable form (070707)"),
        [0xc7, 0x71, ..] | [0x71, 0xc7, ..] => Err("the old binary form"),
        _ => Err("no cpio header"),
    }
}

/// Reads a newc header. Err: the field that is wrong.
pub(crate) fn newc(bytes: &[u8; LEN]) -> Result<Newc, &'static str> {
    let mut fields = bytes.split_at(6).1.chunks_exact(8).map(hex);
    let mut field = |name| fields.next().flatten().ok_or(name);
    field("inode")?;
    let mode = field("mode")?;
    field("owner")?;
    field("group")?;
    let links = field("number of links")?;
    let mtime = field("time")?;
    let size = field("size")?;
    for device in ["device", "device", "special device", "special device"] {
        field(device)?;
    }
    let name_size = field("length of the name")?;
    if field("checksum")? != 0 {
        return Err("checksum (which is zero in this form)");
    }
    Ok(Newc {
        mode,
        links,
        mtime,
        size,
        name_size,
    })
}

/// Eight hexadecimal digits: no sign, no blank, no `0x`, which C's own functions let pass.
fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number: u32, digit| {
        Some(number << 4 | char::from(*digit).to_digit(16)?)
    })
}
