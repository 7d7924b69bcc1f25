//! What `cargo package` writes: `.cargo_vcs_info.json` and the normalised `Cargo.toml`.

mod dependencies;
mod manifest;
mod targets;
#[cfg(test)]
mod tests;

use bstr::{BStr, BString, ByteSlice};

use super::{Derived, Files, Question, Release};

/// The largest manifest, in bytes.
pub const LARGEST: usize = 1 << 20;

/// Whether a path is one that cargo writes.
pub fn claims(path: &BStr) -> bool {
    let name = path.rsplit_str("/").next().unwrap_or_default();
    name == b".cargo_vcs_info.json" || name == b"Cargo.toml"
}

/// Proves such a file.
pub fn explain(member: &Question<'_>, release: &Release, files: &dyn Files) -> Option<Derived> {
    if !claims(member.path) || member.content.len() > LARGEST {
        return None;
    }
    if member.path.ends_with(b".json") {
        let is_tracked = member.tree.is_some() || files.in_tree(member.path);
        let how = "cargo: it names the release's commit".to_owned();
        return (!is_tracked && is_vcs_info(member.content, release)).then(|| Derived {
            from: Vec::new(),
            how,
            shown: Vec::new(),
        });
    }
    let tree = member.tree.filter(|tree| tree.len() <= LARGEST)?;
    if !has_plain_comments(member.content) {
        return None;
    }
    let published = toml::from_str(member.content.to_str().ok()?).ok()?;
    let source = toml::from_str(tree.to_str().ok()?).ok()?;
    let root = files.whole_tree("Cargo.toml".into());
    let root = root.and_then(|root| toml::from_str(root.to_str().ok()?).ok());
    let directory = member.path.rfind_byte(b'/').map_or(0, |at| at + 1);
    let directory = BString::from(member.path.get(..directory)?);
    let is_member = |path: &str| files.is_member([directory.as_slice(), path.as_bytes()].concat().as_bstr());
    let names_in = |path: &str| files.names_in([directory.as_slice(), path.as_bytes()].concat().as_bstr());
    manifest::compare(&published, &source, root.as_ref(), &is_member, &names_in)?;
    let how = "cargo: it says what the tree's manifest says, normalised".to_owned();
    Some(Derived {
        from: vec![member.path.into()],
        how,
        shown: Vec::new(),
    })
}

/// Whether the only comments are the few lines of plain words that cargo begins with.
fn has_plain_comments(content: &[u8]) -> bool {
    let is_word = |&byte: &u8| byte.is_ascii_alphabetic() || b" #.,()`\"-/".contains(&byte);
    let heading = || content.lines().take_while(|line| line.starts_with(b"#"));
    let is_plain = heading().all(|line| line.len() <= 100 && line.iter().all(is_word));
    let begun = heading().count();
    // Behind a value a comment would need a mark that strings of a manifest seldom have.
    is_plain
        && begun <= 16
        && !content
            .lines()
            .skip(begun)
            .any(|line| line.trim_start().starts_with(b"#"))
}

/// Whether the file says the release's commit, and a directory, and nothing else.
fn is_vcs_info(content: &[u8], release: &Release) -> bool {
    let Ok(serde_json::Value::Object(info)) = serde_json::from_slice(content) else {
        return false;
    };
    let git = info.get("git").and_then(|git| git.as_object());
    let is_commit = git.is_some_and(|git| {
        let id = git.get("sha1").and_then(|id| id.as_str());
        git.len() == 1 && !release.commit.is_empty() && id == Some(release.commit.as_str())
    });
    let path = info
        .get("path_in_vcs")
        .map(|path| path.as_str().is_some_and(is_directory));
    is_commit && path != Some(false) && info.len() == 1 + usize::from(path.is_some())
}

/// Whether a text is a plain relative directory.
fn is_directory(path: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"./_+-".contains(&byte);
    path.len() <= 200
        && path.bytes().all(is_plain)
        && !path.starts_with('/')
        && !path.split('/').any(|part| part == "..")
}
