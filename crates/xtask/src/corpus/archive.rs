//! The Debian archive, asked through apt with a configuration of its own: the machine's stays as it is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::record::Record;

/// Where the corpus was taken from.
const SUITES: &str = "bookworm trixie sid";

/// The key the indices are signed with.
const SIGNED_BY: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// A cache directory and the apt behind it.
pub struct Archive {
    cache: PathBuf,
    /// Whether the indices were fetched in this run, and what came of it.
    updated: Option<Result<(), String>>,
}

impl Archive {
    /// Nothing is fetched until something is missing.
    pub fn new(cache: &Path) -> Result<Self, String> {
        let apt = cache.join("apt");
        for directory in ["lists/partial", "cache/archives/partial"] {
            fs::create_dir_all(apt.join(directory))
                .map_err(|error| format!("cannot make {directory}: {error}"))?;
        }
        Ok(Archive {
            cache: cache.to_owned(),
            updated: None,
        })
    }

    /// Brings what the archive still has of the release into the cache; an error says why it is not all of it.
    pub fn fetch(&mut self, record: &Record) -> Result<(), String> {
        self.update()?;
        let exact = format!("{}={}", record.package, record.debian_version);
        let Err(refusal) = self.source(&exact) else {
            return Ok(());
        };
        if !self.cache.join(&record.orig).is_file() {
            // Another revision of the package may still carry the same tarball.
            for version in self.versions_with(&record.package, &record.orig) {
                if self.source(&format!("{}={version}", record.package)).is_ok() {
                    break;
                }
            }
        }
        Err(refusal)
    }

    fn update(&mut self) -> Result<(), String> {
        if let Some(outcome) = &self.updated {
            return outcome.clone();
        }
        let list = self.cache.join("apt/corpus.sources");
        let mirror =
            mirror().ok_or("apt's sources name no mirror of Debian; add one to /etc/apt/sources.list.d")?;
        let sources = format!(
            "Types: deb-src\nURIs: {mirror}\nSuites: {SUITES}\nComponents: main\nSigned-By: {SIGNED_BY}\n"
        );
        let outcome = fs::write(&list, sources)
            .map_err(|error| format!("{}: {error}", list.display()))
            .and_then(|()| run(self.apt("apt-get").args(["-qq", "update"])).map(drop));
        self.updated = Some(outcome.clone());
        outcome
    }

    fn source(&self, what: &str) -> Result<(), String> {
        let mut apt = self.apt("apt-get");
        apt.args(["-qq", "source", "--download-only", what]);
        run(&mut apt).map(drop)
    }

    fn versions_with(&self, package: &str, file: &str) -> Vec<String> {
        let output = run(self.apt("apt-cache").args(["showsrc", package])).unwrap_or_default();
        versions_listing(&output, file)
    }

    fn apt(&self, program: &str) -> Command {
        let apt = self.cache.join("apt");
        let mut command = Command::new(program);
        command
            .current_dir(&self.cache)
            .env("LC_ALL", "C")
            .env("DEBIAN_FRONTEND", "noninteractive");
        for (name, value) in [
            ("Dir::Etc::sourcelist", apt.join("corpus.sources")),
            ("Dir::Etc::sourceparts", "/dev/null".into()),
            ("Dir::State::lists", apt.join("lists")),
            ("Dir::Cache", apt.join("cache")),
            ("APT::Sandbox::User", "root".into()),
            ("Acquire::Retries", "2".into()),
        ] {
            command.arg("-o").arg(format!("{name}={}", value.display()));
        }
        command
    }
}

fn run(command: &mut Command) -> Result<String, String> {
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

/// Of `apt-cache showsrc`, the versions whose files include `file`.
fn versions_listing(showsrc: &str, file: &str) -> Vec<String> {
    showsrc
        .split("\n\n")
        .filter(|paragraph| {
            paragraph
                .lines()
                .any(|line| line.split(' ').next_back() == Some(file))
        })
        .filter_map(|paragraph| paragraph.lines().find_map(|line| line.strip_prefix("Version: ")))
        .map(ToOwned::to_owned)
        .collect()
}

/// The mirror that the machine itself uses, so that the corpus comes over the same way.
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
    use super::{mirror_in, versions_listing};

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

    #[test]
    fn another_revision_with_the_same_tarball() {
        let showsrc = "Package: a\nVersion: 1-2\nFiles:\n 0123 45 a_1.orig.tar.xz\n\n\
                       Package: a\nVersion: 2-1\nFiles:\n 0123 45 a_2.orig.tar.xz\n 0123 45 a_2.orig.tar.xz.asc\n";
        assert_eq!(versions_listing(showsrc, "a_1.orig.tar.xz"), ["1-2"]);
        assert_eq!(versions_listing(showsrc, "a_3.orig.tar.xz"), [""; 0]);
    }
}
