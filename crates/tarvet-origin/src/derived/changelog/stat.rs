//! The lines that `git log --stat` puts below a message.

use bstr::{BString, ByteSlice};

/// The most digits of a number of lines.
const DIGITS: usize = 7;

/// Whether a line is one of a statistic of a commit that changed these paths. The numbers are not recounted.
pub fn is_stat(line: &[u8], changed: &[BString]) -> bool {
    let Some(line) = line.strip_prefix(b" ") else {
        return false;
    };
    if let Some((path, counts)) = line.rsplit_once_str(" | ") {
        return is_counts(counts) && is_changed(path.trim(), changed);
    }
    is_total(line)
}

/// `12 ++--`, or `Bin 0 -> 120 bytes`.
fn is_counts(counts: &[u8]) -> bool {
    let mut words = counts.fields();
    match words.next() {
        Some(b"Bin") => {
            let rest: Vec<&[u8]> = words.collect();
            matches!(rest.as_slice(), [from, b"->", to, b"bytes"] if is_number(from) && is_number(to))
                || rest.is_empty()
        }
        Some(number) if is_number(number) => {
            let graph = words.next().unwrap_or_default();
            let pluses = graph.iter().take_while(|&&byte| byte == b'+').count();
            let minuses = graph
                .iter()
                .skip(pluses)
                .take_while(|&&byte| byte == b'-')
                .count();
            pluses + minuses == graph.len() && graph.len() <= 100 && words.next().is_none()
        }
        _ => false,
    }
}

fn is_number(word: &[u8]) -> bool {
    (1..=DIGITS).contains(&word.len()) && word.iter().all(u8::is_ascii_digit)
}

/// Whether a path, as a statistic shortens it, is a changed one: `.../end`, `start/{old => new}/end`.
fn is_changed(path: &[u8], changed: &[BString]) -> bool {
    let has = |path: &[u8]| match path.strip_prefix(b"...") {
        Some(end) => end.starts_with(b"/") && changed.iter().any(|own| own.ends_with(end)),
        None => changed.iter().any(|own| own == path),
    };
    if let Some((old, new)) = path.split_once_str(" => ") {
        let (start, _) = old.rsplit_once_str("{").unwrap_or((b"", old));
        let (middle, end) = new.split_once_str("}").unwrap_or((new, b""));
        // An empty middle leaves two slashes.
        return has(&[start, middle, end].concat().replace(b"//", b"/"));
    }
    has(path)
}

/// `2 files changed, 2 insertions(+), 2 deletions(-)`
fn is_total(line: &[u8]) -> bool {
    line.split_str(", ").all(|part| {
        let (number, word) = part.split_once_str(" ").unwrap_or((b"", b""));
        let words = [
            "file changed",
            "files changed",
            "insertion(+)",
            "insertions(+)",
            "deletion(-)",
            "deletions(-)",
        ];
        is_number(number) && words.iter().any(|own| own.as_bytes() == word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statistic_is_of_the_changed_paths() {
        let changed = [
            "src/a.c".into(),
            "deep/down/there/b.c".into(),
            "po/new/x.po".into(),
        ];
        for line in [
            " src/a.c | 2 +-",
            " .../there/b.c      | 120 ++++++-----",
            " po/{old => new}/x.po | 0",
            " src/a.c | Bin 0 -> 120 bytes",
            " 2 files changed, 2 insertions(+), 1 deletion(-)",
        ] {
            assert!(is_stat(line.as_bytes(), &changed), "{line}");
        }
        for line in [
            " src/b.c | 2 +-",
            " src/a.c | 2 +-; id",
            " src/a.c | $(id) +-",
            " src/a.c | 2 -+",
            "src/a.c | 2 +-",
            " ...c | 2 +-",
            " 2 files changed, id",
            " ",
        ] {
            assert!(!is_stat(line.as_bytes(), &changed), "{line}");
        }
    }
}
