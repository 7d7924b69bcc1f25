//! `$…` and backquotes that hide nothing: neither commands that write, nor a quote or a bracket that a shell pairs otherwise.

use bstr::ByteSlice;

/// The longest that is looked at.
const LONGEST: usize = 1000;

/// Where the expansion at `at` ends, if it is one whose text tells that it only reads.
pub(super) fn plain(text: &[u8], at: usize) -> Option<usize> {
    let text = text.get(..text.len().min(at + LONGEST))?;
    let rest = text.get(at..)?;
    let (inner, opening) = match rest {
        [b'`', ..] => (&rest[1..], 1),
        [b'$', b'(', b'(', ..] => {
            let inner = rest.get(3..)?;
            let end = inner.find(b"))")?;
            let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_+-*/% ".contains(byte);
            return inner.get(..end)?.iter().all(is_plain).then_some(at + 3 + end + 2);
        }
        [b'$', b'(', ..] => (rest.get(2..)?, 2),
        [b'$', b'{', ..] => return parameter(text, at + 2),
        _ => return None,
    };
    let close = if opening == 1 { b'`' } else { b')' };
    let end = inner.find_byte(close)?;
    is_reading(inner.get(..end)?).then_some(at + opening + end + 1)
}

/// `${name}`, `${name:-word}` and the like, after the bracket.
fn parameter(text: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        at += match (text.get(at)?, text.get(at + 1)) {
            (b'}', _) => return Some(at + 1),
            (b'%', Some(b'{')) => crate::spec::closing(text, at + 1, b'{', b'}')? - at,
            // No `=`: that assigns.
            (byte, _) if byte.is_ascii_alphanumeric() || b"_:#/.,@^+*?!~% -".contains(byte) => 1,
            _ => return None,
        };
    }
}

/// Whether a command only reads and prints, whatever its arguments.
fn is_reading(command: &[u8]) -> bool {
    const NAMES: [&[u8]; 12] = [
        b"pkg-config",
        b"pkgconf",
        b"getconf",
        b"nproc",
        b"pwd",
        b"uname",
        b"date",
        b"basename",
        b"dirname",
        b"echo",
        b"arch",
        b"seq",
    ];
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b" _./=+,:@%{}-".contains(byte);
    let name = command.fields().next().unwrap_or_default();
    NAMES.contains(&name) && command.iter().all(is_plain)
}
