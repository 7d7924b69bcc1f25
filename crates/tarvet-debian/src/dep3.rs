//! Headers of patches (DEP-3): where a patch says that it is from.
//!
//! A patch without a header is none of our business, so there are few faults. The crate dep3 needs url and ICU; a reader of
//! deb822 takes neither prose between the fields nor the `From` line of git's mails. So this goes line by line.
//! Source: DEP-3, <https://dep-team.pages.debian.net/deps/dep3/>.

use bstr::ByteSlice;

use crate::fault::{Fault, shown, tell};

/// The header of one patch. All of it is the packager's word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PatchHeader {
    /// First line of `Description` or `Subject`.
    pub description: Option<String>,
    /// `Author` or `From`.
    pub author: Option<String>,
    /// Every `Origin`: a patch may join several commits.
    pub origins: Vec<Origin>,
    /// `Forwarded`.
    pub forwarded: Option<Forwarded>,
    /// `Applied-Upstream`: a version, a URL or `commit:ID`.
    pub applied_upstream: Option<String>,
    /// Fields that contradict each other.
    pub faults: Vec<Fault>,
}

/// `Origin: [KIND, ]WHERE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// `upstream`, `backport`, `vendor` or `other`; None where it does not say.
    pub kind: Option<OriginKind>,
    /// URL, `commit:ID` or words.
    pub place: String,
}

/// Whose patch it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OriginKind {
    /// Taken from upstream as it is.
    Upstream,
    /// Taken from upstream and changed.
    Backport,
    /// Of the distribution.
    Vendor,
    /// Of somebody else.
    Other,
}

/// `Forwarded`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Forwarded {
    /// `no`.
    No,
    /// `not-needed`.
    NotNeeded,
    /// `yes`, or where to.
    To(String),
}

/// Lines of a header that are read; it may not have an end.
const LINES: usize = 2000;

impl PatchHeader {
    /// Reads the header of a patch: up to the first line that begins with `---`, or the first diff.
    pub fn parse(patch: &[u8]) -> Self {
        let mut read = Self::default();
        let mut field: Option<(String, String, usize)> = None;
        let lines = patch
            .lines()
            .take(LINES)
            .take_while(|line| !is_end(line))
            .enumerate();
        for (index, line) in lines {
            let line = line.to_str_lossy();
            if line.starts_with([' ', '\t']) && !line.trim().is_empty() {
                if let Some((_, value, _)) = &mut field {
                    value.push('\n');
                    value.push_str(line.trim());
                }
                continue;
            }
            if let Some((name, value, line)) = field.take() {
                read.set(&name, value.trim(), line);
            }
            if let Some((name, value)) = line.split_once(':')
                && is_field(name)
            {
                field = Some((name.to_ascii_lowercase(), value.trim().to_owned(), index + 1));
            }
        }
        if let Some((name, value, line)) = field {
            read.set(&name, value.trim(), line);
        }
        read
    }

    /// Id of the upstream commit that `Origin` or `Applied-Upstream` names, 7 to 64 hexadecimal digits in lower case,
    /// abbreviated where the header abbreviates. None where there is none, where there are several, and
    /// where the origin is not upstream's.
    pub fn origin_commit(&self) -> Option<String> {
        let origins = self
            .origins
            .iter()
            .filter(|origin| !matches!(origin.kind, Some(OriginKind::Vendor | OriginKind::Other)))
            .flat_map(|origin| commits(&origin.place));
        let applied = self.applied_upstream.iter().flat_map(|place| commits(place));
        let mut all = origins.chain(applied);
        let first = all.next()?;
        all.all(|id| id.starts_with(&first) || first.starts_with(&id))
            .then_some(first)
    }

    fn set(&mut self, name: &str, value: &str, line: usize) {
        if value.is_empty() {
            return;
        }
        let first_line = || value.lines().next().unwrap_or_default().to_owned();
        match name {
            "description" | "subject" => _ = self.description.get_or_insert_with(first_line),
            "author" | "from" => _ = self.author.get_or_insert_with(first_line),
            "origin" => self.origins.push(origin(value)),
            "forwarded" => {
                let forwarded = forwarded(value);
                contradiction(
                    &mut self.faults,
                    self.forwarded.as_ref(),
                    &forwarded,
                    "Forwarded",
                    line,
                );
                self.forwarded.get_or_insert(forwarded);
            }
            "applied-upstream" => {
                let value = value.to_owned();
                contradiction(
                    &mut self.faults,
                    self.applied_upstream.as_ref(),
                    &value,
                    "Applied-Upstream",
                    line,
                );
                self.applied_upstream.get_or_insert(value);
            }
            _ => {}
        }
    }
}

fn contradiction<T: PartialEq>(
    faults: &mut Vec<Fault>,
    before: Option<&T>,
    now: &T,
    name: &str,
    line: usize,
) {
    if before.is_some_and(|before| before != now) {
        tell(
            faults,
            line,
            format!("a second {} that says something else; keep one", shown(name)),
        );
    }
}

/// DEP-3 ends a header at `---`; patches without that begin their diff in one of these ways.
fn is_end(line: &[u8]) -> bool {
    ["---", "diff ", "Index: ", "*** ", "=== ", "+++ ", "@@ "]
        .iter()
        .any(|end| line.starts_with(end.as_bytes()))
}

fn is_field(name: &str) -> bool {
    const FIELDS: [&str; 7] = [
        "description",
        "subject",
        "author",
        "from",
        "origin",
        "forwarded",
        "applied-upstream",
    ];
    FIELDS.iter().any(|field| name.eq_ignore_ascii_case(field))
}

fn origin(value: &str) -> Origin {
    const KINDS: [(&str, OriginKind); 4] = [
        ("upstream", OriginKind::Upstream),
        ("backport", OriginKind::Backport),
        ("vendor", OriginKind::Vendor),
        ("other", OriginKind::Other),
    ];
    let (word, rest) = value.split_once(',').unwrap_or((value, ""));
    let kind = KINDS
        .into_iter()
        .find(|(name, _)| word.trim().eq_ignore_ascii_case(name))
        .map(|(_, kind)| kind);
    Origin {
        kind,
        place: if kind.is_some() { rest } else { value }.trim().to_owned(),
    }
}

fn forwarded(value: &str) -> Forwarded {
    match value.to_ascii_lowercase().as_str() {
        "no" => Forwarded::No,
        "not-needed" | "not needed" => Forwarded::NotNeeded,
        _ => Forwarded::To(value.to_owned()),
    }
}

/// Ids after `commit:`, and whole ids in URLs (`…/commit/ID`, `…?id=ID`, `….patch`).
fn commits(text: &str) -> Vec<String> {
    let stated = text
        .split("commit:")
        .skip(1)
        .filter_map(|rest| leading_id(rest.trim_start(), 7));
    let in_url = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| matches!(part.len(), 40 | 64))
        .filter_map(|part| leading_id(part, 40));
    stated.chain(in_url).collect()
}

fn leading_id(text: &str, least: usize) -> Option<String> {
    let end = text
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(text.len());
    let id = text.get(..end)?;
    let is_id = (least..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_id.then(|| id.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef01234567";

    fn commit(header: &str) -> Option<String> {
        PatchHeader::parse(header.as_bytes()).origin_commit()
    }

    #[test]
    fn a_plain_header() {
        let read = PatchHeader::parse(
            b"Description: Fix it\n more\n .\nAuthor: A <a@b>\nOrigin: backport, https://x\nForwarded: not-needed\n\
              Applied-Upstream: 1.2\n---\nOrigin: vendor\n",
        );
        assert_eq!(read.faults, []);
        assert_eq!(read.description.as_deref(), Some("Fix it"));
        assert_eq!(read.author.as_deref(), Some("A <a@b>"));
        let origin = &read.origins[0];
        assert_eq!(
            (origin.kind, origin.place.as_str()),
            (Some(OriginKind::Backport), "https://x")
        );
        assert_eq!(read.forwarded, Some(Forwarded::NotNeeded));
        assert_eq!(read.applied_upstream.as_deref(), Some("1.2"));
    }

    #[test]
    fn a_mail_of_git_with_fields_at_its_end() {
        let read = PatchHeader::parse(
            format!("From {ID} Mon Sep 17 00:00:00 2001\nFrom: B\nDate: x\nSubject: [PATCH] y\n\nProse: it is\nso.\n\nOrigin: {ID}\n---\n")
                .as_bytes(),
        );
        assert_eq!(read.author.as_deref(), Some("B"));
        assert_eq!(read.description.as_deref(), Some("[PATCH] y"));
        assert_eq!(read.origin_commit().as_deref(), Some(ID));
        assert_eq!(
            commit(&format!("From {ID} Mon Sep 17 00:00:00 2001\nFrom: B\n")),
            None
        );
    }

    #[test]
    fn the_commit() {
        for (header, expected) in [
            (format!("Origin: upstream, commit:{ID}"), Some(ID)),
            ("Origin: commit: ABCDEF1, x".into(), Some("abcdef1")),
            (
                format!("Origin: backport, https://git.example.org/x/?id={ID}"),
                Some(ID),
            ),
            (
                format!("Origin: https://github.com/a/b/commit/{ID}.patch"),
                Some(ID),
            ),
            (format!("Applied-Upstream: commit:{ID}"), Some(ID)),
            (
                format!("Origin: commit:{}\nApplied-Upstream: commit:{ID}", &ID[..9]),
                Some(&ID[..9]),
            ),
            (format!("Origin: vendor, commit:{ID}"), None),
            (
                "Origin: commit:abcdef1\nApplied-Upstream: commit:1234567".into(),
                None,
            ),
            (format!("Origin: commit:abcdef1\nOrigin: commit:{ID}"), None),
            ("Origin: commit:zzzzzzz".into(), None),
            ("Origin: commit:abc".into(), None),
            (format!("Origin: {ID}0"), None),
            (format!("diff --git a b\nOrigin: commit:{ID}"), None),
            (format!("Index: x\nOrigin: commit:{ID}"), None),
        ] {
            assert_eq!(commit(&header).as_deref(), expected, "{header}");
        }
    }

    #[test]
    fn contradictions_are_told() {
        let read = PatchHeader::parse(b"Forwarded: no\nForwarded: No\nForwarded: https://x\n");
        assert_eq!(
            read.faults.iter().map(|fault| fault.line).collect::<Vec<_>>(),
            [3]
        );
        assert_eq!(
            PatchHeader::parse(b"no header\n--- a\n+++ b\n"),
            PatchHeader::default()
        );
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(patch in "((Origin|From|Forwarded|commit|upstream|[0-9a-f]{7}|[:, \n-]|\u{e4}){0,40})") {
            let read = PatchHeader::parse(patch.as_bytes());
            proptest::prop_assert!(read.origin_commit().is_none_or(|id| id.len() >= 7));
        }
    }
}
