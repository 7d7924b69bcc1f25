//! Perl modules and change lists as Dist::Zilla finishes them.
//!
//! It adds documentation behind a module's code, a `$VERSION` below `package`, and the release to the list of changes. The
//! code must be the tree's, line for line: documentation is let differ only behind the last line of code, where perl
//! cannot take it for anything else, and where the code does not read it (`DATA`). See [`code`] for how that is told.

mod code;

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
    let (old_code, new_code) = (code::of(old)?, code::of(new)?);
    let mut old_lines = old_code.lines().peekable();
    let mut shown = Vec::new();
    let mut previous: &[u8] = b"";
    for line in new_code.lines() {
        if old_lines.peek() == Some(&line) {
            old_lines.next();
        } else if package(previous).is_some_and(|package| is_version_line(line, package, release)) {
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

/// The name in `package NAME;`
fn package(line: &[u8]) -> Option<&[u8]> {
    let name = line.strip_prefix(b"package ")?.strip_suffix(b";")?;
    name.iter()
        .all(|&byte| byte.is_ascii_alphanumeric() || b":_".contains(&byte))
        .then_some(name)
}

/// `our $VERSION = '1.2';`, or `$Foo::Bar::VERSION = '1.2';` in the package of that name and no other.
fn is_version_line(line: &[u8], package: &[u8], release: &Release) -> bool {
    let value = || {
        let line = line.trim().strip_suffix(b"';")?;
        let (name, value) = line.split_once_str(" = '")?;
        let own = [b"$", package, b"::VERSION"].concat();
        (name == b"our $VERSION" || name == own).then_some(value)
    };
    value().is_some_and(|value| stamp::is_own_version(value, release))
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
    fn the_version_of_another_module_is_not_set() {
        let old = "package Foo;\nuse strict;\n1;\n";
        let with = |line: &str| is_derived(old, &old.replace(";\nuse", &format!(";\n{line}\nuse")));
        assert!(with("our $VERSION = '1.65';") && with("$Foo::VERSION = '1.65';"));
        for line in [
            "$IO::Socket::SSL::VERSION = '1.65';",
            "$IO::Socket::SSL::MIN_VERSION = '1.65';",
            "$FooVERSION = '1.65';",
            "$VERSION = '1.65';",
            "our $MIN_VERSION = '1.65';",
            "our $Foo::VERSION = '1.65';",
            "$Foo::Bar::VERSION = '1.65';",
        ] {
            assert!(!with(line), "{line}");
        }
    }

    #[test]
    fn the_code_behind_a_template_is_compared() {
        let template = "package Gen;\nuse strict;\nmy $t = <<'EOT';\npackage X;\n1;\n__END__\n\n=head1 NAME\n\nX\n\nEOT\nsub write {\n    print $t;\n}\n1;\n";
        let evil = template.replace("sub write {", "system(\"evil\");\nsub write {");
        assert!(!is_derived(template, &evil));
        for (old, new) in [
            (
                "my $d = \"\n__END__\n\n=pod\n\n\";\n=cut\n\n",
                "my $d = \"\n__END__\n\n=pod\n\n\";system(\"evil\");\n",
            ),
            (
                "our $x = \"\n1;\n\n=pod\n\n\" ;\n\n=cut\n",
                "our $x = \"\n1;\n\n=pod\n\n\" ; system(\"evil\");\n\n=cut\n",
            ),
            (
                "my $d = q{\n1;\n};1;\n",
                "my $d = q{\n1;\n\n=pod\n\n};system(\"evil\");1;\n",
            ),
            (
                "our $x = <<X;\n1;\n\n=pod\n\nX\nsub ok {1}\n1;\n",
                "our $x = <<X;\n1;\n\n=pod\n\nX\nsystem(\"evil\");\n1;\n",
            ),
        ] {
            assert!(!is_derived(
                &format!("package F;\n{old}"),
                &format!("package F;\n{new}")
            ));
        }
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
