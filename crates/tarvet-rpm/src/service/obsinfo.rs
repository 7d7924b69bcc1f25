//! `NAME.obsinfo`: what an `.obscpio` was made from, `key: value` a line. It is nobody's signature, only a claim.

use bstr::{BStr, BString, ByteSlice};

use crate::spec::fault::{Fault, FaultKind, Faults, excerpt};

/// The largest file that is read, in bytes.
pub const LARGEST: usize = 64 << 10;

/// The file, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObsInfo {
    /// `name`: the directory in the archive.
    pub name: Option<BString>,
    /// `version`.
    pub version: Option<BString>,
    /// `mtime`, in seconds since 1970.
    pub mtime: Option<i64>,
    /// `commit`, a whole object id.
    pub commit: Option<BString>,
    /// What is wrong.
    pub faults: Vec<Fault>,
}

/// Reads an `.obsinfo`.
#[must_use]
pub fn read(text: &[u8]) -> ObsInfo {
    let mut info = ObsInfo::default();
    let mut faults = Faults::default();
    if text.len() > LARGEST {
        let message = format!(
            "an .obsinfo has {} bytes, more than the limit of {LARGEST}",
            text.len()
        );
        faults.push(FaultKind::TooLarge, 0, message, "make it again with the service");
        info.faults = faults.list;
        return info;
    }
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let Some((key, value)) = line
            .split_once_str(":")
            .map(|(key, value)| (key.trim(), value.trim()))
        else {
            unknown(&mut faults, index + 1, line);
            continue;
        };
        let value = BStr::new(value);
        let is_second = match key {
            b"name" => info.name.replace(value.into()).is_some(),
            b"version" => info.version.replace(value.into()).is_some(),
            b"commit" if is_object_id(value) => info.commit.replace(value.into()).is_some(),
            b"mtime" => match std::str::from_utf8(value).ok().and_then(|text| text.parse().ok()) {
                Some(time) => info.mtime.replace(time).is_some(),
                None => {
                    unknown(&mut faults, index + 1, line);
                    false
                }
            },
            _ => {
                unknown(&mut faults, index + 1, line);
                false
            }
        };
        if is_second {
            let message = format!("{} is given twice", excerpt(key));
            faults.push(
                FaultKind::DuplicateEntry,
                index + 1,
                message,
                "make the file again with the service",
            );
        }
    }
    info.faults = faults.list;
    info
}

fn unknown(faults: &mut Faults, line: usize, text: &[u8]) {
    let message = format!("expected name, version, mtime or commit, found {}", excerpt(text));
    faults.push(
        FaultKind::UnknownLine,
        line,
        message,
        "make the file again with the service",
    );
}

fn is_object_id(text: &[u8]) -> bool {
    matches!(text.len(), 40 | 64)
        && text
            .iter()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read() {
        let id = "0123456789abcdef0123456789abcdef01234567";
        let info = read(format!("name: a\nversion: 1:2\nmtime: 7\ncommit: {id}\n").as_bytes());
        assert_eq!(
            (info.version.unwrap(), info.mtime, info.faults),
            ("1:2".into(), Some(7), vec![])
        );
        assert_eq!(info.commit.unwrap(), id);
    }

    #[test]
    fn what_is_wrong_is_told() {
        for text in ["commit: abc\n", "mtime: x\n", "odd\n", "extra: 1\n"] {
            assert_eq!(
                read(text.as_bytes()).faults[0].kind,
                FaultKind::UnknownLine,
                "{text}"
            );
        }
        assert_eq!(
            read(b"name: a\nname: b\n").faults[0].kind,
            FaultKind::DuplicateEntry
        );
    }
}
