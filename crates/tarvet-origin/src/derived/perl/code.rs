//! Where a Perl module's code ends.
//!
//! perl ends a file at `__END__` only where it reads code: in a template that the module holds, that line is text, and
//! what looks like documentation behind it is code again. Nothing but perl can read Perl, so a module is taken only if
//! nothing in its code can reach over the end of a line but brackets, all of which are closed, and if nothing behind the
//! end looks like the end of a module once more.

use bstr::ByteSlice;

/// Words of modules that have their code elsewhere, or read what stands behind it.
const READERS: [&str; 7] = [
    "DATA",
    "AutoLoader",
    "SelfLoader",
    "Inline",
    "Filter",
    "__FILE__",
    "__END__",
];
/// Operators that quote what follows, longest first, and how often their delimiter comes again.
const QUOTES: [(&[u8], usize); 9] = [
    (b"qq", 1),
    (b"qw", 1),
    (b"qx", 1),
    (b"qr", 1),
    (b"tr", 2),
    (b"q", 1),
    (b"m", 1),
    (b"s", 2),
    (b"y", 2),
];

/// The code of a module whose end can be told: up to `__END__`, or up to the last `1;` where only documentation follows.
pub fn of(text: &[u8]) -> Option<&[u8]> {
    let mut at = 0;
    let mut end = None;
    for line in text.lines_with_terminator() {
        if line.trim_end() == b"__END__" {
            end = Some((at, at + line.len()));
            break;
        }
        at += line.len();
        if line.trim_end() == b"1;" {
            end = Some((at, at));
        }
    }
    let (end, rest) = end?;
    let (code, rest) = (text.get(..end)?, text.get(rest..)?);
    let reads = READERS.iter().any(|word| code.contains_str(word)) || rest.contains_str("DATA");
    (!reads && is_plain(code) && is_documentation(rest))
        .then_some(code.trim_end_with(|letter| letter == '\n'))
}

/// Whether a text is documentation and nothing else: blank, or between a `=command` and `=cut`. A line that ends a
/// module, or a block of code, stands nowhere in it.
fn is_documentation(text: &[u8]) -> bool {
    let mut inside = false;
    text.lines().all(|line| {
        let ends_code = [&b"1;"[..], b"}", b")", b"__END__"]
            .iter()
            .any(|end| line.starts_with(end));
        let command = is_command(line);
        if command {
            inside = !line.starts_with(b"=cut");
        }
        !ends_code && (command || inside || line.trim().is_empty())
    })
}

fn is_command(line: &[u8]) -> bool {
    matches!(line, [b'=', letter, ..] if letter.is_ascii_alphabetic())
}

/// Whether no quoted text of some code reaches over the end of a line, as far as that can be told without perl.
fn is_plain(code: &[u8]) -> bool {
    let mut open = [0_i64; 3];
    for line in code.lines() {
        if is_command(line) || line.trim_start().starts_with(b"format ") {
            return false;
        }
        let line = without_comment(line);
        let is_even = |quote: u8| {
            line.iter()
                .filter(|&&byte| byte == quote)
                .count()
                .is_multiple_of(2)
        };
        if !b"'\"`".iter().all(|&quote| is_even(quote)) || has_heredoc(line) || reaches_over(line) {
            return false;
        }
        for (open, pair) in open.iter_mut().zip([b"()", b"[]", b"{}"]) {
            for &byte in line {
                *open += i64::from(byte == pair[0]) - i64::from(byte == pair[1]);
            }
        }
    }
    open == [0; 3]
}

/// A line without a comment of plain words at its end.
fn without_comment(line: &[u8]) -> &[u8] {
    let is_word = |&byte: &u8| !b"\"`<>{}()[]=~/|".contains(&byte);
    let starts = |at: usize| {
        at.checked_sub(1)
            .is_none_or(|before| line.get(before).is_some_and(u8::is_ascii_whitespace))
    };
    let mark = line
        .iter()
        .position(|&byte| byte == b'#')
        .filter(|&at| starts(at));
    let Some((code, comment)) = mark.and_then(|at| line.split_at_checked(at)) else {
        return line;
    };
    // A whole line of comment may say anything: in a text that reaches so far, the line that begins it is refused.
    if code.trim().is_empty() || comment.iter().all(is_word) {
        code
    } else {
        line
    }
}

/// Whether a line begins a text that ends at a line of its own: `<<X`, `<<"X"`, `<<~X`.
fn has_heredoc(line: &[u8]) -> bool {
    line.find_iter(b"<<").any(|at| {
        let after = line.get(at + 2..).unwrap_or_default().trim_start();
        after
            .first()
            .is_none_or(|&byte| byte.is_ascii_alphabetic() || b"_~'\"\\`".contains(&byte))
    })
}

/// Whether a quoting operator's delimiter, other than a bracket, is not closed on its line.
fn reaches_over(line: &[u8]) -> bool {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_$@%&*>-:".contains(&byte);
    (0..line.len()).any(|at| {
        let before = at.checked_sub(1).and_then(|before| line.get(before));
        let rest = line.get(at..).unwrap_or_default();
        if before.is_some_and(|&byte| is_name(byte)) {
            return false;
        }
        let Some((operator, times)) = QUOTES.iter().find(|(word, _)| rest.starts_with(word)) else {
            return false;
        };
        let after = rest.get(operator.len()..).unwrap_or_default();
        // A text of that one word.
        if before.is_some_and(|quote| b"'\"".contains(quote) && after.first() == Some(quote)) {
            return false;
        }
        !is_closed(after, *times)
    })
}

/// Whether what follows a quoting operator closes it on the line, or is no quoted text.
fn is_closed(after: &[u8], times: usize) -> bool {
    let spaced = after.trim_start();
    let Some((&mark, text)) = spaced.split_first() else {
        return after.is_empty();
    };
    let has = |mark: u8| text.iter().filter(|&&byte| byte == mark).take(times).count() == times;
    match mark {
        // The word goes on.
        b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => after.len() == spaced.len(),
        // A key of a hash.
        b'=' if text.starts_with(b">") => true,
        // Brackets are counted.
        b'(' | b'[' | b'{' | b')' | b']' | b'}' | b';' => true,
        b'<' => text.contains(&b'>'),
        mark => has(mark),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_code(text: &str) -> bool {
        of(text.as_bytes()).is_some()
    }

    #[test]
    fn the_end_of_plain_code_is_found() {
        let text = "package Foo;\nuse X qw(\n    a b\n);\n# it's \"so\nmy $x = 'a'; # don't\n$x =~ s/a/b/;\n$x = 1 << 3;\nmy %h = ( y => 1, s => 2, 'm' => 3 );\nf( m{\n  a\n}x );\nmy $y = $x->s / 2;\n1;\n";
        assert_eq!(of(text.as_bytes()), Some(text.trim_end().as_bytes()));
        for rest in [
            "__END__\n",
            "__END__\n\n=head1 X\n\n    1;\n\nx\n",
            "\n=pod\n\n=cut\n\n",
        ] {
            assert_eq!(
                of(format!("{text}{rest}").as_bytes()),
                Some(text.trim_end().as_bytes()),
                "{rest}"
            );
        }
    }

    #[test]
    fn an_end_within_a_text_is_none() {
        for begin in [
            "print <<'EOT';\n",
            "print <<EOT;\n",
            "print <<~ 'EOT';\n",
            "print << \"EOT\";\n",
            "my $d = \"\n",
            "my $d = '\n",
            "my $d = `\n",
            "my $d = q{\n",
            "my $d = qq (\n",
            "my $d = q|\n",
            "my $d = q#\n",
            "my $d = q<\n",
            "my $d = q =\n",
            "my $d = q xa\n",
            "$d =~ s!a\n",
            "$d =~ s!a!\n",
            "$d =~ tr/a\n",
            "format STDOUT =\n",
            "=pod\n",
            "open X, __FILE__;\n",
            "use AutoLoader;\n",
            "print '__END__';\n",
        ] {
            assert!(
                !is_code(&format!("package Foo;\n{begin}__END__\n\n=pod\n\nx\n")),
                "{begin}"
            );
            assert!(
                !is_code(&format!("package Foo;\n{begin}1;\n\n=pod\n\nx\n")),
                "{begin}"
            );
        }
    }

    #[test]
    fn an_end_behind_the_end_is_none() {
        for line in ["1;", "}", ");", "__END__", "use DATA;"] {
            let text = format!("package Foo;\n1;\n__END__\n\n=head1 NAME\n\nx\n{line}\n");
            assert!(!is_code(&text), "{line}");
        }
        assert!(!is_code("package Foo;\n1;\n__END__\n=pod\n=cut\nsystem 'id';\n"));
    }
}
