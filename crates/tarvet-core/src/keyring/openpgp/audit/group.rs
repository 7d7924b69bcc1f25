//! The packets of one certificate, strangers' certifications counted and left out.

use sequoia_openpgp::packet::Signature;
use sequoia_openpgp::parse::Parse;
use sequoia_openpgp::types::SignatureType;
use sequoia_openpgp::{Fingerprint, KeyHandle, Packet};

/// Most signatures that a certificate makes over itself. Some honest ones have renewed twenty user ids for ten years.
const MOST_OWN: usize = 1_024;
/// Most user ids and subkeys.
const MOST_COMPONENTS: usize = 256;

/// What the subkey says of itself, before anything is verified.
#[derive(Debug, Clone)]
pub(super) struct RawSubkey {
    pub fingerprint: Fingerprint,
    /// A binding says that it signs, and has no back-signature.
    pub lacks_back_signature: bool,
    /// A binding says that it signs, and has one.
    pub has_back_signature: bool,
}

/// One certificate, not yet put together.
#[derive(Debug)]
pub(super) struct Group {
    pub packets: Vec<Packet>,
    pub fingerprint: Fingerprint,
    pub secret: bool,
    pub certifications: usize,
    pub attributes: usize,
    pub own: usize,
    /// More of its own than is read.
    pub overfull: bool,
    /// Signatures that cannot be read.
    pub unreadable: usize,
    pub subkeys: Vec<RawSubkey>,
    components: usize,
    in_attribute: bool,
    in_subkey: bool,
}

impl Group {
    /// Opens a certificate; None if the packet is no primary key. Secret material is left out.
    pub fn new(primary: Packet) -> Option<Self> {
        let (key, secret) = match primary {
            Packet::PublicKey(key) => (key, false),
            Packet::SecretKey(key) => (key.take_secret().0, true),
            _ => return None,
        };
        Some(Self {
            fingerprint: key.fingerprint(),
            packets: vec![key.into()],
            secret,
            certifications: 0,
            attributes: 0,
            own: 0,
            overfull: false,
            unreadable: 0,
            subkeys: Vec::new(),
            components: 0,
            in_attribute: false,
            in_subkey: false,
        })
    }

    /// Adds a signature, a subkey, a user id or a user attribute.
    pub fn add(&mut self, tag: u8, packet: &[u8]) {
        if tag == 7 {
            self.secret = true;
        }
        if tag != 2 {
            self.components += 1;
            self.in_attribute = tag == 17;
            self.in_subkey = matches!(tag, 7 | 14);
            self.attributes += usize::from(self.in_attribute);
            if self.components > MOST_COMPONENTS {
                self.overfull = true;
                return;
            }
        }
        // A picture is of no use to a verifier, and neither is what was signed over it.
        if self.overfull || self.in_attribute {
            return;
        }
        match Packet::from_bytes(packet) {
            Ok(Packet::Signature(signature)) => self.signature(signature),
            Ok(Packet::SecretSubkey(key)) => self.subkey(key.take_secret().0),
            Ok(Packet::PublicSubkey(key)) => self.subkey(key),
            Ok(other @ Packet::UserID(_)) => self.packets.push(other),
            _ => {
                self.unreadable += 1;
                // Signatures over a subkey that cannot be read must not go to the one before it.
                if tag != 2 {
                    self.in_attribute = true;
                }
            }
        }
    }

    /// Adds what another copy of the same certificate holds.
    pub fn merge(&mut self, other: Self) {
        self.secret |= other.secret;
        self.certifications += other.certifications;
        self.attributes += other.attributes;
        self.own += other.own;
        self.components += other.components;
        self.unreadable += other.unreadable;
        self.overfull |= other.overfull || self.own > MOST_OWN || self.components > 2 * MOST_COMPONENTS;
        if self.overfull {
            return;
        }
        for subkey in other.subkeys {
            match self
                .subkeys
                .iter_mut()
                .find(|held| held.fingerprint == subkey.fingerprint)
            {
                Some(held) => {
                    held.has_back_signature |= subkey.has_back_signature;
                    held.lacks_back_signature |= subkey.lacks_back_signature;
                }
                None => self.subkeys.push(subkey),
            }
        }
        // Signatures over the primary key stand directly behind it.
        let mut rest = other.packets.into_iter().skip(1).peekable();
        let mut direct = Vec::new();
        while let Some(packet) = rest.next_if(|packet| matches!(packet, Packet::Signature(_))) {
            direct.push(packet);
        }
        let behind = self.packets.len().min(1);
        self.packets.splice(behind..behind, direct);
        self.packets.extend(rest);
    }

    fn subkey(
        &mut self,
        key: sequoia_openpgp::packet::Key<
            sequoia_openpgp::packet::key::PublicParts,
            sequoia_openpgp::packet::key::SubordinateRole,
        >,
    ) {
        self.subkeys.push(RawSubkey {
            fingerprint: key.fingerprint(),
            lacks_back_signature: false,
            has_back_signature: false,
        });
        self.packets.push(key.into());
    }

    fn signature(&mut self, signature: Signature) {
        let issuers = signature.get_issuers();
        let primary = KeyHandle::from(&self.fingerprint);
        if !issuers.is_empty() && !issuers.iter().any(|issuer| issuer.aliases(&primary)) {
            self.certifications += 1;
            return;
        }
        self.own += 1;
        if self.own > MOST_OWN {
            self.overfull = true;
            return;
        }
        if let (true, Some(subkey)) = (self.in_subkey, self.subkeys.last_mut()) {
            let signs = signature.typ() == SignatureType::SubkeyBinding
                && signature.key_flags().is_some_and(|flags| flags.for_signing());
            let back = signature.embedded_signatures().next().is_some();
            subkey.has_back_signature |= signs && back;
            subkey.lacks_back_signature |= signs && !back;
        }
        self.packets.push(signature.into());
    }
}
