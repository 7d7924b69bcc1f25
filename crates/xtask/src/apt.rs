//! The Debian archive, asked through apt with a configuration of its own: the machine's stays as it is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What both the corpus and the table of known files were taken from.
const SUITES: &str = "bookworm trixie sid";

/// The key the indices are signed with.
const SIGNED_BY: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// A directory and the apt behind it.
pub struct Apt {
    directory: PathBuf,
    types: &'static str,
    /// Whether the indices were fetched in this run, and what came of it.
    updated: Option<Result<(), String>>,
}

impl Apt {
    /// `types` is apt's: `deb`, `deb-src` or both. Nothing is fetched yet.
    pub fn new(directory: &Path, types: &'static str) -> Result<Self, String> {
        let apt = directory.join("apt");
        for part in ["lists/partial", "cache/archives/partial"] {
            fs::create_dir_all(apt.join(part)).map_err(|error| format!("cannot make {part}: {error}"))?;
        }
        let directory =
            fs::canonicalize(directory).map_err(|error| format!("{}: {error}", directory.display()))?;
        Ok(Apt {
            directory,
            types,
            updated: None,
        })
    }

    /// Fetches the indices, once.
    pub fn update(&mut self) -> Result<(), String> {
        if let Some(outcome) = &self.updated {
            return outcome.clone();
        }
        let list = self.list();
        let mirror =
            mirror().ok_or("apt's sources name no mirror of Debian; add one to /etc/apt/sources.list.d")?;
        let types = self.types;
        let sources = format!(
            "Types: {types}\nURIs: {mirror}\nSuites: {SUITES}\nComponents: main\nSigned-By: {SIGNED_BY}\n"
        );
        let outcome = fs::write(&list, sources)
            .map_err(|error| format!("{}: {error}", list.display()))
            .and_then(|()| run(self.command("apt-get").args(["-qq", "update"])).map(drop));
        self.updated = Some(outcome.clone());
        outcome
    }

    fn list(&self) -> PathBuf {
        self.directory.join("apt/suites.sources")
    }

    /// One of apt's programs; it writes to the directory.
    pub fn command(&self, program: &str) -> Command {
        let apt = self.directory.join("apt");
        let mut command = Command::new(program);
        command
            .current_dir(&self.directory)
            .env("LC_ALL", "C")
            .env("DEBIAN_FRONTEND", "noninteractive");
        for (name, value) in [
            ("Dir::Etc::sourcelist", self.list()),
            ("Dir::Etc::sourceparts", "/dev/null".into()),
            ("Dir::State::lists", apt.join("lists")),
            ("Dir::State::status", "/dev/null".into()),
            ("Dir::Cache", apt.join("cache")),
            ("APT::Architecture", "amd64".into()),
            ("APT::Sandbox::User", "root".into()),
            ("Acquire::Retries", "2".into()),
        ] {
            command.arg("-o").arg(format!("{name}={}", value.display()));
        }
        command
    }
}

/// What a program prints, or what it complains about.
pub fn run(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let Output {
        status,
        stdout,
        stderr,
    } = command
        .output()
        .map_err(|error| format!("cannot run {program}: {error}"))?;
    if status.success() {
        return Ok(String::from_utf8_lossy(&stdout).into_owned());
    }
    let stderr = String::from_utf8_lossy(&stderr).into_owned();
    let last = stderr
        .lines()
        .rfind(|line| line.starts_with("E:"))
        .unwrap_or(&stderr);
    Err(format!("{program}: {}", last.trim()))
}

/// The mirror that the machine itself uses, so that everything comes over the same way.
fn mirror() -> Option<String> {
    let mut texts = Vec::new();
    for path in ["/etc/apt/sources.list.d", "/etc/apt"] {
        let entries = fs::read_dir(path).into_iter().flatten().flatten();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        files.sort();
        texts.extend(files.iter().filter_map(|file| fs::read_to_string(file).ok()));
    }
    texts.iter().find_map(|text| mirror_in(text))
}

/// The first address of sources in either of apt's formats that looks like a mirror of Debian.
fn mirror_in(text: &str) -> Option<String> {
    text.lines()
        .filter(|line| line.starts_with("URIs:") || line.starts_with("deb ") || line.starts_with("deb-src "))
        .flat_map(str::split_whitespace)
        .find(|word| word.contains("://") && word.trim_end_matches('/').ends_with("/debian"))
        .map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::mirror_in;

    #[test]
    fn both_formats_of_sources_are_read() {
        let sources =
            "Types: deb\n# URIs: http://old/debian\nURIs: http://mirror.example/debian\nSuites: sid\n";
        assert_eq!(
            mirror_in(sources).as_deref(),
            Some("http://mirror.example/debian")
        );
        let list = "# deb http://x/debian\ndeb https://other.example/apt a b\n\
                    deb [signed-by=/k] http://m.example/debian/ sid main\n";
        assert_eq!(mirror_in(list).as_deref(), Some("http://m.example/debian/"));
        assert_eq!(mirror_in("URIs: http://mirror.example/debian-security\n"), None);
    }
}
