//! The directory that all members share, as dpkg-source and rpmbuild see it.

use bstr::{BStr, BString, ByteSlice};
use tarvet_archive::{Manifest, MemberKind};

/// The tarball's one top directory, if there is exactly one and everything is below it.
pub(super) fn top_directory(manifest: &Manifest) -> Option<BString> {
    let mut top: Option<&BStr> = None;
    for member in &manifest.members {
        let path = clean(member.path.as_bstr());
        if path.is_empty() {
            continue;
        }
        let (first, inside) = match path.split_once_str("/") {
            Some((first, _)) => (first.as_bstr(), true),
            None => (path, false),
        };
        let is_directory = inside || member.kind == MemberKind::Directory;
        if !is_directory || top.is_some_and(|top| top != first) {
            return None;
        }
        top = Some(first);
    }
    top.map(ToOwned::to_owned)
}

/// A member's path below the top directory; `None` for the top directory itself.
pub(super) fn below<'a>(path: &'a BStr, top: Option<&BString>) -> Option<&'a BStr> {
    let path = clean(path);
    let Some(top) = top else {
        return (!path.is_empty()).then_some(path);
    };
    let rest = path.strip_prefix(top.as_slice())?.strip_prefix(b"/")?;
    (!rest.is_empty()).then_some(rest.as_bstr())
}

/// Without leading `./` and without the slash that ends a directory's name. Anything odder was told by the archive
/// reader, and is compared as it is spelled.
fn clean(path: &BStr) -> &BStr {
    let mut path: &[u8] = path;
    while let Some(rest) = path.strip_prefix(b"./") {
        path = rest;
    }
    if path == b"." {
        return b"".as_bstr();
    }
    path.strip_suffix(b"/").unwrap_or(path).as_bstr()
}

/// Top-level names, for the message when there are several.
pub(super) fn top_names(manifest: &Manifest) -> Vec<BString> {
    let mut names: Vec<BString> = Vec::new();
    for member in &manifest.members {
        let path = clean(member.path.as_bstr());
        let first = path.split_str("/").next().unwrap_or_default();
        if !first.is_empty() && !names.iter().any(|name| name == first) {
            names.push(first.into());
            if names.len() > 20 {
                break;
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(paths: &[&str]) -> Manifest {
        let member = |path: &&str| tarvet_archive::Member {
            path: (*path).into(),
            kind: if path.ends_with('/') {
                MemberKind::Directory
            } else {
                MemberKind::File
            },
            mode: 0o644,
            size: 0,
            mtime: 0,
            blob: gix::ObjectId::null(gix::hash::Kind::Sha1),
            sha256: tarvet_archive::Sha256([0; 32]),
            link: None,
            content: None,
        };
        Manifest {
            members: paths.iter().map(member).collect(),
        }
    }

    #[test]
    fn one_directory_above_everything() {
        assert_eq!(
            top_directory(&manifest(&["a/", "a/b", "a/c/d"])),
            Some("a".into())
        );
        assert_eq!(top_directory(&manifest(&["./a/b", "./a/c"])), Some("a".into()));
        assert_eq!(top_directory(&manifest(&["./", "./a/b"])), Some("a".into()));
    }

    #[test]
    fn a_second_name_or_a_file_at_the_top_means_none() {
        assert_eq!(top_directory(&manifest(&["a/b", "c/d"])), None);
        assert_eq!(top_directory(&manifest(&["a/b", "c"])), None);
        assert_eq!(top_directory(&manifest(&["a"])), None);
        assert_eq!(top_directory(&manifest(&[])), None);
        assert_eq!(top_directory(&manifest(&["a/b", "ab/c"])), None);
    }

    #[test]
    fn paths_below_the_top() {
        let top = Some(BString::from("a"));
        assert_eq!(below(b"a/b/c".as_bstr(), top.as_ref()), Some(b"b/c".as_bstr()));
        assert_eq!(below(b"./a/b/".as_bstr(), top.as_ref()), Some(b"b".as_bstr()));
        assert_eq!(below(b"a/".as_bstr(), top.as_ref()), None);
        assert_eq!(below(b"x".as_bstr(), None), Some(b"x".as_bstr()));
    }
}
