//! Findings as lintian prints hints: `CODE: PACKAGE source: TAG CONTEXT`, one a line, in lintian's order.

use std::io::{self, Write};

use tarvet_core::report::FindingLine;

/// Lintian's line for a finding is this in front of the check's code.
const PREFIX: &str = "tarvet-";

/// The tag of a finding.
pub fn tag(code: &str) -> String {
    format!("{PREFIX}{code}")
}

/// The context of a finding, which overrides are matched with: the message, then the path in brackets.
pub fn context(finding: &FindingLine) -> String {
    let message: String = finding.message.chars().map(printable).collect();
    match &finding.path {
        Some(path) => format!("{message} [{}]", path.chars().map(printable).collect::<String>()),
        None => message,
    }
}

/// Writes every finding of `package`. Overridden ones only if they are wanted, with their reasons as comments.
pub fn write<'a>(
    package: &str,
    findings: impl Iterator<Item = &'a FindingLine>,
    overridden: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut findings: Vec<_> = findings
        .filter(|finding| overridden || finding.overridden.is_none())
        .map(|finding| (letter(finding), tag(finding.code), context(finding), finding))
        .collect();
    findings.sort_by(|a, b| (place(a.0), &a.1, &a.2).cmp(&(place(b.0), &b.1, &b.2)));
    // Lintian drops a hint that is there already.
    findings.dedup_by(|a, b| (a.0, &a.1, &a.2) == (b.0, &b.1, &b.2));
    for (letter, tag, context, finding) in findings {
        if let Some(reason) = finding.overridden.as_ref().filter(|reason| !reason.is_empty()) {
            writeln!(out, "N: {}", reason.chars().map(printable).collect::<String>())?;
        }
        writeln!(out, "{letter}: {package} source: {tag} {context}")?;
    }
    Ok(())
}

/// Lintian's letter for a finding.
fn letter(finding: &FindingLine) -> char {
    match (&finding.overridden, finding.level) {
        (Some(_), _) => 'O',
        (None, "error") => 'E',
        (None, "warning") => 'W',
        (None, _) => 'I',
    }
}

fn place(letter: char) -> usize {
    "EWIO".find(letter).unwrap_or(usize::MAX)
}

/// Reports are escaped already; what is left that lintian would not print is a question mark there too.
fn printable(char: char) -> char {
    if char.is_control() { '?' } else { char }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(
        code: &'static str,
        level: &'static str,
        path: Option<&str>,
        reason: Option<&str>,
    ) -> FindingLine {
        FindingLine {
            code,
            level,
            path: path.map(str::to_owned),
            message: "what was found".into(),
            help: "what to do".into(),
            overridden: reason.map(str::to_owned),
        }
    }

    fn written(findings: &[FindingLine], overridden: bool) -> String {
        let mut out = Vec::new();
        write("hello", findings.iter(), overridden, &mut out).expect("written");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn lines_are_lintians() {
        let findings = [
            finding("file-relocated", "info", Some("b"), None),
            finding(
                "file-alleged",
                "warning",
                Some("configure"),
                Some("upstream ships it"),
            ),
            finding("file-impostor", "error", Some("m4/a.m4"), None),
            finding("file-impostor", "error", Some("m4/a.m4"), None),
        ];
        let shown = "E: hello source: tarvet-file-impostor what was found [m4/a.m4]\n\
                     I: hello source: tarvet-file-relocated what was found [b]\n";
        assert_eq!(written(&findings, false), shown);
        let overridden =
            "N: upstream ships it\nO: hello source: tarvet-file-alleged what was found [configure]\n";
        assert_eq!(written(&findings, true), format!("{shown}{overridden}"));
    }
}
