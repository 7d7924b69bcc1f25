//! Packets by their headers alone (RFC 9580, section 4.2): a file of a hundred megabytes is walked through without
//! taking any of it apart.

/// One packet with its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    pub tag: u8,
    pub packet: &'a [u8],
}

/// The packets of `bytes`, and where they cease to make sense.
pub(super) struct Frames<'a> {
    rest: &'a [u8],
    broken: bool,
}

impl<'a> Frames<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            broken: false,
        }
    }

    /// Bytes that are no whole packet, behind the last one.
    pub fn left(&self) -> usize {
        if self.broken { self.rest.len() } else { 0 }
    }
}

impl<'a> Iterator for Frames<'a> {
    type Item = Frame<'a>;

    fn next(&mut self) -> Option<Frame<'a>> {
        if self.broken || self.rest.is_empty() {
            return None;
        }
        let Some((tag, length)) = header(self.rest) else {
            self.broken = true;
            return None;
        };
        let Some((packet, rest)) = self.rest.split_at_checked(length) else {
            self.broken = true;
            return None;
        };
        self.rest = rest;
        Some(Frame { tag, packet })
    }
}

/// The tag, and the length of packet and header. Lengths in parts and lengths that are not told have no place in a
/// certificate.
fn header(bytes: &[u8]) -> Option<(u8, usize)> {
    let number = |from: usize, to: usize| {
        let octets = bytes.get(from..to)?;
        Some(
            octets
                .iter()
                .fold(0_usize, |sum, octet| sum << 8 | usize::from(*octet)),
        )
    };
    let first = *bytes.first()?;
    let (tag, head, body) = match first & 0xc0 {
        0xc0 => {
            let (head, body) = match *bytes.get(1)? {
                short @ 0..=191 => (2, usize::from(short)),
                192..=223 => (3, number(1, 3)? - (192 << 8) + 192),
                224..=254 => return None,
                255 => (6, number(2, 6)?),
            };
            (first & 0x3f, head, body)
        }
        0x80 => {
            let (head, body) = match first & 3 {
                0 => (2, number(1, 2)?),
                1 => (3, number(1, 3)?),
                2 => (5, number(1, 5)?),
                _ => return None,
            };
            ((first & 0x3c) >> 2, head, body)
        }
        _ => return None,
    };
    Some((tag, usize::checked_add(head, body)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tags(bytes: &[u8]) -> (Vec<u8>, usize) {
        let mut frames = Frames::new(bytes);
        let tags = frames.by_ref().map(|frame| frame.tag).collect();
        (tags, frames.left())
    }

    #[test]
    fn both_formats_of_headers_and_all_lengths() {
        let mut bytes = vec![
            0xc6, 1, 7, 0x99, 0, 2, 7, 7, 0xcd, 0xff, 0, 0, 0, 1, 7, 0xc2, 192, 0,
        ];
        bytes.extend([0; 192]);
        assert_eq!(tags(&bytes), (vec![6, 6, 13, 2], 0));
        bytes.pop();
        assert_eq!(tags(&bytes), (vec![6, 6, 13], 194));
        assert_eq!(tags(b"text"), (vec![], 4));
        assert_eq!(tags(&[0xc6, 230, 0]), (vec![], 3));
    }

    proptest! {
        #[test]
        fn every_byte_is_in_a_packet_or_left(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let mut frames = Frames::new(&bytes);
            let held: usize = frames.by_ref().map(|frame| frame.packet.len()).sum();
            prop_assert_eq!(held + frames.left(), bytes.len());
        }
    }
}
