//! The page of verdicts and findings for each release, `docs/debian.md`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::sync::Mutex;

use serde_json::Value;

use super::reasons::by_code;
use super::record::Record;

/// One line for each package that was judged.
#[derive(Default)]
pub struct Table {
    rows: Mutex<BTreeMap<String, Row>>,
}

struct Row {
    verdict: String,
    alleged: u64,
    discarded: u64,
    errors: String,
    warnings: String,
    why: String,
}

impl Table {
    /// Adds a release.
    pub fn add(&self, record: &Record, package: &Value, why: &str) {
        let count = |origin: &str| {
            let tarballs = package["tarballs"].as_array().into_iter().flatten();
            tarballs
                .filter_map(|one| one["summary"]["origins"][origin].as_u64())
                .sum()
        };
        let row = Row {
            verdict: package["verdict"].as_str().unwrap_or("none").to_owned(),
            alleged: count("alleged"),
            discarded: count("discarded"),
            errors: codes(package, "error"),
            warnings: codes(package, "warning"),
            why: why.replace('|', "\\|"),
        };
        let mut rows = self.rows.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        rows.insert(record.id.clone(), row);
    }

    /// Writes the page.
    pub fn write(&self, path: &Path) -> Result<(), String> {
        std::fs::write(path, self.page()).map_err(|error| format!("{}: {error}", path.display()))
    }

    fn page(&self) -> String {
        let rows = self.rows.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let of = |verdict: &str| rows.values().filter(|row| row.verdict == verdict).count();
        let sum = |count: fn(&Row) -> u64| rows.values().map(count).sum::<u64>();
        let mut page = format!(
            include_str!("table.md"),
            packages = rows.len(),
            verified = of("verified"),
            rejected = of("rejected"),
            undetermined = of("undetermined"),
            discarded = sum(|row| row.discarded),
            generated = sum(|row| row.discarded + row.alleged),
        );
        for (id, row) in rows.iter() {
            // Writing to a String cannot fail.
            let _ = writeln!(
                page,
                "| {id} | {} | {} | {} | {} | {} |",
                row.verdict, row.discarded, row.alleged, row.errors, row.warnings
            );
        }
        page.push_str("\n## Why a maintainer would agree\n\n");
        for (id, row) in rows.iter().filter(|(_, row)| !row.why.is_empty()) {
            let _ = writeln!(page, "- **{id}** ({}): {}", row.verdict, row.why);
        }
        page
    }
}

/// `code` or `code × count`, by code.
fn codes(package: &Value, level: &str) -> String {
    let codes = by_code(package, level).into_iter();
    let named = codes.map(|(code, findings)| match findings.len() {
        1 => code.to_owned(),
        count => format!("{code} × {count}"),
    });
    named.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::codes;

    #[test]
    fn codes_are_counted_by_level() {
        let package = json!({
            "findings": [{"level": "warning", "code": "a"}],
            "tarballs": [{"findings": [{"level": "error", "code": "b"}, {"level": "error", "code": "b"}]}],
        });
        assert_eq!(codes(&package, "error"), "b × 2");
        assert_eq!(codes(&package, "warning"), "a");
        assert_eq!(codes(&package, "info"), "");
    }
}
