//! The little Markdown of the checks' pages and the manual's texts, as roff: headings, paragraphs, lists, indented or
//! fenced examples, `code` and **strong** words. A top heading (`#`) is dropped: the page around it has a name already.

use roff::{Inline, Roff, bold, roman};

/// Appends `text`; `heading` is the macro for `##` headings (`SH`, `SS` or, inside a section, `B`).
pub fn render(text: &str, heading: &str, roff: &mut Roff) {
    let mut paragraph: Vec<&str> = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let example = line.starts_with("    ") || line.starts_with("```");
        let starts_block = line.is_empty() || line.starts_with('#') || line.starts_with("- ") || example;
        if starts_block {
            flush(&mut paragraph, roff);
        }
        if example {
            let fenced = line.starts_with("```");
            let mut shown = if fenced { Vec::new() } else { vec![line] };
            while let Some(next) = lines.next_if(|next| {
                if fenced {
                    !next.starts_with("```")
                } else {
                    next.starts_with("    ")
                }
            }) {
                shown.push(next);
            }
            if fenced {
                lines.next();
            }
            show(&shown, roff);
        } else if let Some(words) = line.strip_prefix("## ") {
            if heading == "B" {
                roff.control("PP", []);
            }
            roff.control(heading, [words]);
        } else if !line.is_empty() && !line.starts_with('#') {
            paragraph.push(line);
        }
    }
    flush(&mut paragraph, roff);
}

/// A paragraph, or an item of a list: `- term: words` is a definition, `- words` has a bullet.
fn flush(paragraph: &mut Vec<&str>, roff: &mut Roff) {
    if paragraph.is_empty() {
        return;
    }
    let words: Vec<&str> = paragraph.drain(..).map(str::trim).collect();
    let words = words.join(" ");
    match words.strip_prefix("- ") {
        None => {
            roff.control("PP", []);
            roff.text(inlines(&words));
        }
        Some(item) => match item.split_once("`: ").filter(|_| item.starts_with('`')) {
            Some((term, meaning)) => {
                roff.control("TP", []);
                roff.text([bold(term.trim_start_matches('`'))]);
                roff.text(inlines(meaning));
            }
            None => {
                roff.control("IP", ["\\(bu", "2"]);
                roff.text(inlines(item));
            }
        },
    }
}

fn show(lines: &[&str], roff: &mut Roff) {
    roff.control("PP", []);
    roff.control("RS", ["4"]);
    roff.control("nf", []);
    for line in lines {
        roff.text([roman(line.strip_prefix("    ").unwrap_or(line))]);
    }
    roff.control("fi", []);
    roff.control("RE", []);
}

/// `code` and **strong** words in bold.
fn inlines(words: &str) -> Vec<Inline> {
    let mut out = Vec::new();
    for (number, part) in words.split('`').enumerate() {
        if number % 2 == 1 {
            out.push(bold(part));
            continue;
        }
        for (number, part) in part.split("**").enumerate() {
            if !part.is_empty() {
                out.push(if number % 2 == 1 { bold(part) } else { roman(part) });
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(text: &str, heading: &str) -> String {
        let mut roff = Roff::new();
        render(text, heading, &mut roff);
        roff.to_roff()
    }

    #[test]
    fn headings_paragraphs_and_code() {
        let text = "# dropped\n\n## What it finds\n\nA `--flag` that\nis **bad**.\n";
        assert_eq!(
            rendered(text, "SH"),
            ".SH \"What it finds\"\n.PP\nA \\fB\\-\\-flag\\fR that is \\fBbad\\fR.\n"
        );
        assert!(rendered(text, "B").starts_with(".PP\n.B \"What it finds\"\n"));
    }

    #[test]
    fn examples_keep_their_lines() {
        for text in ["    a \\\n    .b\n\nend\n", "```\na \\\n.b\n```\nend\n"] {
            assert_eq!(
                rendered(text, "SH"),
                ".PP\n.RS 4\n.nf\na \\\\\n\\&.b\n.fi\n.RE\n.PP\nend\n"
            );
        }
    }

    #[test]
    fn lists() {
        assert_eq!(
            rendered("- `0`: verified\n  indeed\n- a point\n", "SH"),
            ".TP\n\\fB0\\fR\nverified indeed\n.IP \\(bu 2\na point\n"
        );
    }
}
