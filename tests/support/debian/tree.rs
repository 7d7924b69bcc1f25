//! An unpacked tree, as dpkg-source leaves it but for patches, and then as the case wants it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::super::story::{Story, bytes};
use super::Debian;

/// Unpacks to `foo-1.0` below `tmp` and returns that name.
pub fn unpack(plan: &Debian, story: &Story, debian: &BTreeMap<String, Vec<u8>>, tmp: &Path) -> String {
    let root = tmp.join("foo-1.0");
    let write = |path: &str, content: &[u8]| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        fs::write(path, content).expect("written");
    };
    let edits = &story.tarball;
    for (path, content) in story.upstream.contents() {
        if !edits.remove.contains(&path) {
            write(&path, &bytes(edits.modify.get(&path).unwrap_or(&content)));
            if story.upstream.executable.contains(&path) {
                fs::set_permissions(root.join(&path), fs::Permissions::from_mode(0o755)).expect("a mode");
            }
        }
    }
    for (path, content) in &edits.add {
        write(path, &bytes(content));
    }
    for (name, component) in &plan.components {
        for (path, content) in &component.files {
            let content = component.modify.get(path).unwrap_or(content);
            write(&format!("{name}/{path}"), &bytes(content));
        }
    }
    for (path, content) in debian {
        write(&format!("debian/{path}"), content);
    }
    for (path, content) in plan.outside.iter().chain(&plan.tree) {
        write(path, &bytes(content));
    }
    for path in &plan.tree_lost {
        fs::remove_file(root.join(path)).expect("a file to lose");
    }
    "foo-1.0".into()
}
