//! Multiprecision integers with leading zero bits.
//!
//! Old Go libraries, and with them a large forge, write the bit length of an RSA signature's integer as that of the
//! modulus (RFC 9580, 3.2 wants its own). GnuPG takes such signatures, sequoia refuses to read them. The length is
//! not covered by the signature and the integer is the same, so it is written anew before sequoia reads it.

use sequoia_openpgp::Packet;
use sequoia_openpgp::packet::{Signature, Unknown};
use sequoia_openpgp::parse::Parse;

/// Algorithms whose signatures are such integers: RSA, DSA, ECDSA and EdDSA as in RFC 4880bis.
const WITH_INTEGERS: [u8; 5] = [1, 3, 17, 19, 22];

/// The signature in a packet that sequoia could not read, once its integers are in canonical form.
pub(super) fn mended(unknown: &Unknown) -> Option<Signature> {
    let body = canonical(unknown.body())?;
    let length = u32::try_from(body.len()).ok()?;
    // A new-format header with a five-octet length (RFC 9580, 4.2.1).
    let packet = [&[0xc2, 0xff][..], &length.to_be_bytes(), &body].concat();
    match Packet::from_bytes(&packet).ok()? {
        Packet::Signature(signature) => Some(signature),
        _ => None,
    }
}

/// The body of a version 4 signature with canonical integers; None when it has another layout, or nothing to mend.
fn canonical(body: &[u8]) -> Option<Vec<u8>> {
    let (&[4, _, algorithm, _], rest) = body.split_first_chunk::<4>()? else {
        return None;
    };
    if !WITH_INTEGERS.contains(&algorithm) {
        return None;
    }
    let rest = skip_area(skip_area(rest)?)?.get(2..)?;
    let mut out = body.get(..body.len() - rest.len())?.to_vec();
    let mut rest = rest;
    while !rest.is_empty() {
        let (bits, tail) = rest.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_be_bytes(*bits)).div_ceil(8);
        let (integer, tail) = tail.split_at_checked(length)?;
        rest = tail;
        let zeros = integer.iter().take_while(|&&byte| byte == 0).count();
        let integer = integer.get(zeros..)?;
        let used = integer
            .first()
            .map_or(0, |&first| integer.len() * 8 - first.leading_zeros() as usize);
        out.extend_from_slice(&u16::try_from(used).ok()?.to_be_bytes());
        out.extend_from_slice(integer);
    }
    (out != body).then_some(out)
}

/// Behind a subpacket area.
fn skip_area(bytes: &[u8]) -> Option<&[u8]> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    rest.get(usize::from(u16::from_be_bytes(*length))..)
}

#[cfg(test)]
mod tests {
    use super::canonical;

    fn body(integer: &[u8]) -> Vec<u8> {
        [&[4, 0, 1, 8, 0, 0, 0, 0, 0xaa, 0xbb][..], integer].concat()
    }

    #[test]
    fn lengths_are_those_of_the_integers() {
        assert_eq!(
            canonical(&body(&[0, 16, 0x51, 0x02])),
            Some(body(&[0, 15, 0x51, 0x02]))
        );
        assert_eq!(canonical(&body(&[0, 16, 0x00, 0x82])), Some(body(&[0, 8, 0x82])));
        assert_eq!(canonical(&body(&[0, 15, 0x51, 0x02])), None, "nothing to mend");
    }

    #[test]
    fn other_layouts_are_left_alone() {
        let mut ed25519 = body(&[0, 16, 0x51, 0x02]);
        ed25519[2] = 27;
        for bytes in [
            ed25519,
            body(&[0, 16, 0x51]),
            body(&[0]),
            vec![4, 0, 1],
            vec![6, 0, 1, 8, 0, 0],
            vec![],
        ] {
            assert_eq!(canonical(&bytes), None);
        }
    }
}
