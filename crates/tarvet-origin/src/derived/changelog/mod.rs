//! A ChangeLog from the history.
//!
//! Shapes: `git log` in any of its date formats and time zones, also with its `commit` lines taken out; the GNU style that
//! gnulib's gitlog-to-changelog writes, also with the commit ids that GnuPG adds. Each entry's heading must name a
//! commit of the history, by id or by author and time, and each line under it must be one of that commit's message, in
//! order; a commit has one entry. Lines may be left out (trailers usually are), white space may differ; nothing may be
//! added. What follows the
//! last entry must be a tracked, older ChangeLog or footer as it is, or name where older entries are. What `--stat` adds
//! is believed for paths that the commit changed, where the caller says which.

mod amend;
mod heading;
mod index;
mod stat;
#[cfg(test)]
mod tests;
mod time;

use std::collections::HashSet;

use bstr::{BStr, BString, ByteSlice};

use self::heading::Heading;
pub use self::index::Lookup;
use self::index::{Index, Steps};
use super::{Derived, Files, History, Question};

/// The largest ChangeLog that is read, in bytes.
pub const LARGEST: usize = 32 << 20;

/// Whether a path is one of a ChangeLog, or of an older part of one.
pub fn claims(path: &BStr) -> bool {
    let name = path.rsplit_str("/").next().unwrap_or_default();
    name.to_ascii_lowercase().starts_with(b"changelog") || name == b".mailmap" || amend::claims(name)
}

/// Whether a path is one of a ChangeLog, and not of a program that has to do with one.
fn is_changelog(path: &BStr) -> bool {
    let name = path
        .rsplit_str("/")
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let Some(rest) = name.strip_prefix(b"changelog") else {
        return false;
    };
    let rest = [&b".txt"[..], b".md", b".git"]
        .iter()
        .find_map(|ending| rest.strip_suffix(*ending))
        .unwrap_or(rest);
    rest.iter()
        .all(|&byte| byte.is_ascii_digit() || byte == b'-' || byte == b'.')
}

/// Proves a ChangeLog from the history.
pub fn explain(member: &Question<'_>, files: &dyn Files, history: Option<&History>) -> Option<Derived> {
    if !is_changelog(member.path) || member.content.len() > LARGEST {
        return None;
    }
    let history = history?;
    // What does not begin as a log costs nothing.
    let first = member.content.lines().find(|line| !line.trim().is_empty())?;
    heading::read(first)?;
    let mailmap = files.proven(b".mailmap".into()).unwrap_or_default();
    let amendments = amend::read(files);
    let index = Index::of(history, &mailmap, &amendments);
    let mut reader = Reader::of(&index, member.content.len());
    let (entry, line) = reader.read(member.content);
    if reader.entries == 0 {
        return None;
    }
    let entries = reader.entries;
    let rest = |at: usize| member.content.get(at..).unwrap_or_default();
    let mut from: Vec<BString> = Vec::new();
    if !rest(line).trim().is_empty() {
        // The older file may begin at the line that no commit has, or with an entry that happens to look like one.
        let found = [line, entry]
            .into_iter()
            .find_map(|at| older(member.path, rest(at), files));
        from.push(found?);
    } else if reader.author.is_some() || reader.merge.is_some() {
        return None;
    }
    let tail = if from.is_empty() {
        ""
    } else {
        ", followed by a file of the tree"
    };
    let how = format!("history: its {entries} entries are commits that the release is made of{tail}");
    Some(Derived {
        from,
        how,
        shown: Vec::new(),
    })
}

/// The proven ChangeLog beside this one, or the footer, that the rest is.
fn older(path: &BStr, rest: &[u8], files: &dyn Files) -> Option<BString> {
    if let Some(name) = points_to(rest) {
        return (name.is_empty() || files.in_tree(name)).then(|| name.to_owned());
    }
    let slash = path.rfind_byte(b'/').map_or(0, |at| at + 1);
    let directory = path.get(..slash)?;
    // The usual names: a directory may have any number of files that begin so.
    let years = (1985..2040).map(|year| format!("ChangeLog-{year}"));
    let numbers = (0..10).flat_map(|number| ["-", "."].map(|mark| format!("ChangeLog{mark}{number}")));
    let words = ["CVS", "SVN", "cvs", "svn", "git", "old", "pre-git"]
        .iter()
        .flat_map(|word| ["-", "."].map(|mark| format!("ChangeLog{mark}{word}")));
    let older = years
        .chain(numbers)
        .chain(words)
        .chain(["ChangeLog".to_owned()])
        .map(|name| BString::from([directory, name.as_bytes()].concat()))
        .filter(|path| files.is_member(path.as_ref()))
        .take(8);
    let footers = ["build-aux/git-log-footer", "scripts/git-log-footer"].map(BString::from);
    let mut paths = older.chain(footers);
    paths.find(|own| {
        own != path
            && files
                .proven(own.as_ref())
                .is_some_and(|own| own.trim() == rest.trim())
    })
}

/// The file that a last line says to have older entries; empty where it says the repository.
fn points_to(rest: &[u8]) -> Option<&BStr> {
    let rest = rest.trim();
    if rest == b"See the source repo for older entries" {
        return Some(b"".into());
    }
    let name = rest.strip_prefix(b"See ")?.strip_suffix(b" for older changes.")?;
    let is_name = name.starts_with(b"ChangeLog")
        && name
            .iter()
            .all(|&byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_name.then(|| name.as_bstr())
}

/// The state between two lines.
struct Reader<'a> {
    index: &'a Index<'a>,
    /// The commits that the heading may mean.
    commits: Vec<usize>,
    /// The commits that the text may be of, the likeliest first, and the offset in each one's message of what comes next.
    at: Vec<(usize, usize)>,
    /// Lines of co-authors between the heading and the text.
    coauthors: usize,
    /// An author whose date is still to come.
    author: Option<&'a [u8]>,
    /// Parents of the commit whose author is still to come.
    merge: Option<&'a [u8]>,
    entries: usize,
    /// Commits that a heading named by id.
    named: HashSet<usize>,
    /// Commits that text was taken from.
    begun: HashSet<usize>,
    /// So that no ChangeLog takes long.
    steps: Steps,
}

impl<'a> Reader<'a> {
    fn of(index: &'a Index<'a>, size: usize) -> Self {
        Reader {
            index,
            commits: Vec::new(),
            at: Vec::new(),
            coauthors: 0,
            author: None,
            merge: None,
            entries: 0,
            named: HashSet::new(),
            begun: HashSet::new(),
            steps: Steps::for_size(size),
        }
    }

    /// Reads as long as the lines are proven; returns where the last entry begins, and where the first line that is not.
    fn read(&mut self, content: &'a [u8]) -> (usize, usize) {
        let (mut entry, mut at) = (0, 0);
        for line in content.lines_with_terminator() {
            let text = line.trim_end();
            if heading::starts_entry(text) {
                entry = at;
            }
            if !text.is_empty() && self.line(text).is_none() {
                break;
            }
            at += line.len();
        }
        (entry, at)
    }

    fn line(&mut self, line: &'a [u8]) -> Option<()> {
        match heading::read(line) {
            Some(heading) => self.heading(heading),
            None if line.starts_with(b"    ") || line.starts_with(b"\t") => self.text(line.trim()),
            None => {
                let commit = *self.commits.first().filter(|_| self.commits.len() == 1)?;
                self.steps.take(self.index.changed_count(commit) / 64)?;
                self.index.is_stat(commit, line).then_some(())
            }
        }
    }

    fn heading(&mut self, heading: Heading<'a>) -> Option<()> {
        // An author without a date names no commit.
        if self.author.is_some() && !matches!(heading, Heading::Date(_)) {
            return None;
        }
        match heading {
            Heading::Commit(id) => {
                let commit = self.index.by_id(id)?;
                if !self.named.insert(commit) {
                    return None;
                }
                self.commits = vec![commit];
                self.begin()?;
            }
            Heading::Author(author) if self.is_named() => {
                let commit = *self.commits.first()?;
                self.index.is_author(commit, author)?;
            }
            Heading::Author(author) => self.author = Some(author),
            Heading::Date(date) => match self.author.take() {
                Some(author) => {
                    self.commits = self.index.by_author_and_time(author, time::parse(date)?);
                    if let Some(parents) = self.merge.take() {
                        self.commits
                            .retain(|&commit| self.index.is_merge(commit, parents).is_some());
                    }
                    self.begin()?;
                }
                None => {
                    let commit = *self.commits.first().filter(|_| self.is_named())?;
                    self.index.is_time(commit, time::parse(date)?)?;
                }
            },
            Heading::Person(person) => {
                let commit = *self.commits.first().filter(|_| self.is_named())?;
                self.index.is_person(commit, person)?;
            }
            Heading::Merge(parents) if self.is_named() => {
                self.index.is_merge(*self.commits.first()?, parents)?
            }
            Heading::Merge(parents) if self.merge.is_none() => {
                self.merge = Some(parents);
                return Some(());
            }
            Heading::Merge(_) => return None,
            Heading::Gnu { day, name, email } => {
                self.commits = self.index.by_author_and_day(name, email, time::parse(day)?);
                self.begin()?;
            }
            Heading::Id(id) => self.id(id)?,
        }
        (!self.commits.is_empty() || self.author.is_some()).then_some(())
    }

    /// Begins an entry.
    fn begin(&mut self) -> Option<()> {
        self.settle();
        self.coauthors = 0;
        self.entries += 1;
        self.steps.take(self.commits.len())
    }

    /// Ends a text: it was one commit's, and that one does not come again.
    fn settle(&mut self) {
        let whole = self
            .at
            .iter()
            .find(|&&(commit, from)| self.index.is_read(commit, from));
        if let Some(&(commit, _)) = whole.or(self.at.first()) {
            self.begun.insert(commit);
        }
        self.at.clear();
    }

    /// Takes the id that stands below the summary of one of several commits.
    fn id(&mut self, id: &[u8]) -> Option<()> {
        let commit = self
            .commits
            .iter()
            .copied()
            .find(|&commit| self.index.has_id(commit, id))?;
        // The summary was read already, perhaps as a line of the commit before.
        let own = self.at.iter().copied().find(|&(own, _)| own == commit);
        let next = match own {
            Some((_, from)) => from,
            None if self.at.is_empty() => 0,
            None => self.index.first_line(commit)?,
        };
        if own.is_none() {
            self.settle();
        }
        self.at = vec![(commit, next)];
        (!self.begun.contains(&commit)).then_some(())
    }

    /// Whether the heading is one with the commit's id or author before this line, and no text yet.
    fn is_named(&self) -> bool {
        self.at.is_empty() && self.commits.len() == 1 && self.author.is_none()
    }

    /// Takes a line of text, which must be the next of a commit's message.
    fn text(&mut self, line: &[u8]) -> Option<()> {
        if self.author.is_some() || self.merge.is_some() {
            return None;
        }
        let at = std::mem::take(&mut self.at);
        let is_first = at.is_empty();
        let advanced: Vec<_> = at
            .iter()
            .filter_map(|&(commit, from)| {
                Some((commit, self.index.find(commit, from, line, &mut self.steps)?))
            })
            .collect();
        if !advanced.is_empty() {
            self.at = advanced;
            return Some(());
        }
        self.at = at;
        self.settle();
        self.at = self.next(line, is_first)?;
        Some(())
    }

    /// The commits under this heading that a line begins: of all of an author and a day those that have no text yet, the
    /// newest first.
    fn next(&mut self, line: &[u8], is_first: bool) -> Option<Vec<(usize, usize)>> {
        self.steps.take(self.commits.len())?;
        let (index, steps) = (self.index, &mut self.steps);
        let newest = self.commits.iter().rev().copied();
        let open: Vec<usize> = newest.filter(|commit| !self.begun.contains(commit)).collect();
        let subjects: Vec<_> = open
            .iter()
            .filter_map(|&commit| Some((commit, index.subject(commit, line, steps)?)))
            .collect();
        if !subjects.is_empty() {
            return Some(subjects);
        }
        // gitlog-to-changelog puts co-authors below the author.
        if is_first
            && self.coauthors < MOST_COAUTHORS
            && open.iter().any(|&commit| index.is_coauthor(commit, line, steps))
        {
            self.coauthors += 1;
            return Some(Vec::new());
        }
        let others: Vec<_> = open
            .iter()
            .filter_map(|&commit| Some((commit, index.find(commit, 0, line, steps)?)))
            .collect();
        (!others.is_empty()).then_some(others)
    }
}

/// The most lines of co-authors below one heading.
const MOST_COAUTHORS: usize = 16;
