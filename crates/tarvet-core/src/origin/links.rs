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

    /// The path that `path` means once every symlink on the way (and at the end) is followed, component by component
    /// as the system does it. `None` when nothing had to be followed, when a link leaves the tree, or when links run
    /// in a circle.
    pub(super) fn follow(&self, path: &BStr) -> Option<BString> {
        if self.targets.is_empty() {
            return None;
        }
        let mut open: Vec<&[u8]> = path.split(|byte| *byte == b'/').rev().collect();
        let mut done: Vec<&[u8]> = Vec::new();
        let mut followed = 0;
        while let Some(part) = open.pop() {
            match part {
                b"" | b"." => continue,
                b".." => {
                    done.pop()?;
                    continue;
                }
                name => done.push(name),
            }
            let Some(target) = self.targets.get(bstr::join("/", &done).as_bstr()) else {
                continue;
            };
            followed += 1;
            if followed > LONGEST_CHAIN || target.is_empty() || target.starts_with(b"/") {
                return None;
            }
            done.pop();
            open.extend(target.split(|byte| *byte == b'/').rev());
        }
        (followed > 0).then(|| bstr::join("/", done).into())
    }
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
            ("through", "dir/../f"),
        ]);
        assert_eq!(follow(&links, "a/link").as_deref(), Some("b/file"));
        assert_eq!(follow(&links, "dir/inner/x").as_deref(), Some("real/dir/inner/x"));
        assert_eq!(follow(&links, "twice").as_deref(), Some("b/file"));
        assert_eq!(follow(&links, "same").as_deref(), Some("x"));
        assert_eq!(
            follow(&links, "through").as_deref(),
            Some("real/f"),
            "`..` is of where the link leads"
        );
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
