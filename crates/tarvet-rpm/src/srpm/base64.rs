//! Base64 (RFC 4648, section 4), as rpm 6 has it in the header: strict, with padding, in one line or several.

/// The bytes; `None` where this is no base64.
pub(super) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let text: Vec<u8> = text.iter().copied().filter(|byte| *byte != b'\n').collect();
    let (digits, padding) = match text.as_slice() {
        [digits @ .., b'=', b'='] => (digits, 2),
        [digits @ .., b'='] => (digits, 1),
        digits => (digits, 0),
    };
    if !(digits.len() + padding).is_multiple_of(4) {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len());
    for four in digits.chunks(4) {
        let mut bits = 0_u32;
        for digit in four {
            bits = bits << 6 | u32::from(value(*digit)?);
        }
        bits <<= 6 * (4 - four.len());
        let [_, three @ ..] = bits.to_be_bytes();
        let (whole, rest) = three.split_at_checked(four.len().saturating_sub(1))?;
        if rest.iter().any(|byte| *byte != 0) {
            return None;
        }
        bytes.extend_from_slice(whole);
    }
    Some(bytes)
}

fn value(digit: u8) -> Option<u8> {
    Some(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_the_rfc() {
        for (text, bytes) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm9v\nYmE=", "fooba"),
            ("Zm9vYmFy", "foobar"),
        ] {
            assert_eq!(decode(text.as_bytes()).unwrap(), bytes.as_bytes(), "{text}");
        }
    }

    #[test]
    fn what_is_none() {
        for text in ["Z", "Zg", "Zg=", "Zm9=v", "Zh==", "Zm9v!A==", "====", "Zm9vZ==="] {
            assert_eq!(decode(text.as_bytes()), None, "{text}");
        }
    }
}
