//! Work on several threads, with results in the order of the work and few of them waiting.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::sync::mpsc;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::error::CliError;

/// Results that may wait for an earlier one.
const WINDOW: usize = 64;
/// Shorter runs show no progress.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Default)]
struct Queue {
    next: usize,
    done: usize,
    stopped: bool,
}

/// Calls `work` for 0 to `count - 1` on `threads` threads, and `each` with every result in order. An error of `each`
/// ends the run.
pub fn run<T: Send>(
    count: usize,
    threads: usize,
    work: impl Fn(usize) -> T + Sync,
    mut each: impl FnMut(T) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let queue = Mutex::new(Queue::default());
    let moved = Condvar::new();
    let take = || -> Option<usize> {
        let mut held = queue.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if held.stopped || held.next >= count {
                return None;
            }
            if held.next < held.done + WINDOW {
                held.next += 1;
                return Some(held.next - 1);
            }
            held = moved.wait(held).unwrap_or_else(PoisonError::into_inner);
        }
    };
    let advance = |stop: bool| {
        let mut held = queue.lock().unwrap_or_else(PoisonError::into_inner);
        held.done += 1;
        held.stopped |= stop;
        moved.notify_all();
    };
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        for _ in 0..threads.clamp(1, count.max(1)) {
            let sender = sender.clone();
            let (take, work) = (&take, &work);
            scope.spawn(move || {
                while let Some(index) = take() {
                    if sender.send((index, work(index))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut progress = Line::new(count);
        let mut waiting = BTreeMap::new();
        let mut wanted = 0;
        for (index, result) in receiver {
            waiting.insert(index, result);
            while let Some(result) = waiting.remove(&wanted) {
                wanted += 1;
                progress.show(wanted);
                let outcome = progress.aside(|| each(result));
                advance(outcome.is_err());
                outcome?;
            }
        }
        Ok(())
    })
}

/// One line on a terminal that says how far the run is.
struct Line {
    start: Instant,
    total: u64,
    bar: Option<ProgressBar>,
    wanted: bool,
}

impl Line {
    fn new(count: usize) -> Self {
        Self {
            start: Instant::now(),
            total: count as u64,
            bar: None,
            wanted: std::io::stderr().is_terminal(),
        }
    }

    fn show(&mut self, done: usize) {
        if !self.wanted || self.start.elapsed() < PATIENCE {
            return;
        }
        let total = self.total;
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::new(total);
            if let Ok(style) = ProgressStyle::with_template("auditing keyrings {wide_bar} {pos}/{len} {eta}")
            {
                bar.set_style(style);
            }
            bar
        });
        bar.set_position(done as u64);
    }

    /// Writes something without the bar in its way.
    fn aside<R>(&self, write: impl FnOnce() -> R) -> R {
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_and_an_error_ends_the_run() {
        let mut seen = Vec::new();
        run(
            1_000,
            3,
            |index| index * 2,
            |result| {
                seen.push(result);
                Ok(())
            },
        )
        .unwrap();
        assert_eq!(seen, (0..1_000).map(|index| index * 2).collect::<Vec<_>>());
        let mut count = 0;
        let ended = run(
            1_000,
            3,
            |index| index,
            |_| {
                count += 1;
                if count == 5 {
                    Err(CliError::new("enough"))
                } else {
                    Ok(())
                }
            },
        );
        assert!(ended.is_err());
        assert_eq!(count, 5);
        run(0, 2, |index| index, |_| Ok(())).unwrap();
    }
}
