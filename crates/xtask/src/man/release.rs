//! Which release the manual is of.

use std::fs;
use std::path::Path;

/// The newest release of the changelog.
pub struct Release {
    pub version: String,
    pub date: String,
}

impl Release {
    /// Reads the first heading of the form `## [VERSION] - YYYY-MM-DD`.
    pub fn newest(changelog: &Path) -> Result<Self, String> {
        let text =
            fs::read_to_string(changelog).map_err(|error| format!("{}: {error}", changelog.display()))?;
        let release = text
            .lines()
            .find_map(heading)
            .ok_or("CHANGELOG.md has no heading `## [VERSION] - YYYY-MM-DD`")?;
        if release.version == env!("CARGO_PKG_VERSION") {
            return Ok(release);
        }
        Err(format!(
            "the newest release in CHANGELOG.md is {}, the workspace's version is {}",
            release.version,
            env!("CARGO_PKG_VERSION")
        ))
    }
}

fn heading(line: &str) -> Option<Release> {
    let (version, date) = line.strip_prefix("## [")?.split_once("] - ")?;
    let is_date = date.len() == 10 && date.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    is_date.then(|| Release {
        version: version.to_owned(),
        date: date.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::heading;

    #[test]
    fn only_dated_headings_are_releases() {
        let release = heading("## [1.2.0] - 2026-01-31").expect("a release");
        assert_eq!(
            (release.version.as_str(), release.date.as_str()),
            ("1.2.0", "2026-01-31")
        );
        assert!(heading("## [Unreleased]").is_none());
        assert!(heading("## [1.2.0] - soon").is_none());
        assert!(heading("### Added").is_none());
    }
}
