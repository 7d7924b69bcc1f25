//! Signatures inside git objects.

use super::openpgp::{self, Task};
use super::pieces::take_apart;
use super::{Keyring, SignaturePolicy, SignatureReport, SignatureState, SignedThing, ssh};
use bstr::ByteSlice;
use jiff::Timestamp;

/// Judges the signature of a git object.
///
/// `signature` is the armored block (OpenPGP, SSH or X.509 are told apart by its first line), `payload` the
/// signed bytes, `claimed_time` the tagger's or committer's time, which stands in for the time that SSH signatures
/// lack. Every signature of the block gets a report; an unsigned tail is mentioned in each.
pub fn verify_object(
    keyring: &Keyring,
    policy: &SignaturePolicy,
    over: SignedThing,
    payload: &[u8],
    signature: &[u8],
    claimed_time: Option<Timestamp>,
) -> Vec<SignatureReport> {
    let source = format!("{} object", over.as_str());
    let pieces = take_apart(signature, over, &source);
    let task = Task {
        certificates: &keyring.certificates,
        policy,
        over,
        source: &source,
    };
    // Reading from memory cannot fail; were it to, nothing is proven.
    let openpgp = openpgp::verify(task, &pieces.openpgp, Box::new(payload)).unwrap_or_default();
    let mut reports: Vec<_> = openpgp.into_iter().map(|outcome| outcome.report).collect();
    if !pieces.ssh.is_empty() {
        let setting = ssh::Setting {
            policy,
            over,
            source: &source,
            claimed_time,
            identity: author(payload),
        };
        if let Ok(digests) = ssh::Digests::of(payload) {
            let judged = pieces
                .ssh
                .iter()
                .map(|sig| ssh::verify(&keyring.signers, &setting, sig, &digests).report);
            reports.extend(judged);
        }
    }
    reports.extend(pieces.settled);
    if pieces.outside > 0 {
        for report in &mut reports {
            report.detail.push_str(&format!(
                "; {} bytes of unsigned text beside the signature",
                pieces.outside
            ));
        }
    }
    if reports.is_empty() {
        let nothing = SignatureReport::new(over, super::Scheme::Unknown, &source, SignatureState::Malformed);
        reports.push(nothing.detail("no signature could be judged"));
    }
    reports
}

/// The address of the tagger or committer, which git hands to `ssh-keygen` as nobody's principal; here it is
/// compared with the principals of the line that has the key.
fn author(payload: &[u8]) -> Option<String> {
    let line = payload
        .lines()
        .take_while(|line| !line.is_empty())
        .find(|line| line.starts_with(b"tagger ") || line.starts_with(b"committer "))?;
    let (from, to) = (line.find_byte(b'<')?, line.rfind_byte(b'>')?);
    let address = line.get(from + 1..to)?;
    Some(String::from_utf8_lossy(address).into_owned())
}
