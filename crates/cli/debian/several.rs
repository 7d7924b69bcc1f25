//! Many packages in one run: in parallel, one progress line, reports in the order of the arguments.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use tarvet_core::Verdict;
use tarvet_core::report::PackageReport;

use super::{Shared, one};
use crate::error::CliError;
use crate::output;

/// Checks all packages. One that could not be looked at is told at the end and never stops the others.
pub fn run(paths: &[PathBuf], shared: &Shared<'_>) -> Result<u8, CliError> {
    let done: Vec<Mutex<Option<Result<PackageReport, CliError>>>> =
        paths.iter().map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    let bar = bar(paths.len());
    let work = || {
        while let Some((index, path)) = take(&next, paths) {
            let report = one(path, shared);
            if let Some(Ok(mut slot)) = done.get(index).map(Mutex::lock) {
                *slot = Some(report);
            }
            bar.inc(1);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, Into::into) {
            scope.spawn(work);
        }
    });
    bar.finish_and_clear();
    let mut reports = Vec::new();
    let mut failed = Vec::new();
    for result in done
        .into_iter()
        .filter_map(|slot| slot.into_inner().ok().flatten())
    {
        match result {
            Ok(report) => reports.push(report),
            Err(error) => failed.push(error),
        }
    }
    output::write(&reports, &shared.args.output)?;
    for error in &failed {
        anstream::eprintln!("{error}");
    }
    Ok(status(&reports, &failed))
}

/// Wrong things first: a rejection, then what could not be looked at, then what is not proven.
fn status(reports: &[PackageReport], failed: &[CliError]) -> u8 {
    let any = |verdict| reports.iter().any(|report| report.verdict == verdict);
    if any(Verdict::Rejected) {
        Verdict::Rejected.exit_status()
    } else if !failed.is_empty() {
        crate::COULD_NOT_RUN
    } else if any(Verdict::Undetermined) {
        Verdict::Undetermined.exit_status()
    } else {
        Verdict::Verified.exit_status()
    }
}

fn take<'p>(next: &AtomicUsize, paths: &'p [PathBuf]) -> Option<(usize, &'p PathBuf)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    Some((index, paths.get(index)?))
}

fn bar(count: usize) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(count as u64);
    if let Ok(style) = ProgressStyle::with_template("checking packages {wide_bar} {pos}/{len} {eta}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}
