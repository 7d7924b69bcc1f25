//! Rust source as the rules see it: code without comments, strings and tests, and the paths it names.
//!
//! Not a parser: rustfmt has been over every file, which is what makes this much reading enough.

/// Code outside tests, with everything else blanked out line for line.
pub fn code(text: &str) -> String {
    without_tests(&without_words(text))
}

/// Blanks comments, strings and character literals; lines stay where they were.
fn without_words(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let rest = chars.get(at..).unwrap_or_default();
        let previous = at.checked_sub(1).and_then(|before| chars.get(before));
        let in_word = previous.is_some_and(|p| p.is_alphanumeric() || *p == '_');
        let length = match c {
            '/' if rest.starts_with(&['/', '/']) => rest.iter().take_while(|c| **c != '\n').count(),
            '/' if rest.starts_with(&['/', '*']) => block_comment(rest),
            '"' => quoted(rest, '"'),
            '\'' => character(rest),
            'r' if !in_word => raw_string(rest),
            'b' if !in_word && rest.get(1) == Some(&'r') => raw_string(rest.get(1..).unwrap_or_default()),
            _ => 0,
        };
        if length == 0 {
            out.push(c);
            at += 1;
            continue;
        }
        for c in rest.iter().take(length) {
            out.push(if *c == '\n' { '\n' } else { ' ' });
        }
        at += length;
    }
    out
}

fn block_comment(rest: &[char]) -> usize {
    let mut depth = 0usize;
    let mut at = 0;
    while at < rest.len() {
        match rest.get(at..).unwrap_or_default() {
            ['/', '*', ..] => {
                depth += 1;
                at += 2;
            }
            ['*', '/', ..] => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    at
}

fn quoted(rest: &[char], quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.iter().enumerate().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if *c == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// A character literal, or 0 for a lifetime.
fn character(rest: &[char]) -> usize {
    match rest {
        ['\'', '\\', ..] => quoted(rest, '\''),
        ['\'', _, '\'', ..] => 3,
        _ => 0,
    }
}

fn raw_string(rest: &[char]) -> usize {
    let hashes = rest.iter().skip(1).take_while(|c| **c == '#').count();
    if rest.get(1 + hashes) != Some(&'"') {
        return 0;
    }
    let mut end = vec!['"'];
    end.extend(std::iter::repeat_n('#', hashes));
    let body = rest.get(2 + hashes..).unwrap_or_default();
    let length = body.windows(end.len()).position(|window| window == end);
    length.map_or(rest.len(), |length| 2 + hashes + length + end.len())
}

/// Blanks every item under `#[cfg(test)]`.
fn without_tests(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some((before, item)) = rest.split_once("#[cfg(test)]") {
        out.push_str(before);
        let length = item_length(item);
        let (gone, after) = item.split_at_checked(length).unwrap_or((item, ""));
        out.extend(gone.chars().filter(|c| *c == '\n'));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Up to the first semicolon or the end of the first block, whichever comes first.
fn item_length(item: &str) -> usize {
    let mut depth = 0usize;
    for (at, c) in item.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    item.len()
}

/// Every path in `code`, with groups of `use` multiplied out, and the line it is on.
pub fn paths(code: &str) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    let mut line = 1;
    let mut use_until = 0;
    let bytes = code.as_bytes();
    let mut at = 0;
    while let Some(c) = code.get(at..).and_then(|rest| rest.chars().next()) {
        let word = at == 0 || !bytes.get(at - 1).copied().is_some_and(is_word);
        let rest = code.get(at..).unwrap_or_default();
        if c == '\n' {
            line += 1;
        } else if word && at >= use_until && rest.starts_with("use ") {
            let tree = rest
                .get(4..)
                .unwrap_or_default()
                .split(';')
                .next()
                .unwrap_or_default();
            use_until = at + 4 + tree.len();
            expand("", tree.trim(), &mut |path| out.push((line, path)));
        } else if word && at >= use_until && (c.is_alphabetic() || c == '_') {
            let path: String = rest
                .chars()
                .take_while(|c| c.is_alphanumeric() || matches!(c, '_' | ':'))
                .collect();
            at += path.len();
            let path = path.trim_end_matches(':');
            if path.contains("::") {
                out.push((line, path.to_owned()));
            }
            continue;
        }
        at += c.len_utf8();
    }
    out
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b':'
}

/// `a::{b, c::{d, e as f}}` as `a::b`, `a::c::d` and `a::c::e`.
fn expand(prefix: &str, tree: &str, found: &mut dyn FnMut(String)) {
    let tree = tree.trim();
    let Some((head, group)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default().trim();
        let full = format!("{prefix}{path}");
        if !path.is_empty() {
            found(full.strip_suffix("::self").unwrap_or(&full).to_owned());
        }
        return;
    };
    let prefix = format!("{prefix}{}", head.trim());
    let group = group.trim_end().strip_suffix('}').unwrap_or(group);
    let mut depth = 0usize;
    let mut start = 0;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                expand(&prefix, group.get(start..at).unwrap_or_default(), found);
                start = at + 1;
            }
            _ => {}
        }
    }
    expand(&prefix, group.get(start..).unwrap_or_default(), found);
}

#[cfg(test)]
mod tests {
    use super::{code, paths};

    fn named(text: &str) -> Vec<String> {
        paths(&code(text)).into_iter().map(|(_, path)| path).collect()
    }

    #[test]
    fn words_and_tests_are_not_code() {
        let text = "a::b; // c::d\n/* e::f /* g::h */ i::j */ \"k::l\\\" m::n\" r#\"o::p\"q::r\"# '\"' s::t\n\
                    #[cfg(test)]\nmod tests { u::v } w::x::<'a>()";
        assert_eq!(named(text), ["a::b", "s::t", "w::x"]);
    }

    #[test]
    fn lines_stay_where_they_were() {
        let text = "/*\n\n*/\n#[cfg(test)]\nmod t {\n}\na::b";
        assert_eq!(paths(&code(text)), [(7, "a::b".to_owned())]);
    }

    #[test]
    fn groups_are_multiplied_out() {
        let text = "use std::{\n io::{self, Read},\n process as p,\n};\nfn f() { std::fs::read() }";
        assert_eq!(
            named(text),
            ["std::io", "std::io::Read", "std::process", "std::fs::read"]
        );
    }
}
