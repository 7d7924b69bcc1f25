//! The commits behind a release, as a ChangeLog is made from them.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use bstr::{BString, ByteSlice};
use gix::ObjectId;
use gix::objs::Kind;
use tarvet_origin::derived::{Commit, History, Person};

use crate::convert::{self, CommitFacts};
use crate::upstream::{ObjectStore, changed, read_as};

/// Commits that are read at most.
const MOST_COMMITS: usize = 200_000;
/// Bytes of messages that are held at most.
const MOST_BYTES: usize = 256 << 20;

/// The history of `tip` in the order of `git log`: newest first by the committer's time, and of two of the same time the
/// one that was met first. Every commit is hashed anew, so all of it is vouched for by the signature over the release.
/// It ends where the repository's history ends, or at a limit; whether it is whole is said too.
///
/// `paths`: whether to tell what each commit changed, which takes reading its trees.
pub(super) fn history(store: &dyn ObjectStore, tip: ObjectId, paths: bool) -> (History, bool) {
    let mut history = History::default();
    let mut queue = Queue {
        whole: true,
        met: HashSet::new(),
        order: BinaryHeap::new(),
        waiting: HashMap::new(),
    };
    queue.meet(store, tip);
    let mut bytes = 0;
    while let Some(facts) = queue.next() {
        for parent in &facts.parents {
            queue.meet(store, *parent);
        }
        let changed = paths.then(|| changes(store, &facts)).flatten();
        let commit = commit(facts, changed);
        bytes += commit.message.len();
        history.commits.push(commit);
        if history.commits.len() >= MOST_COMMITS || bytes > MOST_BYTES {
            return (history, false);
        }
    }
    (history, queue.whole)
}

/// Commits that were met and not yet told, the newest first.
struct Queue {
    /// Whether every parent could be read.
    whole: bool,
    met: HashSet<ObjectId>,
    order: BinaryHeap<(i64, Reverse<usize>)>,
    waiting: HashMap<usize, CommitFacts>,
}

impl Queue {
    fn meet(&mut self, store: &dyn ObjectStore, id: ObjectId) {
        if !self.met.insert(id) {
            return;
        }
        let object = read_as(store, &id, Kind::Commit).ok();
        let Some(facts) = object.and_then(|object| CommitFacts::parse(id, &object.data)) else {
            self.whole = false;
            return;
        };
        let number = self.met.len();
        let time = facts.committer.time.map_or(0, |(seconds, _)| seconds);
        self.order.push((time, Reverse(number)));
        self.waiting.insert(number, facts);
    }

    fn next(&mut self) -> Option<CommitFacts> {
        let (_, Reverse(number)) = self.order.pop()?;
        self.waiting.remove(&number)
    }
}

/// What a commit changed against its first parent, as `git log --stat` tells it: nothing of a merge.
fn changes(store: &dyn ObjectStore, facts: &CommitFacts) -> Option<Vec<BString>> {
    let parent = match facts.parents.as_slice() {
        [] => None,
        [parent] => {
            let object = read_as(store, parent, Kind::Commit).ok()?;
            Some(CommitFacts::parse(*parent, &object.data)?.tree)
        }
        _ => return None,
    };
    changed(store, parent, Some(facts.tree))
}

fn commit(facts: CommitFacts, changed: Option<Vec<BString>>) -> Commit {
    Commit {
        id: facts.id.to_string(),
        author: person(facts.author),
        committer: person(facts.committer),
        message: facts.message,
        parents: facts.parents.iter().map(ToString::to_string).collect(),
        changed,
    }
}

fn person(person: convert::Person) -> Person {
    let (time, offset) = person.time.unwrap_or_default();
    // git writes hours and minutes as one number: +0130 is 130.
    let seconds = (offset / 100) * 3600 + (offset % 100) * 60;
    Person {
        name: person.name.trim_ascii().as_bstr().to_owned(),
        email: person.email,
        time,
        offset: seconds,
    }
}
