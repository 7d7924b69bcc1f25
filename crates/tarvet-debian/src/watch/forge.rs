//! URLs: the repository that a forge's page belongs to, and hosts.

use std::collections::BTreeSet;

/// A repository that a watch file implies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// URL that `git clone` takes.
    pub url: String,
    /// Line in the watch file, from 1.
    pub line: usize,
}

/// Forges whose repositories are at `/OWNER/NAME`.
const TWO_PARTS: [&str; 8] = [
    "github.com",
    "www.github.com",
    "codeberg.org",
    "bitbucket.org",
    "git.sr.ht",
    "gitea.com",
    "notabug.org",
    "framagit.org",
];

/// GitLabs that do not say so in their name; there, groups may be nested.
const GITLABS: [&str; 3] = ["salsa.debian.org", "invent.kde.org", "0xacab.org"];

/// The repository of a page on a forge: `https://github.com/OWNER/NAME/tags` gives `https://github.com/OWNER/NAME`.
/// None for hosts that are no forge we know, and for names with characters that a forge does not allow.
pub fn clone_url(url: &str) -> Option<String> {
    let (host, path) = web(url)?;
    let parts: Vec<&str> = path
        .split(['?', '#'])
        .next()?
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    let parts = parts.as_slice();
    let (host, parts) = match host.as_str() {
        "api.github.com" => ("github.com", parts.strip_prefix(&["repos"])?),
        "codeload.github.com" | "www.github.com" => ("github.com", parts),
        host => (host, parts),
    };
    let length = if TWO_PARTS.contains(&host) {
        2
    } else if host.starts_with("gitlab.") || GITLABS.contains(&host) {
        // Old URLs lack the `-` between a project and its pages.
        parts
            .iter()
            .position(|part| matches!(*part, "-" | "tags" | "releases" | "archive" | "repository"))
            .unwrap_or(parts.len())
            .max(2)
    } else {
        return None;
    };
    let names = parts.get(..length)?;
    let last = names.last()?;
    let names_are_plain = names.iter().all(|name| is_name(name)) && *last != ".git";
    names_are_plain.then(|| format!("https://{host}/{}", names.join("/").trim_end_matches(".git")))
}

/// The URL itself if git may be given it: no other helper (`ext::`, `file:`), no option, no blank.
pub(super) fn safe(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', ':']).next()?.rsplit('@').next()?;
    let good = matches!(scheme, "https" | "http" | "git" | "ssh")
        && !host.is_empty()
        && !rest.starts_with('-')
        && host.bytes().all(is_host_byte)
        && !host.starts_with('-')
        && rest.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    good.then(|| url.to_owned())
}

/// Adds each host that follows `://`, also where a regular expression has `\.`.
pub(super) fn hosts_in(text: &str, hosts: &mut BTreeSet<String>) {
    for rest in text.split("://").skip(1) {
        let authority = rest.split(['/', '?', '#', ' ', '|', ';', '(', '[', '$']).next();
        let host: String = authority
            .unwrap_or_default()
            .chars()
            .filter(|c| *c != '\\')
            .collect();
        let host = host.rsplit('@').next().unwrap_or_default();
        let host = host.split(':').next().unwrap_or_default();
        if host.contains('.') && host.bytes().all(is_host_byte) {
            hosts.insert(host.to_ascii_lowercase());
        }
    }
}

/// Host in lower case, and path, of a web page. No user and no port: forges have neither.
fn web(url: &str) -> Option<(String, &str)> {
    let rest = url
        .strip_prefix("https://")
        .or(url.strip_prefix("http://"))
        .or(url.strip_prefix("git://"))?;
    let (host, path) = rest.split_once('/')?;
    (!host.is_empty() && host.bytes().all(is_host_byte)).then(|| (host.to_ascii_lowercase(), path))
}

fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')
}

/// What an owner or a repository may be called; `~user` is sourcehut's.
fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'~' | b'+');
    name.bytes().all(allowed) && !name.starts_with('-') && !matches!(name, "." | "..")
}
