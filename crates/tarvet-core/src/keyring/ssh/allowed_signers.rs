//! Who may sign by SSH: `allowed_signers` files (ssh-keygen(1), ALLOWED SIGNERS) and plain public keys.

use super::pattern;
use crate::keyring::report::bounded;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ssh_key::public::KeyData;
use ssh_key::{HashAlg, PublicKey};

/// One usable line.
#[derive(Clone, Debug)]
pub(in crate::keyring) struct Signer {
    pub label: String,
    pub line: usize,
    /// Pattern list; None for a plain public key line.
    pub principals: Option<String>,
    /// The key is a certification authority's: it vouches for certificates and signs nothing itself.
    pub authority: bool,
    /// Pattern list of namespaces it may sign for; None: all.
    pub namespaces: Option<String>,
    pub valid_after: Option<Timestamp>,
    pub valid_before: Option<Timestamp>,
    pub key: KeyData,
    pub comment: String,
}

impl Signer {
    pub fn fingerprint(&self) -> String {
        self.key.fingerprint(HashAlg::Sha256).to_string()
    }

    /// Principals, or the comment of a plain key.
    pub fn identity(&self) -> Option<String> {
        let text = self.principals.clone().unwrap_or_else(|| self.comment.clone());
        (!text.is_empty()).then(|| bounded(&text))
    }
}

/// The SSH signers of a keyring.
#[derive(Clone, Debug, Default)]
pub(in crate::keyring) struct Signers(Vec<Signer>);

#[derive(Debug, Default)]
pub(in crate::keyring) struct Added {
    pub accepted: usize,
    pub notes: Vec<String>,
}

impl Signers {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Signer> {
        self.0.iter()
    }

    /// Takes the lines of `other` in.
    pub fn join(&mut self, other: &Self) {
        self.0.extend(other.0.iter().cloned());
    }

    /// Adds every usable line; a malformed one is noted and skipped.
    pub fn add(&mut self, label: &str, text: &[u8]) -> Added {
        const MOST_NOTES: usize = 16;
        let mut added = Added::default();
        for (index, line) in text.split(|&byte| byte == b'\n').enumerate() {
            let line = String::from_utf8_lossy(line);
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match parse_line(line) {
                Ok(mut signer) => {
                    signer.label = bounded(label);
                    signer.line = index + 1;
                    self.0.push(signer);
                    added.accepted += 1;
                }
                Err(problem) if added.notes.len() < MOST_NOTES => {
                    added.notes.push(format!("line {} skipped: {problem}", index + 1));
                }
                Err(_) => {}
            }
        }
        added
    }
}

fn parse_line(line: &str) -> Result<Signer, String> {
    let (first, rest) = word(line)?;
    if is_key_type(&first) {
        return key(&first, rest, Signer::plain);
    }
    if !pattern::is_satisfiable(&first) {
        return Err("its principals are all negated, so it allows nobody".to_owned());
    }
    let (second, after) = word(rest)?;
    let (options, key_type, rest) = if is_key_type(&second) {
        (String::new(), second, after)
    } else {
        let (third, after) = word(after)?;
        (second, third, after)
    };
    if !is_key_type(&key_type) {
        return Err("no key of a known type where one was expected".to_owned());
    }
    let options = Options::parse(&options)?;
    key(&key_type, rest, |key, comment| Signer {
        principals: Some(first.clone()),
        authority: options.authority,
        namespaces: options.namespaces.clone(),
        valid_after: options.valid_after,
        valid_before: options.valid_before,
        ..Signer::plain(key, comment)
    })
}

impl Signer {
    fn plain(key: KeyData, comment: String) -> Self {
        Self {
            label: String::new(),
            line: 0,
            principals: None,
            authority: false,
            namespaces: None,
            valid_after: None,
            valid_before: None,
            key,
            comment,
        }
    }
}

fn key(key_type: &str, rest: &str, make: impl FnOnce(KeyData, String) -> Signer) -> Result<Signer, String> {
    let (encoded, comment) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let key = PublicKey::from_openssh(&format!("{key_type} {encoded}"))
        .map_err(|error| format!("the key cannot be read: {error}"))?;
    Ok(make(key.key_data().clone(), bounded(comment.trim())))
}

fn is_key_type(word: &str) -> bool {
    matches!(
        word,
        "ssh-ed25519"
            | "ssh-rsa"
            | "ecdsa-sha2-nistp256"
            | "ecdsa-sha2-nistp384"
            | "ecdsa-sha2-nistp521"
            | "sk-ssh-ed25519@openssh.com"
            | "sk-ecdsa-sha2-nistp256@openssh.com"
    )
}

/// Takes a word off the line; blanks inside double quotes belong to it, the quotes do not.
fn word(line: &str) -> Result<(String, &str), String> {
    let line = line.trim_start();
    let mut quoted = false;
    let mut end = line.len();
    for (at, c) in line.char_indices() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    if quoted {
        return Err("a quotation mark is missing".to_owned());
    }
    let (word, rest) = line.split_at_checked(end).unwrap_or((line, ""));
    if word.is_empty() {
        return Err("the line is incomplete".to_owned());
    }
    // Options keep their quotes until they are taken apart.
    let bare = word
        .strip_prefix('"')
        .and_then(|w| w.strip_suffix('"'))
        .filter(|w| !w.contains('"'));
    Ok((bare.unwrap_or(word).to_owned(), rest.trim_start()))
}

#[derive(Clone, Debug, Default)]
struct Options {
    authority: bool,
    namespaces: Option<String>,
    valid_after: Option<Timestamp>,
    valid_before: Option<Timestamp>,
}

impl Options {
    fn parse(text: &str) -> Result<Self, String> {
        let mut options = Self::default();
        for option in split_unquoted(text) {
            let (name, value) = option.split_once('=').unwrap_or((&option, ""));
            let value = value
                .strip_prefix('"')
                .and_then(|v| v.strip_suffix('"'))
                .unwrap_or(value);
            match name.to_ascii_lowercase().as_str() {
                "" if option.is_empty() => {}
                "cert-authority" => options.authority = true,
                "namespaces" if options.namespaces.is_none() => options.namespaces = Some(value.to_owned()),
                "valid-after" if options.valid_after.is_none() => options.valid_after = Some(time(value)?),
                "valid-before" if options.valid_before.is_none() => options.valid_before = Some(time(value)?),
                other => return Err(format!("unknown or repeated option {}", bounded(other))),
            }
        }
        Ok(options)
    }
}

fn split_unquoted(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        if c == '"' {
            quoted = !quoted;
        }
        match parts.last_mut() {
            Some(last) if c != ',' || quoted => last.push(c),
            _ => parts.push(String::new()),
        }
    }
    parts
}

/// `YYYYMMDD[HHMM[SS]][Z]`. ssh-keygen reads times without `Z` in local time; here they are UTC, because a
/// verdict must not depend on where it is made.
fn time(text: &str) -> Result<Timestamp, String> {
    let digits = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    let wrong = || format!("{} is not a time like 20260101 or 20260101120000Z", bounded(text));
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) || !matches!(digits.len(), 8 | 12 | 14) {
        return Err(wrong());
    }
    let number = |from: usize, to: usize| -> Option<i8> {
        digits.get(from..to).map_or(Some(0), |part| part.parse().ok())
    };
    let year: i16 = digits
        .get(..4)
        .and_then(|part| part.parse().ok())
        .ok_or_else(wrong)?;
    let parts = (|| {
        Some((
            number(4, 6)?,
            number(6, 8)?,
            number(8, 10)?,
            number(10, 12)?,
            number(12, 14)?,
        ))
    })();
    let (month, day, hour, minute, second) = parts.ok_or_else(wrong)?;
    let civil = DateTime::new(year, month, day, hour, minute, second, 0).map_err(|_| wrong())?;
    TimeZone::UTC.to_timestamp(civil).map_err(|_| wrong())
}
