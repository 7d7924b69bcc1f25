//! `tarvet debian --import`: what a maintainer runs once for each upstream release, with network. Makes the proof that builds use
//! without it, and a first tarvet.toml.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use tarvet_core::upstream::{Release, TreeLimits, prove, walk};
use tarvet_core::{Upstream, Verdict};
use tarvet_debian::dsc::Format;
use tarvet_debian::{SETTINGS, SourcePackage, UpstreamTarball};

use super::{Shared, level, one, upstream};
use crate::differing::{self, Compared};
use crate::error::CliError;
use crate::{fetch, inputs, output};

/// Binary files of debian/ that dpkg-source accepts in format 3.0 (quilt).
const INCLUDE_BINARIES: &str = "debian/source/include-binaries";

/// Makes proof and settings in the tree, says what it decided, and checks the package with them.
pub fn run(path: &Path, shared: &Shared<'_>) -> Result<u8, CliError> {
    let source = SourcePackage::open(path, &level).map_err(|error| CliError::new(error.to_string()))?;
    let Some(tree) = source.package.tree.clone() else {
        return Err(CliError::new("--import writes to debian/ of a source tree")
            .hint("unpack the package, and name its directory"));
    };
    if let Err(error) = &source.settings {
        return Err(CliError::new(format!("{SETTINGS}: {error}")));
    }
    let tarballs = source.upstream_tarballs();
    let Some(main) = tarballs.iter().find(|tarball| tarball.component.is_none()) else {
        return Err(CliError::new("the upstream tarball is not there")
            .hint("fetch it: origtargz, or uscan --download-current-version"));
    };
    let main_place = place(&source, None, shared).ok_or_else(|| {
        CliError::new("nothing says where upstream's repository is")
            .hint("give --git URL, or write it into debian/upstream/metadata as Repository")
    })?;
    let release = import(&tree, &source, main, &main_place, shared)?;
    settings(&tree, &source, &main_place, &release)?;
    for component in tarballs.iter().filter(|tarball| tarball.component.is_some()) {
        let name = component.component.as_deref();
        match place(&source, name, shared) {
            Some(place) => drop(import(&tree, &source, component, &place, shared)?),
            None => say(&format!(
                "{}: no repository is known for it; add [component.{}] to {SETTINGS}",
                component.name,
                name.unwrap_or_default()
            )),
        }
    }
    let report = one(path, shared)?;
    output::write(&report, &shared.args.output)?;
    if report.verdict != Verdict::Verified {
        say("the proof is in place; what is left to do is told above");
    }
    Ok(report.verdict.exit_status())
}

/// The caller's repository for the main tarball; else, and for components, where the packaging says that it is.
fn place(source: &SourcePackage, component: Option<&str>, shared: &Shared<'_>) -> Option<String> {
    let given = shared.args.git.clone().filter(|_| component.is_none());
    given.or_else(|| upstream::repository(source, component))
}

/// Writes the proof of one tarball's release.
fn import(
    tree: &Path,
    source: &SourcePackage,
    tarball: &UpstreamTarball,
    place: &str,
    shared: &Shared<'_>,
) -> Result<Release, CliError> {
    let component = tarball.component.as_deref();
    let wish = upstream::wish(source, component, shared);
    let subdir = upstream::settings(source, component).subdir.unwrap_or_default();
    let compared = Compared {
        tarball: &tarball.path,
        subdir: &subdir,
    };
    let found: Upstream = inputs::repository(place, wish.as_ref(), Some(compared))?;
    let release = found.release(wish.as_ref())?;
    let entries = match &release.commit {
        Some(commit) => walk(found.store(), commit.tree, &TreeLimits::default()),
        None => Default::default(),
    };
    let more = differing::blobs(compared, &entries, found.store().format())?;
    let bytes = prove(found.store(), &release, &entries, &more)?;
    let path = tree.join(proof_path(source, tarball));
    write(&path, &bytes)?;
    include_binary(tree, source, &proof_path(source, tarball))?;
    say(&format!(
        "{}: proof of {} (commit {}) from {place}, {} bytes",
        path.display(),
        release.tag_name,
        release
            .commit
            .as_ref()
            .map(|commit| commit.id.to_string())
            .unwrap_or_default(),
        bytes.len()
    ));
    Ok(release)
}

/// Where the proof of a tarball belongs: where tarvet.toml says, else debian/upstream/NAME[.COMPONENT].gitproof.
fn proof_path(source: &SourcePackage, tarball: &UpstreamTarball) -> PathBuf {
    let component = tarball.component.as_deref();
    if let Some(name) = upstream::settings(source, component).proof {
        return Path::new("debian").join(name);
    }
    let name = source.package.source.as_deref().unwrap_or("upstream");
    match component {
        None => format!("debian/upstream/{name}.gitproof").into(),
        Some(component) => format!("debian/upstream/{name}.{component}.gitproof").into(),
    }
}

/// Lists the proof in debian/source/include-binaries, without which dpkg-source refuses to put it into a package of format
/// 3.0 (quilt).
fn include_binary(tree: &Path, source: &SourcePackage, proof: &Path) -> Result<(), CliError> {
    if source.package.format != Some(Format::Quilt) {
        return Ok(());
    }
    let place = tree.join(INCLUDE_BINARIES);
    let mut text = match fs::read(&place) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(CliError::file(&place, "read", &error)),
    };
    let proof = proof.as_os_str().as_encoded_bytes();
    if text.split(|byte| *byte == b'\n').any(|line| line == proof) {
        return Ok(());
    }
    if !text.is_empty() && !text.ends_with(b"\n") {
        text.push(b'\n');
    }
    text.extend_from_slice(proof);
    text.push(b'\n');
    write(&place, &text)?;
    say(&format!(
        "{}: dpkg-source takes the proof into the package",
        place.display()
    ));
    Ok(())
}

/// Writes a first tarvet.toml, if there is none.
fn settings(tree: &Path, source: &SourcePackage, place: &str, release: &Release) -> Result<(), CliError> {
    let path = tree.join(SETTINGS);
    if fs::symlink_metadata(&path).is_ok() {
        say(&format!("{}: left as it is", path.display()));
        return Ok(());
    }
    let mut text =
        String::from("# What tarvet has to know of upstream; tarvet.toml(5) has every key.\n[upstream]\n");
    // A clone of the maintainer's own is of no use to others.
    let url = Some(place.to_owned()).filter(|place| fetch::is_remote(place));
    match url.or_else(|| upstream::repository(source, None)) {
        Some(url) => text += &format!("repository = {}\n", quoted(&url)),
        None => {
            text +=
                "# repository = \"https://...\" is where `tarvet debian --import` fetches the next release.\n"
        }
    }
    let version = upstream::upstream_version(source).unwrap_or_default();
    match pattern(&release.tag_name.to_string(), &version) {
        Some(pattern) => text += &format!("tag = {}\n", quoted(&pattern)),
        None => text += "# The tag is found by the version; write tag = \"...\" if there are several.\n",
    }
    write(&path, text.as_bytes())?;
    say(&format!("{}: repository and tag of upstream", path.display()));
    Ok(())
}

/// The tag with `{version}` where the version stands.
fn pattern(tag: &str, version: &str) -> Option<String> {
    let found = !version.is_empty() && tag.matches(version).count() == 1;
    found.then(|| tag.replacen(version, "{version}", 1))
}

/// A TOML string.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let unwritable = |error| CliError::file(path, "write", &error);
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).map_err(unwritable)?;
    }
    fs::write(path, bytes).map_err(unwritable)
}

fn say(text: &str) {
    anstream::eprintln!("{}", tarvet_core::escape::escape(text));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_become_patterns() {
        assert_eq!(pattern("v5.8.1", "5.8.1").as_deref(), Some("v{version}"));
        assert_eq!(pattern("FILE5_46", "5.46"), None);
        assert_eq!(pattern("1.1", "1"), None);
        assert_eq!(quoted("a\"b"), "'a\"b'");
    }
}
