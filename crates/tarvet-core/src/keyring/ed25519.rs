//! minisign and signify: a comment line, then base64 of `Ed`, an 8-byte key number and a bare Ed25519 key or
//! signature. minisign adds a trusted comment under a signature of its own, and by default signs BLAKE2b-512
//! (`ED`) instead of the file.

use super::openpgp::Outcome;
use super::report::bounded;
use super::{Scheme, SignatureReport, SignatureState as State, SignedThing};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use jiff::Timestamp;
use std::io::{self, Read};

const COMMENT: &str = "untrusted comment:";
/// Keys of one number that are tried.
const MOST_KEYS: usize = 4;
const TRUSTED: &str = "trusted comment: ";

/// A public key of either tool.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub scheme: Scheme,
    pub label: String,
    pub comment: String,
    number: [u8; 8],
    key: VerifyingKey,
}

/// The keys of a keyring.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys(Vec<Key>);

/// Why bytes are not a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotAKey {
    Signature,
    Secret,
    Unreadable,
}

impl Key {
    /// The public key as `minisign -P` takes it.
    pub fn encoded(&self) -> String {
        BASE64.encode([b"Ed".as_slice(), &self.number, self.key.as_bytes()].concat())
    }
}

impl Keys {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Key> {
        self.0.iter()
    }

    /// Takes the keys of `other` in.
    pub fn join(&mut self, other: &Self) {
        self.0.extend(other.0.iter().cloned());
    }

    /// Adds the public key of one file: a comment line and a base64 line, or the base64 line alone.
    pub fn add(&mut self, label: &str, bytes: &[u8]) -> Result<(), NotAKey> {
        let text = std::str::from_utf8(bytes).map_err(|_| NotAKey::Unreadable)?;
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let mut line = lines.next().unwrap_or_default();
        let mut comment = "";
        if let Some(rest) = line.strip_prefix(COMMENT) {
            comment = rest.trim();
            line = lines.next().unwrap_or_default();
        }
        let decoded = BASE64.decode(line).map_err(|_| NotAKey::Unreadable)?;
        let (number, key) = match (decoded.as_slice(), decoded.len()) {
            ([b'E', b'd', rest @ ..], 42) => rest.split_at_checked(8).ok_or(NotAKey::Unreadable)?,
            ([b'E', b'd' | b'D', ..], 74) => return Err(NotAKey::Signature),
            ([b'E', b'd', ..], 75..) => return Err(NotAKey::Secret),
            _ => return Err(NotAKey::Unreadable),
        };
        let (Ok(number), Ok(key)) = (number.try_into(), key.try_into()) else {
            return Err(NotAKey::Unreadable);
        };
        let key = VerifyingKey::from_bytes(key).map_err(|_| NotAKey::Unreadable)?;
        let signify = !comment.contains("minisign") && comment.ends_with("public key");
        let scheme = if signify {
            Scheme::Signify
        } else {
            Scheme::Minisign
        };
        let known = self
            .0
            .iter()
            .any(|held| held.number == number && held.key == key && held.label == label);
        if !known {
            self.0.push(Key {
                scheme,
                label: bounded(label),
                comment: bounded(comment),
                number,
                key,
            });
        }
        Ok(())
    }
}

/// Whether any line is the secret key of either tool, wherever it stands.
pub(super) fn has_secret(bytes: &[u8]) -> bool {
    // `Ed` in base64, and longer than a signature.
    let longest_signature = 100;
    bytes.split(|&byte| byte == b'\n').any(|line| {
        let line = line.trim_ascii();
        line.starts_with(b"RW")
            && line.len() > longest_signature
            && BASE64
                .decode(line)
                .is_ok_and(|decoded| decoded.starts_with(b"Ed") && decoded.len() > 74)
    })
}

/// A parsed signature file.
#[derive(Clone, Debug)]
pub(super) struct Text {
    scheme: Scheme,
    prehashed: bool,
    number: [u8; 8],
    signature: [u8; 64],
    /// minisign: the trusted comment and the signature over it.
    trusted: Option<(String, [u8; 64])>,
}

/// Why a file is not a signature.
#[derive(Debug)]
pub(super) struct Problem {
    pub scheme: Scheme,
    pub words: String,
}

impl Text {
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let problem = |scheme, words: &str| Problem {
            scheme,
            words: words.to_owned(),
        };
        let text = std::str::from_utf8(bytes).map_err(|_| {
            problem(
                Scheme::Unknown,
                "a minisign or signify signature that is not UTF-8",
            )
        })?;
        let mut lines = text.trim_start().lines();
        let _untrusted_comment = lines.next();
        let decoded = BASE64.decode(lines.next().unwrap_or_default().trim()).ok();
        let rest: Vec<&str> = lines.map(|line| line.trim_end_matches('\r')).collect();
        let trusted = rest.first().and_then(|line| line.strip_prefix(TRUSTED));
        let scheme = if trusted.is_some() {
            Scheme::Minisign
        } else {
            Scheme::Signify
        };
        let damaged = || problem(scheme, "a damaged minisign or signify signature");
        let decoded = decoded.ok_or_else(damaged)?;
        let (prehashed, body) = match (decoded.as_slice(), decoded.len()) {
            ([b'E', b'd', body @ ..], 74) => (false, body),
            ([b'E', b'D', body @ ..], 74) if trusted.is_some() => (true, body),
            ([b'E', b'd', ..], 42) => {
                return Err(problem(scheme, "a public key where a signature was expected"));
            }
            _ => return Err(damaged()),
        };
        let (number, signature) = body.split_at_checked(8).ok_or_else(damaged)?;
        let (Ok(number), Ok(signature)) = (number.try_into(), signature.try_into()) else {
            return Err(damaged());
        };
        let trusted = match trusted {
            None => None,
            Some(comment) => {
                let global = rest
                    .get(1)
                    .and_then(|line| BASE64.decode(line.trim()).ok())
                    .ok_or_else(damaged)?;
                Some((comment.to_owned(), global.try_into().map_err(|_| damaged())?))
            }
        };
        let used = if trusted.is_some() { 2 } else { 0 };
        if rest.iter().skip(used).any(|line| !line.trim().is_empty()) {
            // signify -e embeds the message after the signature, and so does SHA256.sig.
            return Err(problem(
                scheme,
                "text after the signature, where a detached signature was expected",
            ));
        }
        Ok(Self {
            scheme,
            prehashed,
            number,
            signature,
            trusted,
        })
    }

    /// minisign prints the key number as a little-endian integer.
    fn key_number(&self) -> String {
        format!("{:016X}", u64::from_le_bytes(self.number))
    }
}

/// Verifies one signature over everything `data` yields. Err: `data` could not be read.
pub(super) fn verify(
    keys: &Keys,
    text: &Text,
    over: SignedThing,
    source: &str,
    mut data: Box<dyn Read + Send + Sync + '_>,
    file_name: Option<&str>,
) -> io::Result<Outcome> {
    let settled = |report| {
        Ok(Outcome {
            report,
            wrong_checksum: false,
        })
    };
    let mut report = SignatureReport::new(over, text.scheme, source, State::UnknownSigner);
    report.algorithm = if text.prehashed {
        "Ed25519, BLAKE2b-512"
    } else {
        "Ed25519"
    }
    .to_owned();
    report.issuer_hint = Some(text.key_number());
    let candidates: Vec<&Key> = keys
        .0
        .iter()
        .filter(|key| key.number == text.number)
        .take(MOST_KEYS)
        .collect();
    if candidates.is_empty() {
        let detail = format!(
            "made by the key numbered {}, which the keyring does not have",
            text.key_number()
        );
        return settled(
            report
                .detail(detail)
                .advice("get the public key from upstream by a way you trust"),
        );
    }
    let candidates: Vec<&Key> = candidates
        .into_iter()
        .filter(|key| comment_is_by(key, text))
        .collect();
    let Some(first) = candidates.first() else {
        let detail =
            "the signature over the trusted comment is wrong: the comment or the signature was changed";
        return settled(report.state(State::Bad).detail(detail));
    };
    let found = match text.prehashed {
        true => prehashed_match(&candidates, text, &mut data)?,
        false => plain_match(&candidates, text, &mut data)?,
    };
    let key = found.unwrap_or(first);
    report.fingerprint = Some(key.encoded());
    report.user_id = (!key.comment.is_empty()).then(|| key.comment.clone());
    report.keyring = Some(key.label.clone());
    if found.is_none() {
        let detail = "the checksum is wrong: these are not the bytes that were signed";
        return Ok(Outcome {
            report: report.state(State::Bad).detail(detail),
            wrong_checksum: true,
        });
    }
    report.state = State::Good;
    report.detail = "the checksum is right and the key is in the keyring".to_owned();
    describe_comment(&mut report, text, file_name);
    settled(report)
}

/// Says what the trusted comment says: the time, and the file name when it is another one.
fn describe_comment(report: &mut SignatureReport, text: &Text, file_name: Option<&str>) {
    let Some((comment, _)) = &text.trusted else {
        report.detail.push_str("; signify signatures carry no time");
        return;
    };
    let field = |name: &str| comment.split('\t').find_map(|part| part.strip_prefix(name));
    report.time = field("timestamp:")
        .and_then(|t| t.parse().ok())
        .and_then(|t| Timestamp::from_second(t).ok());
    report
        .detail
        .push_str(&format!("; its trusted comment is \"{}\"", bounded(comment)));
    if let (Some(signed), Some(expected)) = (field("file:"), file_name)
        && signed.rsplit('/').next() != expected.rsplit('/').next()
    {
        report
            .detail
            .push_str(&format!(", which names another file than {}", bounded(expected)));
        report.advice = Some("check that upstream published this signature for this file".to_owned());
    }
}

/// minisign: whether the key signed the trusted comment. signify has none.
fn comment_is_by(key: &Key, text: &Text) -> bool {
    let Some((comment, global)) = &text.trusted else {
        return true;
    };
    let signed = [text.signature.as_slice(), comment.as_bytes()].concat();
    key.key.verify(&signed, &Signature::from_bytes(global)).is_ok()
}

/// The key that signed `data` itself, in one pass for all: key numbers can be made to collide.
fn plain_match<'a>(keys: &[&'a Key], text: &Text, data: &mut dyn Read) -> io::Result<Option<&'a Key>> {
    let signature = Signature::from_bytes(&text.signature);
    let mut streams: Vec<_> = keys
        .iter()
        .filter_map(|&key| Some((key, key.key.verify_stream(&signature).ok()?)))
        .collect();
    each_chunk(data, |chunk| {
        streams.iter_mut().for_each(|(_, stream)| stream.update(chunk))
    })?;
    Ok(streams
        .into_iter()
        .find_map(|(key, stream)| stream.finalize_and_verify().is_ok().then_some(key)))
}

/// The key that signed the BLAKE2b-512 digest of `data`.
fn prehashed_match<'a>(keys: &[&'a Key], text: &Text, data: &mut dyn Read) -> io::Result<Option<&'a Key>> {
    let Some((comment, global)) = &text.trusted else {
        return Ok(None);
    };
    let body = [b"ED".as_slice(), &text.number, &text.signature].concat();
    let canonical = format!(
        "untrusted comment: \n{}\n{TRUSTED}{comment}\n{}\n",
        BASE64.encode(body),
        BASE64.encode(global)
    );
    let Ok(signature) = minisign_verify::Signature::decode(&canonical) else {
        return Ok(None);
    };
    let publics: Vec<_> = keys
        .iter()
        .filter_map(|&key| Some((key, minisign_verify::PublicKey::from_base64(&key.encoded()).ok()?)))
        .collect();
    let mut streams: Vec<_> = publics
        .iter()
        .filter_map(|(key, public)| Some((*key, public.verify_stream(&signature).ok()?)))
        .collect();
    each_chunk(data, |chunk| {
        streams.iter_mut().for_each(|(_, stream)| stream.update(chunk))
    })?;
    Ok(streams
        .into_iter()
        .find_map(|(key, mut stream)| stream.finalize().is_ok().then_some(key)))
}

/// Hands `data` on in chunks, to its end.
pub(super) fn each_chunk(data: &mut dyn Read, mut use_chunk: impl FnMut(&[u8])) -> io::Result<()> {
    let mut buffer = vec![0; 64 << 10];
    loop {
        match data.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(n) => use_chunk(buffer.get(..n).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
