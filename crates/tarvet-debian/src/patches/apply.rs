//! Applies a file patch to contents, exactly as dpkg-source has GNU patch do it: offsets are searched, fuzz is not
//! allowed (`-F0`), reversed and already applied patches are refused (`-N -t`).

use super::files::FilePatch;
use super::hunk::{Hunk, HunkLine, Side};

/// Contents beyond this are not patched.
const MAX_CONTENT: usize = 64 << 20;
/// Lines compared for one file: a search for hunks that are far away may cost lines times hunks.
const MAX_COMPARED: usize = 50_000_000;

/// Why a patch does not apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ApplyFault {
    /// No place has the lines that a hunk expects.
    #[error("the hunk at line {line} of the patch finds no lines that match it exactly")]
    NoMatch {
        /// The line of the `@@` line.
        line: usize,
    },
    /// A hunk belongs before one that was already applied.
    #[error("the hunk at line {line} of the patch lies before the one that precedes it")]
    Misordered {
        /// The line of the `@@` line.
        line: usize,
    },
    /// There is no file to change.
    #[error("the file to patch does not exist")]
    Missing,
    /// The patch creates a file that is there and not empty.
    #[error("the patch creates a file that exists already")]
    Exists,
    /// The patch deletes a file and leaves something of it.
    #[error("the patch deletes a file that has other contents than it expects")]
    Remains,
    /// git's binary form, which GNU patch does not apply.
    #[error("GNU patch does not apply git's binary form")]
    Binary,
    /// Larger than what is looked at.
    #[error("the file is larger than 64 MiB")]
    TooLarge,
    /// The search for its hunks takes too long.
    #[error("the search for where the hunks belong takes too long")]
    TooCostly,
}

/// The contents after a file patch; `None` for `content` means there is no such file.
///
/// Empty contents: in format 3.0 (quilt) dpkg-source removes a file that a patch leaves empty (`-E`), whatever the
/// patch says; in format 1.0 only if [`FilePatch::to_nothing`].
///
/// # Errors
///
/// Wherever GNU patch fails, or a limit was reached.
pub fn apply(content: Option<&[u8]>, file: &FilePatch<'_>) -> Result<Vec<u8>, ApplyFault> {
    if file.binary {
        return Err(ApplyFault::Binary);
    }
    let old = content.unwrap_or_default();
    if old.len() > MAX_CONTENT {
        return Err(ApplyFault::TooLarge);
    }
    let mut deletes = file.to_nothing;
    let mut creates = file.from_nothing;
    if let Some(git) = &file.git {
        deletes |= git.deletes;
        creates |= git.creates;
    }
    if creates && !old.is_empty() {
        return Err(ApplyFault::Exists);
    }
    let first_is_empty = file
        .hunks()
        .next()
        .is_some_and(|hunk| hunk.old_lines == 0 && hunk.old_start == 0);
    if content.is_none() && !creates && !first_is_empty {
        return Err(ApplyFault::Missing);
    }
    let mut work = Work::new(old);
    for hunk in file.hunks() {
        work.hunk(&hunk)?;
    }
    let new = work.finish();
    if deletes && !new.is_empty() {
        return Err(ApplyFault::Remains);
    }
    Ok(new)
}

struct Work<'a> {
    old: &'a [u8],
    /// Where each line of `old` starts, and where the last ends. `MAX_CONTENT` fits.
    starts: Vec<u32>,
    new: Vec<u8>,
    /// How many lines of `old` are in `new` or were removed.
    frozen: i64,
    /// How far the last hunk was from where it said.
    offset: i64,
    compared: usize,
}

impl<'a> Work<'a> {
    fn new(old: &'a [u8]) -> Self {
        let ends = old.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        let mut starts: Vec<u32> = std::iter::once(0)
            .chain(ends.map(|(at, _)| at as u32 + 1))
            .collect();
        if !old.is_empty() && !old.ends_with(b"\n") {
            starts.push(old.len() as u32);
        }
        Work {
            old,
            starts,
            new: Vec::with_capacity(old.len()),
            frozen: 0,
            offset: 0,
            compared: 0,
        }
    }

    fn count(&self) -> i64 {
        self.starts.len() as i64 - 1
    }

    /// Lines `from` up to but without `to`, from 0.
    fn lines(&self, from: i64, to: i64) -> &'a [u8] {
        let at = |line: i64| {
            usize::try_from(line)
                .ok()
                .and_then(|line| self.starts.get(line))
                .map(|at| *at as usize)
        };
        match (at(from), at(to)) {
            (Some(from), Some(to)) => self.old.get(from..to).unwrap_or_default(),
            _ => b"",
        }
    }

    fn hunk(&mut self, hunk: &Hunk<'_>) -> Result<(), ApplyFault> {
        let pattern: Vec<HunkLine<'_>> = hunk.lines().filter(|line| line.side != Side::New).collect();
        let place = self
            .locate(hunk, &pattern)?
            .ok_or(ApplyFault::NoMatch { line: hunk.line })?;
        let mut at = place - 1;
        for line in hunk.lines() {
            if line.side == Side::Both {
                at += 1;
                continue;
            }
            if at < self.frozen {
                return Err(ApplyFault::Misordered { line: hunk.line });
            }
            // Lines before the change, among them context that is pending.
            self.new
                .extend_from_slice(self.lines(self.frozen, at.min(self.count())));
            self.frozen = at;
            if line.side == Side::Old {
                at += 1;
                self.frozen = at;
            } else {
                self.new.extend_from_slice(line.text);
                if line.ended {
                    self.new.push(b'\n');
                }
            }
        }
        Ok(())
    }

    /// The line, from 1, where the old side of a hunk is: GNU patch's search, nearest first.
    fn locate(&mut self, hunk: &Hunk<'_>, pattern: &[HunkLine<'_>]) -> Result<Option<i64>, ApplyFault> {
        let start = hunk.old_start as i64 + i64::from(hunk.old_lines == 0);
        let guess = start + self.offset;
        let length = pattern.len() as i64;
        if length == 0 {
            // Only additions without context: the number is all there is.
            return Ok(Some(guess));
        }
        let (prefix, suffix) = context(hunk);
        // Less context before than after is a hunk at the start of the file, and the other way round at its end.
        if prefix < suffix && start <= 1 {
            return Ok((self.frozen <= prefix && self.fits(1, pattern)?).then(|| self.found(1, guess)));
        }
        let last = self.count() - length + 1;
        if suffix < prefix {
            let ok = last > self.frozen && self.fits(last, pattern)?;
            return Ok(ok.then(|| self.found(last, guess)));
        }
        let first = self.frozen + 1;
        if last < first {
            return Ok(None);
        }
        let reach = (last - guess).max(guess - first);
        let near = (guess - last).max(first - guess).max(0);
        for distance in near..=reach {
            for place in [guess + distance, guess - distance] {
                if (first..=last).contains(&place) && self.fits(place, pattern)? {
                    return Ok(Some(self.found(place, guess)));
                }
            }
        }
        Ok(None)
    }

    fn found(&mut self, place: i64, guess: i64) -> i64 {
        self.offset += place - guess;
        place
    }

    fn fits(&mut self, place: i64, pattern: &[HunkLine<'_>]) -> Result<bool, ApplyFault> {
        if place < 1 || place + pattern.len() as i64 - 1 > self.count() {
            return Ok(false);
        }
        for (line, at) in pattern.iter().zip(place - 1..) {
            self.compared += 1;
            if self.compared > MAX_COMPARED {
                return Err(ApplyFault::TooCostly);
            }
            let found = self.lines(at, at + 1);
            let same = match found.strip_suffix(b"\n") {
                Some(text) => line.ended && text == line.text,
                None => !line.ended && found == line.text,
            };
            if !same {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn finish(mut self) -> Vec<u8> {
        self.new.extend_from_slice(self.lines(self.frozen, self.count()));
        self.new
    }
}

/// Lines of context before the first change and after the last.
fn context(hunk: &Hunk<'_>) -> (i64, i64) {
    let (mut prefix, mut run) = (None, 0);
    for line in hunk.lines() {
        if line.side == Side::Both {
            run += 1;
        } else {
            prefix.get_or_insert(run);
            run = 0;
        }
    }
    (prefix.unwrap_or(run), run)
}
