//! Options of a source: names of version 4 in, fields out.

use super::{GitModules, Mode, PgpMode, Policy, Source};
use crate::fault::{Fault, shown, tell};

/// Options that uscan knows and that say nothing about where sources come from.
const HARMLESS: [&str; 27] = [
    "active",
    "bare",
    "compression",
    "ctype",
    "date",
    "dirversionmangle",
    "filenamemangle",
    "gitdate",
    "gitpretty",
    "hrefdecode",
    "nopassive",
    "nopasv",
    "pagemangle",
    "passive",
    "pasv",
    "pretty",
    "releaseonly",
    "searchmode",
    "unzipopt",
    "updatescript",
    "useragent",
    "user-agent",
    "versionconstraint",
    "versionseparator",
    "versiontype",
    "untrackable",
    "watchdate",
];

/// Takes one option in. Later ones replace earlier ones, as in uscan: `pgpmode=none` after `pgpsigurlmangle` wins.
pub(super) fn set(source: &mut Source, name: &str, value: &str, line: usize, faults: &mut Vec<Fault>) {
    match name {
        "component" => source.component = Some(value.to_owned()),
        "mode" => source.mode = mode(value, line, faults),
        "pgpmode" => source.pgp_mode = pgp_mode(value),
        "pgpsigurlmangle" => {
            source.pgpsigurlmangle = rules(value);
            source.pgp_mode = PgpMode::Mangle;
        }
        "decompress" => source.decompress = is_on(value),
        "repack" => source.repack = is_on(value),
        "repacksuffix" => source.repacksuffix = Some(value.to_owned()),
        "versionmangle" => {
            source.uversionmangle = rules(value);
            source.dversionmangle = rules(value);
        }
        "uversionmangle" => source.uversionmangle = rules(value),
        "dversionmangle" => source.dversionmangle = rules(value),
        "oversionmangle" => source.oversionmangle = rules(value),
        "downloadurlmangle" => source.downloadurlmangle = rules(value),
        "gitmode" => source.git_mode = Some(value.to_owned()),
        "gitexport" => source.git_export = Some(value.to_owned()),
        "gitmodules" => source.git_modules = modules(value),
        _ => {
            if !HARMLESS.contains(&name) {
                tell(
                    faults,
                    line,
                    format!("unknown option {}; uscan ignores it", shown(name)),
                );
            }
            source.other.push((name.to_owned(), value.to_owned()));
        }
    }
}

/// The word after the pattern.
pub(super) fn policy(word: &str) -> Policy {
    match word {
        "" | "debian" => Policy::Debian,
        "same" => Policy::Same,
        "ignore" => Policy::Ignore,
        "group" => Policy::Group,
        "checksum" => Policy::Checksum,
        word if word.starts_with("prev") => Policy::Previous,
        word => Policy::Literal(word.to_owned()),
    }
}

/// What uscan puts right after all options are read.
pub(super) fn settle(source: &mut Source, faults: &mut Vec<Fault>) {
    match source.pgp_mode {
        PgpMode::Auto => source.pgpsigurlmangle.clear(),
        PgpMode::Mangle if source.pgpsigurlmangle.is_empty() => {
            tell(
                faults,
                source.line,
                "pgpmode=mangle without pgpsigurlmangle; no signature is checked; add the rule",
            );
            source.pgp_mode = PgpMode::Default;
        }
        PgpMode::Default if source.mode == Mode::Svn => source.pgp_mode = PgpMode::None,
        PgpMode::GitTag if source.mode != Mode::Git => tell(
            faults,
            source.line,
            "pgpmode=gittag without mode=git; uscan has no tag to check; add mode=git",
        ),
        _ => {}
    }
    if source.mode != Mode::Git && source.git_export.as_deref().is_some_and(|how| how != "default") {
        tell(
            faults,
            source.line,
            "gitexport without mode=git; uscan skips the source; add mode=git",
        );
    }
}

fn mode(value: &str, line: usize, faults: &mut Vec<Fault>) -> Mode {
    match value.to_ascii_lowercase().as_str() {
        "git" => Mode::Git,
        "svn" => Mode::Svn,
        "lwp" | "http" | "https" | "ftp" | "gitlab" => Mode::Lwp,
        _ => {
            tell(
                faults,
                line,
                format!("unknown mode {}; expected LWP, git or svn", shown(value)),
            );
            Mode::Lwp
        }
    }
}

/// The beginning decides, as in uscan.
fn pgp_mode(value: &str) -> PgpMode {
    const BEGINNINGS: [(&str, PgpMode); 7] = [
        ("au", PgpMode::Auto),
        ("ma", PgpMode::Mangle),
        ("no", PgpMode::None),
        ("ne", PgpMode::Next),
        ("pr", PgpMode::Previous),
        ("se", PgpMode::SelfSigned),
        ("git", PgpMode::GitTag),
    ];
    BEGINNINGS
        .into_iter()
        .find(|(beginning, _)| value.starts_with(beginning))
        .map_or(PgpMode::Default, |(_, mode)| mode)
}

/// Rules are separated by semicolons, in version 5 also by lines.
fn rules(value: &str) -> Vec<String> {
    value
        .split([';', '\n'])
        .map(str::trim)
        .filter(|rule| !rule.is_empty())
        .map(str::to_owned)
        .collect()
}

fn modules(value: &str) -> GitModules {
    match value {
        "no" | "false" | "0" => GitModules::No,
        "" | "all" | "yes" => GitModules::All,
        list => GitModules::Some(
            list.split([';', '\n', ' '])
                .filter(|path| !path.is_empty())
                .map(str::to_owned)
                .collect(),
        ),
    }
}

fn is_on(value: &str) -> bool {
    !matches!(value.to_ascii_lowercase().as_str(), "no" | "false" | "0" | "off")
}
