//! What may stand in a script and leaves generated files alone: a list of what is known, for anything else may do anything.

use bstr::ByteSlice;

use super::super::shell::{Command, Word};

/// What a command calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Called<'a> {
    /// A program found in the path, by its name, or `%{__name}`; `configure` wherever it is. A script with a path keeps it.
    Tool(&'a [u8]),
    /// `%name`: a macro of the distribution.
    Macro(&'a [u8]),
}

/// The program or macro of a command; empty if it only assigns or redirects.
pub(super) fn called(command: &Command) -> Called<'_> {
    let word = command
        .words
        .first()
        .map(|word| word.text.as_slice())
        .unwrap_or_default();
    let Some(rest) = word.strip_prefix(b"%") else {
        return Called::Tool(tool(word));
    };
    let braced = rest.strip_prefix(b"{").and_then(|rest| rest.strip_suffix(b"}"));
    let rest = braced.unwrap_or(rest);
    let is_name = |name: &[u8]| {
        name.iter()
            .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    };
    match (rest.strip_prefix(b"__"), rest.strip_prefix(b"?")) {
        (Some(name), _) if is_name(name) => Called::Tool(name),
        // `%{?name}` is nothing where the macro is not there.
        (_, Some(name)) if is_name(name) => Called::Macro(name),
        _ if is_name(rest) => Called::Macro(rest),
        _ => Called::Tool(word),
    }
}

fn tool(word: &[u8]) -> &[u8] {
    if word.ends_with(b"/configure") {
        return b"configure";
    }
    let named = word
        .strip_prefix(b"/usr/bin/")
        .or_else(|| word.strip_prefix(b"/bin/"));
    named.filter(|name| !name.contains(&b'/')).unwrap_or(word)
}

/// Macros that leave generated files alone; what patches change is told elsewhere.
pub(super) fn is_macro(name: &[u8]) -> bool {
    const NAMES: [&[u8]; 10] = [
        b"patch",
        b"autopatch",
        b"gpgverify",
        b"gpg_verify",
        b"nil",
        b"set_build_flags",
        b"pyproject_buildrequires",
        b"py3_shebang_fix",
        b"find_lang",
        b"tarvet_verify",
    ];
    let is_patch = name
        .strip_prefix(b"patch")
        .is_some_and(|rest| rest.iter().all(u8::is_ascii_digit));
    is_patch || NAMES.contains(&name)
}

/// Programs whose work is that of autoreconf or a part of it.
pub(super) fn is_autotool(name: &[u8]) -> bool {
    const NAMES: [&[u8]; 13] = [
        b"autogen.sh",
        b"bootstrap",
        b"bootstrap.sh",
        b"buildconf",
        b"autoconf",
        b"automake",
        b"aclocal",
        b"autoheader",
        b"libtoolize",
        b"gettextize",
        b"autopoint",
        b"intltoolize",
        b"gtkdocize",
    ];
    let name = name.rsplit_str("/").next().unwrap_or_default();
    NAMES.contains(&name)
}

/// Whether a program, called like this, leaves the files of the tree alone, apart from those that `>` writes.
pub(super) fn is_tool(command: &Command, name: &[u8]) -> bool {
    const PLAIN: [&[u8]; 30] = [
        b"echo",
        b"printf",
        b"mkdir",
        b"chmod",
        b"export",
        b"set",
        b"test",
        b"[",
        b"true",
        b":",
        b"grep",
        b"egrep",
        b"fgrep",
        b"cat",
        b"ls",
        b"pwd",
        b"gpgverify",
        b"gpgv",
        b"gpgv2",
        b"sqv",
        b"xzcat",
        b"zcat",
        b"bzcat",
        b"zstdcat",
        b"unset",
        b"umask",
        b"sha256sum",
        b"sha512sum",
        b"basename",
        b"dirname",
    ];
    let words = || command.words.iter().skip(1);
    let has = |option: &str| words().any(|word| word.text == option);
    let starts = |option: &str| words().any(|word| word.text.starts_with(option.as_bytes()));
    match name {
        b"set" => words().all(is_plain_setting),
        b"gpg" | b"gpg2" => (has("--verify") || has("--import")) && !starts("-o") && !starts("--o"),
        b"xz" | b"gzip" | b"bzip2" | b"zstd" => has("-c") || has("-dc") || has("-cd") || has("-t"),
        b"iconv" => !starts("-o") && !starts("--o"),
        b"find" => {
            let acts = ["-exec", "-ok", "-delete", "-fprint", "-fls"]
                .iter()
                .any(|action| starts(action));
            let is_chmod = words().skip_while(|word| word.text != "-exec").nth(1);
            let once = words().filter(|word| word.text.starts_with(b"-exec")).count() == 1;
            let others = ["-execdir", "-ok", "-delete", "-fprint", "-fls"]
                .iter()
                .any(|action| starts(action));
            !acts || is_chmod.is_some_and(|word| word.text == "chmod") && once && !others
        }
        _ => PLAIN.contains(&name),
    }
}

/// `set -e` and the like. `set -n` reads commands and runs none of them.
fn is_plain_setting(word: &Word) -> bool {
    let letters = word
        .text
        .strip_prefix(b"-")
        .or_else(|| word.text.strip_prefix(b"+"));
    let is_plain =
        |letters: &[u8]| !letters.is_empty() && letters.iter().all(|letter| b"eux".contains(letter));
    word.text == "pipefail" || word.text == "-o" || letters.is_some_and(is_plain)
}

/// Whether a command may change which program a name stands for.
pub(super) fn changes_tools(name: &[u8]) -> bool {
    const NAMES: [&[u8]; 12] = [
        b"alias", b"source", b".", b"eval", b"enable", b"hash", b"exec", b"trap", b"env", b"declare",
        b"typeset", b"local",
    ];
    NAMES.contains(&name)
}

/// Whether all variables that a command sets are harmless.
pub(super) fn variables(command: &Command, name: &[u8]) -> bool {
    let exported = command.words.iter().skip(1).filter(|_| name == b"export");
    let is_for_one = !command.words.is_empty();
    let assigned = command.assignments.iter();
    assigned.clone().all(|word| is_variable(word, is_for_one))
        && exported.into_iter().all(|word| is_variable(word, true))
}

/// Variables of compilers and locales. One in lower case that is not exported is the script's own.
fn is_variable(word: &Word, is_exported: bool) -> bool {
    const NAMES: [&[u8]; 27] = [
        b"CFLAGS",
        b"CXXFLAGS",
        b"CPPFLAGS",
        b"FFLAGS",
        b"FCFLAGS",
        b"LDFLAGS",
        b"OBJCFLAGS",
        b"ASFLAGS",
        b"RUSTFLAGS",
        b"GOFLAGS",
        b"CC",
        b"CXX",
        b"LD",
        b"AR",
        b"NM",
        b"RANLIB",
        b"LIBS",
        b"LC_ALL",
        b"LC_CTYPE",
        b"LANG",
        b"LANGUAGE",
        b"TZ",
        b"PKG_CONFIG_PATH",
        b"NOCONFIGURE",
        b"SOURCE_DATE_EPOCH",
        b"V",
        b"VERBOSE",
    ];
    let name = word
        .text
        .split_once_str("=")
        .map_or(word.text.as_slice(), |(name, _)| name);
    let is_own = !is_exported && name.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'_');
    is_own || NAMES.contains(&name)
}
