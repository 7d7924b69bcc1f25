//! The pieces of a macro's text: names of arguments, bodies of definitions.

use bstr::{BStr, ByteSlice};

use super::{engine, scan};

/// Macros that are always there.
pub(super) fn is_built_in(name: &BStr) -> bool {
    let names: [&[u8]; 14] = [
        b"nil",
        b"S",
        b"P",
        b"expand",
        b"lua",
        b"shrink",
        b"basename",
        b"dirname",
        b"suffix",
        b"getenv",
        b"dnl",
        b"sources",
        b"patches",
        b"_sourcedir",
    ];
    names.contains(&name.as_bytes())
}

/// How much of a text is the name of an argument: `1`, `*`, `**`, `#`, `-x`, `-x*`.
pub(super) fn argument_length(text: &[u8]) -> Option<usize> {
    match text.first()? {
        b'*' => Some(if text.starts_with(b"**") { 2 } else { 1 }),
        b'#' => Some(1),
        b'-' if text.get(1).is_some_and(u8::is_ascii_alphabetic) => {
            Some(if text.get(2) == Some(&b'*') { 3 } else { 2 })
        }
        byte if byte.is_ascii_digit() => Some(
            text.iter()
                .position(|byte| !byte.is_ascii_digit())
                .unwrap_or(text.len()),
        ),
        _ => None,
    }
}

/// The value of an argument; options are never given here, see `with_arguments`.
pub(super) fn argument_value(arguments: &engine::Arguments, which: &[u8]) -> Option<Vec<u8>> {
    match which {
        b"*" | b"**" => Some(arguments.values.join(&b' ')),
        b"#" => Some(arguments.values.len().to_string().into_bytes()),
        b"0" => Some(arguments.name.clone()),
        _ if which.starts_with(b"-") => None,
        digits => {
            let index: usize = std::str::from_utf8(digits).ok()?.parse().ok()?;
            arguments.values.get(index.checked_sub(1)?).cloned()
        }
    }
}

/// How long a definition is: to the end of the line, unless a bracket or a backslash goes on.
pub(super) fn definition_length(text: &[u8]) -> usize {
    let mut balance = scan::Balance::default();
    let mut length = 0;
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let content = line.strip_suffix(b"\n").unwrap_or(line);
        length += content.len();
        balance.line(content);
        if !balance.is_open(true) {
            return length;
        }
        length += line.len() - content.len();
    }
    length
}

/// The body of a definition: without blanks around it, without the backslashes that continued it, without outer braces.
pub(super) fn trim_body(text: &[u8]) -> Vec<u8> {
    let text = text.trim();
    let is_braced = text.starts_with(b"{") && scan::closing(text, 0, b'{', b'}') == Some(text.len());
    let text = match is_braced {
        true => text.get(1..text.len() - 1).unwrap_or_default(),
        false => text,
    };
    // A backslash takes the meaning of what follows it away, once.
    let mut body = Vec::with_capacity(text.len());
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        let byte = if byte == b'\\' {
            bytes.next().unwrap_or(byte)
        } else {
            byte
        };
        body.push(byte);
    }
    body
}
