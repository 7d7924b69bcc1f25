//! The outline of the source while patches are applied: which paths there are, not what they hold.

use std::collections::HashMap;

use bstr::{BStr, BString};

use super::{Node, Source};
use crate::patches::files::{Change, Touched};
use crate::patches::hunks::MAX_DEPTH;

/// What patches so far have changed.
pub(super) struct Outline<'a> {
    source: &'a dyn Source,
    changed: HashMap<BString, Option<Node>>,
}

impl<'a> Outline<'a> {
    pub(super) fn new(source: &'a dyn Source) -> Self {
        Outline {
            source,
            changed: HashMap::new(),
        }
    }

    /// What is at the path now.
    pub(super) fn node(&self, path: &BStr) -> Option<Node> {
        match self.changed.get(path) {
            Some(node) => *node,
            None => self.source.node(path),
        }
    }

    /// The first symbolic link on the way to the path, the path itself included.
    pub(super) fn link_on_way(&self, path: &BStr) -> Option<BString> {
        let ends = path
            .iter()
            .enumerate()
            .filter(|(_, byte)| **byte == b'/')
            .map(|(at, _)| at);
        for end in ends.chain([path.len()]).take(MAX_DEPTH) {
            let part = BStr::new(path.get(..end)?);
            if self.node(part) == Some(Node::Symlink) {
                return Some(part.to_owned());
            }
        }
        None
    }

    /// Remembers what a file patch did.
    pub(super) fn change(&mut self, touched: &Touched) {
        let node = match touched.change {
            Change::Delete => None,
            _ if touched.mode.is_some_and(|mode| mode & 0o170_000 == 0o120_000) => Some(Node::Symlink),
            _ => Some(Node::File),
        };
        self.changed.insert(touched.path.clone(), node);
        if let (Change::Rename, Some(old)) = (touched.change, &touched.old_path) {
            self.changed.insert(old.clone(), None);
        }
    }
}
