//! `--tree`: is the unpacked tree what dpkg-source makes of the tarballs that were checked?

mod contents;
mod quilt;

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use bstr::{BStr, BString};
use sha2::{Digest, Sha256};
use tarvet_archive::{Member, MemberKind};
use tarvet_debian::SourcePackage;
use tarvet_debian::effective::{After, Patches};
use tarvet_origin::rebuild::{self, Build};

use super::below_top;
use super::tarball::{self, Vetted};
use crate::error::CliError;

/// Directories that are no part of the source: the packaging, quilt's, which is looked at by itself, and git's.
const NOT_LOOKED_AT: [&str; 3] = ["debian", ".pc", ".git"];

/// Differences that are told; whoever has more of them has the wrong tree.
const MOST: usize = 200;

/// Files of version control at any depth: no build reads them, and packaging repositories add them.
const OF_VERSION_CONTROL: [&str; 5] = [
    ".gitattributes",
    ".gitignore",
    ".gitmodules",
    ".gitreview",
    ".mailmap",
];

/// What dh_clean deletes wherever it is, at the beginning of every build: how its name begins and ends.
const CLEANED: [(&str, &str); 10] = [
    ("", "~"),
    ("", ".orig"),
    ("", ".rej"),
    ("", ".bak"),
    ("#", "#"),
    ("DEADJOE", ""),
    (".SUMS", ""),
    ("TAGS", ""),
    ("", ".pyc"),
    ("", ".P"),
];

/// Every file that is not as dpkg-source would have left it: path and what is wrong.
///
/// Files may be missing that `clean` deletes: those that upstream's signed tree does not have (`make clean` does), and those
/// of debian/clean. dpkg-source ignores deletions too.
pub fn differences(
    root: &Path,
    source: &SourcePackage,
    vetted: &[Vetted],
) -> Result<Vec<(BString, String)>, CliError> {
    if vetted.is_empty() {
        return Ok(Vec::new());
    }
    let expected = expected(vetted);
    let of_diff = source.diff.as_ref().map(|diff| Patches::of_diff(&diff.text));
    let patches = of_diff.as_ref().unwrap_or(&source.patches);
    let mut judge = Judge {
        root,
        after: patches.afterwards(contents::of(&expected, patches)?),
        readable: patches.are_readable(),
        signed: tarball::signed(vetted),
        build: &source.build,
        differences: Vec::new(),
    };
    judge.after.retain(|path, _| !is_left_out(BStr::new(path)));
    if of_diff.is_none() && judge.none_is_applied(&expected)? {
        judge.after.clear();
    }
    for (path, (member, _)) in &expected {
        judge.path(path, Some(member))?;
    }
    let mut more = Vec::new();
    walk(root, BStr::new(""), &mut more)?;
    judge.differences.extend(targets(root, vetted)?);
    let mut quilts = Vec::new();
    if fs::symlink_metadata(root.join(".pc")).is_ok_and(|place| place.is_dir()) {
        walk(root, BStr::new(".pc"), &mut quilts)?;
    }
    let unpacked = |path: &BStr| expected.get(path).map(|(member, _)| member.sha256.0);
    let touched = |path: &BStr| patches.touch(path);
    judge
        .differences
        .extend(quilt::strange(root, &quilts, &unpacked, &touched)?);
    more.retain(|path| !judge.after.contains_key(path));
    more.extend(judge.after.keys().cloned());
    for path in more.iter().filter(|path| !expected.contains_key(*path)) {
        judge.path(path, None)?;
    }
    judge.differences.sort();
    judge.differences.truncate(MOST);
    Ok(judge.differences)
}

/// A member, and the tarball that has it.
pub type Expected<'v> = BTreeMap<BString, (&'v Member, &'v Vetted)>;

/// What dpkg-source unpacks, without debian/: the main tarball, each component in place of its directory.
fn expected(vetted: &[Vetted]) -> Expected<'_> {
    let mut expected = Expected::new();
    for one in vetted {
        let directory = one.tarball.component.as_ref().map(|name| format!("{name}/"));
        if let Some(directory) = &directory {
            expected.retain(|path, _| !path.starts_with(directory.as_bytes()));
        }
        for member in &one.facts.tarball.manifest.members {
            let Some(path) = below_top(BStr::new(&member.path), one.facts.comparison.top.as_ref()) else {
                continue;
            };
            let path = BString::from([directory.as_deref().unwrap_or_default().as_bytes(), path].concat());
            if member.kind != MemberKind::Directory && !is_left_out(BStr::new(&path)) {
                expected.insert(path, (member, one));
            }
        }
    }
    expected
}

/// Directories at the top that no tarball has, with the name of a target: make takes a target that exists for done.
fn targets(root: &Path, vetted: &[Vetted]) -> Result<Vec<(BString, String)>, CliError> {
    let unreadable = |error| CliError::file(root, "read the directory", &error);
    let mut found = Vec::new();
    for entry in fs::read_dir(root).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = BString::from(entry.file_name().as_bytes());
        let is_directory = entry.file_type().map_err(unreadable)?.is_dir();
        let unpacked = || {
            vetted.iter().any(|one| {
                let component = one
                    .tarball
                    .component
                    .as_ref()
                    .is_some_and(|component| name == component.as_str());
                let top = one.facts.comparison.top.as_ref();
                let members = &one.facts.tarball.manifest.members;
                component
                    || one.tarball.component.is_none()
                        && members.iter().any(|member| {
                            below_top(BStr::new(&member.path), top).is_some_and(|path| {
                                path.split(|byte| *byte == b'/').next() == Some(name.as_slice())
                            })
                        })
            })
        };
        if is_directory && rebuild::is_target(BStr::new(&name)) && !unpacked() {
            let what = "no tarball has this directory, and make runs no target of debian/rules that has a directory's name";
            found.push((name, what.to_owned()));
        }
    }
    Ok(found)
}

fn is_left_out(path: &BStr) -> bool {
    let first = path.split(|byte| *byte == b'/').next().unwrap_or_default();
    NOT_LOOKED_AT.iter().any(|name| name.as_bytes() == first)
}

struct Judge<'a> {
    root: &'a Path,
    /// What patches touch, when they are applied.
    after: BTreeMap<BString, After>,
    /// Whether every patch could be read.
    readable: bool,
    signed: Option<HashSet<BString>>,
    build: &'a Build,
    differences: Vec<(BString, String)>,
}

/// What is in the tree.
#[derive(PartialEq, Eq)]
enum Found {
    Nothing,
    File([u8; 32]),
    Link([u8; 32]),
    Other,
}

impl Judge<'_> {
    /// Whether all that patches touch is as the tarball has it: a packaging repository, before its build begins.
    fn none_is_applied(&self, expected: &Expected<'_>) -> Result<bool, CliError> {
        for path in self.after.keys() {
            let unpacked = expected.get(path).map(|(member, _)| unpacked(member));
            if found(&self.root.join(OsStr::from_bytes(path)))?.0 != unpacked.unwrap_or(Found::Nothing) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// One path of the tarball (`member`), of a patch, or of the tree alone.
    fn path(&mut self, path: &BString, member: Option<&&Member>) -> Result<(), CliError> {
        let (found, runs) = found(&self.root.join(OsStr::from_bytes(path)))?;
        let unpacked = member.map(|member| unpacked(member));
        let what = match self.after.get(path) {
            Some(after) => self.patched(path, after, unpacked, &found),
            None => self.unpatched(path, unpacked, &found).or_else(|| {
                // The mode of a link is nobody's. What may be run after a patch is the patch's to say.
                let file = member.filter(|member| member.kind == MemberKind::File)?;
                matches!(found, Found::File(_)).then(|| other_mode(file.mode, runs))?
            }),
        };
        if let Some(what) = what {
            self.differences.push((path.clone(), what));
        }
        Ok(())
    }

    fn unpatched(&self, path: &BString, unpacked: Option<Found>, found: &Found) -> Option<String> {
        let unreadable = if self.readable {
            "and no patch touches it"
        } else {
            "and not every patch can be read"
        };
        match (unpacked, found) {
            (Some(unpacked), found) if unpacked == *found => None,
            (_, Found::Other) => Some("it is neither a file nor a link".into()),
            (Some(_), Found::Nothing) => self
                .must_stay(path)
                .then(|| "the tarball and the signed tree have it, and this tree has not".into()),
            (Some(_), _) => Some(format!("other contents than in the tarball, {unreadable}")),
            (None, Found::Nothing) => None,
            (None, _)
                if OF_VERSION_CONTROL
                    .iter()
                    .any(|name| name.as_bytes() == file_name(path)) =>
            {
                None
            }
            (None, _) => Some(format!("it is in none of the tarballs, {unreadable}")),
        }
    }

    fn patched(
        &self,
        path: &BString,
        after: &After,
        unpacked: Option<Found>,
        found: &Found,
    ) -> Option<String> {
        let digest = |content: &[u8]| Found::File(Sha256::digest(content).into());
        match (after, found) {
            (After::Contents(content), found) if digest(content) == *found => None,
            (After::Contents(content), Found::Nothing) if content.is_empty() => None,
            (After::Contents(_), Found::Nothing) => self
                .must_stay(path)
                .then(|| "the patches leave it there, and this tree does not have it".into()),
            // GNU patch may leave an empty file.
            (After::Gone, Found::Nothing) => None,
            (After::Gone, found) if digest(b"") == *found => None,
            (_, Found::Other) => Some("it is neither a file nor a link".into()),
            (_, found) if unpacked.is_some_and(|unpacked| unpacked == *found) => {
                Some("it is as in the tarball, though other patches of debian/patches are applied".into())
            }
            (After::Gone, _) => {
                Some("it should not be there: a patch removes it, or none of them makes it".into())
            }
            (After::Contents(_), _) => Some("other contents than the patches make of the tarball's".into()),
            (After::Unknown(why), _) => Some(format!("what it should be like cannot be told: {why}")),
        }
    }

    /// Whether a file cannot have been deleted by an honest `clean`.
    fn must_stay(&self, path: &BString) -> bool {
        let name = file_name(path);
        let cleaned = |(begin, end): &(&str, &str)| {
            name.starts_with(begin.as_bytes()) && name.ends_with(end.as_bytes())
        };
        let signed = self.signed.as_ref().is_some_and(|signed| signed.contains(path));
        signed && !CLEANED.iter().any(cleaned) && !self.build.may_delete(BStr::new(path))
    }
}

/// Whether the file may be run and the tarball's not, or the other way round. Any of the three bits will do, so that
/// no umask makes a difference: tar and dpkg-source give them to all or to none.
fn other_mode(unpacked: u32, runs: bool) -> Option<String> {
    match (unpacked & 0o111 != 0, runs) {
        (true, false) => Some("it may not be run, and in the tarball it may (chmod +x)".into()),
        (false, true) => Some("it may be run, and in the tarball it may not (chmod -x)".into()),
        _ => None,
    }
}

fn file_name(path: &BString) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or_default()
}

fn unpacked(member: &Member) -> Found {
    match member.kind {
        MemberKind::Symlink => Found::Link(member.sha256.0),
        _ => Found::File(member.sha256.0),
    }
}

/// What is there, and whether anybody may run it.
fn found(place: &Path) -> Result<(Found, bool), CliError> {
    let Ok(metadata) = fs::symlink_metadata(place) else {
        return Ok((Found::Nothing, false));
    };
    let runs = metadata.permissions().mode() & 0o111 != 0;
    let unreadable = |error| CliError::file(place, "read the file", &error);
    let found = if metadata.is_symlink() {
        Found::Link(Sha256::digest(fs::read_link(place).map_err(unreadable)?.as_os_str().as_bytes()).into())
    } else if metadata.is_file() {
        let mut digest = Sha256::new();
        let mut file = fs::File::open(place).map_err(unreadable)?;
        let mut buffer = vec![0; 1 << 16];
        loop {
            match file.read(&mut buffer).map_err(unreadable)? {
                0 => break,
                read => digest.update(buffer.get(..read).unwrap_or_default()),
            }
        }
        Found::File(digest.finalize().into())
    } else {
        Found::Other
    };
    Ok((found, runs))
}

/// Every file and link below `root`, without following links.
fn walk(root: &Path, below: &BStr, found: &mut Vec<BString>) -> Result<(), CliError> {
    let directory = root.join(OsStr::from_bytes(below));
    let unreadable = |error| CliError::file(&directory, "read the directory", &error);
    for entry in fs::read_dir(&directory).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let mut path = BString::from(below);
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(entry.file_name().as_bytes());
        if below.is_empty() && is_left_out(BStr::new(&path)) {
            continue;
        }
        if entry.file_type().map_err(unreadable)?.is_dir() {
            walk(root, BStr::new(&path), found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_to_run_are_compared_and_a_umask_is_not() {
        for (tarball, tree, told) in [
            (0o755, 0o644, true),
            (0o644, 0o755, true),
            (0o644, 0o645, true),
            (0o755, 0o700, false),
            (0o755, 0o775, false),
            (0o644, 0o600, false),
            (0o444, 0o664, false),
        ] {
            assert_eq!(
                other_mode(tarball, tree & 0o111 != 0).is_some(),
                told,
                "{tarball:o} {tree:o}"
            );
        }
    }

    #[test]
    fn directories_of_version_control_are_part_of_the_tree() {
        for (path, out) in [
            (".svn/evil.m4", false),
            (".pc/x", true),
            (".git/x", true),
            ("debian/x", true),
            ("a/.git/x", false),
        ] {
            assert_eq!(is_left_out(BStr::new(path)), out, "{path}");
        }
    }

    #[test]
    fn what_is_in_pc_is_found_where_it_is_asked_for() {
        let tree = tempfile::tempdir().unwrap();
        fs::create_dir_all(tree.path().join(".pc/a")).unwrap();
        fs::write(tree.path().join(".pc/a/x"), "").unwrap();
        fs::write(tree.path().join("y"), "").unwrap();
        let (mut all, mut quilts) = (Vec::new(), Vec::new());
        walk(tree.path(), BStr::new(""), &mut all).unwrap();
        walk(tree.path(), BStr::new(".pc"), &mut quilts).unwrap();
        assert_eq!(
            (all, quilts),
            (vec![BString::from("y")], vec![BString::from(".pc/a/x")])
        );
    }

    #[test]
    fn a_directory_with_the_name_of_a_target_is_told() {
        let tree = tempfile::tempdir().unwrap();
        for name in ["clean", "override_dh_autoreconf", "build", "src"] {
            fs::create_dir(tree.path().join(name)).unwrap();
        }
        let mut told: Vec<BString> = targets(tree.path(), &[])
            .unwrap()
            .into_iter()
            .map(|(path, _)| path)
            .collect();
        told.sort();
        assert_eq!(told, ["clean", "override_dh_autoreconf"]);
    }
}
