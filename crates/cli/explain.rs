//! `tarvet explain` and `tarvet checks`.

use std::io::Write;

use tarvet_core::checks::Description;

use crate::args::{ChecksArgs, ExplainArgs, Format};
use crate::catalogue;
use crate::error::CliError;

/// Prints the page of one check.
pub fn explain(args: &ExplainArgs) -> Result<u8, CliError> {
    let Some(check) = catalogue::all().find(|check| check.code == args.code) else {
        let near = nearest(&args.code).map(|code| format!("did you mean {code}? "));
        let hint = format!("{}`tarvet checks` lists all codes", near.unwrap_or_default());
        return Err(CliError::new(format!("there is no check `{}`", args.code)).hint(hint));
    };
    let mut out = anstream::stdout().lock();
    write!(out, "{}", check.page)?;
    writeln!(
        out,
        "\nLevel {}, since version {}.",
        check.level.as_str(),
        check.since
    )?;
    Ok(0)
}

/// Lists every check.
pub fn list(args: &ChecksArgs) -> Result<u8, CliError> {
    let mut out = anstream::stdout().lock();
    if args.format == Format::Json {
        let line = |check: Description| {
            serde_json::json!({
                "code": check.code, "level": check.level.as_str(), "since": check.since, "summary": check.summary,
            })
        };
        let all: Vec<_> = catalogue::all().map(line).collect();
        serde_json::to_writer_pretty(&mut out, &all).map_err(std::io::Error::from)?;
        writeln!(out)?;
        return Ok(0);
    }
    let width = catalogue::all().map(|check| check.code.len()).max().unwrap_or(0);
    for check in catalogue::all() {
        writeln!(
            out,
            "{:width$}  {:7}  {}",
            check.code,
            check.level.as_str(),
            check.summary
        )?;
    }
    Ok(0)
}

/// The code that shares most letters in order with what was typed.
fn nearest(wanted: &str) -> Option<&'static str> {
    let shared = |code: &str| {
        let mut rest = code.chars();
        wanted
            .chars()
            .filter(|c| rest.clone().any(|r| r == *c) && rest.any(|r| r == *c))
            .count()
    };
    let best = catalogue::all().max_by_key(|check| shared(check.code) * 100 / check.code.len().max(1))?;
    (shared(best.code) * 2 > wanted.len()).then_some(best.code)
}
