//! The makefiles that gnulib-tool writes: `Makefile.am` of its own directory, or a piece that another one includes.
//!
//! automake copies recipes and variables into `Makefile.in`, so there may be none but those of gnulib's modules. Lists
//! of files are free, for each file in them must have an origin of its own.

use super::{Lazy, is_of_name, is_of_word};

static RECIPES: Lazy = Lazy::new(include_str!("gnulib-make.lines"));
static SETTINGS: Lazy = Lazy::new(include_str!("gnulib-settings.lines"));

/// What such a makefile begins with.
const BEGINNING: &[u8] =
    b"## DO NOT EDIT! GENERATED AUTOMATICALLY!\n## Process this file with automake to produce Makefile.in.\n";

/// Whether a text is what gnulib-tool could have written for some choice of modules.
pub(in crate::alleged) fn is_makefile(text: &[u8]) -> bool {
    text.starts_with(BEGINNING) && reads(text).is_some()
}

/// Reads all lines; nothing where one has no shape.
fn reads(text: &[u8]) -> Option<()> {
    let mut lines = text.split(|&b| b == b'\n');
    while let Some(line) = lines.next() {
        if line.starts_with(b"\t") {
            reads_recipe(line, &mut lines)?;
        } else if line.starts_with(b"#") {
            reads_comment(line, &mut lines)?;
        } else {
            let mut logical = Vec::new();
            let mut part = line;
            while let Some(begun) = part.strip_suffix(b"\\") {
                logical.extend_from_slice(begun);
                logical.push(b' ');
                part = lines.next()?;
            }
            logical.extend_from_slice(part);
            is_statement(&squeezed(&logical)).then_some(())?;
        }
    }
    Some(())
}

/// A recipe's line and those that continue it. The rest of a command may stand only where a command was begun.
fn reads_recipe<'t>(first: &'t [u8], lines: &mut impl Iterator<Item = &'t [u8]>) -> Option<()> {
    let (mut line, mut begun, mut bare) = (first, false, false);
    loop {
        let part = line.strip_suffix(b"\\");
        let fragment = squeezed(part.unwrap_or(line));
        let shape = RECIPES.get().find(&fragment)?;
        // The first word after a bare sed is its script.
        if shape.continues && !begun || bare && !fragment.starts_with(b"-e ") {
            return None;
        }
        (begun, bare) = (!ends_a_command(&fragment), fragment.ends_with(b"sed"));
        if part.is_none() {
            return Some(());
        }
        line = lines
            .next()
            .filter(|line| line.first().is_some_and(|b| b" \t".contains(b)))?;
    }
}

/// Whether what follows is a command of its own.
fn ends_a_command(fragment: &[u8]) -> bool {
    const ENDS: &[&[u8]] = &[b";", b"&", b"|", b"{", b"(", b" then", b" do", b" in"];
    ENDS.iter().any(|end| fragment.ends_with(end))
        || matches!(fragment, b"else" | b"fi" | b"done" | b"esac" | b":")
}

/// A comment, and where it ends in a backslash, the comments after it: make would take any other line into it.
fn reads_comment<'t>(first: &'t [u8], lines: &mut impl Iterator<Item = &'t [u8]>) -> Option<()> {
    let mut line = first;
    while line.ends_with(b"\\") {
        line = lines.next().filter(|line| line.starts_with(b"#"))?;
    }
    Some(())
}

/// A condition, a list of files, a setting of a known shape, or the first line of a rule.
fn is_statement(line: &[u8]) -> bool {
    line.is_empty()
        || is_condition(line)
        || is_assignment(line)
        || is_rule(line)
        || SETTINGS.get().find(line).is_some()
}

fn is_condition(line: &[u8]) -> bool {
    let name = |text: &[u8]| {
        let text = text.strip_prefix(b"!").unwrap_or(text);
        !text.is_empty() && text.iter().all(is_of_name)
    };
    let words: [&[u8]; 3] = [b"if ", b"else ", b"endif "];
    matches!(line, b"else" | b"endif")
        || words
            .iter()
            .any(|word| line.strip_prefix(*word).is_some_and(name))
}

/// Files to a list, flags that bring no program, or what configure found under the same name.
fn is_assignment(line: &[u8]) -> bool {
    let end = line.iter().position(|b| !is_of_name(b)).unwrap_or(line.len());
    let Some((name, rest)) = line.split_at_checked(end).filter(|(name, _)| !name.is_empty()) else {
        return false;
    };
    let rest = rest.strip_prefix(b" ").unwrap_or(rest);
    let rest = rest.strip_prefix(b"+").unwrap_or(rest);
    let Some(value) = rest.strip_prefix(b"=") else {
        return false;
    };
    let value = value.strip_prefix(b" ").unwrap_or(value);
    let own = value.strip_prefix(b"@").and_then(|rest| rest.strip_suffix(b"@")) == Some(name);
    let mut words = value.split(|&b| b == b' ');
    value.is_empty()
        || own
        || (lists_files(name) && words.clone().all(is_file))
        || (name.ends_with(b"FLAGS") && !name.ends_with(b"MAKEFLAGS") && words.clone().all(is_flag))
        || (name == b"AUTOMAKE_OPTIONS" && words.all(is_option))
}

/// Variables that name files, or targets, and nothing that make runs.
fn lists_files(name: &[u8]) -> bool {
    const ENDS: &[&[u8]] = &[
        b"SOURCES",
        b"HEADERS",
        b"EXTRA_DIST",
        b"CLEANFILES",
        b"CLEANDIRS",
        b"SUBDIRS",
        b"LIBADD",
        b"LDADD",
        b"DEPENDENCIES",
        b"TESTS",
        b"PROGRAMS",
        b"LIBRARIES",
        b"SUFFIXES",
        b"_DATA",
    ];
    ENDS.iter().any(|end| name.ends_with(end))
}

/// A path or a pattern, with variables in it; not an option.
fn is_file(word: &[u8]) -> bool {
    let mut rest = word;
    let begins = !word.is_empty() && !word.starts_with(b"-");
    while let Some((first, after)) = rest.split_first() {
        rest = match first {
            b'$' => match variable(after) {
                Some(after) => after,
                None => return false,
            },
            b if is_of_word(b) || b"*%@".contains(b) => after,
            _ => return false,
        };
    }
    begins
}

/// What follows `(NAME)`.
fn variable(text: &[u8]) -> Option<&[u8]> {
    let inner = text.strip_prefix(b"(")?;
    let end = inner.iter().position(|b| !is_of_name(b)).filter(|end| *end > 0)?;
    inner.get(end..)?.strip_prefix(b")")
}

/// A directory to include, a definition, a variable, or one of the few options of libtool that modules use.
fn is_flag(word: &[u8]) -> bool {
    let define = |text: &[u8]| {
        let text = text.strip_suffix(b"=1").unwrap_or(text);
        !text.is_empty() && text.iter().all(|b| is_of_name(b) || *b == b'@')
    };
    let value = |text: &[u8]| {
        let name = text.strip_prefix(b"@").and_then(|rest| rest.strip_suffix(b"@"));
        name.is_some_and(|name| !name.is_empty() && name.iter().all(is_of_name))
            || text
                .strip_prefix(b"$")
                .and_then(variable)
                .is_some_and(<[u8]>::is_empty)
    };
    value(word)
        || word.strip_prefix(b"-I").is_some_and(is_file)
        || word.strip_prefix(b"-D").is_some_and(define)
        || matches!(
            word,
            b"-no-undefined"
                | b"-Wl,--export-all-symbols"
                | b"-release"
                | b"--preserve-dup-deps"
                | b"-DSRCDIR=\\\"$(srcdir)/\\\""
                | b"-DEXEEXT=\\\"@EXEEXT@\\\""
        )
}

fn is_option(word: &[u8]) -> bool {
    matches!(
        word,
        b"foreign" | b"gnits" | b"gnu" | b"subdir-objects" | b"no-dependencies"
    ) || (!word.is_empty() && word.iter().all(|b| b.is_ascii_digit() || *b == b'.'))
}

/// Files, a colon, files. A line that would include another file is none.
fn is_rule(line: &[u8]) -> bool {
    const DIRECTIVES: &[&[u8]] = &[
        b"include",
        b"-include",
        b"sinclude",
        b"define",
        b"export",
        b"unexport",
        b"override",
        b"vpath",
        b"load",
        b"-load",
        b"undefine",
        b"private",
        b"ifdef",
        b"ifndef",
        b"ifeq",
        b"ifneq",
    ];
    let first = line.split(|&b| b == b' ').next().unwrap_or_default();
    let mut sides = line.split(|&b| b == b':');
    let (targets, inputs) = (sides.next().unwrap_or_default(), sides.next());
    let files = |text: &[u8]| {
        text.split(|&b| b == b' ')
            .filter(|word| !word.is_empty())
            .all(is_file)
    };
    let targets_given = targets.iter().any(|b| *b != b' ');
    sides.next().is_none()
        && targets_given
        && inputs.is_some_and(files)
        && files(targets)
        && !DIRECTIVES.contains(&first)
}

/// Blanks and tabs as one blank, none at the ends.
fn squeezed(line: &[u8]) -> Vec<u8> {
    let words = line.split(|b| b" \t".contains(b)).filter(|word| !word.is_empty());
    let mut squeezed = Vec::with_capacity(line.len());
    for word in words {
        if !squeezed.is_empty() {
            squeezed.push(b' ');
        }
        squeezed.extend_from_slice(word);
    }
    squeezed
}
