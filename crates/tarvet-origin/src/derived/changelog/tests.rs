//! The shapes of real ChangeLogs, and lines that no commit has.

use super::*;
use crate::derived::testing::Tree;
use crate::derived::{Commit, Person};

fn person(time: i64) -> Person {
    Person {
        name: "Ann Bee".into(),
        email: "a@example.org".into(),
        time,
        offset: 3600,
    }
}

fn history() -> History {
    let commit = |id: &str, time: i64, message: &str, parents: &[&str]| Commit {
        id: id.repeat(40),
        author: person(time),
        committer: person(time),
        message: message.into(),
        parents: parents.iter().map(|id| id.repeat(40)).collect(),
        changed: None,
    };
    History {
        commits: vec![
            commit(
                "c",
                1_675_931_981,
                "Release 1.2.\n\n* NEWS: Say so.\n\nSigned-off-by: Ann Bee <a@example.org>\n",
                &["a", "b"],
            ),
            commit("b", 1_675_931_000, "Fix it.\n\n* a.c (main):\tReturn.\n", &["a"]),
            commit("a", 1_600_000_000, "Begin.\n", &[]),
        ],
        ..History::default()
    }
}

fn ask(text: &str, tree: &Tree) -> Option<Derived> {
    let question = Question {
        path: "ChangeLog".into(),
        content: text.as_bytes(),
        tree: None,
    };
    explain(&question, tree, Some(&history()))
}

fn is_derived(text: &str) -> bool {
    ask(text, &Tree::default()).is_some()
}

fn log() -> String {
    let (a, b, c) = ("a".repeat(40), "b".repeat(40), "c".repeat(40));
    format!(
        "commit {c}\nMerge: {} {}\nAuthor: Ann Bee <a@example.org>\nDate:   Thu Feb 9 09:39:41 2023 +0100\n\n    Release 1.2.\n    \n    * NEWS: Say so.\n    \n    Signed-off-by: Ann Bee <a@example.org>\n\ncommit {b}\nAuthor: Ann Bee <a@example.org>\nDate:   2023-02-09 09:23:20 +0100\n\n    Fix it.\n\n    * a.c (main): Return.\n\ncommit {a}\nAuthor:     Ann Bee <a@example.org>\nAuthorDate: 1600000000 +0100\nCommit:     Ann Bee <a@example.org>\nCommitDate: 1600000000 +0100\n\n    Begin.\n",
        &a[..7],
        &b[..7]
    )
}

const GNU: &str = "2023-02-09  Ann Bee  <a@example.org>\n\n\tRelease 1.2.\n\t* NEWS: Say so.\n\n\tFix it.\n\t* a.c (main): Return.\n\n2020-09-13  Ann Bee  <a@example.org>\n\n\tBegin.\n\n";

#[test]
fn a_plain_log_is_derived() {
    let derived = ask(&log(), &Tree::default()).unwrap();
    assert_eq!(
        derived.how,
        "history: its 3 entries are commits that the release is made of"
    );
    let bare: String = log()
        .lines()
        .filter(|line| !line.starts_with("commit ") && !line.starts_with("Commit"))
        .map(|line| format!("{line}\n"))
        .collect();
    assert!(is_derived(&bare));
}

#[test]
fn the_gnu_style_is_derived() {
    assert!(is_derived(GNU));
    let with_id = GNU.replace(
        "\tFix it.\n",
        &format!("\tFix it.\n\t+ commit {}\n", "b".repeat(40)),
    );
    assert!(is_derived(&with_id));
    assert!(!is_derived(&with_id.replace(&"b".repeat(40), &"d".repeat(40))));
    assert!(is_derived(&GNU.replace("2023-02-09", "2023-02-08")));
    assert!(is_derived(&GNU.replace("\tBegin.", "\tBegin..")));
    assert!(!is_derived(&GNU.replace("\tBegin.", "\tBegin...")));
}

#[test]
fn a_line_that_no_commit_has_is_not() {
    let lines: Vec<String> = log().lines().map(str::to_owned).collect();
    for at in 0..=lines.len() {
        for evil in [
            "    $(id)",
            "id",
            "\teval x",
            "Author: $(id) <x@y>",
            "Date:   id",
            " a | 2 +-",
        ] {
            let mut changed = lines.clone();
            changed.insert(at, evil.to_owned());
            assert!(!is_derived(&changed.join("\n")), "{evil} at {at}");
        }
    }
    let lines: Vec<&str> = GNU.lines().collect();
    for at in 0..=lines.len() {
        for evil in [
            "\tid",
            "id",
            "\t* a.c (main): Return",
            "2023-02-09  Eve  <a@example.org>",
        ] {
            let mut changed = lines.clone();
            changed.insert(at, evil);
            assert!(!is_derived(&changed.join("\n")), "{evil} at {at}");
        }
    }
}

#[test]
fn another_author_time_or_commit_is_not() {
    for (from, to) in [
        (
            "Ann Bee <a@example.org>\nDate:   Thu",
            "Eve <a@example.org>\nDate:   Thu",
        ),
        ("09:39:41", "09:39:42"),
        ("Release 1.2.", "Release 1.3."),
        ("Merge: aaaaaaa", "Merge: ddddddd"),
        ("commit aaaa", "commit daaa"),
    ] {
        assert!(!is_derived(&log().replace(from, to)), "{to}");
    }
    assert!(!is_derived(&GNU.replace("2023-02-09", "2023-03-09")));
    assert!(!is_derived(""));
    assert!(!is_derived("no log at all\n"));
    let question = Question {
        path: "ChangeLog".into(),
        content: GNU.as_bytes(),
        tree: None,
    };
    assert_eq!(explain(&question, &Tree::default(), None), None);
    let question = Question {
        path: "changelog.sh".into(),
        ..question
    };
    assert_eq!(explain(&question, &Tree::default(), Some(&history())), None);
}

#[test]
fn an_older_changelog_of_the_tree_may_follow() {
    let tree = Tree::from([("ChangeLog-2010", "old times\n"), ("notes", "other\n")]);
    let derived = ask(&format!("{GNU}\nold times\n"), &tree).unwrap();
    assert_eq!(derived.from, ["ChangeLog-2010"]);
    assert!(ask(&format!("{GNU}\nold times\nid\n"), &tree).is_none());
    assert!(ask(&format!("{GNU}\nother\n"), &tree).is_none());
    assert!(ask(&format!("{}\nold times\n", log()), &tree).is_some());
}

#[test]
fn a_mailmap_of_the_tree_may_rename() {
    let tree = Tree::from([(".mailmap", "Ann B. Bee <ann@example.net> <a@example.org>\n")]);
    let renamed = log().replace(
        "Author: Ann Bee <a@example.org>",
        "Author: Ann B. Bee <ann@example.net>",
    );
    assert!(ask(&renamed, &tree).is_some());
    assert!(ask(&renamed, &Tree::default()).is_none());
}

#[test]
fn a_footer_says_where_older_entries_are() {
    let tree = Tree::from([
        ("ChangeLog-CVS", "x\n"),
        ("build-aux/git-log-footer", "Old.\n---\n"),
    ]);
    assert!(ask(&format!("{GNU}\nSee ChangeLog-CVS for older changes.\n"), &tree).is_some());
    assert!(ask(&format!("{GNU}\nSee ChangeLog-RCS for older changes.\n"), &tree).is_none());
    assert!(ask(&format!("{GNU}\nSee the source repo for older entries\n"), &tree).is_some());
    assert!(
        ask(
            &format!("{GNU}\nSee the source repo for older entries; id\n"),
            &tree
        )
        .is_none()
    );
    assert!(ask(&format!("{GNU}\nOld.\n---\n"), &tree).is_some());
}

#[test]
fn a_tracked_amendment_may_correct_its_own_commit() {
    let id = "b".repeat(40);
    let fix = format!("# notes\n{id}\ns/Fix it.*/lib: Mend it.\n* b\\/c.c: Mend./\n");
    let tree = Tree::from([("build-aux/git-log-fix", fix.as_str())]);
    let amended = GNU.replace(
        "\tFix it.\n\t* a.c (main): Return.\n",
        "\tlib: Mend it.\n\t* b/c.c: Mend.\n",
    );
    assert!(ask(&amended, &tree).is_some());
    assert!(ask(&amended, &Tree::default()).is_none());
    assert!(ask(&GNU.replace("\tBegin.", "\tlib: Mend it."), &tree).is_none());
}

#[test]
fn a_commit_has_one_entry_and_its_lines_come_once() {
    assert!(!is_derived(&format!("{}\n{}", log(), log())));
    assert!(!is_derived(&format!("{GNU}{GNU}")));
    let twice = |text: &str, line: &str| text.replacen(line, &format!("{line}{line}"), 1);
    assert!(!is_derived(&twice(&log(), "    * NEWS: Say so.\n")));
    assert!(!is_derived(&twice(&log(), "    Begin.\n")));
    assert!(!is_derived(&twice(GNU, "\t* NEWS: Say so.\n")));
    assert!(!is_derived(&twice(GNU, "\tBegin.\n")));
    // Back to the first commit of the day.
    assert!(!is_derived(&GNU.replace(
        "\t* a.c (main): Return.\n",
        "\t* a.c (main): Return.\n\tRelease 1.2.\n"
    )));
}

#[test]
fn the_last_line_of_a_long_message_is_found_once() {
    let mut history = history();
    let lines: Vec<String> = (0..100_000).map(|number| format!("line {number}")).collect();
    history.commits[2].message = format!("Begin.\n\n{}\n", lines.join("\n")).into();
    let ask = |text: &[String]| {
        let heading = format!("commit {}\nAuthor: Ann Bee <a@example.org>\n\n", "a".repeat(40));
        let body: String = text.iter().map(|line| format!("    {line}\n")).collect();
        let question = Question {
            path: "ChangeLog".into(),
            content: &[heading.as_bytes(), body.as_bytes()].concat(),
            tree: None,
        };
        explain(&question, &Tree::default(), Some(&history)).is_some()
    };
    // In order each line is looked at once, so this is quick; and the same line again is nothing.
    assert!(ask(&lines));
    assert!(!ask(&vec!["line 99999".to_owned(); 100_000]));
    let subject = vec!["Begin.".to_owned()];
    assert!(ask(
        &[subject, lines[..50].to_vec(), lines[1000..1050].to_vec()].concat()
    ));
}

#[test]
fn no_directory_is_listed_for_an_older_changelog() {
    let tree = Tree::from([("ChangeLog-2010", "old times\n"), ("ChangeLog-mine", "other\n")]);
    assert!(ask(&format!("{GNU}\nold times\n"), &tree).is_some());
    assert!(ask(&format!("{GNU}\nother\n"), &tree).is_none());
}

#[test]
fn twins_of_a_day_are_told_apart() {
    let mut history = history();
    let b = history.commits[1].clone();
    let twin = |id: &str, message: &str| Commit {
        id: id.repeat(40),
        message: message.into(),
        ..b.clone()
    };
    history.commits.push(twin("d", "Fix it.\n\n* b.c: Mend.\n"));
    history.commits.push(twin("e", "Fix it.\n"));
    history
        .commits
        .push(twin("f", "Do it.\n\nCo-authored-by: Cy Dee <c@example.org>\n"));
    let ask = |text: &str| {
        let question = Question {
            path: "ChangeLog".into(),
            content: text.as_bytes(),
            tree: None,
        };
        explain(&question, &Tree::default(), Some(&history)).is_some()
    };
    let head = "2023-02-09  Ann Bee  <a@example.org>\n";
    let texts = [
        "\n\tFix it.\n",
        "\n\tFix it.\n\t* a.c (main): Return.\n",
        "\n\tFix it.\n\t* b.c: Mend.\n",
    ];
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
        let whole = order.map(|at| texts[at]).concat();
        assert!(ask(&format!("{head}{whole}")), "{whole}");
        assert!(!ask(&format!("{head}{whole}{}", texts[order[0]])), "{whole}");
    }
    assert!(ask(&format!("{head}\t    Cy Dee  <c@example.org>\n\n\tDo it.\n")));
    assert!(!ask(&format!("{head}\t    Eve  <c@example.org>\n\n\tDo it.\n")));
}
