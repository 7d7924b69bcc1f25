use proptest::prelude::*;

use crate::patches::*;

fn one(text: &str) -> Touched {
    let patch = parse(text.as_bytes());
    assert_eq!(patch.faults, [], "{text}");
    patch.files[0].touched(|_| true).unwrap()
}

fn fault(text: &str) -> FaultKind {
    let patch = parse(text.as_bytes());
    assert!(!patch.faults.is_empty(), "no fault in {text}");
    patch.faults[0].kind
}

const HUNK: &str = "@@ -1 +1 @@\n-x\n+y\n";

#[test]
fn a_plain_patch() {
    let touched = one(&format!(
        "Description: words\n---\nIndex: x\n====\n--- a/src/f.c\n+++ b/src/f.c\n{HUNK}"
    ));
    assert_eq!(touched.path, "src/f.c");
    assert_eq!(
        (touched.change, touched.added, touched.removed, touched.line),
        (Change::Modify, 1, 1, 5)
    );
}

#[test]
fn additions_and_deletions() {
    let added = one("--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+y\n");
    assert_eq!((added.change, added.path), (Change::Add, "f".into()));
    let deleted = one("--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-y\n");
    assert_eq!((deleted.change, deleted.path), (Change::Delete, "f".into()));
}

#[test]
fn headers_of_git_without_hunks() {
    let renamed = one("diff --git a/f b/g\nsimilarity index 100%\nrename from f\nrename to g\n");
    assert_eq!(
        (renamed.change, renamed.path, renamed.old_path),
        (Change::Rename, "g".into(), Some("f".into()))
    );
    let mode = one("diff --git a/f b/f\nold mode 100644\nnew mode 100755\n");
    assert_eq!((mode.change, mode.mode), (Change::Mode, Some(0o100_755)));
    let quoted = one("diff --git \"a/\\303\\244\" \"b/\\303\\244\"\nold mode 100644\nnew mode 100755\n");
    assert_eq!(quoted.path, "ä");
    let two =
        format!("diff --git a/f b/g\ncopy from f\ncopy to g\ndiff --git a/h b/h\n--- a/h\n+++ b/h\n{HUNK}");
    assert_eq!(parse(two.as_bytes()).files.len(), 2);
}

#[test]
fn indented_headers_of_git_act_too() {
    let renamed = one("  diff --git a/f b/g\n  rename from f\n  rename to g\n");
    assert_eq!(renamed.change, Change::Rename);
}

#[test]
fn two_names_that_disagree() {
    let text = format!("--- a/f.orig\n+++ b/f\n{HUNK}");
    let patch = parse(text.as_bytes());
    let file = &patch.files[0];
    assert_eq!(file.target(|path| path == "f").unwrap(), "f");
    assert_eq!(file.target(|path| path == "f.orig").unwrap(), "f.orig");
    assert_eq!(file.target(|_| true).unwrap(), "f");
    assert_eq!(file.target(|_| false).unwrap(), "f");
}

#[test]
fn what_dpkg_source_refuses() {
    for text in [
        "only words\n".to_owned(),
        "--- a/f\n".to_owned(),
        format!("--- a/f\nwords\n+++ b/f\n{HUNK}"),
        format!("+++ b/f\n{HUNK}"),
        HUNK.to_owned(),
        "--- a/f\n+++ b/f\n".to_owned(),
        format!("--- a/f\n+++ b/f\nwords\n{HUNK}"),
        format!("--- \"a/f\"\n+++ \"b/f\"\n{HUNK}"),
        format!("--- /dev/null\n+++ /dev/null\n{HUNK}"),
        format!("--- f\n+++ f\n{HUNK}"),
        "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-x\n*y\n".to_owned(),
        "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-x\n-y\n".to_owned(),
        "--- a/f\n+++ b/f\n@@ -1,9 +1,9 @@\n-x\n+y\n".to_owned(),
        "--- a/f\n+++ b/f\n@@ -1 +1 @@\n x\n".to_owned(),
        "--- a/f\n+++ b/f\n@@ -0,0 +0,0 @@\n".to_owned(),
        "--- a/f\n+++ b/f\n@@ -1 +1,3 @@\n x\n+y\n\\ No newline\n+z\n".to_owned(),
        format!("--- a/f\n+++ b/f\n{HUNK}\\ No newline\n\\ No newline\n"),
        format!("--- a/f\n+++ b/f\n{HUNK}\\ No newline\n{HUNK}"),
        "--- a/f\n+++ b/f\n@@ -1 +99999999999999999999999 @@\n-x\n+y\n".to_owned(),
        format!("--- a/f.dpkg-orig\n+++ b/f\n{HUNK}"),
        "diff --git a/f b/f\nGIT binary patch\nliteral 1\n".to_owned(),
    ] {
        assert_eq!(fault(&text), FaultKind::Malformed, "{text}");
    }
}

#[test]
fn what_gnu_patch_would_see_alone() {
    let indented = " --- a/g\n +++ b/g\n @@ -1 +1 @@\n -x\n +y\n";
    assert_eq!(
        fault(&format!("{indented}--- a/f\n+++ b/f\n{HUNK}")),
        FaultKind::Ambiguous
    );
    assert_eq!(
        fault(&format!("--- a/f\n+++ b/f\n{HUNK}Index: g\nX@@ -1 +1 @@\n")),
        FaultKind::Ambiguous
    );
    assert_eq!(
        fault(&format!("- --- x\t2020-01-01\n--- a/f\n+++ b/f\n{HUNK}")),
        FaultKind::Ambiguous
    );
    // Hunk-like words without any header before them move nothing.
    one(&format!(" as in @@ -1 +1 @@ \n @@ -1\n--- a/f\n+++ b/f\n{HUNK}"));
}

#[test]
fn paths_out_of_the_source() {
    for path in ["a/../f", "a/b/..", "a/.git/config", "a/.pc/applied-patches", "a/"] {
        assert_eq!(
            fault(&format!("--- {path}\n+++ {path}\n{HUNK}")),
            FaultKind::Escapes,
            "{path}"
        );
    }
    assert_eq!(
        fault("diff --git a/f b/../g\nrename from f\nrename to ../g\n"),
        FaultKind::Escapes
    );
    one(&format!("--- a/.gitignore\n+++ b/.gitignore\n{HUNK}"));
    one(&format!("--- a/f..c\n+++ b/f..c\n{HUNK}"));
}

#[test]
fn limits() {
    let deep = format!("--- a/{0}f\n+++ b/{0}f\n{HUNK}", "d/".repeat(200));
    assert_eq!(fault(&deep), FaultKind::Limit);
    let many = format!("--- a/f\n+++ b/f\n{HUNK}").repeat((1 << 17) + 1);
    assert_eq!(fault(&many), FaultKind::Limit);
}

/// Lines of which patches, good and bad, are made.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("--- a/f\n+++ b/f\n".to_owned()),
        Just("--- /dev/null\n+++ b/g\n".to_owned()),
        Just("@@ -1,2 +1,2 @@\n a\n-b\n+c\n".to_owned()),
        Just("@@ -0,0 +1 @@\n+q\n".to_owned()),
        Just("diff --git a/f b/g\n".to_owned()),
        Just("rename from f\nrename to g\n".to_owned()),
        Just("new file mode 120000\n".to_owned()),
        Just("\\ No newline at end of file\n".to_owned()),
        Just(" @@ -1 +1 @@\n".to_owned()),
        Just("\n".to_owned()),
        "[ +@\\-\"\\\\a-c/\r\n0-9,]{0,12}",
    ]
}

proptest! {
    #[test]
    fn nothing_panics_and_hunks_are_read_again(pieces in prop::collection::vec(piece(), 0..12), content in "[abq\n]{0,8}") {
        let text = pieces.concat();
        let patch = parse(text.as_bytes());
        for file in &patch.files {
            prop_assert_eq!(file.hunks().count(), file.hunk_count);
            let added: usize = file.hunks().map(|hunk| hunk.added).sum();
            prop_assert_eq!(added, file.added);
            let _ = apply(Some(content.as_bytes()), file);
            let _ = apply(None, file);
        }
    }

    #[test]
    fn any_bytes(text in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&text);
        let _ = series::read(&text);
    }
}
