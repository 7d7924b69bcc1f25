//! `cargo xtask lintian DIRECTORY`: lintian's tag files, one for each check, from the checks' own pages.

use std::fs;
use std::path::Path;

use tarvet_core::Level;
use tarvet_core::checks::Description;

use crate::catalogue;

/// The tag for a run that gave no report; it belongs to no check of ours.
const COULD_NOT_RUN: &str = "Tag: tarvet-could-not-run
Severity: warning
Check: tarvet/source
Explanation: tarvet(1) could not look at this source package.
 .
 Run <code>tarvet debian</code> on the <code>.dsc</code> to see why.
";

/// Writes `tarvet-CODE.tag` for every check.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let [directory] = arguments else {
        return Err("expected one argument, the directory to write to".into());
    };
    let directory = Path::new(directory);
    let failed = |error: std::io::Error| format!("{}: {error}", directory.display());
    fs::create_dir_all(directory).map_err(failed)?;
    for check in catalogue::all() {
        let path = directory.join(format!("tarvet-{}.tag", check.code));
        fs::write(path, tag(&check)).map_err(failed)?;
    }
    fs::write(directory.join("tarvet-could-not-run.tag"), COULD_NOT_RUN).map_err(failed)
}

fn tag(check: &Description) -> String {
    let severity = match check.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info | Level::Off => "info",
    };
    format!(
        "Tag: tarvet-{}\nSeverity: {severity}\nCheck: tarvet/source\nExplanation: {}",
        check.code,
        explanation(check.page)
    )
}

/// The paragraphs of a page, in the language of lintian's tags: one blank and a full stop between them.
fn explanation(page: &str) -> String {
    let mut paragraphs: Vec<String> = vec![String::new()];
    let body = page.split("\n## See also").next().unwrap_or(page);
    for line in body.lines() {
        let heading = line.starts_with('#');
        if heading || line.is_empty() || line.starts_with("- ") {
            paragraphs.push(String::new());
        }
        if !heading && let Some(last) = paragraphs.last_mut() {
            if !last.is_empty() {
                last.push_str("\n ");
            }
            last.push_str(&html(line.trim()));
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs.join("\n .\n ") + "\n"
}

/// One line: what Markdown or HTML would take for markup is spelled out, `code` becomes an element.
fn html(line: &str) -> String {
    let mut out = String::new();
    let mut in_code = false;
    for char in line.chars() {
        match char {
            '`' => {
                out.push_str(if in_code { "</code>" } else { "<code>" });
                in_code = !in_code;
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '_' => out.push_str("&lowbar;"),
            '*' => out.push_str("&ast;"),
            char => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_becomes_paragraphs() {
        let page = "# a-code\n\nOne line.\n\n## What it finds\n\nA `*.m4` file\nor <two>.\n\n## See also\n\nnothing\n";
        let expected = "One line.\n .\n A <code>&ast;.m4</code> file\n or &lt;two&gt;.\n";
        assert_eq!(explanation(page), expected);
    }
}
