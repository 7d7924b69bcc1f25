use std::collections::HashSet;

use bstr::{BStr, BString, ByteSlice};

use super::pax::{self, Meaning, Record};
use crate::{OddityClass, log::Log};

/// Oddities kept per pax header. The first of each class and code is kept beyond that.
const KEPT: usize = 16;

/// What extension headers in front of a member say about it.
#[derive(Default)]
pub(super) struct Overrides {
    pub(super) pax: Option<Pax>,
    pub(super) long_name: Option<BString>,
    pub(super) long_link: Option<BString>,
    /// Bytes of extension headers since the last member.
    pub(super) bytes: u64,
}

/// The records of an `x` header that matter.
#[derive(Default)]
pub(super) struct Pax {
    pub(super) path: Option<BString>,
    pub(super) link: Option<BString>,
    pub(super) size: Option<u64>,
    pub(super) mtime: Option<i64>,
    pub(super) sparse: bool,
    /// Executable bits that an access control list sets.
    pub(super) acl_bits: Vec<(u32, bool)>,
    pub(super) oddities: Vec<(OddityClass, &'static str, String)>,
}

impl Overrides {
    pub(super) fn any(&self) -> bool {
        self.pax.is_some() || self.long_name.is_some() || self.long_link.is_some()
    }

    /// Takes a GNU `L` or `K` body.
    pub(super) fn gnu(&mut self, link: bool, body: &[u8], log: &mut Log) {
        let end = body.find_byte(0).unwrap_or(body.len());
        let (name, rest) = body.split_at(end);
        let name = BString::from(name);
        if self.pax.is_some() {
            log.at(
                name.as_bstr(),
                OddityClass::Ambiguous,
                "mixed-overrides",
                "a pax header and a GNU long name",
            );
        }
        if rest.iter().any(|byte| *byte != 0) {
            log.at(
                name.as_bstr(),
                OddityClass::Ambiguous,
                "nul-in-name",
                "bytes after a NUL in a GNU long name",
            );
        }
        let slot = if link {
            &mut self.long_link
        } else {
            &mut self.long_name
        };
        if let Some(first) = slot.replace(name.clone()) {
            let detail = format!("a second GNU long name, the first was {first:?}");
            log.at(
                name.as_bstr(),
                OddityClass::Ambiguous,
                "repeated-long-name",
                detail,
            );
        }
    }

    /// Takes an `x` body.
    pub(super) fn extended(&mut self, body: &[u8], log: &mut Log) {
        if self.long_name.is_some() || self.long_link.is_some() {
            log.note(
                OddityClass::Ambiguous,
                "mixed-overrides",
                "a GNU long name and a pax header",
            );
        }
        if self.pax.is_some() {
            log.note(
                OddityClass::Ambiguous,
                "repeated-pax-header",
                "two pax headers before one member",
            );
        }
        let pax = self.pax.get_or_insert_default();
        let mut seen = HashSet::<&[u8]>::new();
        for record in pax::records(body) {
            match record {
                Ok(record) => {
                    if !seen.insert(record.key) {
                        let detail = format!("pax key {} twice", shown(record.key));
                        pax.odd(OddityClass::Ambiguous, "repeated-pax-key", detail);
                    }
                    pax.take(&record);
                }
                Err(what) => {
                    pax.odd(
                        OddityClass::Corrupt,
                        "malformed-pax-record",
                        format!("malformed pax record: {what}"),
                    );
                }
            }
        }
    }
}

impl Pax {
    fn odd(&mut self, class: OddityClass, code: &'static str, detail: String) {
        let first = self
            .oddities
            .iter()
            .all(|(known, word, _)| (*known, *word) != (class, code));
        if first || self.oddities.len() < KEPT {
            self.oddities.push((class, code, detail));
        }
    }

    fn take(&mut self, record: &Record) {
        let Record { key, value } = *record;
        let meaning = pax::meaning(key);
        let naming = matches!(meaning, Meaning::Path | Meaning::LinkPath);
        if value.is_empty() && (naming || meaning == Meaning::Size) {
            let detail = format!("pax key {} with an empty value", shown(key));
            return self.odd(OddityClass::Ambiguous, "empty-pax-value", detail);
        }
        if naming && value.contains(&0) {
            self.odd(
                OddityClass::Ambiguous,
                "nul-in-name",
                format!("a NUL in pax key {}", shown(key)),
            );
        }
        match meaning {
            Meaning::Path => self.path = Some(value.into()),
            Meaning::LinkPath => self.link = Some(value.into()),
            Meaning::Size => match decimal(value) {
                Some(size) => self.size = Some(size),
                None => self.odd(
                    OddityClass::Ambiguous,
                    "odd-number",
                    format!("pax size {}", shown(value)),
                ),
            },
            Meaning::Mtime => match seconds(value) {
                Some(mtime) => self.mtime = Some(mtime),
                None => self.odd(
                    OddityClass::Ambiguous,
                    "odd-number",
                    format!("pax mtime {}", shown(value)),
                ),
            },
            Meaning::Comment | Meaning::Bookkeeping => {}
            Meaning::Charset if value == b"ISO-IR 10646 2000 UTF-8" => {}
            Meaning::Charset if value == b"BINARY" => {
                self.odd(
                    OddityClass::Curious,
                    "pax-charset",
                    "pax names are raw bytes".into(),
                );
            }
            Meaning::Charset => {
                self.odd(
                    OddityClass::Ambiguous,
                    "pax-charset",
                    format!("pax names are in {}", shown(value)),
                );
            }
            Meaning::Sparse => self.sparse = true,
            Meaning::Dump => {
                self.odd(
                    OddityClass::Ambiguous,
                    "dump-record",
                    format!("pax key {} of a dump", shown(key)),
                );
            }
            Meaning::Acl => {
                if key == b"SCHILY.acl.access" {
                    self.acl_bits.extend(pax::acl_bits(value));
                }
                let detail = format!("pax key {} takes effect on unpacking", shown(key));
                self.odd(OddityClass::Attributes, "acl", detail);
            }
            Meaning::Flags => self.odd(OddityClass::Curious, "acl", format!("pax key {}", shown(key))),
            Meaning::Xattr(name) if name == "security.capability" || name.starts_with(b"trusted.") => {
                let detail = format!("extended attribute {} takes effect on unpacking", shown(&name));
                self.odd(OddityClass::Attributes, "privileged-xattr", detail);
            }
            Meaning::Xattr(name) => {
                self.odd(
                    OddityClass::Curious,
                    "xattr",
                    format!("extended attribute {}", shown(&name)),
                );
            }
            Meaning::Unknown => {
                self.odd(
                    OddityClass::Stowaway,
                    "unknown-pax-key",
                    format!("pax key {}", shown(key)),
                );
            }
        }
    }
}

/// Notes every key of a `g` header that would change members, and gives its comments.
pub(super) fn global(body: &[u8], log: &mut Log) -> Vec<BString> {
    let mut comments = Vec::new();
    for record in pax::records(body) {
        let record = match record {
            Ok(record) => record,
            Err(what) => {
                let detail = format!("malformed record in a pax global header: {what}");
                log.note(OddityClass::Corrupt, "malformed-pax-record", detail);
                continue;
            }
        };
        let plain = matches!(
            record.key,
            b"mtime" | b"atime" | b"ctime" | b"uid" | b"gid" | b"uname" | b"gname" | b"charset"
        );
        match record.key {
            b"comment" => comments.push(record.value.into()),
            _ if plain => {}
            b"hdrcharset" if record.value == b"ISO-IR 10646 2000 UTF-8" => {}
            key => {
                let detail = format!("pax global header sets {} for all members", shown(key));
                log.note(OddityClass::Ambiguous, "global-header-key", detail);
            }
        }
    }
    comments
}

/// Escaped, and cut where it gets long.
fn shown(value: &[u8]) -> String {
    let cut = value.get(..80).unwrap_or(value);
    format!("{:?}", BStr::new(cut))
}

fn decimal(value: &[u8]) -> Option<u64> {
    let digits = value
        .to_str()
        .ok()
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    digits.parse().ok()
}

/// Whole seconds of a decimal time with an optional sign and fraction.
fn seconds(value: &[u8]) -> Option<i64> {
    let text = value.to_str().ok()?;
    let (negative, digits) = text
        .strip_prefix('-')
        .map_or((false, text), |digits| (true, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole = i64::try_from(decimal(whole.as_bytes())?).ok()?;
    Some(if negative { -whole } else { whole })
}
