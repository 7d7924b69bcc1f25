//! A progress bar on stderr, for runs that take more than two seconds on a terminal.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Runs shorter than this stay silent.
const PATIENCE: Duration = Duration::from_secs(2);

struct Shared {
    read: AtomicU64,
    done: AtomicBool,
}

/// Watches how much of the tarball has been read.
pub struct Progress {
    shared: Arc<Shared>,
    watcher: Option<thread::JoinHandle<()>>,
}

impl Progress {
    /// Starts watching; `total` is the length of the tarball.
    pub fn new(total: u64) -> Self {
        let shared = Arc::new(Shared {
            read: AtomicU64::new(0),
            done: AtomicBool::new(false),
        });
        let watcher = std::io::stderr().is_terminal().then(|| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || watch(&shared, total))
        });
        Progress { shared, watcher }
    }

    /// The counter that the reader of the tarball moves.
    pub fn counter(&self) -> &AtomicU64 {
        &self.shared.read
    }

    /// Takes the bar away.
    pub fn finish(self) {}
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.shared.done.store(true, Ordering::Relaxed);
        if let Some(watcher) = self.watcher.take() {
            watcher.thread().unpark();
            // A watcher that panicked has nothing left to clean up.
            let _ = watcher.join();
        }
    }
}

fn watch(shared: &Shared, total: u64) {
    let start = Instant::now();
    let mut bar: Option<ProgressBar> = None;
    while !shared.done.load(Ordering::Relaxed) {
        thread::park_timeout(Duration::from_millis(100));
        if start.elapsed() >= PATIENCE {
            let bar = bar.get_or_insert_with(|| new_bar(total));
            bar.set_position(shared.read.load(Ordering::Relaxed));
        }
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}

fn new_bar(total: u64) -> ProgressBar {
    let bar = ProgressBar::new(total);
    if let Ok(style) =
        ProgressStyle::with_template("reading the tarball {wide_bar} {bytes}/{total_bytes} {eta}")
    {
        bar.set_style(style);
    }
    bar
}
