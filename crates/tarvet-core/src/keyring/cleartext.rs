//! Signatures over text that stands in the clear beside them (RFC 9580, section 7.2).

use super::openpgp::{self, Task};
use super::pieces::take_apart;
use super::{Keyring, Scheme, SignaturePolicy, SignatureReport, SignatureState, SignedThing};

/// Judges the signatures of a cleartext-signed text, such as a `.dsc`.
///
/// STRATEGY. Whoever takes the file apart decides which text counts; a second reader of the framing inside the
/// verifier could see another one. So there is one reader, the caller's: `text` is what it found between the
/// headers and the signature, with dash escapes undone, and `signature` is the armored block. What is verified
/// is what the caller goes on to parse. Line ends and blanks before them are not covered by such a signature:
/// the text must mean the same without them. The line end before the signature does not belong to the text.
///
/// `label` names the file in reports. At least one report comes back.
pub fn verify_cleartext(
    keyring: &Keyring,
    policy: &SignaturePolicy,
    label: &str,
    text: &[u8],
    signature: &[u8],
) -> Vec<SignatureReport> {
    let over = SignedThing::Description;
    let pieces = take_apart(signature, over, label);
    let task = Task {
        certificates: &keyring.certificates,
        policy,
        over,
        source: label,
    };
    let covered = covered(text);
    // Reading from memory cannot fail; were it to, nothing is proven.
    let openpgp = openpgp::verify(task, &pieces.openpgp, Box::new(covered.as_slice())).unwrap_or_default();
    let mut reports: Vec<_> = openpgp.into_iter().map(|outcome| outcome.report).collect();
    reports.extend(pieces.settled);
    let others = pieces.ssh.iter().map(|_| Scheme::Ssh);
    for scheme in others.chain(pieces.ed25519.iter().map(|_| Scheme::Unknown)) {
        let report = SignatureReport::new(over, scheme, label, SignatureState::Unsupported);
        reports.push(
            report.detail("not a signature that stands in a cleartext-signed text; OpenPGP was expected"),
        );
    }
    if reports.is_empty() {
        let nothing = SignatureReport::new(over, Scheme::OpenPgp, label, SignatureState::Malformed);
        reports.push(nothing.detail("no signature could be judged"));
    }
    reports
}

/// The bytes that are digested: lines without blanks at their ends, joined by CR LF.
fn covered(text: &[u8]) -> Vec<u8> {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    let mut out = Vec::with_capacity(text.len() + text.len() / 16);
    for (i, line) in text.split(|byte| *byte == b'\n').enumerate() {
        if i > 0 {
            out.extend_from_slice(b"\r\n");
        }
        let end = line
            .iter()
            .rposition(|byte| !matches!(byte, b' ' | b'\t' | b'\r'))
            .map_or(0, |last| last + 1);
        out.extend_from_slice(line.get(..end).unwrap_or_default());
    }
    out
}
