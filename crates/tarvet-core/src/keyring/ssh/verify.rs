//! One SSH signature, judged.

use super::allowed_signers::{Signer, Signers};
use super::certificate;
use super::pattern::{Match, list_matches};
use super::sshsig::{Digests, Sshsig, Wire};
use crate::keyring::openpgp::Outcome;
use crate::keyring::report::{bounded, day};
use crate::keyring::{Scheme, SignaturePolicy, SignatureReport, SignatureState as State, SignedThing};
use jiff::Timestamp;
use ssh_key::public::KeyData;
use ssh_key::{Certificate, HashAlg, PublicKey, Signature};

/// What surrounds the signature.
pub(in crate::keyring) struct Setting<'a> {
    pub policy: &'a SignaturePolicy,
    pub over: SignedThing,
    pub source: &'a str,
    /// The tagger's or committer's time: SSH signatures carry none.
    pub claimed_time: Option<Timestamp>,
    /// The tagger's or committer's address.
    pub identity: Option<String>,
}

impl Setting<'_> {
    fn namespace(&self) -> &'static str {
        match self.over {
            SignedThing::Tag | SignedThing::Commit => "git",
            SignedThing::Tarball | SignedThing::Tar | SignedThing::Description => "file",
        }
    }

    /// The time for which validity is checked.
    fn time(&self) -> Timestamp {
        self.claimed_time.unwrap_or(self.policy.now)
    }

    /// That time in words.
    fn when(&self) -> String {
        match self.claimed_time {
            Some(time) => format!("the signature is of {}", day(time)),
            None => format!(
                "the signature tells no time and today is {}",
                day(self.policy.now)
            ),
        }
    }
}

/// The key that signed: bare, or inside a certificate.
enum Maker {
    Key(KeyData),
    Certificate(Box<Certificate>),
}

impl Maker {
    fn read(wire: &[u8]) -> Option<Self> {
        let name = Wire(wire).string()?;
        if name.ends_with(b"-cert-v01@openssh.com") {
            return Certificate::from_bytes(wire)
                .ok()
                .map(|it| Self::Certificate(Box::new(it)));
        }
        PublicKey::from_bytes(wire)
            .ok()
            .map(|key| Self::Key(key.key_data().clone()))
    }

    fn key(&self) -> &KeyData {
        match self {
            Self::Key(key) => key,
            Self::Certificate(certificate) => certificate.public_key(),
        }
    }
}

/// Judges `sig` over data with `digests`.
pub(in crate::keyring) fn verify(
    signers: &Signers,
    setting: &Setting<'_>,
    sig: &Sshsig,
    digests: &Digests,
) -> Outcome {
    let mut report = SignatureReport::new(setting.over, Scheme::Ssh, setting.source, State::Malformed);
    report.time = setting.claimed_time;
    let settled = |report| Outcome {
        report,
        wrong_checksum: false,
    };
    let Some(maker) = Maker::read(&sig.public_key) else {
        return settled(
            report
                .state(State::Unsupported)
                .detail("the SSH signature's key is of an unknown kind"),
        );
    };
    let fingerprint = maker.key().fingerprint(HashAlg::Sha256).to_string();
    report.issuer_hint = Some(fingerprint.clone());
    report.algorithm = format!("{}, {}", algorithm(maker.key()), sig.digest.as_str());
    let signature = match read_signature(&sig.signature) {
        Ok(signature) => signature,
        Err((state, words)) => return settled(report.state(state).detail(words)),
    };
    if sig.namespace != setting.namespace() {
        let detail = format!(
            "it was made for the namespace \"{}\", not for \"{}\"",
            bounded(&sig.namespace),
            setting.namespace()
        );
        return settled(report.state(State::Bad).detail(detail));
    }
    let (signer, name) = match authorise(signers, setting, &maker) {
        Ok(found) => found,
        Err(Refusal { state, words, signer }) => {
            if let Some(signer) = signer {
                describe(&mut report, signer, &fingerprint);
            }
            let report = report.state(state).detail(words);
            return settled(match state {
                State::UnknownSigner => report.advice(
                    "if that is upstream's key, add it to the allowed signers from a source you trust",
                ),
                _ => report,
            });
        }
    };
    describe(&mut report, signer, &fingerprint);
    if let Some(words) = key_weakness(maker.key()) {
        return settled(report.state(State::Weak).detail(words));
    }
    if rsa_bits(maker.key()).is_some_and(|bits| bits > LARGEST_RSA) {
        let detail = format!("an RSA key larger than what is verified here, {LARGEST_RSA} bits");
        return settled(report.state(State::Unsupported).detail(detail));
    }
    if is_checksum_wrong(maker.key(), &sig.signed_bytes(digests), &signature) {
        let detail =
            "the checksum is wrong: these are not the bytes that were signed, or the signature was changed";
        return Outcome {
            report: report.state(State::Bad).detail(detail),
            wrong_checksum: true,
        };
    }
    // ssh-keygen -Y verify accepts this, and OpenSSH's own release tags are made so; it is no forgery, but any
    // program on the signer's machine could have made it.
    if is_absent_user(&signature) {
        let detail = "the checksum is right, but the security key signed without anybody touching it";
        let advice = "ask upstream to sign with a touch (a key made without no-touch-required)";
        return settled(report.state(State::Weak).detail(detail).advice(advice));
    }
    if setting.time() > setting.policy.now {
        let detail = format!(
            "it claims to be of {}, which is in the future",
            day(setting.time())
        );
        return settled(report.state(State::Bad).detail(detail));
    }
    settled(accept(report, setting, name))
}

/// Says what a good SSH signature does not prove.
fn accept(report: SignatureReport, setting: &Setting<'_>, name: Named) -> SignatureReport {
    let mut detail = "the checksum is right and the key is an allowed signer's".to_owned();
    detail.push_str(match setting.claimed_time {
        Some(_) => "; SSH signatures carry no time of their own, the one given is the author's claim",
        None => "; SSH signatures carry no time",
    });
    let mut report = report.state(State::Good);
    if let (Named::Other(allowed), Some(identity)) = (&name, &setting.identity) {
        detail.push_str(&format!(
            "; the object names {}, the key is allowed to {}",
            bounded(identity),
            bounded(allowed)
        ));
        report.advice = Some("check that this signer may sign for that author".to_owned());
    }
    report.detail(detail)
}

fn describe(report: &mut SignatureReport, signer: &Signer, fingerprint: &str) {
    report.fingerprint = Some(signer.fingerprint());
    report.signing_key = signer.authority.then(|| fingerprint.to_owned());
    report.user_id = signer.identity();
    report.keyring = Some(signer.label.clone());
}

/// How the author of the object stands to the principals of the line.
enum Named {
    /// Agrees, or there is nothing to compare.
    Same,
    /// The principals, which do not cover the author.
    Other(String),
}

struct Refusal<'a> {
    state: State,
    words: String,
    signer: Option<&'a Signer>,
}

/// Finds a line that allows `maker`; the refusal of the last line that has the key otherwise.
fn authorise<'a>(
    signers: &'a Signers,
    setting: &Setting<'_>,
    maker: &Maker,
) -> Result<(&'a Signer, Named), Refusal<'a>> {
    let mut refusal = None;
    for signer in signers.iter() {
        let relevant = match maker {
            Maker::Key(key) => signer.key == *key,
            Maker::Certificate(certificate) => signer.authority && signer.key == *certificate.signature_key(),
        };
        if !relevant {
            continue;
        }
        match line_allows(signer, setting, maker) {
            Ok(named) => return Ok((signer, named)),
            Err((state, words)) => {
                refusal = Some(Refusal {
                    state,
                    words,
                    signer: Some(signer),
                })
            }
        }
    }
    Err(refusal.unwrap_or_else(|| Refusal {
        state: State::UnknownSigner,
        words: format!(
            "made by {}, which is no allowed signer's key",
            maker.key().fingerprint(HashAlg::Sha256)
        ),
        signer: None,
    }))
}

fn line_allows(signer: &Signer, setting: &Setting<'_>, maker: &Maker) -> Result<Named, (State, String)> {
    let place = format!("line {} of the allowed signers", signer.line);
    if signer.authority && matches!(maker, Maker::Key(_)) {
        let words = format!("{place} allows the key to certify others, not to sign itself");
        return Err((State::UnknownSigner, words));
    }
    if let Some(namespaces) = &signer.namespaces
        && list_matches(namespaces, setting.namespace()) != Match::Yes
    {
        let words = format!(
            "{place} does not allow the key to sign in the namespace \"{}\"",
            setting.namespace()
        );
        return Err((State::Bad, words));
    }
    let at = setting.time();
    if let Some(after) = signer.valid_after.filter(|&after| at < after) {
        let words = format!(
            "{place} allows the key from {} (UTC) on, {}",
            day(after),
            setting.when()
        );
        return Err((State::Bad, words));
    }
    if let Some(before) = signer.valid_before.filter(|&before| at > before) {
        let words = format!(
            "{place} allowed the key until {} (UTC), {}",
            day(before),
            setting.when()
        );
        return Err((State::CertificateExpiredAtSigning, words));
    }
    if let Maker::Certificate(certificate) = maker {
        certificate::check(certificate, signer, at).map_err(|words| (State::Bad, words))?;
        return Ok(Named::Same);
    }
    let (Some(principals), Some(identity)) = (&signer.principals, &setting.identity) else {
        return Ok(Named::Same);
    };
    match list_matches(principals, identity) {
        Match::Yes => Ok(Named::Same),
        Match::No => Ok(Named::Other(principals.clone())),
        Match::Excluded => Err((
            State::UnknownSigner,
            format!("{place} excludes {}", bounded(identity)),
        )),
    }
}

/// Reads algorithm and value; `ssh-rsa` as a *signature* algorithm means SHA-1.
fn read_signature(wire: &[u8]) -> Result<Signature, (State, String)> {
    let mut reader = Wire(wire);
    let name = reader.string().unwrap_or_default();
    match name {
        b"ssh-rsa" => {
            let words = "it signs a SHA-1 digest (signature algorithm ssh-rsa); rsa-sha2-512 was expected";
            return Err((State::Weak, words.to_owned()));
        }
        b"ssh-dss" => return Err((State::Weak, "a DSA signature with SHA-1".to_owned())),
        _ => {}
    }
    let flags_and_counter = if name.starts_with(b"sk-") { 5 } else { 0 };
    let ends_well = reader.string().is_some() && reader.0.len() == flags_and_counter;
    match Signature::try_from(wire) {
        Ok(signature) if ends_well => Ok(signature),
        _ => {
            let words = format!(
                "the signature value is damaged ({})",
                bounded(&String::from_utf8_lossy(name))
            );
            Err((State::Malformed, words))
        }
    }
}

fn is_checksum_wrong(key: &KeyData, signed: &[u8], signature: &Signature) -> bool {
    use signature::Verifier;
    key.verify(signed, signature).is_err()
}

/// Security keys set flag 1 when somebody touched them; the flags precede a 4-byte counter.
fn is_absent_user(signature: &Signature) -> bool {
    use ssh_key::Algorithm as A;
    if !matches!(signature.algorithm(), A::SkEd25519 | A::SkEcdsaSha2NistP256) {
        return false;
    }
    let flags = signature.as_bytes().iter().rev().nth(4).copied().unwrap_or(0);
    flags & 1 == 0
}

/// The RSA implementation refuses larger keys.
const LARGEST_RSA: usize = 4096;

/// Words if the key is too small.
pub(super) fn key_weakness(key: &KeyData) -> Option<String> {
    let bits = rsa_bits(key)?;
    (bits < 2048).then(|| {
        format!("an RSA key of {bits} bits is too small to resist forgery (2048 or more were expected)")
    })
}

fn rsa_bits(key: &KeyData) -> Option<usize> {
    let modulus = key.rsa()?.n.as_positive_bytes()?;
    let first = modulus.first()?;
    Some(modulus.len() * 8 - usize::try_from(first.leading_zeros()).unwrap_or(0))
}

fn algorithm(key: &KeyData) -> String {
    match rsa_bits(key) {
        Some(bits) => format!("RSA-{bits}"),
        None => bounded(key.algorithm().as_str()),
    }
}
