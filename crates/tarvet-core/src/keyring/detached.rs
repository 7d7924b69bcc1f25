//! Signatures beside a tarball.

use super::openpgp::{self, Task};
use super::pieces::{Pieces, take_apart};
use super::{Keyring, SignaturePolicy, SignatureReport, SignedThing, ed25519, ssh};
use std::io::{self, Read};

/// The bytes a detached signature may cover. Each call opens from the start.
pub trait SignedBytes: Sync {
    /// The tarball as it is.
    fn compressed(&self) -> io::Result<Box<dyn Read + Send + Sync + '_>>;
    /// The tar inside, which `.tar.sign` files cover.
    fn uncompressed(&self) -> io::Result<Box<dyn Read + Send + Sync + '_>>;
}

/// Judges every signature of a detached signature file; `label` names the file in reports.
///
/// The tarball's own bytes are tried first, the tar inside only for signatures whose checksum they do not match.
/// `tarball_file_name` is compared with the name a minisign signature vouches for. Err: the data could not be read.
pub fn verify_detached(
    keyring: &Keyring,
    policy: &SignaturePolicy,
    label: &str,
    signature_file: &[u8],
    data: &dyn SignedBytes,
    tarball_file_name: Option<&str>,
) -> io::Result<Vec<SignatureReport>> {
    let mut pieces = take_apart(signature_file, SignedThing::Tarball, label);
    let settled = std::mem::take(&mut pieces.settled);
    let job = Job {
        keyring,
        policy,
        label,
        data,
        tarball_file_name,
    };
    let mut reports = job.openpgp(&pieces)?;
    reports.extend(job.ssh(&pieces)?);
    reports.extend(job.ed25519(&pieces)?);
    reports.extend(settled);
    Ok(reports)
}

struct Job<'a> {
    keyring: &'a Keyring,
    policy: &'a SignaturePolicy,
    label: &'a str,
    data: &'a dyn SignedBytes,
    tarball_file_name: Option<&'a str>,
}

impl<'a> Job<'a> {
    fn openpgp(&self, pieces: &Pieces) -> io::Result<Vec<SignatureReport>> {
        if pieces.openpgp.is_empty() {
            return Ok(Vec::new());
        }
        let task = |over| Task {
            certificates: &self.keyring.certificates,
            policy: self.policy,
            over,
            source: self.label,
        };
        let mut first = openpgp::verify(
            task(SignedThing::Tarball),
            &pieces.openpgp,
            self.data.compressed()?,
        )?;
        let unmatched: Vec<usize> = first
            .iter()
            .enumerate()
            .filter(|(_, outcome)| outcome.wrong_checksum)
            .map(|(i, _)| i)
            .collect();
        let again: Vec<_> = unmatched
            .iter()
            .filter_map(|&i| pieces.openpgp.get(i).cloned())
            .collect();
        if !again.is_empty() {
            let second = self.over_the_tar(|data| openpgp::verify(task(SignedThing::Tar), &again, data))?;
            for (i, outcome) in unmatched.into_iter().zip(second.into_iter().flatten()) {
                if let (false, Some(place)) = (outcome.wrong_checksum, first.get_mut(i)) {
                    *place = outcome;
                }
            }
        }
        Ok(first.into_iter().map(|outcome| outcome.report).collect())
    }

    fn ssh(&self, pieces: &Pieces) -> io::Result<Vec<SignatureReport>> {
        if pieces.ssh.is_empty() {
            return Ok(Vec::new());
        }
        let setting = |over| ssh::Setting {
            policy: self.policy,
            over,
            source: self.label,
            claimed_time: None,
            identity: None,
        };
        let signers = &self.keyring.signers;
        let digests = ssh::Digests::of(self.data.compressed()?)?;
        let mut of_the_tar = None;
        let mut reports = Vec::new();
        for signature in &pieces.ssh {
            let first = ssh::verify(signers, &setting(SignedThing::Tarball), signature, &digests);
            if !first.wrong_checksum {
                reports.push(first.report);
                continue;
            }
            if of_the_tar.is_none() {
                of_the_tar = Some(self.over_the_tar(ssh::Digests::of)?);
            }
            let second = of_the_tar
                .as_ref()
                .and_then(Option::as_ref)
                .map(|digests| ssh::verify(signers, &setting(SignedThing::Tar), signature, digests))
                .filter(|outcome| !outcome.wrong_checksum);
            reports.push(second.unwrap_or(first).report);
        }
        Ok(reports)
    }

    fn ed25519(&self, pieces: &Pieces) -> io::Result<Vec<SignatureReport>> {
        let mut reports = Vec::new();
        for text in &pieces.ed25519 {
            let keys = &self.keyring.ed25519;
            let verify =
                |over, data| ed25519::verify(keys, text, over, self.label, data, self.tarball_file_name);
            let mut outcome = verify(SignedThing::Tarball, self.data.compressed()?)?;
            if outcome.wrong_checksum {
                let second = self.over_the_tar(|data| verify(SignedThing::Tar, data))?;
                outcome = second
                    .filter(|outcome| !outcome.wrong_checksum)
                    .unwrap_or(outcome);
            }
            reports.push(outcome.report);
        }
        Ok(reports)
    }

    /// Runs `job` on the tar inside; None when the tarball does not decompress, which the archive reader reports.
    fn over_the_tar<T>(
        &self,
        job: impl FnOnce(Box<dyn Read + Send + Sync + 'a>) -> io::Result<T>,
    ) -> io::Result<Option<T>> {
        match self.data.uncompressed().and_then(job) {
            Ok(done) => Ok(Some(done)),
            Err(error) if is_damage(error.kind()) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Kinds by which decompressors report what is wrong with their input rather than with the medium.
fn is_damage(kind: io::ErrorKind) -> bool {
    use io::ErrorKind as K;
    matches!(
        kind,
        K::InvalidData | K::InvalidInput | K::UnexpectedEof | K::Unsupported | K::Other
    )
}
