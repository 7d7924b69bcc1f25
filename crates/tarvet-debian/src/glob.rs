//! Globs of packaging files: `*` and `?`, compared byte by byte and without backtracking to earlier stars.

/// One element of a glob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// This byte.
    Byte(u8),
    /// Any one byte.
    One,
    /// Any bytes, none included, slashes included.
    Any,
}

/// Does the whole of `text` match?
///
/// Only the last star seen is ever tried again: what an earlier star could take instead, the later one can take too.
/// Cost: at worst `tokens` times `text`, without memory.
pub(crate) fn matches(tokens: &[Token], text: &[u8]) -> bool {
    let (mut token, mut at) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        match (tokens.get(token), text.get(at)) {
            (None, None) => return true,
            (Some(Token::Any), _) => {
                star = Some((token + 1, at));
                token += 1;
                continue;
            }
            (Some(Token::One), Some(_)) => {
                token += 1;
                at += 1;
                continue;
            }
            (Some(Token::Byte(wanted)), Some(found)) if wanted == found => {
                token += 1;
                at += 1;
                continue;
            }
            _ => {}
        }
        match &mut star {
            Some((after, from)) if *from < text.len() => {
                *from += 1;
                (token, at) = (*after, *from);
            }
            _ => return false,
        }
    }
}

/// Does a part of `text` match?
pub(crate) fn occurs(tokens: &[Token], text: &[u8]) -> bool {
    let around: Vec<Token> = [&[Token::Any], tokens, &[Token::Any]].concat();
    matches(&around, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(glob: &str) -> Vec<Token> {
        glob.bytes()
            .map(|byte| match byte {
                b'*' => Token::Any,
                b'?' => Token::One,
                byte => Token::Byte(byte),
            })
            .collect()
    }

    /// By definition, in exponential time.
    fn naive(tokens: &[Token], text: &[u8]) -> bool {
        match tokens.split_first() {
            None => text.is_empty(),
            Some((Token::Any, rest)) => (0..=text.len()).any(|skip| naive(rest, &text[skip..])),
            Some((Token::One, rest)) => !text.is_empty() && naive(rest, &text[1..]),
            Some((Token::Byte(byte), rest)) => text.first() == Some(byte) && naive(rest, &text[1..]),
        }
    }

    #[test]
    fn a_hostile_glob_is_no_bomb() {
        let glob = tokens(&("*a".repeat(500) + "b"));
        assert!(!matches(&glob, "a".repeat(5000).as_bytes()));
    }

    proptest::proptest! {
        #[test]
        fn as_defined(glob in "[ab*?/]{0,9}", text in "[ab/]{0,9}") {
            let glob = tokens(&glob);
            proptest::prop_assert_eq!(matches(&glob, text.as_bytes()), naive(&glob, text.as_bytes()));
            let part = (0..=text.len()).any(|from| (from..=text.len()).any(|to| naive(&glob, &text.as_bytes()[from..to])));
            proptest::prop_assert_eq!(occurs(&glob, text.as_bytes()), part);
        }
    }
}
