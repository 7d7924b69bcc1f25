//! What the names of C's `<inttypes.h>` are on common systems.

/// A kind of system, as newer versions of msgfmt write fixed strings for.
#[derive(Debug, Clone, Copy)]
pub enum Flavor {
    /// 32 bits: 64 of them are `long long`.
    Narrow,
    /// 64 bits: `long`.
    Wide,
}

impl Flavor {
    /// The length modifier and the conversion that `PRIuMAX` and its like stand for; None for any other name.
    ///
    /// Source: ISO C99, section 7.8.1, for the names.
    pub fn spell(self, name: &[u8]) -> Option<Vec<u8>> {
        let (&conversion, width) = name.strip_prefix(b"PRI")?.split_first()?;
        if !b"diouxX".contains(&conversion) {
            return None;
        }
        let modifier = match width {
            b"8" | b"16" | b"32" | b"LEAST8" | b"LEAST16" | b"LEAST32" | b"FAST8" | b"FAST16" | b"FAST32" => {
                ""
            }
            b"64" | b"LEAST64" | b"FAST64" | b"MAX" => match self {
                Flavor::Narrow => "ll",
                Flavor::Wide => "l",
            },
            b"PTR" => match self {
                Flavor::Narrow => "",
                Flavor::Wide => "l",
            },
            _ => return None,
        };
        Some([modifier.as_bytes(), &[conversion]].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelled_as_each_system_does() {
        let both = |name: &[u8]| (Flavor::Narrow.spell(name), Flavor::Wide.spell(name));
        assert_eq!(both(b"PRIu64"), (Some(b"llu".to_vec()), Some(b"lu".to_vec())));
        assert_eq!(both(b"PRIxPTR"), (Some(b"x".to_vec()), Some(b"lx".to_vec())));
        assert_eq!(both(b"PRIdLEAST16"), (Some(b"d".to_vec()), Some(b"d".to_vec())));
        assert_eq!(both(b"I"), (None, None));
        assert_eq!(both(b"PRIs64"), (None, None));
        assert_eq!(both(b"PRIu65"), (None, None));
    }
}
