//! DEP-14: how a version is spelled in a git tag.

/// The version as tag names spell it: `:` as `%`, `~` as `_`, and `#` after a dot that git would refuse.
pub fn to_tag(version: &str) -> String {
    let mut out = String::with_capacity(version.len() + 4);
    let mut rest = version;
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        match c {
            ':' => out.push('%'),
            '~' => out.push('_'),
            '.' if rest.is_empty() || rest.starts_with('.') || rest == "lock" => out.push_str(".#"),
            other => out.push(other),
        }
    }
    out
}

/// The version that a tag name spells, [`to_tag`] turned back.
pub fn from_tag(tag: &str) -> String {
    let back = |c| match c {
        '%' => Some(':'),
        '_' => Some('~'),
        '#' => None,
        other => Some(other),
    };
    tag.chars().filter_map(back).collect()
}
