//! Symlinks of the tree, followed inside the tree only.

use std::collections::HashMap;

use bstr::{BStr, BString, ByteSlice};

/// Links followed before giving up on one path.
const LONGEST_CHAIN: usize = 32;

/// Where the tree's symlinks lead.
#[derive(Debug, Default)]
pub(super) struct Links {
    targets: HashMap<BString, BString>,
}

impl Links {
    pub(super) fn insert(&mut self, path: BString, target: BString) {
        self.targets.insert(path, target);
    }

    /// The path that `path` means once every symlink on the way (and at the end) is followed.
    /// `None` when nothing had to be followed, when a link leaves the tree, or when links run in a circle.
    pub(super) fn follow(&self, path: &BStr) -> Option<BString> {
        let mut current = path.to_owned();
        for round in 0..LONGEST_CHAIN {
            match self.step(current.as_bstr()) {
                Step::Nothing if round == 0 => return None,
                Step::Nothing => return Some(current),
                Step::Outside => return None,
                Step::To(next) => current = next,
            }
        }
        None
    }

    /// Replaces the first prefix of the path that is a symlink.
    fn step(&self, path: &BStr) -> Step {
        let ends = path.find_iter("/").chain([path.len()]);
        for end in ends {
            let (head, tail) = path.split_at(end);
            let Some(target) = self.targets.get(head.as_bstr()) else {
                continue;
            };
            let parent = head
                .rfind_byte(b'/')
                .map_or(&b""[..], |slash| head.get(..slash).unwrap_or_default());
            return normalise(parent, target, tail).map_or(Step::Outside, Step::To);
        }
        Step::Nothing
    }
}

enum Step {
    Nothing,
    Outside,
    To(BString),
}

/// `parent/target` + `tail` without `.` and `..`; `None` when that is absolute or leaves the tree.
fn normalise(parent: &[u8], target: &[u8], tail: &[u8]) -> Option<BString> {
    if target.starts_with(b"/") || target.is_empty() {
        return None;
    }
    let mut parts: Vec<&[u8]> = parent.split_str("/").filter(|part| !part.is_empty()).collect();
    for part in target.split_str("/").chain(tail.split_str("/")) {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(bstr::join("/", parts).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(pairs: &[(&str, &str)]) -> Links {
        let mut links = Links::default();
        for (path, target) in pairs {
            links.insert((*path).into(), (*target).into());
        }
        links
    }

    fn follow(links: &Links, path: &str) -> Option<String> {
        links
            .follow(path.as_bytes().as_bstr())
            .map(|path| path.to_string())
    }

    #[test]
    fn follows_inside_the_tree() {
        let links = links(&[
            ("a/link", "../b/file"),
            ("dir", "real/dir"),
            ("twice", "a/link"),
            ("same", "./x"),
        ]);
        assert_eq!(follow(&links, "a/link").as_deref(), Some("b/file"));
        assert_eq!(follow(&links, "dir/inner/x").as_deref(), Some("real/dir/inner/x"));
        assert_eq!(follow(&links, "twice").as_deref(), Some("b/file"));
        assert_eq!(follow(&links, "same").as_deref(), Some("x"));
        assert_eq!(follow(&links, "plain"), None);
    }

    #[test]
    fn never_leaves_the_tree_and_never_loops() {
        let links = links(&[
            ("out", "../../etc/passwd"),
            ("abs", "/etc/passwd"),
            ("x", "y"),
            ("y", "x"),
            ("e", ""),
        ]);
        for path in ["out", "abs", "x", "e"] {
            assert_eq!(follow(&links, path), None, "{path}");
        }
    }
}
