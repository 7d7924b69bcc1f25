//! Scripts of sed and awk on a command line: whether they write nothing but their output.

/// A script of sed made of addresses, `s` without the flags `w` and `e`, `p`, `d`, `q` and `=`.
pub(super) fn sed_is_pure(script: &str) -> bool {
    let mut rest = script.trim();
    while !rest.is_empty() {
        rest = match command(rest) {
            Some(left) => left.trim_start_matches([' ', ';', '}', '\n', '\t']),
            None => return false,
        };
    }
    true
}

/// What is left behind one command.
fn command(text: &str) -> Option<&str> {
    let mut rest = text.trim_start();
    loop {
        rest = match rest.chars().next()? {
            '/' => delimited(rest.get(1..)?, '/')?.trim_start_matches('I'),
            '$' | ',' | '!' | ' ' | '{' | '0'..='9' => rest.get(1..)?,
            _ => break,
        };
    }
    let letter = rest.chars().next()?;
    let after = rest.get(letter.len_utf8()..)?;
    let left = match letter {
        's' => {
            let end = after
                .chars()
                .next()
                .filter(|end| end.is_ascii_punctuation() && *end != '\\')?;
            let left = delimited(delimited(after.get(1..)?, end)?, end)?;
            left.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, 'g' | 'p' | 'i' | 'I'))
        }
        'p' | 'd' | 'q' | '=' | 'n' | 'N' => after,
        _ => return None,
    };
    let left = left.trim_start_matches([' ', '\t']);
    (left.is_empty() || left.starts_with([';', '}', '\n'])).then_some(left)
}

/// What stands behind the next `end` without a backslash.
fn delimited(text: &str, end: char) -> Option<&str> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == end => return text.get(at + c.len_utf8()..),
            '\n' => return None,
            _ => {}
        }
    }
    None
}

/// A program of awk that prints, and neither writes files nor runs programs.
pub(super) fn awk_is_pure(program: &str) -> bool {
    !program.contains(['>', '|', '@'])
        && !["system", "getline", "close", "load"]
            .iter()
            .any(|word| program.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sed_that_writes_is_told_from_sed_that_reads() {
        for script in [
            "s/a/b/",
            "s,a\\,b,\\1,gp",
            "/^V/{s/a//;p}",
            "1q",
            "$d",
            "/a/,/b/d",
            "s/x/y/;s|z||g",
            "/x/!d",
        ] {
            assert!(sed_is_pure(script), "{script}");
        }
        for script in [
            "wconfigure",
            "w configure",
            "s/a/b/w configure",
            "s/a/b/gwconfigure",
            "s/a/b/e",
            "1e cp a b",
            "/x/w y",
            "p;w x",
            "s/a/b/\nw x",
            "r x",
            "s/a",
            "e",
        ] {
            assert!(!sed_is_pure(script), "{script}");
        }
        assert!(awk_is_pure("/^V/ {print $2}"));
        assert!(!awk_is_pure("{print > \"configure\"}"));
        assert!(!awk_is_pure("{system(\"cp a b\")}"));
    }
}
