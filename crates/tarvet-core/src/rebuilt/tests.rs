use super::*;

fn generated(path: &str, digest: u8) -> GeneratedFile {
    GeneratedFile {
        path: path.into(),
        tool: Some("help2man".into()),
        sha256: [digest; 32],
    }
}

fn installed(path: &str, digests: &[u8]) -> InstalledFile {
    InstalledFile {
        package: "foo.deb".into(),
        path: path.into(),
        digests: digests.iter().map(|digest| [*digest; 32]).collect(),
    }
}

fn codes(rebuilt: &Rebuilt) -> Vec<(&'static str, String)> {
    let findings = rebuilt.findings(&BTreeMap::new()).into_iter();
    findings
        .map(|finding| (finding.code, finding.path.unwrap_or_default().to_string()))
        .collect()
}

#[test]
fn a_manual_page_is_found_inside_its_gzip() {
    let files = [
        installed("usr/share/man/man1/foo.1.gz", &[9, 1]),
        installed("usr/bin/foo", &[3]),
    ];
    let rebuilt = Rebuilt::new(
        vec![generated("foo.1", 1), generated("bar.1", 2)],
        BTreeMap::new(),
        files,
    );
    assert_eq!(
        codes(&rebuilt),
        [("generated-file-installed", "foo.1".to_owned())]
    );
    assert_eq!(rebuilt.compared, 2);
}

#[test]
fn what_the_build_wrote_again_is_not_told() {
    let tree = |state| BTreeMap::from([(BString::from("foo.1"), state)]);
    let files = || [installed("usr/share/man/man1/foo.1.gz", &[1])];
    let rebuilt = Rebuilt::new(vec![generated("foo.1", 1)], tree(InTree::Rewritten), files());
    assert_eq!(codes(&rebuilt), []);
    let rebuilt = Rebuilt::new(vec![generated("foo.1", 1)], tree(InTree::Unchanged), files());
    let both = ["generated-file-installed", "generated-file-unchanged"];
    assert_eq!(codes(&rebuilt), both.map(|code| (code, "foo.1".to_owned())));
    let rebuilt = Rebuilt::new(vec![generated("foo.1", 1)], tree(InTree::Deleted), []);
    assert_eq!(codes(&rebuilt), []);
}

#[test]
fn the_report_says_where_each_file_went() {
    let tree = BTreeMap::from([(BString::from("a"), InTree::Unchanged)]);
    let rebuilt = Rebuilt::new(
        vec![generated("a", 1)],
        tree,
        [installed("usr/a", &[1]), installed("usr/b", &[1])],
    );
    let report = RebuiltReport::new("foo.tar", &rebuilt, rebuilt.findings(&BTreeMap::new()));
    let line = report.generated.first().expect("a line");
    assert_eq!(line.tree, Some("unchanged"));
    assert_eq!(line.installed, ["foo.deb: usr/a", "foo.deb: usr/b"]);
}
