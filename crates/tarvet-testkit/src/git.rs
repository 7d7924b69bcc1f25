//! git in a closed environment: nothing of the machine's configuration, identity or clock reaches it.
//!
//! Helpers of tests only, so whatever goes wrong panics with git's own words.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Unix seconds of the first commit when a test does not care: 2021-03-04 05:06:07 UTC.
pub const TIME: i64 = 1_614_834_367;

/// The hash a repository is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectFormat {
    /// 40 hex digits.
    Sha1,
    /// 64 hex digits.
    Sha256,
}

impl ObjectFormat {
    /// git's own name of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
        }
    }
}

/// What one git process left behind.
#[must_use = "look at the status, or the test proves nothing"]
#[derive(Debug)]
pub struct Output {
    /// Whether it exited with 0.
    pub success: bool,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error, lossily decoded.
    pub stderr: String,
}

impl Output {
    /// Standard output of a git that must have succeeded.
    #[track_caller]
    pub fn ok(self) -> Vec<u8> {
        assert!(self.success, "git failed: {}", self.stderr);
        self.stdout
    }

    /// The same as one trimmed line of text.
    #[track_caller]
    pub fn line(self) -> String {
        String::from_utf8(self.ok())
            .expect("git printed UTF-8")
            .trim_end()
            .to_owned()
    }
}

/// A repository with a work tree, in a directory the test owns.
#[derive(Clone, Debug)]
pub struct Repo {
    dir: PathBuf,
    format: ObjectFormat,
    /// Name, e-mail and "+hhmm" offset used for author and committer alike.
    identity: (String, String, String),
}

impl Repo {
    /// Creates the directory if needed and initialises it, with branch `main`.
    pub fn new(dir: impl Into<PathBuf>, format: ObjectFormat) -> Self {
        let dir = dir.into();
        std::fs::create_dir_all(&dir).expect("the test directory can be made");
        let identity = (
            "Willow Rosenberg".into(),
            "willow@example.org".into(),
            "+0000".into(),
        );
        let repo = Self {
            dir,
            format,
            identity,
        };
        let format = format!("--object-format={}", format.name());
        let _ = repo
            .run(["init", "--quiet", "--initial-branch=main", "--template=", &format])
            .ok();
        repo
    }

    /// Commits from now on bear this name, e-mail and time zone offset ("+0130").
    #[must_use]
    pub fn with_identity(mut self, name: &str, email: &str, offset: &str) -> Self {
        self.identity = (name.into(), email.into(), offset.into());
        self
    }

    /// The work tree.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The hash it is made of.
    pub fn format(&self) -> ObjectFormat {
        self.format
    }

    /// A git command in this repository, with a cleared environment.
    pub fn command(&self) -> Command {
        let mut git = hermetic("git");
        git.current_dir(&self.dir);
        git
    }

    /// Runs git with these arguments.
    pub fn run<I: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = I>) -> Output {
        finish(self.command().args(args), b"")
    }

    /// Runs git with these arguments and this standard input.
    pub fn run_with<I: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = I>, stdin: &[u8]) -> Output {
        finish(self.command().args(args), stdin)
    }

    /// Writes a file of the work tree, with its directories.
    pub fn write(&self, path: impl AsRef<Path>, contents: impl AsRef<[u8]>) -> &Self {
        let path = self.place(path.as_ref());
        std::fs::write(path, contents).expect("the file can be written");
        self
    }

    /// Sets or clears the executable bits.
    pub fn chmod(&self, path: impl AsRef<Path>, executable: bool) -> &Self {
        use std::os::unix::fs::PermissionsExt;
        let mode = if executable { 0o755 } else { 0o644 };
        std::fs::set_permissions(self.dir.join(path), std::fs::Permissions::from_mode(mode))
            .expect("the file exists");
        self
    }

    /// Makes a symbolic link.
    pub fn symlink(&self, path: impl AsRef<Path>, target: impl AsRef<Path>) -> &Self {
        std::os::unix::fs::symlink(target, self.place(path.as_ref())).expect("the link can be made");
        self
    }

    /// Commits the whole work tree at this time (Unix seconds) and returns the commit's id.
    #[must_use]
    pub fn commit(&self, message: &str, time: i64) -> String {
        let _ = self.run(["add", "--all", "--force"]).ok();
        let (name, email, offset) = &self.identity;
        let date = format!("@{time} {offset}");
        let mut git = self.command();
        for who in ["AUTHOR", "COMMITTER"] {
            git.env(format!("GIT_{who}_NAME"), name)
                .env(format!("GIT_{who}_EMAIL"), email);
            git.env(format!("GIT_{who}_DATE"), &date);
        }
        git.args([
            "commit",
            "--quiet",
            "--allow-empty",
            "--allow-empty-message",
            "--cleanup=verbatim",
            "-F",
            "-",
        ]);
        let _ = finish(&mut git, message.as_bytes()).ok();
        self.run(["rev-parse", "HEAD"]).line()
    }

    /// Points `refs/tags/NAME` at an object.
    pub fn tag_lightweight(&self, name: &str, target: &str) -> &Self {
        self.update_ref(&format!("refs/tags/{name}"), target)
    }

    /// Makes an unsigned tag object and its ref; returns the tag object's id.
    #[must_use]
    pub fn tag_annotated(&self, name: &str, target: &str, message: &str, time: i64) -> String {
        let kind = self.run(["cat-file", "-t", target]).line();
        let (person, email, offset) = &self.identity;
        let raw = format!(
            "object {target}\ntype {kind}\ntag {name}\ntagger {person} <{email}> {time} {offset}\n\n{message}"
        );
        let id = self.raw_object("tag", raw.as_bytes());
        let _ = self.update_ref(&format!("refs/tags/{name}"), &id);
        id
    }

    /// Stores bytes as an object of this kind without asking whether they make sense; returns the id.
    #[must_use]
    pub fn raw_object(&self, kind: &str, contents: &[u8]) -> String {
        self.run_with(
            ["hash-object", "-w", "--literally", "--stdin", "-t", kind],
            contents,
        )
        .line()
    }

    /// Points any full ref name at an object.
    pub fn update_ref(&self, name: &str, target: &str) -> &Self {
        let _ = self.run(["update-ref", name, target]).ok();
        self
    }

    /// `git archive` as tar, asked so that only the repository's objects decide what comes out.
    #[must_use]
    pub fn archive(&self, rev: &str, prefix: &str) -> Vec<u8> {
        let prefix = format!("--prefix={prefix}");
        self.run(
            ARCHIVE_CONFIG
                .iter()
                .copied()
                .chain(["archive", "--format=tar", &prefix, rev]),
        )
        .ok()
    }

    fn place(&self, path: &Path) -> PathBuf {
        let path = self.dir.join(path);
        let parent = path.parent().expect("a path inside the repository");
        std::fs::create_dir_all(parent).expect("the directory can be made");
        path
    }
}

/// Settings under which `git archive` depends on nothing but the objects; abbreviations stay whole.
const ARCHIVE_CONFIG: [&str; 12] = [
    "-c",
    "core.autocrlf=false",
    "-c",
    "core.eol=lf",
    "-c",
    "core.attributesFile=/dev/null",
    "-c",
    "tar.umask=0002",
    "-c",
    "core.bigFileThreshold=512m",
    "-c",
    "core.abbrev=40",
];

/// A program with nothing in its environment but the search path and what closes git's other sources.
pub fn hermetic(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env_clear();
    command.env(
        "PATH",
        std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into()),
    );
    for (name, value) in [
        ("HOME", "/nonexistent"),
        ("XDG_CONFIG_HOME", "/nonexistent"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_ATTR_NOSYSTEM", "1"),
        ("GIT_NO_REPLACE_OBJECTS", "1"),
        ("GIT_TERMINAL_PROMPT", "0"),
        ("LC_ALL", "C"),
        ("TZ", "UTC"),
    ] {
        command.env(name, value);
    }
    command
}

/// Feeds, waits and collects.
fn finish(command: &mut Command, stdin: &[u8]) -> Output {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .unwrap_or_else(|e| panic!("cannot start {command:?}: {e}"));
    let mut pipe = child.stdin.take().expect("stdin was piped");
    let output = std::thread::scope(|scope| {
        // A git that stops reading early breaks the pipe; its exit status then tells the story.
        scope.spawn(move || drop(pipe.write_all(stdin)));
        child.wait_with_output().expect("git can be waited for")
    });
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    Output {
        success: output.status.success(),
        stdout: output.stdout,
        stderr,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_story_gives_the_same_ids() {
        let story = |format| {
            let dir = tempfile::tempdir().unwrap();
            let repo = Repo::new(dir.path().join("r"), format);
            repo.write("sub/a", "a\n")
                .chmod("sub/a", true)
                .symlink("l", "sub/a");
            let commit = repo.commit("one\n", TIME);
            let tag = repo.tag_annotated("v1", &commit, "first\n", TIME + 1);
            repo.tag_lightweight("light", &commit);
            assert_eq!(repo.run(["rev-parse", "v1^{commit}"]).line(), commit);
            (commit, tag, repo.archive(&tag_or(&repo, "v1"), "p/"))
        };
        let (commit, tag, tar) = story(ObjectFormat::Sha1);
        assert_eq!((commit.len(), tag.len()), (40, 40));
        assert_eq!(tar.len() % 10240, 0);
        assert_eq!(story(ObjectFormat::Sha1), (commit, tag, tar));
        assert_eq!(story(ObjectFormat::Sha256).0.len(), 64);
    }

    #[test]
    fn a_failing_git_says_so() {
        let dir = tempfile::tempdir().unwrap();
        let repo = Repo::new(dir.path(), ObjectFormat::Sha1);
        let out = repo.run(["rev-parse", "--verify", "nothing"]);
        assert!(!out.success && out.stderr.contains("fatal"), "{}", out.stderr);
    }

    #[test]
    fn malformed_objects_can_be_stored() {
        let dir = tempfile::tempdir().unwrap();
        let repo = Repo::new(dir.path(), ObjectFormat::Sha1);
        let id = repo.raw_object("tag", b"not a tag at all");
        assert_eq!(repo.run(["cat-file", "tag", &id]).ok(), b"not a tag at all");
    }

    fn tag_or(repo: &Repo, name: &str) -> String {
        repo.run(["rev-parse", name]).line()
    }
}
