//! A line of a recipe as the commands that it surely runs, or may run.

/// A command of a recipe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Command {
    /// Its words, without quotes. Variables are left as they are.
    pub(super) words: Vec<String>,
    /// It is run, in the directory where it seems to be, and if it fails the build fails.
    pub(super) certain: bool,
}

/// Words that begin something that this reader does not follow.
const CONTROL: &[&str] = &[
    "if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac", "{", "}", "!",
    "function", "exit", "exec", "eval", "trap", "return", "break", "set", "alias",
];

/// The commands of a line, at most as many as it has separators. `make`'s own signs at the beginning are known: with
/// `-` a failure is overlooked.
pub(super) fn commands(line: &str) -> Vec<Command> {
    let signs = line.len() - line.trim_start_matches(['@', '-', '+', ' ', '\t']).len();
    let (signs, line) = line.split_at_checked(signs).unwrap_or(("", line));
    let Some(parts) = split(line) else {
        return vec![Command {
            words: line.split_whitespace().map(str::to_owned).collect(),
            certain: false,
        }];
    };
    // Certain are those joined by `&&` at the end: what stands before a `;` may fail unnoticed, and what stands beside
    // `||` or `|` may not run.
    let mut strict = false;
    let mut made: Vec<Command> = Vec::new();
    let mut plain = !signs.contains('-');
    let last_loose = parts
        .iter()
        .rposition(|part| !matches!(part.joint, Joint::And | Joint::End));
    for (at, part) in parts.into_iter().enumerate() {
        let first = part.words.first().map_or("", String::as_str);
        if makes_strict(&part.words) && matches!(part.joint, Joint::And | Joint::Semicolon) {
            strict = true;
            continue;
        }
        if CONTROL.contains(&first) || first.starts_with('(') {
            plain = false;
        }
        if matches!(part.joint, Joint::Other) {
            plain = false;
        }
        let after = last_loose.is_none_or(|last| at > last);
        let words = without_control(part.words);
        if !words.is_empty() {
            made.push(Command {
                words,
                certain: plain && (after || strict),
            });
        }
    }
    // A pipe or `||` later on says something about what stands before it, too.
    if !plain {
        for command in &mut made {
            command.certain = false;
        }
    }
    made
}

/// `set -e`, perhaps with options that change nothing (`-a` would export, `-n` run nothing).
fn makes_strict(words: &[String]) -> bool {
    let Some((set, options)) = words.split_first() else {
        return false;
    };
    let known = |word: &String| {
        word.strip_prefix('-')
            .is_some_and(|letters| !letters.is_empty() && letters.bytes().all(|byte| b"eux".contains(&byte)))
    };
    set == "set" && options.iter().all(known) && options.iter().any(|word| word.contains('e'))
}

/// Every command of a line, certain or not; `None` where something in it is not followed.
pub(super) fn all(line: &str) -> Option<Vec<Vec<String>>> {
    let line = line.trim_start_matches(['@', '-', '+', ' ', '\t']);
    let parts = split(line)?;
    let commands = parts.into_iter().map(|part| without_control(part.words));
    Some(commands.filter(|words| !words.is_empty()).collect())
}

/// The command behind `then` and the like; none where the shell's word takes no command.
fn without_control(mut words: Vec<String>) -> Vec<String> {
    let before = ["if", "then", "else", "elif", "while", "until", "do", "!", "{"];
    let count = words
        .iter()
        .take_while(|word| before.contains(&word.as_str()))
        .count();
    words.drain(..count);
    // `done >configure` writes what the loop prints.
    let redirected = words.iter().any(|word| word.contains('>'));
    if !redirected
        && matches!(
            words.first().map(String::as_str),
            Some("for" | "case" | "fi" | "done" | "esac" | "}")
        )
    {
        words.clear();
    }
    words
}

enum Joint {
    And,
    Semicolon,
    Other,
    End,
}

struct Part {
    words: Vec<String>,
    joint: Joint,
}

/// Splits a line at its separators; `None` where quotes have no end or a command is substituted.
fn split(line: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' | '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        end if end == c => break,
                        '`' if c == '"' => return None,
                        '\\' if c == '"' => word.push(chars.next()?),
                        inner => word.push(inner),
                    }
                }
            }
            '\\' => word.get_or_insert_default().push(chars.next()?),
            '`' => return None,
            '$' => {
                let word = word.get_or_insert_default();
                word.push('$');
                // What make expands is kept whole; `$$(` is a substitution.
                match chars.peek() {
                    Some('$') => {
                        chars.next();
                        if chars.peek() == Some(&'(') {
                            arithmetic(&mut chars)?;
                        }
                        word.push('$');
                    }
                    Some('(' | '{') => expansion(&mut chars, word)?,
                    _ => {}
                }
            }
            '#' if word.is_none() => break,
            ' ' | '\t' => words.extend(word.take()),
            // `2>&1`
            '&' if word.as_deref().is_some_and(|word| word.ends_with('>')) => {
                word.get_or_insert_default().push(c)
            }
            '&' | ';' | '|' | '(' | ')' => {
                words.extend(word.take());
                let joint = match c {
                    '&' if chars.next_if_eq(&'&').is_some() => Joint::And,
                    ';' => Joint::Semicolon,
                    _ => Joint::Other,
                };
                parts.push(Part {
                    words: std::mem::take(&mut words),
                    joint,
                });
            }
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    parts.push(Part {
        words,
        joint: Joint::End,
    });
    // A semicolon at the very end separates nothing.
    if let [.., before, last] = parts.as_mut_slice()
        && last.words.is_empty()
        && matches!(before.joint, Joint::Semicolon)
    {
        before.joint = Joint::End;
        parts.pop();
    }
    Some(parts)
}

/// `$$((…))` with numbers, names and make's variables in it; anything else may be a command.
fn arithmetic(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<()> {
    for _ in 0..2 {
        chars.next_if_eq(&'(')?;
    }
    loop {
        match chars.next()? {
            '$' => {
                chars.next_if_eq(&'(')?;
                while chars
                    .next_if(|c| c.is_ascii_alphanumeric() || *c == '_')
                    .is_some()
                {}
                chars.next_if_eq(&')')?;
            }
            ')' => {
                chars.next_if_eq(&')')?;
                return Some(());
            }
            c if c.is_ascii_alphanumeric() || matches!(c, '_' | ' ' | '+' | '-' | '*' | '/' | '%') => {}
            _ => return None,
        }
    }
}

fn expansion(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, word: &mut String) -> Option<()> {
    let mut depth = 0_usize;
    loop {
        let c = chars.next()?;
        word.push(c);
        match c {
            '(' | '{' => depth += 1,
            ')' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(());
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn certain(line: &str) -> Vec<String> {
        let certain = commands(line).into_iter().filter(|command| command.certain);
        certain.map(|command| command.words.join(" ")).collect()
    }

    #[test]
    fn commands_that_are_surely_run() {
        assert_eq!(
            certain("@dh_autoreconf --as-needed"),
            ["dh_autoreconf --as-needed"]
        );
        assert_eq!(certain("cd x && autoreconf -fi"), ["cd x", "autoreconf -fi"]);
        assert_eq!(
            certain("set -eu; rm -f a; autoreconf -fi;"),
            ["rm -f a", "autoreconf -fi"]
        );
        assert_eq!(certain("rm -f 'a b' # rm c"), ["rm -f a b"]);
        assert_eq!(certain("rm a; autoreconf -fi"), ["autoreconf -fi"]);
    }

    #[test]
    fn commands_that_may_not_be_run_or_may_fail() {
        for line in [
            "-dh_autoreconf",
            "@-dh_autoreconf",
            "dh_autoreconf || true",
            "true || dh_autoreconf",
            "dh_autoreconf | cat",
            "if false; then dh_autoreconf; fi",
            "[ -f x ] && dh_autoreconf || :",
            "! dh_autoreconf",
            "(dh_autoreconf)",
            "dh_autoreconf &",
            "echo `dh_autoreconf`",
            "echo $$(dh_autoreconf)",
            "# dh_autoreconf",
            "for i in a; do dh_autoreconf; done",
            "exit 0; dh_autoreconf",
            "dh_autoreconf; true",
            "set -ea; dh_autoreconf; true",
            "set -en; dh_autoreconf; true",
            "set -e || :; dh_autoreconf; true",
            "echo $$((1) | dh_autoreconf ) && dh_autoreconf",
            "echo 'dh_autoreconf",
        ] {
            assert!(
                !certain(line)
                    .iter()
                    .any(|words| words.starts_with("dh_autoreconf")),
                "{line}"
            );
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(line in "[ -@a-z'\"`$(){}#;&|\\\\]{0,40}") {
            let _ = commands(&line);
        }
    }
}
