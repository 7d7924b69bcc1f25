//! Says what each file of a directory is alleged to be made by: `allege FILES TREE.txt [PREFIX]`.
//!
//! FILES is a directory with the tarball-only files, TREE.txt lists the paths of the signed tree, a path a line.
//! Prints `path TAB tool TAB version TAB input`, the last three empty where nothing is alleged.
#![allow(clippy::print_stdout, reason = "an example talks to its user")]

use std::error::Error;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use bstr::{BStr, BString, ByteSlice, ByteVec};
use tarvet_origin::alleged::{Paths, allege, claim, wants};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(files), Some(tree)) = (arguments.next(), arguments.next()) else {
        return Err("usage: allege FILES TREE.txt".into());
    };
    let files = PathBuf::from(files);
    let tree = fs::read(tree)?;
    let tree = Paths::new(tree.lines().map(BStr::new));
    let mut members = Vec::new();
    walk(&files, &mut members)?;
    members.sort();
    let paths: Vec<BString> = members
        .iter()
        .filter_map(|member| {
            Some(
                Vec::from_path_buf(member.strip_prefix(&files).ok()?.to_path_buf())
                    .ok()?
                    .into(),
            )
        })
        .collect();
    let in_tarball = Paths::new(paths.iter().map(|path| path.as_bstr()));
    for (member, path) in members.iter().zip(&paths) {
        let mut head = Vec::new();
        let file = File::open(member)?;
        let size = file.metadata()?.len();
        file.take(wants(path.as_bstr(), size) as u64)
            .read_to_end(&mut head)?;
        let claim = claim(path.as_bstr(), &head, size);
        match claim.and_then(|claim| allege(&claim, path.as_bstr(), &tree, &in_tarball)) {
            Some(alleged) => {
                println!(
                    "{path}\t{}\t{}\t{}",
                    alleged.tool,
                    alleged.version.unwrap_or_default(),
                    alleged.from
                )
            }
            None => println!("{path}\t\t\t"),
        }
    }
    Ok(())
}

fn walk(directory: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        match path.is_dir() && !path.is_symlink() {
            true => walk(&path, files)?,
            false => files.push(path),
        }
    }
    Ok(())
}
