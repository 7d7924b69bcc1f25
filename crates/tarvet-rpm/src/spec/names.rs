//! What a source is called and where it comes from, by rpm's own rules.

use std::collections::HashMap;

use bstr::{BStr, BString, ByteSlice};

use super::fault::{FaultKind, Faults, excerpt};
use super::{Source, Value};

/// The name under which rpm looks for a source: what follows the last slash, and of that what follows the last equals
/// sign. So `https://host/a.tar.gz?as=b.tar.gz` is `b.tar.gz`; a fragment `#/name` works by the same rule. Without a
/// slash the text is the name. (rpm, `build/parsePreamble.c`; tried with rpmspec 4.18.)
#[must_use]
pub fn file_name(text: &BStr) -> &BStr {
    match text.rfind_byte(b'/') {
        None => text,
        Some(slash) => {
            let name = text.get(slash + 1..).unwrap_or_default();
            let start = name.rfind_byte(b'=').map_or(0, |at| at + 1);
            name.get(start..).unwrap_or_default().as_bstr()
        }
    }
}

/// The scheme and the host of a URL, without user and port, in lower case.
#[must_use]
pub fn scheme_and_host(url: &BStr) -> Option<(BString, BString)> {
    let (scheme, rest) = url.split_once_str("://")?;
    let is_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
    if scheme.is_empty() || !scheme.iter().all(is_scheme) {
        return None;
    }
    let end = rest.find_byteset(b"/?#").unwrap_or(rest.len());
    let authority = rest.get(..end)?;
    let host = authority
        .rfind_byte(b'@')
        .map_or(Some(authority), |at| authority.get(at + 1..))?;
    let host = match host.first() {
        Some(b'[') => host.get(..host.find_byte(b']')? + 1)?,
        _ => host.get(..host.find_byte(b':').unwrap_or(host.len()))?,
    };
    Some((
        scheme.to_ascii_lowercase().into(),
        host.to_ascii_lowercase().into(),
    ))
}

/// Whether a file name is one plain name.
pub(crate) fn is_plain(name: &[u8]) -> bool {
    !name.is_empty()
        && name != b"."
        && name != b".."
        && !name
            .iter()
            .any(|byte| byte.is_ascii_control() || *byte == b'/' || *byte == b'\\')
}

/// Looks at the names of sources or patches.
pub(super) fn check(what: &str, sources: &[Source], url: Option<&Value>, faults: &mut Faults) {
    let project: Vec<BString> = url
        .map(|url| {
            url.texts()
                .filter_map(scheme_and_host)
                .map(|(_, host)| host)
                .collect()
        })
        .unwrap_or_default();
    let mut numbers: HashMap<u32, &Source> = HashMap::new();
    let mut names: HashMap<BString, &Source> = HashMap::new();
    for source in sources {
        if let Some(first) = numbers.get(&source.number)
            && source.is_number_certain
            && first.is_number_certain
            && !first.place.excludes(&source.place)
        {
            faults.push(
                FaultKind::DuplicateNumber,
                source.value.line,
                format!(
                    "{what}{} is given twice, first in line {}",
                    source.number, first.value.line
                ),
                "give each its own number; which of them the build takes depends on the version of rpm",
            );
        }
        numbers.entry(source.number).or_insert(source);
        if let Some(why) = source.value.why() {
            faults.push(
                FaultKind::SourceUnresolved,
                source.value.line,
                format!(
                    "{what}{} cannot be told without running the spec: {} (line {})",
                    source.number, why.why, why.line
                ),
                "say what the macro is with --define 'NAME VALUE', or write it out in the spec",
            );
        }
        for text in source.value.texts() {
            check_text(what, source, text, &project, faults);
            let name = file_name(text);
            if let Some(first) = names.get(name)
                && first.number != source.number
                && !first.place.excludes(&source.place)
            {
                faults.push(
                    FaultKind::DuplicateName,
                    source.value.line,
                    format!(
                        "{what}{} has the file name of {what}{}: {}",
                        source.number,
                        first.number,
                        excerpt(name)
                    ),
                    "give one of them another name with a fragment: URL#/name",
                );
            }
            names.entry(name.into()).or_insert(source);
        }
    }
}

fn check_text(what: &str, source: &Source, text: &BStr, project: &[BString], faults: &mut Faults) {
    let line = source.value.line;
    let name = file_name(text);
    let number = source.number;
    let fragment = text.find(b"#/").and_then(|at| text.get(at + 2..));
    let climbs = |part: &[u8]| part.split(|&byte| byte == b'/').any(|step| step == b"..");
    let has_path = match fragment {
        Some(fragment) => fragment.contains(&b'/'),
        None => !text.contains_str("://") && text.contains(&b'/'),
    };
    if !is_plain(name) || has_path || climbs(fragment.unwrap_or(text)) {
        faults.push(
            FaultKind::SourceNameUnsafe,
            line,
            format!(
                "{what}{number} should name one file beside the spec, but is {}",
                excerpt(text)
            ),
            "use a plain file name, after `#/` if the URL ends otherwise",
        );
    }
    let last = text
        .rfind_byte(b'/')
        .map_or(text, |at| text.get(at + 1..).unwrap_or_default().as_bstr());
    if last.len() != name.len() && fragment.is_none() {
        faults.push(
            FaultKind::SourceNameFromQuery,
            line,
            format!(
                "{what}{number} is the file {}, the text after the last `=` of {}",
                excerpt(name),
                excerpt(last)
            ),
            "say the file's name with a fragment: URL#/name",
        );
    }
    let Some((scheme, host)) = scheme_and_host(text) else {
        return;
    };
    if !matches!(scheme.as_bytes(), b"https" | b"git+https" | b"ssh" | b"git+ssh") {
        faults.push(
            FaultKind::SourceInsecure,
            line,
            format!("{what}{number} is fetched by {scheme}, which does not prove who answers"),
            "use https if the server has it; else rely on the signature",
        );
    }
    if !project.is_empty()
        && !project
            .iter()
            .any(|known| is_same_site(known.as_ref(), host.as_ref()))
    {
        faults.push(
            FaultKind::SourceHostDiffers,
            line,
            format!(
                "{what}{number} comes from {}, the URL tag names {}",
                excerpt(&host),
                excerpt(project.first().map_or(b"", |it| it.as_slice()))
            ),
            "make sure that this is where upstream publishes",
        );
    }
}

/// Whether two hosts are one, or belong to one domain: the last two labels are the same.
fn is_same_site(one: &BStr, two: &BStr) -> bool {
    let tail = |host: &BStr| -> Vec<BString> { host.rsplit_str(".").take(2).map(BString::from).collect() };
    one == two || tail(one).len() == 2 && tail(one) == tail(two)
}
