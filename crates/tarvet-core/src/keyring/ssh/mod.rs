//! SSH signatures, as `ssh-keygen -Y sign` makes them and git embeds them.

mod allowed_signers;
mod certificate;
mod pattern;
mod sshsig;
mod verify;

pub(super) use allowed_signers::{Signer, Signers};
pub(super) use sshsig::{Digests, Sshsig};
pub(super) use verify::{Setting, verify};

use super::SignatureState;

/// Why a signature is settled before its signer is known.
#[derive(Debug)]
pub(super) struct Problem {
    pub state: SignatureState,
    pub words: String,
}
