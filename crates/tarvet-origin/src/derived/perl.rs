//! Perl modules and change lists as Dist::Zilla finishes them.
//!
//! It adds documentation behind a module's code, a `$VERSION` below `package`, and the release to the list of changes. The
//! code must be the tree's, line for line: documentation is let differ only behind the last line of code, where perl
//! cannot take it for anything else, and where the code does not read it (`DATA`).

use std::collections::BTreeSet;

use bstr::{BString, ByteSlice};

use super::{Derived, Question, Release, stamp};

/// The largest module, in bytes.
const LARGEST: usize = 4 << 20;

/// The most lines of documentation that are shown.
const MOST_SHOWN: usize = 200;

/// Proves a module or a list of changes that differs from the tree's.
pub fn explain(member: &Question<'_>, release: &Release) -> Option<Derived> {
    let tree = member.tree?;
    if member.content.len().max(tree.len()) > LARGEST {
        return None;
    }
    let name = member.path.rsplit_str("/").next()?;
    let (how, shown) = if name.ends_with(b".pm") {
        module(tree, member.content, release)?
    } else if name == b"Changes" {
        (
            "Dist::Zilla: the tree's list of changes, with this release for the next".to_owned(),
            changes(tree, member.content, release)?,
        )
    } else {
        return None;
    };
    Some(Derived {
        from: vec![member.path.into()],
        how,
        shown,
    })
}

/// Compares two modules; returns how, and the lines that were added.
fn module(old: &[u8], new: &[u8], release: &Release) -> Option<(String, Vec<BString>)> {
    let (old_code, new_code) = (code(old)?, code(new)?);
    let mut old_lines = old_code.lines().peekable();
    let mut shown = Vec::new();
    let mut previous: &[u8] = b"";
    for line in new_code.lines() {
        if old_lines.peek() == Some(&line) {
            old_lines.next();
        } else if is_package(previous) && is_version_line(line, release) {
            shown.push(BString::from(line));
        } else {
            return None;
        }
        previous = line;
    }
    let is_whole = old_lines.next().is_none();
    // No program reads the documentation; a person may want to.
    let before: BTreeSet<&[u8]> = old.lines().collect();
    let behind = new.get(new_code.len()..).unwrap_or_default().lines();
    let added = behind.filter(|line| !line.trim().is_empty() && !before.contains(line));
    shown.extend(added.take(MOST_SHOWN).map(BString::from));
    let how = "Dist::Zilla: the tree's code, line for line, with documentation added behind it";
    is_whole.then(|| (how.to_owned(), shown))
}

/// The code of a module whose end can be told: up to `__END__`, or up to the last `1;` where only documentation follows.
fn code(text: &[u8]) -> Option<&[u8]> {
    if text.contains_str("DATA") {
        return None;
    }
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
    let code = text.get(..end)?;
    is_documentation(text.get(rest..)?).then_some(code.trim_end_with(|letter| letter == '\n'))
}

/// Whether a text is documentation and nothing else: blank, or between a `=command` and `=cut`.
fn is_documentation(text: &[u8]) -> bool {
    let mut inside = false;
    text.lines().all(|line| {
        let command = matches!(line, [b'=', letter, ..] if letter.is_ascii_alphabetic());
        if command {
            inside = !line.starts_with(b"=cut");
        }
        command || inside || line.trim().is_empty()
    })
}

fn is_package(line: &[u8]) -> bool {
    let name = line
        .strip_prefix(b"package ")
        .and_then(|line| line.strip_suffix(b";"));
    name.is_some_and(|name| {
        name.iter()
            .all(|&byte| byte.is_ascii_alphanumeric() || b":_".contains(&byte))
    })
}

/// `our $VERSION = '1.2';`, or `$Foo::Bar::VERSION = '1.2';`
fn is_version_line(line: &[u8], release: &Release) -> bool {
    let line = line.trim();
    let Some((name, value)) = line
        .strip_suffix(b"';")
        .and_then(|line| line.split_once_str(" = '"))
    else {
        return false;
    };
    let name = name.strip_prefix(b"our ").unwrap_or(name);
    let is_name = name.strip_prefix(b"$").is_some_and(|name| {
        name.ends_with(b"VERSION")
            && name
                .iter()
                .all(|&byte| byte.is_ascii_alphanumeric() || b":_".contains(&byte))
    });
    is_name && stamp::is_own_version(value, release)
}

/// Compares two lists of changes; returns the lines that differ. `{{$NEXT}}` becomes the release, or goes.
fn changes(old: &[u8], new: &[u8], release: &Release) -> Option<Vec<BString>> {
    let at = old.find(b"{{$NEXT}}")?;
    let (before, rest) = old.split_at_checked(at)?;
    let rest = rest.strip_prefix(b"{{$NEXT}}")?;
    let new_rest = new.strip_prefix(before)?;
    if rest.trim_start() == new_rest && before.trim().is_empty() {
        return Some(vec![b"{{$NEXT}}".into()]);
    }
    let end = new_rest.find_byte(b'\n')?;
    let (heading, same) = new_rest.split_at_checked(end)?;
    let mut words = heading.fields();
    let is_release = words
        .next()
        .is_some_and(|word| stamp::is_own_version(word, release));
    let is_plain = heading
        .iter()
        .all(|&byte| byte.is_ascii_alphanumeric() || b".:+-_/ \t".contains(&byte));
    (is_release && is_plain && heading.len() < 80 && same == rest)
        .then(|| vec![b"{{$NEXT}}".into(), heading.into()])
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str =
        "package Foo;\n\nuse strict;\nsub f {\n    return\n      g();\n}\n1;\n\n# ABSTRACT: x\n";

    fn release() -> Release {
        Release {
            version: "1.65".into(),
            tag: "v1.65".into(),
            ..Release::default()
        }
    }

    fn is_derived(old: &str, new: &str) -> bool {
        let question = Question {
            path: "lib/Foo.pm".into(),
            content: new.as_bytes(),
            tree: Some(old.as_bytes()),
        };
        explain(&question, &release()).is_some()
    }

    #[test]
    fn documentation_behind_the_code_and_a_version_are_derived() {
        let old = "package Foo;\nuse strict;\n1;\n__END__\n\n=head1 BUGS\n\nnone\n";
        assert!(is_derived(
            old,
            "package Foo;\nuse strict;\n1;\n__END__\n\n=pod\n\n=head1 NAME\n\nFoo\n\n=cut\n"
        ));
        assert!(is_derived(
            old,
            "package Foo;\nour $VERSION = '1.65';\nuse strict;\n1;\n__END__\n=pod\n"
        ));
        assert!(is_derived(
            "package Foo;\n1;\n",
            "package Foo;\n$Foo::VERSION = '1.65';\n1;\n\n=pod\n\nx\n\n=cut\n"
        ));
    }

    #[test]
    fn code_that_differs_is_not() {
        let old = "package Foo;\nmy $x =\n  g();\n1;\n__END__\n";
        for new in [
            "package Foo;\nmy $x =\n  h();\n1;\n__END__\n",
            "package Foo;\nmy $x\n=pod\n;system 'id';\n=cut\n  g();\n1;\n__END__\n",
            "package Foo;\nmy $x =\nour $VERSION = '1.65';\n  g();\n1;\n__END__\n",
            "package Foo;\nour $VERSION = `id`;\nmy $x =\n  g();\n1;\n__END__\n",
            "package Foo;\nour $VERSION = '1.66';\nmy $x =\n  g();\n1;\n__END__\n",
            "package Foo;\nour $VERSION = '1.65'; system('id';\nmy $x =\n  g();\n1;\n__END__\n",
            "package Foo;\nmy $x =\n  g();\n1;\nsystem 'id';\n__END__\n",
            "package Foo;\n1;\n__END__\n",
        ] {
            assert!(!is_derived(old, new), "{new}");
        }
        assert!(!is_derived(
            "package Foo;\n1;\n",
            "package Foo;\n1;\n\n=pod\n\n=cut\nsystem 'id';\n"
        ));
        assert!(!is_derived(
            "package Foo;\neval <DATA>;\n1;\n__END__\n",
            "package Foo;\neval <DATA>;\n1;\n__END__\n=pod\nx\n"
        ));
        assert!(!is_derived(OLD, OLD));
    }

    #[test]
    fn the_next_release_gets_its_name() {
        let old = "{{$NEXT}}\n\n- A change\n\n1.64  2023-01-01\n";
        let ask = |new: &str| changes(old.as_bytes(), new.as_bytes(), &release()).is_some();
        assert!(ask(
            "1.65   2023-11-04 10:00:00+00:00\n\n- A change\n\n1.64  2023-01-01\n"
        ));
        assert!(ask("- A change\n\n1.64  2023-01-01\n"));
        assert!(!ask("1.66   2023-11-04\n\n- A change\n\n1.64  2023-01-01\n"));
        assert!(!ask("1.65   `id`\n\n- A change\n\n1.64  2023-01-01\n"));
        assert!(!ask(
            "1.65   2023-11-04\n\n- Another change\n\n1.64  2023-01-01\n"
        ));
    }
}
