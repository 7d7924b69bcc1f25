//! The history, to look commits up.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};

use bstr::{BString, ByteSlice};

use super::amend::Amendments;
use super::stat;
use super::time::Time;
use crate::derived::{Commit, History, Person};

/// The most commits of one author and one day that are looked at.
const MOST: usize = 2000;

/// Where the commits of a history are, by id and by author.
#[derive(Debug, Clone, Default)]
pub struct Lookup {
    /// In the order of ids.
    ids: BTreeMap<String, usize>,
    /// By name and address: when each commit was written and when it was committed, in order.
    authors: HashMap<BString, Vec<(i64, usize)>>,
    /// When each commit was written, in order.
    times: Vec<(i64, usize)>,
}

impl Lookup {
    fn of(commits: &[Commit]) -> Self {
        let mut lookup = Lookup::default();
        for (number, commit) in commits.iter().enumerate() {
            lookup.ids.insert(commit.id.clone(), number);
            let key = key(&commit.author.name, &commit.author.email);
            let (written, committed) = (commit.author.time, commit.committer.time);
            let own = lookup.authors.entry(key).or_default();
            own.push((written, number));
            if committed != written {
                own.push((committed, number));
            }
            lookup.times.push((written, number));
        }
        lookup.times.sort_unstable();
        lookup.authors.values_mut().for_each(|own| own.sort_unstable());
        lookup
    }
}

/// One text for a name and an address, neither of which has a NUL.
fn key(name: &[u8], email: &[u8]) -> BString {
    [name, b"\0", email].concat().into()
}

/// The commits of an ordered list at a time.
fn at_time(list: &[(i64, usize)], time: Time) -> impl Iterator<Item = usize> + '_ {
    let (from, to) = time.window();
    let start = list.partition_point(|&(own, _)| own < from);
    let near = list
        .get(start..)
        .unwrap_or_default()
        .iter()
        .take_while(move |&&(own, _)| own <= to);
    near.filter(move |&&(own, _)| time.is(own))
        .map(|&(_, number)| number)
        .take(MOST)
}

/// A history and a mailmap, to look commits up.
pub struct Index<'a> {
    commits: &'a [Commit],
    lookup: &'a Lookup,
    /// The tree's `.mailmap`.
    mailmap: &'a [u8],
    amendments: &'a Amendments,
    /// What the mailmap said, by the address in the commit and the text that it may map to.
    mapped: RefCell<HashMap<BString, bool>>,
}

impl<'a> Index<'a> {
    /// Indexes a history, the first time that it is asked.
    pub fn of(history: &'a History, mailmap: &'a [u8], amendments: &'a Amendments) -> Self {
        let lookup = history.lookup.get_or_init(|| Lookup::of(&history.commits));
        Index {
            commits: &history.commits,
            lookup,
            mailmap,
            amendments,
            mapped: RefCell::default(),
        }
    }

    /// The commit whose id begins so.
    pub fn by_id(&self, id: &[u8]) -> Option<usize> {
        let id = std::str::from_utf8(id).ok()?;
        self.lookup
            .ids
            .range(id.to_owned()..)
            .next()
            .filter(|(own, _)| own.starts_with(id))
            .map(|(_, &number)| number)
    }

    /// Whether a commit's id begins so.
    pub fn has_id(&self, commit: usize, id: &[u8]) -> bool {
        self.commits
            .get(commit)
            .is_some_and(|commit| commit.id.as_bytes().starts_with(id))
    }

    /// The commits of `Name <address>` at a time, written or committed.
    pub fn by_author_and_time(&self, author: &[u8], time: Time) -> Vec<usize> {
        if let Time::Exact(_) = time {
            let own = at_time(&self.lookup.times, time);
            return own
                .filter(|&commit| self.is_author(commit, author).is_some())
                .collect();
        }
        let name_and_email = author
            .strip_suffix(b">")
            .and_then(|author| author.rsplit_once_str(b" <"));
        name_and_email.map_or_else(Vec::new, |(name, email)| {
            self.by_author_and_day(name.trim(), email, time)
        })
    }

    /// The commits of an author at a time.
    pub fn by_author_and_day(&self, name: &[u8], email: &[u8], time: Time) -> Vec<usize> {
        let own = self
            .lookup
            .authors
            .get(&key(name, email))
            .map(Vec::as_slice)
            .unwrap_or_default();
        let mut seen = HashSet::new();
        at_time(own, time).filter(|&commit| seen.insert(commit)).collect()
    }

    /// Whether a commit was written or committed at a time.
    pub fn is_time(&self, commit: usize, time: Time) -> Option<()> {
        let commit = self.commits.get(commit)?;
        (time.is(commit.author.time) || time.is(commit.committer.time)).then_some(())
    }

    /// Whether `Name <address>` is a commit's author, perhaps by the mailmap.
    pub fn is_author(&self, commit: usize, author: &[u8]) -> Option<()> {
        self.is_or_maps_to(&self.commits.get(commit)?.author, author)
    }

    /// Whether `Name <address>` is a commit's author or committer.
    pub fn is_person(&self, commit: usize, person: &[u8]) -> Option<()> {
        let commit = self.commits.get(commit)?;
        self.is_or_maps_to(&commit.committer, person)
            .or_else(|| self.is_or_maps_to(&commit.author, person))
    }

    fn is_or_maps_to(&self, person: &Person, text: &[u8]) -> Option<()> {
        if text == [person.name.as_slice(), b" <", &person.email, b">"].concat() {
            return Some(());
        }
        // `Name <address> <address in the commit>`, or with the name in the commit as well, or `Name <address>`.
        let (name, email) = text.strip_suffix(b">")?.rsplit_once_str(b" <")?;
        let is_mapped = |line: &[u8]| {
            let line = line.trim();
            let names = !name.is_empty() && line.starts_with(name);
            let old = [b"<", person.email.as_slice(), b">"].concat();
            let new = [b"<", email, b">"].concat();
            let has = |address: &[u8]| {
                line.to_ascii_lowercase()
                    .contains_str(address.to_ascii_lowercase())
            };
            names && has(&old) && (has(&new) || email == person.email.as_slice())
        };
        let pair = key(text, &person.email);
        let known = self.mapped.borrow().get(&pair).copied();
        let is_known = known.unwrap_or_else(|| self.mailmap.lines().take(10_000).any(is_mapped));
        self.mapped.borrow_mut().insert(pair, is_known);
        is_known.then_some(())
    }

    /// Whether a commit's parents begin so.
    pub fn is_merge(&self, commit: usize, parents: &[u8]) -> Option<()> {
        let commit = self.commits.get(commit)?;
        let mut given = parents.fields();
        let all = commit.parents.iter().all(|own| {
            given
                .next()
                .is_some_and(|given| given.len() >= 4 && own.as_bytes().starts_with(given))
        });
        (all && given.next().is_none() && commit.parents.len() > 1).then_some(())
    }

    /// How many paths a commit changed, where that is known.
    pub fn changed_count(&self, commit: usize) -> usize {
        let commit = self.commits.get(commit);
        commit
            .and_then(|commit| commit.changed.as_ref())
            .map_or(0, Vec::len)
    }

    /// Whether a line is of the statistic of what a commit changed.
    pub fn is_stat(&self, commit: usize, line: &[u8]) -> bool {
        let changed = self
            .commits
            .get(commit)
            .and_then(|commit| commit.changed.as_deref());
        changed.is_some_and(|changed| stat::is_stat(line, changed))
    }

    /// The end of a commit's subject, as an offset into its message, if this text is it.
    pub fn subject(&self, commit: usize, text: &[u8], steps: &mut Steps) -> Option<usize> {
        steps.take(1 + text.len() / BYTES)?;
        subject(&self.commits.get(commit)?.message, text)
    }

    /// The end of the first line of a commit's message.
    pub fn first_line(&self, commit: usize) -> Option<usize> {
        let message = &self.commits.get(commit)?.message;
        message.lines_with_terminator().next().map(<[u8]>::len)
    }

    /// Whether nothing is left of a commit's message from an offset on.
    pub fn is_read(&self, commit: usize, from: usize) -> bool {
        let message = self.commits.get(commit).map(|commit| &commit.message);
        message
            .and_then(|message| message.get(from..))
            .is_some_and(|rest| rest.trim_start().is_empty())
    }

    /// Whether a commit's message names this co-author.
    pub fn is_coauthor(&self, commit: usize, text: &[u8], steps: &mut Steps) -> bool {
        let Some(commit) = self.commits.get(commit) else {
            return false;
        };
        commit
            .message
            .lines()
            .any(|line| steps.take(1 + line.len() / BYTES).is_some() && is_coauthor(line, text))
    }

    /// The end of the first line that is this text in a commit's message, from an offset on.
    pub fn find(&self, commit: usize, from: usize, text: &[u8], steps: &mut Steps) -> Option<usize> {
        if from == 0
            && let Some(next) = self.subject(commit, text, steps)
        {
            return Some(next);
        }
        let commit = self.commits.get(commit)?;
        let mut at = from;
        for line in commit.message.get(from..)?.lines_with_terminator() {
            steps.take(1 + line.len() / BYTES)?;
            at += line.len();
            if is_same(line, text) {
                return Some(at);
            }
        }
        let amended = self.amendments.get(&BString::from(commit.id.as_str()))?;
        steps.take(amended.len())?;
        amended.iter().any(|own| is_same(own, text)).then_some(from)
    }
}

/// How many bytes of a line are one step.
const BYTES: usize = 32;

/// How many more lines of messages may be looked at for a ChangeLog.
#[derive(Debug, Clone, Copy)]
pub struct Steps(usize);

impl Steps {
    /// Enough for an honest ChangeLog of a size in bytes: real ones need one step for six bytes at most.
    pub fn for_size(size: usize) -> Self {
        Steps(size.saturating_add(20_000))
    }

    /// Takes steps; None where there are no more.
    pub fn take(&mut self, count: usize) -> Option<()> {
        self.0 = self.0.checked_sub(count)?;
        Some(())
    }
}

/// Whether a text is the first paragraph of a message on one line, perhaps with a full stop; the offset behind it.
fn subject(message: &[u8], text: &[u8]) -> Option<usize> {
    let lines = || {
        message
            .lines_with_terminator()
            .take_while(|line| !line.trim().is_empty())
    };
    let mut given = text.fields().peekable();
    for word in lines().flat_map(|line| line.fields()) {
        let next = given.next()?;
        let is_dotted = given.peek().is_none() && next.strip_suffix(b".") == Some(word);
        if next != word && !is_dotted {
            return None;
        }
    }
    given.next().is_none().then(|| lines().map(<[u8]>::len).sum())
}

/// Whether two lines have the same words. A co-author's line may stand without its key.
fn is_same(line: &[u8], text: &[u8]) -> bool {
    if line.fields().eq(text.fields()) {
        return true;
    }
    is_coauthor(line, text)
}

/// Whether a line of a message names a co-author.
fn is_coauthor(line: &[u8], text: &[u8]) -> bool {
    let key = b"co-authored-by:";
    line.get(..key.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(key))
        && line
            .get(key.len()..)
            .unwrap_or_default()
            .fields()
            .eq(text.fields())
}
