//! The files a patch touches, as dpkg-source checks them and GNU patch (`-p1`) applies them.
//!
//! Two programs read each patch: dpkg-source (`Dpkg::Source::Patch`) looks for `---`/`+++` pairs at the start of
//! lines and checks their paths, then GNU patch applies the text. The second sees more: it obeys git's extended headers,
//! and it takes indented diffs. So what only GNU patch sees is read too, and what would hide from both of us is a fault.

use bstr::BStr;

use super::fault::{Fault, FaultKind};
use super::files::{FilePatch, Patch};
use super::git::{GitHeader, Read};
use super::hunk::Hunk;
use super::lines::Lines;
use super::names::{self, Named};

/// Files of one patch that are kept. The kernel has fewer.
const MAX_FILES: usize = 1 << 17;
/// Faults of one patch that are kept; most end the reading anyway.
const MAX_FAULTS: usize = 100;
/// Paths beyond this no file system takes.
const MAX_PATH: usize = 4096;
/// Directories in a path; honest ones have some ten, and each costs a look for symbolic links.
pub(super) const MAX_DEPTH: usize = 128;

/// Reads a patch. Time is linear in its length; memory grows with the number of files it names, up to a limit.
pub fn parse(text: &[u8]) -> Patch<'_> {
    let mut reader = Reader {
        lines: Lines::new(text, 0),
        patch: Patch::default(),
        git: None,
        header_seen: false,
    };
    if let Err(fault) = reader.run() {
        reader.patch.faults.push(fault);
    }
    let Reader { mut patch, .. } = reader;
    if patch.files.is_empty() && patch.faults.is_empty() && !text.is_empty() {
        let message = "the patch holds no diff; GNU patch refuses a file that is only text";
        patch.faults.push(Fault::malformed(1, message));
    }
    patch
}

struct Reader<'a> {
    lines: Lines<'a>,
    patch: Patch<'a>,
    /// What the last `diff --git` and the lines after it said, until a file patch takes it.
    git: Option<GitHeader>,
    /// GNU patch has seen a header line since the last file patch, so that it would take hunks.
    header_seen: bool,
}

impl<'a> Reader<'a> {
    fn run(&mut self) -> Result<(), Fault> {
        while let Some(line) = self.lines.take() {
            if let Some(old) = line.strip_prefix(b"--- ") {
                let old = names::header(old, self.lines.number())?;
                self.file(old)?;
            } else if line.starts_with(b"+++ ") || line.starts_with(b"@@ -") {
                let message = "a '+++' or '@@' line without a '---' line before it";
                return Err(Fault::malformed(self.lines.number(), message));
            } else {
                self.between(line)?;
            }
        }
        self.flush(false)
    }

    /// A line outside of hunks, which dpkg-source takes for a comment.
    fn between(&mut self, line: &[u8]) -> Result<(), Fault> {
        let number = self.lines.number();
        let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'X');
        let indent = line.iter().take_while(|byte| blank(byte)).count();
        let bare = line.get(indent..).unwrap_or_default();
        if bare.starts_with(b"@@ -") && indent > 0 && self.header_seen {
            return Err(hidden(number, "an indented hunk"));
        }
        if bare.starts_with(b"- ") && quoted(bare) {
            return Err(hidden(number, "a '---' line quoted with '- '"));
        }
        let headers: [&[u8]; 5] = [b"--- ", b"+++ ", b"*** ", b"Index:", b"diff --git "];
        self.header_seen |= headers.iter().any(|header| bare.starts_with(header));
        match self.git.as_mut().map(|git| git.read(bare)) {
            Some(Read::Binary) => {
                self.flush(true)?;
                let message = "git's binary form ('GIT binary patch'), which GNU patch does not write";
                Err(Fault::malformed(number, message))
            }
            Some(Read::Header) => Ok(()),
            Some(Read::Start | Read::Other) | None => {
                if let Some(next) = GitHeader::start(bare, number) {
                    self.flush(false)?;
                    self.git = Some(next);
                }
                Ok(())
            }
        }
    }

    /// A git header that no hunk followed, and that acts by itself.
    fn flush(&mut self, binary: bool) -> Result<(), Fault> {
        let Some(git) = self.git.take().filter(|git| binary || git.acts()) else {
            return Ok(());
        };
        let Some((old, new)) = git.names.clone() else {
            let message = "a line 'diff --git' that does not have two names, and headers that need them";
            return Err(Fault::malformed(git.line, message));
        };
        let file = FilePatch {
            line: git.line,
            old: (!git.creates).then_some(old),
            new: (!git.deletes).then_some(new),
            from_nothing: git.creates,
            to_nothing: git.deletes,
            binary,
            added: 0,
            removed: 0,
            adds_nul: false,
            hunk_count: 0,
            body: b"",
            body_line: 0,
            strip_cr: false,
            git: Some(git),
        };
        self.push(file)
    }

    /// The rest of a file patch after its `---` line.
    fn file(&mut self, old: Named) -> Result<(), Fault> {
        let line = self.lines.number();
        let next = self.lines.take().unwrap_or_default();
        let Some(text) = next.strip_prefix(b"+++ ") else {
            return Err(Fault::malformed(
                line + 1,
                "after a '---' line comes a '+++' line, and here it does not",
            ));
        };
        let new = names::header(text, line + 1)?;
        check_pair(&old, &new, line)?;
        let mut file = FilePatch {
            line,
            from_nothing: old.absent,
            to_nothing: new.absent,
            old: old.path,
            new: new.path,
            git: self.git.take(),
            binary: false,
            added: 0,
            removed: 0,
            adds_nul: false,
            hunk_count: 0,
            body: b"",
            body_line: 0,
            strip_cr: next.ends_with(b"\r\n"),
        };
        self.header_seen = false;
        self.hunks(&mut file)?;
        self.push(file)
    }

    fn hunks(&mut self, file: &mut FilePatch<'a>) -> Result<(), Fault> {
        let start = self.lines.offset();
        file.body_line = self.lines.number();
        let mut at_end = false;
        while let Some(hunk) = Hunk::read(&mut self.lines, file.strip_cr)? {
            if at_end {
                return Err(Fault::malformed(
                    hunk.line,
                    "a hunk after one that says the file is at its end",
                ));
            }
            at_end = hunk.at_end;
            if file.hunk_count == 0 {
                file.from_nothing &= hunk.old_lines == 0 && hunk.old_start == 0;
                file.to_nothing &= hunk.new_lines == 0 && hunk.new_start == 0;
            }
            file.hunk_count += 1;
            file.added += hunk.added;
            file.removed += hunk.removed;
            file.adds_nul |= hunk.adds_nul;
        }
        let number = self.lines.number() + 1;
        if self.lines.peek().is_some_and(|line| line.starts_with(b"\\ ")) {
            return Err(Fault::malformed(
                number,
                "a line '\\ No newline' that follows no line of a hunk",
            ));
        }
        if file.hunk_count == 0 {
            return Err(Fault::malformed(
                number,
                "after '---' and '+++' comes a '@@' line, and here it does not",
            ));
        }
        file.body = self.lines.slice(start, self.lines.offset());
        Ok(())
    }

    fn push(&mut self, file: FilePatch<'a>) -> Result<(), Fault> {
        if self.patch.files.len() >= MAX_FILES {
            let message = format!("more than {MAX_FILES} files in one patch; the rest was not read");
            let help = "split the patch";
            return Err(Fault::new(FaultKind::Limit, file.line, message, help));
        }
        for path in [&file.old, &file.new].into_iter().flatten() {
            if let Some(fault) = path_fault(path.as_ref(), file.line) {
                if fault.kind == FaultKind::Limit || self.patch.faults.len() >= MAX_FAULTS {
                    return Err(fault);
                }
                self.patch.faults.push(fault);
            }
        }
        self.patch.files.push(file);
        Ok(())
    }
}

fn check_pair(old: &Named, new: &Named, line: usize) -> Result<(), Fault> {
    if old.null && new.null {
        return Err(Fault::malformed(line, "both names are /dev/null"));
    }
    if old.path.is_none() && new.path.is_none() {
        let message = "neither name is left with anything after its first component is taken off ('-p1')";
        return Err(Fault::malformed(line, message));
    }
    if new.null && old.path.is_none() {
        return Err(Fault::malformed(
            line,
            "a file is removed, and the old name does not say which",
        ));
    }
    let dpkg = |named: &Named| {
        named
            .path
            .as_ref()
            .is_some_and(|path| path.ends_with(b".dpkg-orig"))
    };
    if dpkg(old) {
        return Err(Fault::malformed(
            line,
            "a name that ends in .dpkg-orig, which dpkg-source refuses",
        ));
    }
    Ok(())
}

/// Paths that no file of the source can have.
fn path_fault(path: &BStr, line: usize) -> Option<Fault> {
    let depth = path.iter().filter(|byte| **byte == b'/').count();
    if path.len() > MAX_PATH || depth >= MAX_DEPTH {
        let message = format!("a path of {} bytes and {depth} directories", path.len());
        return Some(Fault::new(FaultKind::Limit, line, message, "use shorter paths"));
    }
    let what = if path.is_empty() {
        "a path that is empty once its first component is taken off"
    } else if names::has_component(path, b"..") {
        "a path with '..' in it, which may leave the source"
    } else if names::has_component(path, b".git") {
        "a path inside of .git, which no source holds and git obeys"
    } else if path == ".pc" || path.starts_with(b".pc/") {
        "a path inside of .pc, where dpkg-source and quilt keep which patches are applied"
    } else {
        return None;
    };
    let message = format!("{what}: '{}'", tarvet_core::escape::escape(path));
    Some(Fault::new(
        FaultKind::Escapes,
        line,
        message,
        "take this file out of the patch; it is not of the source",
    ))
}

/// `- --- `, with any number of `- `: GNU patch undoes the quoting of mails, there and in the hunks that follow.
fn quoted(bare: &[u8]) -> bool {
    let mut rest = bare;
    while let Some(inner) = rest.strip_prefix(b"- ") {
        rest = inner;
    }
    rest.starts_with(b"--- ")
}

fn hidden(line: usize, what: &str) -> Fault {
    let message = format!("{what} in the text around diffs: dpkg-source skips it, and GNU patch applies it");
    let help = "take it out of the patch's text; if it is a quotation, start its lines with '>'";
    Fault::new(FaultKind::Ambiguous, line, message, help)
}
