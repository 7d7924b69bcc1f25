//! What a configure.ac says in plain words, at its top level.
//!
//! m4 is a language; a configure.ac can compute every word of what it means. What autoreconf does is therefore certain
//! only where the macro is called outside all quotes and outside the arguments of other macros, with words that need
//! no expansion. That is how nearly everybody writes it. Everything else is left out, never guessed.

use bstr::{BString, ByteSlice};

/// What is certain of a configure.ac. What is not said is unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// `AC_INIT`: autoreconf goes on only then.
    pub(super) init: bool,
    /// `AM_INIT_AUTOMAKE`.
    pub(super) automake: bool,
    /// `LT_INIT` or one of its older names.
    pub(super) libtool: bool,
    /// `XDT_…` at the beginning of a line: dh_autoreconf runs another program then.
    pub(super) xdt: bool,
    /// The directory of `AC_CONFIG_AUX_DIR`.
    pub(super) aux: Aux,
    /// The template of the first header of the first `AC_CONFIG_HEADERS`.
    pub(super) header: Option<BString>,
    /// The templates of `AC_CONFIG_FILES`, and of `AC_OUTPUT` as it was used of old.
    pub(super) templates: Vec<BString>,
    /// The directories of `AC_CONFIG_SUBDIRS`.
    pub(super) subdirs: Vec<BString>,
}

/// Where `AC_CONFIG_AUX_DIR` puts the scripts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Aux {
    /// It is not called.
    #[default]
    Unset,
    /// Here.
    In(BString),
    /// It is called, but not plainly.
    Unknown,
}

/// Macros on which the answer rests: a file that defines one of them itself says nothing.
const OURS: &[&[u8]] = &[
    b"AC_INIT",
    b"AM_INIT_AUTOMAKE",
    b"LT_INIT",
    b"AC_PROG_LIBTOOL",
    b"AM_PROG_LIBTOOL",
    b"AC_CONFIG_AUX_DIR",
    b"AC_CONFIG_HEADERS",
    b"AC_CONFIG_HEADER",
    b"AM_CONFIG_HEADER",
    b"AC_CONFIG_FILES",
    b"AC_CONFIG_SUBDIRS",
    b"AC_OUTPUT",
];

/// Reads a configure.ac, in one pass.
pub(super) fn read(text: &[u8]) -> Said {
    let mut said = Said::default();
    let mut rest = Scan {
        text,
        at: 0,
        start: 0,
    };
    let mut header_at = None;
    while let Some(call) = rest.call() {
        match call {
            Call::Macro(name, arguments) => {
                if redefines(name, &arguments) {
                    return Said::default();
                }
                let had = said.header.is_some();
                said.hear(name, &arguments);
                if !had && said.header.is_some() {
                    header_at = Some(rest.start);
                }
            }
            // Other quotes, another comment sign, or an early end: from here on nothing is what it seems, and what
            // stands before may be taken back.
            Call::Strange => return Said::default(),
        }
    }
    said.xdt = text.lines().any(|line| line.starts_with(b"XDT_"));
    // Only the first is autoheader's, and one inside quotes may come before the plain one.
    if header_at != first_of(text, &[b"AC_CONFIG_HEADER", b"AM_CONFIG_HEADER"]) {
        said.header = None;
    }
    if count(text, b"AC_CONFIG_AUX_DIR") > 1
        || (said.aux == Aux::Unset && count(text, b"AC_CONFIG_AUX_DIR") > 0)
    {
        said.aux = Aux::Unknown;
    }
    said
}

impl Said {
    fn hear(&mut self, name: &[u8], arguments: &[&[u8]]) {
        let words = || arguments.first().map(|first| words(first)).unwrap_or_default();
        match name {
            b"AC_INIT" => self.init = true,
            b"AM_INIT_AUTOMAKE" => self.automake = true,
            b"LT_INIT" | b"AC_PROG_LIBTOOL" | b"AM_PROG_LIBTOOL" => self.libtool = true,
            b"AC_CONFIG_AUX_DIR" => {
                self.aux = match words().as_slice() {
                    [directory] => Aux::In(directory.clone()),
                    _ => Aux::Unknown,
                };
            }
            b"AC_CONFIG_HEADERS" | b"AC_CONFIG_HEADER" | b"AM_CONFIG_HEADER" if self.header.is_none() => {
                self.header = words().first().and_then(template);
            }
            b"AC_CONFIG_FILES" | b"AC_OUTPUT" => self.templates.extend(words().iter().filter_map(template)),
            b"AC_CONFIG_SUBDIRS" => self.subdirs.extend(words()),
            _ => {}
        }
    }
}

/// The file that `output` or `output:template` is made from; of several templates none is certain.
fn template(word: &BString) -> Option<BString> {
    match word.split_once_str(":") {
        None => Some([word.as_slice(), b".in"].concat().into()),
        Some((_, template)) if !template.contains(&b':') => Some(plain(template)?),
        Some(_) => None,
    }
}

/// The words of an argument that are plain paths inside the source.
fn words(argument: &[u8]) -> Vec<BString> {
    let argument = argument.trim();
    let argument = argument
        .strip_prefix(b"[")
        .and_then(|inner| inner.strip_suffix(b"]"))
        .unwrap_or(argument);
    argument.fields().filter_map(plain).collect()
}

fn plain(word: &[u8]) -> Option<BString> {
    let word = word.strip_prefix(b"./").unwrap_or(word);
    let fits = word
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || b"/._-+:".contains(byte));
    let inside = !word.starts_with(b"/") && word.split_str("/").all(|name| !name.is_empty() && name != b"..");
    // A word in capitals may be a macro's name.
    let lower = word.iter().any(u8::is_ascii_lowercase) || word == b".";
    (fits && inside && lower && !is_macro(word)).then(|| word.into())
}

fn is_macro(word: &[u8]) -> bool {
    [&b"AC_"[..], b"AM_", b"AS_", b"AX_", b"LT_", b"m4_"]
        .iter()
        .any(|prefix| word.starts_with(prefix))
        || word == b"dnl"
}

fn redefines(name: &[u8], arguments: &[&[u8]]) -> bool {
    let defines = [
        &b"define"[..],
        b"DEFUN",
        b"undef",
        b"defun",
        b"rename",
        b"copy",
        b"pushdef",
        b"popdef",
        b"ALIAS",
    ]
    .iter()
    .any(|part| name.find(part).is_some());
    defines
        && arguments.iter().take(2).any(|argument| {
            let named = argument
                .trim()
                .trim_start_with(|c| c == '[')
                .trim_end_with(|c| c == ']');
            OURS.contains(&named)
        })
}

fn count(text: &[u8], word: &[u8]) -> usize {
    text.find_iter(word).count()
}

fn first_of(text: &[u8], words: &[&[u8]]) -> Option<usize> {
    words.iter().filter_map(|word| text.find(word)).min()
}

/// Goes over the top level.
struct Scan<'a> {
    text: &'a [u8],
    at: usize,
    /// Where the name of the last call begins.
    start: usize,
}

enum Call<'a> {
    Macro(&'a [u8], Vec<&'a [u8]>),
    Strange,
}

impl<'a> Scan<'a> {
    /// The next call outside quotes and comments.
    fn call(&mut self) -> Option<Call<'a>> {
        while let Some(byte) = self.text.get(self.at) {
            match byte {
                b'#' => self.skip_line(),
                b'[' => {
                    if !self.skip_quoted() {
                        return Some(Call::Strange);
                    }
                }
                byte if is_word(*byte) => {
                    self.start = self.at;
                    let name = self.word();
                    if name == b"dnl" || name == b"m4_dnl" {
                        self.skip_line();
                    } else if is_strange(name) {
                        return Some(Call::Strange);
                    } else if self.text.get(self.at) == Some(&b'(') {
                        return Some(match self.arguments() {
                            Some(arguments) => Call::Macro(name, arguments),
                            None => Call::Strange,
                        });
                    } else {
                        return Some(Call::Macro(name, Vec::new()));
                    }
                }
                _ => self.at += 1,
            }
        }
        None
    }

    fn word(&mut self) -> &'a [u8] {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let end = rest.iter().position(|byte| !is_word(*byte)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    fn skip_line(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.at += rest.find_byte(b'\n').unwrap_or(rest.len());
    }

    /// Over a quotation and those inside it; false if it has no end.
    fn skip_quoted(&mut self) -> bool {
        let mut depth = 0_usize;
        while let Some(byte) = self.text.get(self.at) {
            self.at += 1;
            match byte {
                b'[' => depth += 1,
                b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return true;
            }
        }
        false
    }

    /// The arguments in parentheses, as they are written; `None` if there is no end.
    fn arguments(&mut self) -> Option<Vec<&'a [u8]>> {
        self.at += 1;
        let (mut found, mut depth, mut start) = (Vec::new(), 1_usize, self.at);
        while let Some(byte) = self.text.get(self.at) {
            match byte {
                b'#' => self.skip_line(),
                b'[' => {
                    if !self.skip_quoted() {
                        return None;
                    }
                }
                byte if is_word(*byte) => {
                    let name = self.word();
                    if name == b"dnl" || name == b"m4_dnl" {
                        self.skip_line();
                    } else if is_strange(name) {
                        return None;
                    }
                }
                b'(' => {
                    depth += 1;
                    self.at += 1;
                }
                b',' if depth == 1 => {
                    found.push(self.text.get(start..self.at)?);
                    self.at += 1;
                    start = self.at;
                }
                b')' => {
                    depth -= 1;
                    if depth == 0 {
                        found.push(self.text.get(start..self.at)?);
                        self.at += 1;
                        return Some(found);
                    }
                    self.at += 1;
                }
                _ => self.at += 1,
            }
        }
        None
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_strange(name: &[u8]) -> bool {
    [
        &b"changequote"[..],
        b"changecom",
        b"m4_exit",
        b"m4exit",
        b"changeword",
    ]
    .iter()
    .any(|word| name.ends_with(word))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PLAIN: &str = "dnl LT_INIT\nAC_INIT([x],[1]) # AM_INIT_AUTOMAKE\nAC_CONFIG_AUX_DIR([build-aux])\n\
                         AM_INIT_AUTOMAKE\nAC_CONFIG_HEADERS([config.h:cfg.hin more.h])\n\
                         if test x; then\n  AC_CONFIG_SUBDIRS([sub other])\nfi\nAC_CONFIG_FILES([Makefile\n po/Makefile.in:x.in\n])\nAC_OUTPUT\n";

    fn list(of: &[BString]) -> String {
        bstr::join(" ", of).to_str_lossy().into_owned()
    }

    #[test]
    fn plain_calls_are_heard() {
        let said = read(PLAIN.as_bytes());
        assert!(said.init && said.automake && !said.libtool && !said.xdt);
        assert_eq!(said.aux, Aux::In("build-aux".into()));
        assert_eq!(said.header, Some("cfg.hin".into()));
        assert_eq!(list(&said.templates), "Makefile.in x.in");
        assert_eq!(list(&said.subdirs), "sub other");
    }

    #[test]
    fn what_is_quoted_or_an_argument_is_not() {
        for text in [
            "AS_IF([true], [AM_INIT_AUTOMAKE])",
            "AS_IF(true, AM_INIT_AUTOMAKE)",
            "AC_DEFUN([X], [AM_INIT_AUTOMAKE])",
            "dnl AM_INIT_AUTOMAKE",
            "# AM_INIT_AUTOMAKE",
            "[AM_INIT_AUTOMAKE]",
            "MY_AM_INIT_AUTOMAKE",
            "m4_changequote(<,>)AM_INIT_AUTOMAKE",
            "m4_define([AM_INIT_AUTOMAKE],[])AM_INIT_AUTOMAKE",
            "AM_INIT_AUTOMAKE m4_exit(0)",
            "AM_INIT_AUTOMAKE [",
            "AM_INIT_AUTOMAKE x(",
        ] {
            assert!(!read(text.as_bytes()).automake, "{text}");
        }
    }

    #[test]
    fn computed_words_and_places_outside_are_left_out() {
        let said = read(b"AC_CONFIG_FILES([Makefile $x/Makefile m4_do([a]) ../up/Makefile /abs AC_X])\nAC_CONFIG_SUBDIRS([a $b])");
        assert_eq!(list(&said.templates), "Makefile.in");
        assert_eq!(list(&said.subdirs), "a");
        let said = read(b"AS_IF([x],[AC_CONFIG_HEADERS([first.h])])\nAC_CONFIG_HEADERS([second.h])\n");
        assert_eq!(said.header, None);
        let said = read(b"AS_IF([x],[\nAC_CONFIG_HEADERS([first.h])\n])\nAC_CONFIG_HEADERS([second.h])\n");
        assert_eq!(said.header, None);
        let said = read(b"AC_CONFIG_HEADERS([first.h])\nAC_CONFIG_HEADERS([second.h])\n");
        assert_eq!(said.header, Some("first.h.in".into()));
        assert_eq!(read(b"m4_if(a,b,[AC_CONFIG_AUX_DIR([x])])\n").aux, Aux::Unknown);
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "([A-Z_]{2,9}|AC_INIT|AM_INIT_AUTOMAKE|dnl|#|\\[|\\]|\\(|\\)|,|\n| ){0,40}") {
            let _ = read(text.as_bytes());
        }
    }
}
