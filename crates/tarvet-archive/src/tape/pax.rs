use bstr::{BStr, BString, ByteSlice};

/// One record of a pax header: `LENGTH KEY=VALUE\n`, cut by its length alone.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record<'a> {
    pub(super) key: &'a [u8],
    pub(super) value: &'a [u8],
}

/// The records up to the first malformed one; `Err` says what is wrong with that one.
pub(super) fn records(mut body: &[u8]) -> impl Iterator<Item = Result<Record<'_>, &'static str>> {
    std::iter::from_fn(move || {
        if body.is_empty() {
            return None;
        }
        let result = cut(body);
        body = match &result {
            Ok((_, rest)) => rest,
            Err(_) => &[],
        };
        Some(result.map(|(record, _)| record))
    })
}

fn cut(body: &[u8]) -> Result<(Record<'_>, &[u8]), &'static str> {
    let space = body
        .iter()
        .take(20)
        .position(|byte| *byte == b' ')
        .ok_or("no length")?;
    let digits = &body[..space];
    if digits.is_empty() || digits[0] == b'0' || !digits.iter().all(u8::is_ascii_digit) {
        return Err("the length is not a decimal number");
    }
    let len: usize = digits
        .to_str()
        .ok()
        .and_then(|digits| digits.parse().ok())
        .ok_or("the length overflows")?;
    let record = body.get(..len).ok_or("the length exceeds the header")?;
    let content = record.get(space + 1..).ok_or("the length is too small")?;
    let (last, content) = content.split_last().ok_or("the length is too small")?;
    if *last != b'\n' {
        return Err("no newline where the length says");
    }
    let (key, value) = content.split_once_str("=").ok_or("no equals sign")?;
    if key.is_empty() {
        return Err("no key");
    }
    Ok((Record { key, value }, body.get(len..).unwrap_or_default()))
}

/// What a key means to somebody who builds from the archive.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Path,
    LinkPath,
    Size,
    Mtime,
    Comment,
    Charset,
    /// Owner, times, inode numbers: no effect on what is built.
    Bookkeeping,
    Sparse,
    /// An extended attribute, by its plain name.
    Xattr(BString),
    /// Access control lists.
    Acl,
    /// File flags of BSD.
    Flags,
    /// GNU's multi-volume and incremental dumps.
    Dump,
    Unknown,
}

pub(super) fn meaning(key: &[u8]) -> Meaning {
    let key = BStr::new(key);
    match key.as_bytes() {
        b"path" => Meaning::Path,
        b"linkpath" => Meaning::LinkPath,
        b"size" => Meaning::Size,
        b"mtime" => Meaning::Mtime,
        b"comment" => Meaning::Comment,
        b"hdrcharset" => Meaning::Charset,
        b"atime" | b"ctime" | b"uid" | b"gid" | b"uname" | b"gname" | b"charset" => Meaning::Bookkeeping,
        b"SCHILY.dev" | b"SCHILY.ino" | b"SCHILY.nlink" | b"SCHILY.devminor" | b"SCHILY.devmajor" => {
            Meaning::Bookkeeping
        }
        b"LIBARCHIVE.creationtime" | b"LIBARCHIVE.symlinktype" => Meaning::Bookkeeping,
        b"SUN.devmajor" | b"SUN.devminor" => Meaning::Bookkeeping,
        b"SCHILY.realsize" | b"SUN.holesdata" => Meaning::Sparse,
        b"SCHILY.fflags" => Meaning::Flags,
        _ if key.starts_with(b"GNU.sparse") => Meaning::Sparse,
        _ if key.starts_with(b"GNU.") => Meaning::Dump,
        _ if key.starts_with(b"SCHILY.acl.") => Meaning::Acl,
        _ => {
            let name = key.strip_prefix(b"SCHILY.xattr.").map(BString::from);
            let name = name.or_else(|| key.strip_prefix(b"LIBARCHIVE.xattr.").map(percent_decoded));
            let name = name.or_else(|| key.strip_prefix(b"RHT.").map(BString::from));
            name.map_or(Meaning::Unknown, Meaning::Xattr)
        }
    }
}

/// libarchive writes attribute names URL-encoded.
fn percent_decoded(name: &[u8]) -> BString {
    let hex = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    let mut decoded = Vec::with_capacity(name.len());
    let mut rest = name;
    while let Some((byte, tail)) = rest.split_first() {
        let escape = match (byte, tail) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match escape {
            Some((high, low)) => {
                decoded.push(high << 4 | low);
                rest = &tail[2..];
            }
            None => {
                decoded.push(*byte);
                rest = tail;
            }
        }
    }
    decoded.into()
}

/// The executable bits that a POSIX access control list sets: mode bit, and whether it is set.
///
/// With a mask the group bits of a mode are the mask, not what the list gives the group.
pub(super) fn acl_bits(value: &[u8]) -> Vec<(u32, bool)> {
    let mut bits = Vec::new();
    let (mut group, mut mask) = (Vec::new(), Vec::new());
    for entry in value.split(|byte| matches!(byte, b',' | b'\n')) {
        let mut fields = entry.trim().split_str(":");
        let tag = fields.next().unwrap_or_default();
        let mut rest: Vec<_> = fields.collect();
        let named = rest.len() > 1 && rest.first().is_some_and(|name| !name.is_empty());
        rest.retain(|field| !field.is_empty());
        let executable = rest
            .first()
            .is_some_and(|permissions| permissions.contains(&b'x'));
        match tag {
            b"user" | b"u" if !named => bits.push((0o100, executable)),
            b"group" | b"g" if !named => group.push((0o010, executable)),
            b"mask" | b"m" => mask.push((0o010, executable)),
            b"other" | b"o" => bits.push((0o001, executable)),
            _ => {}
        }
    }
    bits.extend(if mask.is_empty() { group } else { mask });
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_cut_by_its_length() {
        let body = b"30 path=a\n20 path=evil/main.c\n12 size=123\n";
        let all: Vec<_> = records(body).map(Result::unwrap).collect();
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].value, b"a\n20 path=evil/main.c");
        assert_eq!((all[1].key, all[1].value), (&b"size"[..], &b"123"[..]));
    }

    #[test]
    fn lies_about_the_length_are_told() {
        for body in [
            &b"9 path=ab\n"[..],
            b"99 path=ab\n",
            b"11 path=ab\nx",
            b"0",
            b"x path=a\n",
            b"010 path=a\n",
            b"3 \n",
            b"4 =\n",
            b"5 =a\n",
            b"99999999999999999999 path=a\n",
            b"1 ",
            b"2 ",
        ] {
            assert!(records(body).any(|record| record.is_err()), "{}", body.as_bstr());
        }
    }

    #[test]
    fn an_access_control_list_says_what_is_executable() {
        let bits = |text: &str| acl_bits(text.as_bytes());
        assert_eq!(
            bits("user::rwx,group::r--,other::r-x"),
            [(0o100, true), (0o001, true), (0o010, false)]
        );
        assert_eq!(
            bits("user::rw-\nuser:joe:rwx:1000,group::r-x,mask::rw-,other:r--"),
            [(0o100, false), (0o001, false), (0o010, false)]
        );
        assert_eq!(bits("junk"), []);
    }

    #[test]
    fn an_encoded_attribute_name_is_seen_through() {
        let key = b"LIBARCHIVE.xattr.security%2Ecapability";
        assert_eq!(meaning(key), Meaning::Xattr("security.capability".into()));
    }
}
