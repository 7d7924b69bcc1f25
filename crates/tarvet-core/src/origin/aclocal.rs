//! An `aclocal.m4`: accounted for if it splits into what aclocal writes, published files, and files of the release that
//! are accounted for themselves.

use std::collections::{BTreeSet, HashMap};

use bstr::{BStr, BString, ByteSlice};
use tarvet_origin::aclocal::{Leftover, Split, split};
use tarvet_origin::derived::Files;
use tarvet_origin::known::{self, Tables};

use super::accounted::Accounted;
use super::orders::is_data;
use super::{Explanation, Origin, describe};

/// Leftovers that are shown.
const SHOWN: usize = 12;

/// What the file at `path` is put together from. `None` if it does not even begin as aclocal begins.
pub(super) fn explain(
    path: &BStr,
    content: &[u8],
    (tables, of_tree): (&Tables, &HashMap<BString, BString>),
    files: &Accounted<'_>,
) -> Option<(Origin, String, Explanation)> {
    let own = files.macro_files();
    let own: Vec<_> = own
        .iter()
        .map(|(path, content)| (path.as_bstr(), content.as_ref()))
        .collect();
    let split = split(content, tables, &own);
    let version = split.aclocal.clone()?;
    let directory = path
        .rsplit_once_str("/")
        .map_or(&b""[..], |(directory, _)| directory);
    let refused = split
        .included
        .iter()
        .find_map(|path| Some((path, refusal(below(directory, path).as_bstr(), path, files)?)));
    let mut explanation = Explanation {
        tool: Some("aclocal".into()),
        version: Some(version.clone()),
        from: split.own.clone(),
        ..Explanation::default()
    };
    if let Some((path, why)) = refused {
        let detail = format!("includes {path}, {why}");
        return Some((Origin::Unexplained, detail, explanation));
    }
    if let Some((name, other)) = override_of(content, &split.own, of_tree) {
        let detail = format!("defines {name}, as the tree's {other} does");
        return Some((Origin::Unexplained, detail, explanation));
    }
    if split.leftover.is_empty() {
        return Some((Origin::Assembled, summary(&split, &version), explanation));
    }
    explanation.lines = shown(&split.leftover);
    let altered = split
        .leftover
        .iter()
        .find_map(|leftover| altered(leftover, tables));
    let lines = ranges(&split.leftover);
    Some(match altered {
        Some((name, of, text)) => {
            if let Some(near) = tables.nearest(of.as_bstr(), &text) {
                explanation.lines = describe::changes(&near);
                explanation.version = Some(describe::version(&near));
            }
            explanation.from = vec![of.clone()];
            let detail =
                format!("{lines} define {name} of the standard file {of} as no published version does");
            (Origin::Impostor, detail, explanation)
        }
        None => {
            let detail = format!("{lines} are in no published macro file and in none of the tree");
            (Origin::Unexplained, detail, explanation)
        }
    })
}

/// Why a file cannot be one that aclocal includes: a macro file of the package. One that nothing explains has a finding of
/// its own.
fn refusal(path: &BStr, spelled: &BString, files: &Accounted<'_>) -> Option<&'static str> {
    if !files.is_member(path) {
        return Some("which the tarball does not have");
    }
    let is_macros = path.ends_with(b".m4") && !is_data(path) && !spelled.starts_with(b"/");
    (!is_macros).then_some("which is no macro file of the package")
}

/// A macro that is defined here and in a macro file of the tree that is not copied here.
fn override_of<'a>(
    content: &[u8],
    own: &[BString],
    of_tree: &'a HashMap<BString, BString>,
) -> Option<(String, &'a BString)> {
    known::defined_macros(content).into_iter().find_map(|name| {
        let other = of_tree.get(name)?;
        (!own.contains(other)).then(|| (name.to_string(), other))
    })
}

/// The path that an include leads to from a directory; nothing that leaves the tarball.
fn below(directory: &[u8], path: &BString) -> BString {
    let mut parts: Vec<&[u8]> = directory.split_str("/").filter(|part| !part.is_empty()).collect();
    for part in path.split_str("/") {
        match part {
            b"" | b"." => {}
            b".." if parts.pop().is_none() => return BString::default(),
            b".." => {}
            part => parts.push(part),
        }
    }
    bstr::join("/", parts).into()
}

fn summary(split: &Split, version: &str) -> String {
    let projects: BTreeSet<&str> = split.parts.iter().map(|part| part.project.as_str()).collect();
    let projects: Vec<&str> = projects.into_iter().collect();
    format!(
        "put together by aclocal {version} from {} published macro files ({}), {} of the tree, and {} included",
        split.parts.len(),
        projects.join(", "),
        split.own.len(),
        split.included.len()
    )
}

fn ranges(leftover: &[Leftover]) -> String {
    let range = |l: &Leftover| match l.first == l.last {
        true => l.first.to_string(),
        false => format!("{}-{}", l.first, l.last),
    };
    let mut ranges: Vec<String> = leftover.iter().take(6).map(range).collect();
    if leftover.len() > ranges.len() {
        ranges.push(format!("{} more places", leftover.len() - ranges.len()));
    }
    format!("lines {}", ranges.join(", "))
}

fn shown(leftover: &[Leftover]) -> Vec<BString> {
    let lines = leftover.iter().flat_map(|leftover| leftover.text.lines());
    lines
        .take(SHOWN)
        .map(|line| [b"+", line].concat().into())
        .collect()
}

/// A macro of a standard file that the leftover defines or is part of.
fn altered(leftover: &Leftover, tables: &Tables) -> Option<(BString, BString, BString)> {
    known::defined_macros(&leftover.text)
        .into_iter()
        .find_map(|name| {
            let of = tables.definer(name)?.to_owned();
            Some((name.to_owned(), of, leftover.text.clone()))
        })
}

#[cfg(test)]
mod tests {
    use super::below;

    #[test]
    fn includes_lead_where_m4_would_look() {
        for (directory, path, found) in [
            ("", "m4/a.m4", "m4/a.m4"),
            ("lib", "m4/a.m4", "lib/m4/a.m4"),
            ("a/b", "../../m4/./x.m4", "m4/x.m4"),
            ("a", "../../x.m4", ""),
            ("", "../x.m4", ""),
        ] {
            assert_eq!(
                below(directory.as_bytes(), &path.into()),
                found,
                "{directory} {path}"
            );
        }
    }
}
