//! Commands that copy, move or edit files: which generated files they leave in doubt.
//!
//! What autoreconf overwrites is gone only if nobody has put it aside before, under whatever name.

use bstr::{BString, ByteSlice};

use super::super::shell::{Command, Word};
use super::super::{SourceRef, source, text};
use super::{Reader, is_relative, joined};

/// Whether autoreconf decides by this file what it overwrites.
pub(super) fn is_input(path: &[u8]) -> bool {
    let name = path.rsplit_str("/").next().unwrap_or_default();
    name.ends_with(b".am") || matches!(name, b"configure.ac" | b"configure.in")
}

impl Reader<'_> {
    /// What `>` writes.
    pub(super) fn outputs(&mut self, command: &Command) {
        for output in &command.outputs {
            const DEVICES: [&[u8]; 4] = [b"/dev/null", b"/dev/stdout", b"/dev/stderr", b"/dev/tty"];
            let is_device = DEVICES.contains(&output.text.as_slice());
            if !self.is_used && !is_device {
                let why = format!("line {} writes {}", command.line, output.text);
                self.in_doubt(output, &why);
                // A copy of what it reads: autoreconf does not reach it, and it may come back.
                if !prints_its_words(command) {
                    self.reads(command, &why);
                }
            }
        }
    }

    /// What a command reads is put aside by its output.
    fn reads(&mut self, command: &Command, why: &str) {
        let name = command.words.first().map(|word| word.text.as_slice());
        let is_plain = matches!(name, Some(b"cat" | b"iconv" | b"sed")) && !command.is_piped;
        let is_redirected = command.words.iter().any(|word| word.text.contains(&b'<'));
        if !is_plain || is_redirected || operands(command).next().is_none() {
            return self.doubt("", why);
        }
        for word in operands(command) {
            self.in_doubt(word, why);
        }
    }

    /// `cp`, `install`, `mv`, `ln`: what they take may be put aside, and what they write is not the tarball's.
    pub(super) fn copies(&mut self, command: &Command) {
        let why = format!("`{}` in line {} may replace it", text(command), command.line);
        let operands: Vec<&Word> = operands(command).collect();
        let Some((last, taken)) = operands.split_last() else {
            return;
        };
        let is_here = matches!(last.text.trim_end_with(|it| it == '/').as_bytes(), b".");
        for word in taken {
            let names = self.names(word);
            let is_inside = is_relative(&word.text);
            if is_inside || names.is_none() {
                self.in_doubt(word, &why);
            }
            for name in names.into_iter().flatten().filter(|_| is_here) {
                let is_dynamic = false;
                let text = name;
                self.in_doubt(&Word { text, is_dynamic }, &why);
            }
        }
        if !is_here {
            self.in_doubt(last, &why);
        }
    }

    /// The names that a file can have after it was copied into a directory; `None` where that is not plain.
    fn names(&self, word: &Word) -> Option<Vec<BString>> {
        let is_source = word.text.starts_with(b"%{SOURCE") || word.text.starts_with(b"%{PATCH");
        if let (true, Some(SourceRef::Number(number))) = (is_source, source(self.spec, &word.text)) {
            let all = self.spec.numbered(number);
            return Some(all.flat_map(|one| one.file_names()).map(BString::from).collect());
        }
        let name = word.text.rsplit_str("/").next().unwrap_or_default();
        let is_plain = !word.is_dynamic
            && !matches!(name, b"" | b"." | b"..")
            && !word.text.contains_str("%{")
            && (is_relative(&word.text) || word.text.starts_with(b"/usr/"));
        is_plain.then(|| vec![name.into()])
    }

    /// `sed`: with `-i` the files that it names; with a script that is not plain anything.
    pub(super) fn edits(&mut self, command: &Command) {
        let why = format!("`{}` in line {} may replace it", text(command), command.line);
        let mut is_in_place = false;
        let mut has_script = false;
        let mut is_plain = true;
        let mut files = Vec::new();
        let mut words = command.words.iter().skip(1);
        while let Some(word) = words.next() {
            match word.text.as_slice() {
                b"-e" | b"--expression" => {
                    has_script = true;
                    is_plain &= words.next().is_some_and(is_substitution);
                }
                b"-E" | b"-r" | b"-n" | b"-s" | b"-z" => {}
                option if option.starts_with(b"-i") || option.starts_with(b"--in-place") => {
                    is_in_place = true
                }
                b"-ri" | b"-Ei" | b"-ni" | b"-si" => is_in_place = true,
                option if option.starts_with(b"-") => is_plain = false,
                _ if !has_script => {
                    has_script = true;
                    is_plain &= is_substitution(word);
                }
                _ => files.push(word),
            }
        }
        if !is_plain {
            return self.doubt("", &why);
        }
        for file in files.into_iter().filter(|_| is_in_place) {
            self.in_doubt(file, &why);
        }
    }

    /// `touch`: a generated file that seems up to date is not remade by make.
    pub(super) fn touches(&mut self, command: &Command) {
        let why = format!(
            "`{}` in line {} makes it seem up to date",
            text(command),
            command.line
        );
        for word in operands(command) {
            match &self.directory {
                Some(from) if !word.is_dynamic && is_relative(&word.text) => {
                    let pattern = joined(from, &word.text).to_string();
                    self.doubt(&pattern, &why);
                }
                _ => self.doubt("", &why),
            }
        }
    }

    /// Whatever is at this path, or below it.
    fn in_doubt(&mut self, word: &Word, why: &str) {
        let pattern = match &self.directory {
            Some(from) if !word.is_dynamic && is_relative(&word.text) => joined(from, &word.text),
            _ => BString::default(),
        };
        if pattern.is_empty() || is_input(&pattern) {
            return self.doubt("", why);
        }
        self.doubt(&pattern.to_string(), why);
        self.doubt(&format!("{pattern}/"), why);
    }
}

/// Whether what a command prints comes from the spec alone: its words, or a here document.
fn prints_its_words(command: &Command) -> bool {
    let name = command.words.first().map(|word| word.text.as_slice());
    let is_alone = command.words.len() == 1 && !command.is_piped;
    matches!(name, Some(b"echo" | b"printf")) || name == Some(b"cat") && is_alone
}

/// The arguments that are no options.
fn operands(command: &Command) -> impl Iterator<Item = &Word> {
    let words = command.words.iter().skip(1);
    words.filter(|word| !word.text.starts_with(b"-"))
}

/// Whether a script of sed only replaces or deletes lines: commands that write files or run programs are others.
fn is_substitution(word: &Word) -> bool {
    // A macro or variable that was not expanded may stand for anything.
    let text = &word.text;
    let is_known = !text.contains(&b'$') && !text.contains(&b'`') && !text.contains(&b'\n');
    is_known && !text.contains_str("%{") && substitution(text).is_some()
}

fn substitution(script: &[u8]) -> Option<()> {
    if script.iter().all(u8::is_ascii_digit)
        || script
            .strip_suffix(b"d")
            .is_some_and(|rest| rest.iter().all(u8::is_ascii_digit))
    {
        return Some(());
    }
    let (delimiter, mut rest) = script.strip_prefix(b"s")?.split_first()?;
    if delimiter.is_ascii_alphanumeric() || matches!(delimiter, b'\\' | b'[' | b';') {
        return None;
    }
    for _ in 0..2 {
        let mut at = 0;
        while *rest.get(at)? != *delimiter {
            at += if rest.get(at) == Some(&b'\\') { 2 } else { 1 };
        }
        rest = rest.get(at + 1..)?;
    }
    let is_flag = |byte: &u8| byte.is_ascii_digit() || b"gIi".contains(byte);
    rest.iter().all(is_flag).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_of_sed_that_write_or_run_are_not_plain() {
        let is_plain = |text: &str| {
            let (text, is_dynamic) = (text.into(), false);
            is_substitution(&Word { text, is_dynamic })
        };
        for script in ["s/a/b/", "s|a/b|c|g", "s,a\\,b,c,2g", "12d"] {
            assert!(is_plain(script), "{script}");
        }
        for script in [
            "w configure",
            "s/a/b/w configure",
            "s/a/b/e",
            "1e touch x",
            "s/a/b/;w x",
            "s/a/b",
            "s/a/%{x}/",
            "$d",
            "",
        ] {
            assert!(!is_plain(script) || script.is_empty(), "{script}");
        }
    }
}
