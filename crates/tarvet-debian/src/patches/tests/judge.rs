use std::collections::BTreeMap;

use bstr::{BStr, BString};

use crate::patches::*;

/// A source in memory.
#[derive(Default)]
pub(super) struct Fake {
    pub nodes: BTreeMap<BString, Node>,
    pub files: BTreeMap<BString, Vec<u8>>,
    pub signed: Option<Vec<BString>>,
}

impl Source for Fake {
    fn node(&self, path: &BStr) -> Option<Node> {
        self.nodes
            .get(path)
            .copied()
            .or_else(|| self.files.contains_key(path).then_some(Node::File))
    }
    fn debian_file(&self, path: &BStr) -> Option<&[u8]> {
        self.files.get(path).map(Vec::as_slice)
    }
    fn patch_files(&self) -> Vec<BString> {
        self.files
            .keys()
            .filter(|path| path.starts_with(b"debian/patches/"))
            .cloned()
            .collect()
    }
    fn signed(&self, path: &BStr) -> Option<bool> {
        self.signed
            .as_ref()
            .map(|paths| paths.iter().any(|known| known == path))
    }
}

impl Fake {
    pub fn of(files: &[(&str, &str)]) -> Self {
        let mut fake = Fake::default();
        for (path, text) in files {
            fake.files.insert((*path).into(), text.as_bytes().to_vec());
        }
        fake
    }
    fn node(mut self, path: &str, node: Node) -> Self {
        self.nodes.insert(path.into(), node);
        self
    }
}

fn modify(path: &str) -> String {
    format!("--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n-x\n+y\n")
}

fn kinds(source: &Fake) -> Vec<PatchFaultKind> {
    judge(source, "debian")
        .faults
        .iter()
        .map(|fault| fault.kind)
        .collect()
}

/// A package with one patch.
fn with(patch: &str) -> Fake {
    Fake::of(&[
        ("debian/patches/series", "p.patch\n"),
        ("debian/patches/p.patch", patch),
    ])
}

#[test]
fn an_honest_package_is_quiet() {
    let source = with(&modify("src/main.c")).node("src/main.c", Node::File);
    let judgement = judge(&source, "debian");
    assert_eq!(judgement.faults, []);
    assert_eq!(judgement.patches[0].touched[0].path, "src/main.c");
    assert_eq!(judge(&Fake::default(), "debian"), Judgement::default());
}

#[test]
fn series_and_files_that_do_not_agree() {
    let one = modify("f");
    let source = Fake::of(&[
        ("debian/patches/series", "gone.patch\n"),
        ("debian/patches/left.patch", &one),
    ]);
    assert_eq!(
        kinds(&source),
        [PatchFaultKind::Malformed, PatchFaultKind::Unlisted]
    );
    let vendor = Fake::of(&[
        ("debian/patches/series", "p.patch\n"),
        ("debian/patches/ubuntu.series", "q.patch\n"),
        ("debian/patches/p.patch", &one),
        ("debian/patches/q.patch", &one),
    ])
    .node("f", Node::File);
    assert_eq!(kinds(&vendor), [PatchFaultKind::VendorSeries]);
    assert_eq!(
        judge(&vendor, "ubuntu").series.unwrap(),
        "debian/patches/ubuntu.series"
    );
    let same = Fake::of(&[
        ("debian/patches/series", "p.patch\n"),
        ("debian/patches/debian.series", "# own\np.patch\n"),
        ("debian/patches/p.patch", &one),
    ])
    .node("f", Node::File);
    assert_eq!(kinds(&same), []);
    let link = with(&one).node("debian/patches/debian.series", Node::Symlink);
    assert_eq!(kinds(&link)[0], PatchFaultKind::Malformed);
}

#[test]
fn links_of_the_tarball_and_of_earlier_patches() {
    let source = with(&modify("dir/f")).node("dir", Node::Symlink);
    assert_eq!(kinds(&source), [PatchFaultKind::ThroughSymlink]);
    let make = "diff --git a/dir b/dir\nnew file mode 120000\n--- /dev/null\n+++ b/dir\n@@ -0,0 +1 @@\n+/etc\n\\ No\n";
    let source = Fake::of(&[
        ("debian/patches/series", "a\nb\n"),
        ("debian/patches/a", make),
        ("debian/patches/b", &modify("dir/f")),
    ]);
    assert_eq!(
        kinds(&source),
        [PatchFaultKind::AddsSymlink, PatchFaultKind::ThroughSymlink]
    );
}

#[test]
fn generated_files() {
    let mut source = with(&modify("config/odd.sh")).node("config/odd.sh", Node::File);
    source.signed = Some(Vec::new());
    assert_eq!(kinds(&source), [PatchFaultKind::TouchesGenerated]);
    source.signed = Some(vec!["config/odd.sh".into()]);
    assert_eq!(kinds(&source), []);
    let mut source = with(&modify("./configure")).node("configure", Node::File);
    assert_eq!(kinds(&source), [PatchFaultKind::TouchesBuildInput]);
    source.signed = Some(Vec::new());
    assert_eq!(kinds(&source), [PatchFaultKind::TouchesGenerated]);
    // Upstream wrote and signed it: no more than any other file that decides the build.
    source.signed = Some(vec!["configure".into()]);
    assert_eq!(kinds(&source), [PatchFaultKind::TouchesBuildInput]);
    let source = with(&(modify("a.m4") + &modify("b.m4")))
        .node("a.m4", Node::File)
        .node("b.m4", Node::File);
    let faults = judge(&source, "debian").faults;
    assert_eq!(faults.len(), 1);
    assert_eq!(
        (faults[0].kind, &faults[0].also),
        (PatchFaultKind::TouchesBuildInput, &vec!["b.m4".into()])
    );
}

#[test]
fn packaging_binaries_and_modes() {
    assert_eq!(
        kinds(&with(&modify("debian/rules"))),
        [PatchFaultKind::TouchesDebian]
    );
    let nul = "--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+a\0b\n";
    assert_eq!(kinds(&with(nul)), [PatchFaultKind::AddsBinary]);
    let mode = "diff --git a/f b/f\nold mode 100644\nnew mode 100755\n";
    assert_eq!(
        kinds(&with(mode).node("f", Node::File)),
        [PatchFaultKind::AddsExecutable]
    );
    assert_eq!(
        kinds(&with(&modify("f")).node("f", Node::Directory)),
        [PatchFaultKind::Malformed]
    );
}

#[test]
fn format_1() {
    let diff = format!(
        "--- foo-1.orig/debian/rules\n+++ foo-1/debian/rules\n@@ -0,0 +1,2 @@\n+all:\n+\ttrue\n{}",
        modify("src/main.c")
    );
    let source = Fake::default().node("src/main.c", Node::File);
    let unpacked = v1::unpack(diff.as_bytes(), "foo_1-1.diff.gz", &source);
    assert_eq!(unpacked.debian[BStr::new("debian/rules")], b"all:\n\ttrue\n");
    assert_eq!(unpacked.outside.len(), 1);
    assert_eq!(unpacked.faults.len(), 1);
    assert_eq!(unpacked.faults[0].kind, PatchFaultKind::Outside);
    let bad = modify("debian/rules");
    assert_eq!(
        v1::unpack(bad.as_bytes(), "d", &source).faults[0].kind,
        PatchFaultKind::Malformed
    );
}
