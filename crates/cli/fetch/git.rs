//! One git process: a scrubbed environment, a deadline, bounded output.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};
use rustix::process::{Pid, Signal, kill_process_group};

use super::FetchError;
use super::url::{Remote, Transport};

/// Standard output kept; the refs of the largest forges' repositories stay far below.
const MAX_STDOUT: usize = 256 << 20;
/// Standard error kept for a message: the end of it.
const MAX_STDERR: usize = 8 << 10;

/// Settings no repository, user or system decides for us.
const SETTINGS: [&str; 18] = [
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.askPass=true",
    "core.alternateRefsCommand=true",
    "credential.helper=",
    "credential.interactive=false",
    "fetch.fsckObjects=false",
    // What is there already is not offered: a server thinks that whoever has a commit has its blobs.
    "fetch.negotiationAlgorithm=noop",
    "fetch.writeCommitGraph=false",
    "fetch.recurseSubmodules=false",
    "gc.auto=0",
    "http.lowSpeedLimit=100",
    "http.lowSpeedTime=60",
    "maintenance.auto=false",
    "protocol.version=2",
    "safe.bareRepository=all",
    "submodule.recurse=false",
    "transfer.bundleURI=false",
];

pub(super) struct Git<'a> {
    remote: &'a Remote,
    deadline: Instant,
    repo: Option<PathBuf>,
    dir: PathBuf,
    stdin: Vec<u8>,
    progress: Option<&'a mut dyn FnMut(&str)>,
}

impl<'a> Git<'a> {
    pub(super) fn new(remote: &'a Remote, deadline: Instant) -> Self {
        Self {
            remote,
            deadline,
            repo: None,
            dir: "/".into(),
            stdin: Vec::new(),
            progress: None,
        }
    }

    /// In this bare repository.
    pub(super) fn at(mut self, repo: &Path) -> Self {
        self.repo = Some(repo.to_owned());
        self
    }

    /// In a directory that is in no repository.
    pub(super) fn nowhere(mut self, dir: &Path) -> Self {
        self.dir = dir.to_owned();
        self
    }

    pub(super) fn stdin(&mut self, text: String) -> &mut Self {
        self.stdin = text.into_bytes();
        self
    }

    pub(super) fn progress(mut self, progress: &'a mut dyn FnMut(&str)) -> Self {
        self.progress = Some(progress);
        self
    }

    /// Runs git to its end and returns its standard output.
    pub(super) fn run<I: AsRef<OsStr>>(
        &mut self,
        args: impl IntoIterator<Item = I>,
    ) -> Result<Vec<u8>, FetchError> {
        let mut child = self.command().args(args).spawn().map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => FetchError::GitMissing,
            _ => FetchError::Git(format!("cannot start it: {e}")),
        })?;
        let ended = self.watch(&mut child);
        if ended.is_err() {
            end(&mut child);
        }
        let (success, stdout, stderr) = ended?;
        if success {
            Ok(stdout)
        } else {
            Err(FetchError::Git(last_words(&stderr)))
        }
    }

    fn command(&self) -> Command {
        let mut git = Command::new("git");
        git.env_clear();
        keep(&mut git, &["PATH"]);
        for (name, value) in [
            ("HOME", "/nonexistent"),
            ("XDG_CONFIG_HOME", "/nonexistent"),
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_ATTR_NOSYSTEM", "1"),
            ("GIT_TERMINAL_PROMPT", "0"),
            ("GIT_ASKPASS", "true"),
            ("GIT_NO_LAZY_FETCH", "1"),
            ("GIT_NO_REPLACE_OBJECTS", "1"),
            ("LC_ALL", "C"),
        ] {
            git.env(name, value);
        }
        let allowed = match self.remote.transport() {
            Transport::Https => {
                // How to reach the network is the machine's business; what comes from it is verified.
                keep(
                    &mut git,
                    &[
                        "https_proxy",
                        "HTTPS_PROXY",
                        "all_proxy",
                        "ALL_PROXY",
                        "no_proxy",
                        "NO_PROXY",
                    ],
                );
                keep(&mut git, &["SSL_CERT_FILE", "SSL_CERT_DIR"]);
                "https"
            }
            Transport::Http => "http",
            Transport::Ssh => {
                keep(&mut git, &["HOME", "USER", "LOGNAME", "SSH_AUTH_SOCK"]);
                git.env("GIT_SSH_COMMAND", "ssh -o BatchMode=yes")
                    .env("GIT_SSH_VARIANT", "ssh");
                "ssh"
            }
            Transport::Git => "git",
            Transport::File => "file",
        };
        git.current_dir(&self.dir)
            .env("GIT_CEILING_DIRECTORIES", self.dir.parent().unwrap_or(&self.dir));
        for setting in SETTINGS {
            git.args(["-c", setting]);
        }
        // A redirection must not lead from this machine to another one.
        let redirects = if self.remote.transport() == Transport::Http {
            "false"
        } else {
            "initial"
        };
        for setting in [
            "protocol.allow=never".to_owned(),
            format!("protocol.{allowed}.allow=always"),
            format!("http.followRedirects={redirects}"),
            format!("remote.origin.url={}", self.remote.address()),
        ] {
            git.arg("-c").arg(setting);
        }
        if let Some(repo) = &self.repo {
            git.arg("--git-dir").arg(repo);
        }
        // A group of its own, so that the helpers git starts can be ended with it.
        git.stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        git
    }

    fn watch(&mut self, child: &mut Child) -> Result<(bool, Vec<u8>, Vec<u8>), FetchError> {
        let (sender, chunks) = sync_channel(16);
        if let Some(pipe) = child.stdout.take() {
            drain(pipe, false, sender.clone());
        }
        if let Some(pipe) = child.stderr.take() {
            drain(pipe, true, sender);
        }
        if let Some(mut pipe) = child.stdin.take() {
            let text = std::mem::take(&mut self.stdin);
            // Writing ends with the process at the latest, by a broken pipe.
            std::thread::spawn(move || drop(pipe.write_all(&text)));
        }
        let (stdout, stderr) = self.collect(&chunks)?;
        loop {
            match child.try_wait() {
                Ok(Some(status)) => return Ok((status.success(), stdout, stderr)),
                Ok(None) if Instant::now() < self.deadline => std::thread::sleep(Duration::from_millis(2)),
                Ok(None) => return Err(FetchError::TimedOut),
                Err(e) => return Err(FetchError::Git(format!("cannot wait for it: {e}"))),
            }
        }
    }

    fn collect(&mut self, chunks: &Receiver<(bool, Vec<u8>)>) -> Result<(Vec<u8>, Vec<u8>), FetchError> {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        loop {
            let left = self.deadline.saturating_duration_since(Instant::now());
            let (is_stderr, chunk) = match chunks.recv_timeout(left) {
                Ok(chunk) => chunk,
                Err(RecvTimeoutError::Timeout) => return Err(FetchError::TimedOut),
                Err(RecvTimeoutError::Disconnected) => return Ok((stdout, stderr)),
            };
            if !is_stderr {
                stdout.extend_from_slice(&chunk);
                if stdout.len() > MAX_STDOUT {
                    return Err(FetchError::TooMuch);
                }
                continue;
            }
            stderr.extend_from_slice(&chunk);
            if let Some(progress) = &mut self.progress
                && let Some(line) = stderr
                    .split(|b| matches!(b, b'\r' | b'\n'))
                    .rfind(|line| !line.is_empty())
            {
                progress(&harmless(line));
            }
            stderr.drain(..stderr.len().saturating_sub(MAX_STDERR));
        }
    }
}

fn keep(git: &mut Command, names: &[&str]) {
    for name in names {
        if let Some(value) = std::env::var_os(name) {
            git.env(name, value);
        }
    }
}

fn drain(mut pipe: impl Read + Send + 'static, is_stderr: bool, to: SyncSender<(bool, Vec<u8>)>) {
    std::thread::spawn(move || {
        let mut buffer = [0; 1 << 14];
        while let Ok(length @ 1..) = pipe.read(&mut buffer) {
            if to.send((is_stderr, buffer[..length].to_vec())).is_err() {
                break;
            }
        }
    });
}

fn end(child: &mut Child) {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, Signal::KILL);
    }
    let _ = child.wait();
}

/// The lines that say what went wrong, or else the last.
fn last_words(stderr: &[u8]) -> String {
    let lines: Vec<_> = stderr
        .split(|b| matches!(b, b'\r' | b'\n'))
        .filter(|line| !line.is_empty())
        .collect();
    let telling = |line: &&&[u8]| {
        [&b"fatal:"[..], b"error:", b"ERR"]
            .iter()
            .any(|word| line.starts_with(word))
    };
    let chosen: Vec<_> = lines.iter().filter(telling).map(|line| harmless(line)).collect();
    if chosen.is_empty() {
        lines.last().map(|line| harmless(line)).unwrap_or_default()
    } else {
        chosen.join("; ")
    }
}

/// What a server says goes to a terminal: printable ASCII of it, and not much.
fn harmless(line: &[u8]) -> String {
    let show = |byte: &u8| {
        if matches!(byte, b' '..=b'~') {
            char::from(*byte)
        } else {
            '?'
        }
    };
    line.iter().take(500).map(show).collect()
}

/// A lock on a file, held while this lives and let go by the system if the process dies.
pub(super) struct Lock(#[allow(dead_code, reason = "held, not read")] File);

impl Lock {
    pub(super) fn take(path: &Path, deadline: Instant) -> Result<Self, FetchError> {
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path);
        let file = file.map_err(|e| FetchError::Io(path.to_owned(), e))?;
        loop {
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(Self(file)),
                Err(rustix::io::Errno::WOULDBLOCK | rustix::io::Errno::INTR) if Instant::now() < deadline => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                Err(rustix::io::Errno::WOULDBLOCK) => return Err(FetchError::TimedOut),
                Err(e) => return Err(FetchError::Io(path.to_owned(), e.into())),
            }
        }
    }
}
