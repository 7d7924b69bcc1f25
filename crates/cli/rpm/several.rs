//! Many packages in one run: in parallel, reports in the order of the arguments.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

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
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let (Some(path), Some(slot)) = (paths.get(index), done.get(index)) else {
                return;
            };
            let report = one(path, shared);
            if let Ok(mut slot) = slot.lock() {
                *slot = Some(report);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, Into::into) {
            scope.spawn(work);
        }
    });
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
