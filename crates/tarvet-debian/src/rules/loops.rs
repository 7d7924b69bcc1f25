//! `for i in a b; do rm -f $$i; done`, turn by turn.

/// More loops in a line, or words in one, than any that can be followed.
const MOST_LOOPS: usize = 32;

/// The variables of `for NAME in WORDS;`, as `$$NAME`, with words that are plain.
pub(super) fn of(text: &str) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    for part in text.split("for ").skip(1).take(MOST_LOOPS) {
        let Some((head, _)) = part.split_once(';') else {
            continue;
        };
        let Some((name, list)) = head.split_once(" in ") else {
            continue;
        };
        let plain = |word: &str| !word.contains(['$', '`', '*', '?', '[', '{', '\'', '"', '\\']);
        let list: Vec<String> = list.split_ascii_whitespace().map(str::to_owned).collect();
        let is_name = !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if is_name && !list.is_empty() && list.len() <= MOST_LOOPS && list.iter().all(|word| plain(word)) {
            found.push((format!("$${name}"), list));
        }
    }
    // Where a name has two loops or another value, it is not known which counts.
    let set = |name: &String| text.contains(&format!("{}=", name.trim_start_matches('$')));
    let names: Vec<String> = found.iter().map(|(name, _)| name.clone()).collect();
    found.retain(|(name, _)| !set(name) && names.iter().filter(|other| *other == name).count() == 1);
    found
}

pub(super) fn in_turn(word: &str, loops: &[(String, Vec<String>)], turn: usize) -> String {
    let whole = loops.iter().find(|(name, _)| {
        word.ends_with(name.as_str())
            || word.contains(&format!("{name}/"))
            || word.contains(&format!("{name}."))
    });
    match whole.and_then(|(name, list)| Some((name, list.get(turn.min(list.len().saturating_sub(1)))?))) {
        Some((name, value)) => word.replace(name.as_str(), value),
        None => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loops_over_plain_words_are_followed() {
        let loops = of("for i in a b/c; do rm -f x/$$i; done");
        assert_eq!(
            loops,
            [("$$i".to_owned(), vec!["a".to_owned(), "b/c".to_owned()])]
        );
        assert_eq!(in_turn("x/$$i", &loops, 1), "x/b/c");
        assert_eq!(in_turn("$$i.o", &loops, 0), "a.o");
        assert_eq!(in_turn("$$ix", &loops, 0), "$$ix");
    }

    #[test]
    fn others_are_not() {
        for text in [
            "for i in *; do rm $$i; done",
            "for i in $(X); do rm $$i; done",
            "for i in a; do i=b; rm $$i; done",
            "for i in a; do :; done; for i in b; do rm $$i; done",
            "rm $$i",
        ] {
            assert_eq!(of(text), [], "{text}");
        }
    }
}
