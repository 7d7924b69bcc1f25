use crate::patches::*;

fn applied(old: Option<&str>, text: &str) -> Result<String, ApplyFault> {
    let patch = parse(text.as_bytes());
    assert_eq!(patch.faults, [], "{text}");
    apply(old.map(str::as_bytes), &patch.files[0]).map(|new| String::from_utf8(new).unwrap())
}

#[test]
fn hunks_move() {
    let patch = "--- a/f\n+++ b/f\n@@ -2,3 +2,3 @@\n a\n-b\n+B\n c\n";
    assert_eq!(applied(Some("1\na\nb\nc\n"), patch).unwrap(), "1\na\nB\nc\n");
    assert_eq!(
        applied(Some("1\n2\n3\n4\na\nb\nc\n"), patch).unwrap(),
        "1\n2\n3\n4\na\nB\nc\n"
    );
    assert_eq!(applied(Some("a\nb\nc\n"), patch).unwrap(), "a\nB\nc\n");
    assert_eq!(
        applied(Some("a\nx\nc\n"), patch),
        Err(ApplyFault::NoMatch { line: 3 })
    );
}

#[test]
fn the_nearest_place_wins() {
    let patch = "--- a/f\n+++ b/f\n@@ -3 +3 @@\n-a\n+A\n";
    assert_eq!(
        applied(Some("a\nx\nx\na\nx\n"), patch).unwrap(),
        "a\nx\nx\nA\nx\n"
    );
}

#[test]
fn less_context_anchors() {
    let start = "--- a/f\n+++ b/f\n@@ -1,2 +1,3 @@\n+0\n a\n b\n";
    assert_eq!(
        applied(Some("x\na\nb\n"), start),
        Err(ApplyFault::NoMatch { line: 3 })
    );
    let end = "--- a/f\n+++ b/f\n@@ -1,2 +1,3 @@\n a\n b\n+0\n";
    assert_eq!(applied(Some("x\na\nb\n"), end).unwrap(), "x\na\nb\n0\n");
    assert_eq!(
        applied(Some("a\nb\nx\n"), end),
        Err(ApplyFault::NoMatch { line: 3 })
    );
}

#[test]
fn files_that_come_and_go() {
    let create = "--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+a\n\\ No newline at end of file\n";
    assert_eq!(applied(None, create).unwrap(), "a");
    assert_eq!(applied(Some(""), create).unwrap(), "a");
    assert_eq!(applied(Some("x\n"), create), Err(ApplyFault::Exists));
    let delete = "--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n";
    assert_eq!(applied(Some("a\n"), delete).unwrap(), "");
    assert_eq!(applied(Some("a\nb\n"), delete), Err(ApplyFault::Remains));
    assert_eq!(applied(None, delete), Err(ApplyFault::Missing));
}

#[test]
fn line_ends() {
    let patch = "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n";
    assert_eq!(applied(Some("a"), patch).unwrap(), "a\n");
    assert_eq!(applied(Some("a\n"), patch), Err(ApplyFault::NoMatch { line: 3 }));
    let crlf = "--- a/f\r\n+++ b/f\r\n@@ -1 +1 @@\r\n-a\r\n+b\r\n";
    assert_eq!(applied(Some("a\n"), crlf).unwrap(), "b\n");
}

#[test]
fn a_search_that_would_not_end() {
    // Each hunk is far from where it says, and near the start of what is left.
    let mut text = String::from("--- a/f\n+++ b/f\n");
    for _ in 0..20_000 {
        text.push_str("@@ -20000,2 +20000,2 @@\n x\n-a\n+b\n");
    }
    let old = "x\na\n".repeat(20_000);
    let patch = parse(text.as_bytes());
    let _ = apply(Some(old.as_bytes()), &patch.files[0]);
}
