//! Arguments and environment of the chore.

use std::env;
use std::path::{Path, PathBuf};

use super::record::Record;
use crate::workspace;

/// What to judge, with what.
#[derive(Debug)]
pub struct Settings {
    /// The directory with `corpus.jsonl`; none if there is none and that is fine.
    pub corpus: Option<PathBuf>,
    /// The command under test.
    pub binary: PathBuf,
    /// Where tarballs are kept from run to run.
    pub cache: PathBuf,
    /// Whether releases are altered, too.
    pub seeds: bool,
    /// Where the page on Debian packages is to be written, if it is.
    pub debian_table: Option<PathBuf>,
    /// Which third of the corpus; none for all of it.
    third: Option<usize>,
    /// Only these releases, if any are named.
    only: Vec<String>,
}

const USAGE: &str = "usage: cargo xtask corpus [--all | --third 0|1|2 | --release ID…] [--bin PATH] [--cache DIRECTORY] \
                     [--corpus DIRECTORY] [--allow-missing] [--no-seeds] [--debian-table FILE]";

impl Settings {
    /// Reads the arguments; `TARVET_CORPUS`, `TARVET_CORPUS_CACHE` and `TARVET_CORPUS_ALL=1` stand in for theirs.
    pub fn read(arguments: &[String]) -> Result<Self, String> {
        let root = workspace::root();
        let path = |name: &str| env::var_os(name).map(PathBuf::from);
        let mut corpus = path("TARVET_CORPUS");
        let mut cache = path("TARVET_CORPUS_CACHE").unwrap_or_else(|| root.join("target/corpus"));
        let mut binary = path("CARGO_TARGET_DIR")
            .unwrap_or_else(|| root.join("target"))
            .join("release/tarvet");
        let mut third = Some(0).filter(|_| env::var_os("TARVET_CORPUS_ALL").is_none_or(|all| all != "1"));
        let mut only = Vec::new();
        let mut allow_missing = false;
        let mut seeds = true;
        let mut debian_table = None;
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument}: what?\n{USAGE}"));
            match argument.as_str() {
                "--all" => third = None,
                "--third" => third = Some(number(value()?)?),
                "--release" => only.push(value()?.clone()),
                "--bin" => binary = value()?.into(),
                "--cache" => cache = value()?.into(),
                "--corpus" => corpus = Some(value()?.into()),
                "--allow-missing" => allow_missing = true,
                "--no-seeds" => seeds = false,
                "--debian-table" => debian_table = Some(value()?.into()),
                _ => return Err(format!("{argument}: no such argument\n{USAGE}")),
            }
        }
        let corpus = corpus.unwrap_or_else(|| root.join("../shared/corpus"));
        let found = corpus.join("corpus.jsonl").is_file();
        if !found && !allow_missing {
            let corpus = corpus.display();
            return Err(format!(
                "no corpus.jsonl in {corpus}: name its directory by --corpus or TARVET_CORPUS, or pass --allow-missing"
            ));
        }
        if found && !binary.is_file() {
            let binary = binary.display();
            return Err(format!(
                "{binary} is not there: cargo build --release, or name a binary by --bin"
            ));
        }
        Ok(Settings {
            corpus: Some(corpus).filter(|_| found),
            binary: absolute(&binary)?,
            cache: absolute(&cache)?,
            seeds,
            debian_table,
            third,
            only,
        })
    }

    /// Whether the release at this position of the corpus is to be judged. Neighbours are versions of one package,
    /// so that every third release is nearly one of each package.
    pub fn wants(&self, position: usize, id: &str) -> bool {
        if self.only.is_empty() {
            self.third.is_none_or(|third| position % 3 == third)
        } else {
            self.only.iter().any(|wanted| wanted == id)
        }
    }

    /// The proof of a release.
    pub fn proof_of(&self, record: &Record) -> PathBuf {
        self.corpus
            .as_deref()
            .unwrap_or(Path::new(""))
            .join(&record.proof)
    }
}

fn number(text: &str) -> Result<usize, String> {
    match text {
        "0" => Ok(0),
        "1" => Ok(1),
        "2" => Ok(2),
        _ => Err(format!("--third {text}: the thirds are 0, 1 and 2")),
    }
}

fn absolute(path: &Path) -> Result<PathBuf, String> {
    std::path::absolute(path).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::Settings;

    fn read(arguments: &[&str]) -> Result<Settings, String> {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        Settings::read(&arguments)
    }

    #[test]
    fn a_missing_corpus_is_an_error_unless_allowed() {
        let error = read(&["--corpus", "/nonexistent"]).expect_err("nothing is there");
        assert!(error.contains("/nonexistent"), "{error}");
        let settings = read(&["--corpus", "/nonexistent", "--allow-missing"]).expect("allowed");
        assert_eq!(settings.corpus, None);
    }

    #[test]
    fn thirds_cover_the_corpus_once() {
        let third = |number| read(&["--allow-missing", "--corpus", "/nonexistent", "--third", number]);
        let thirds: Vec<_> = ["0", "1", "2"].map(third).into_iter().flatten().collect();
        for position in 0..10 {
            assert_eq!(
                thirds.iter().filter(|third| third.wants(position, "any")).count(),
                1
            );
        }
        assert!(third("3").is_err());
        assert!(read(&["--third"]).is_err());
        assert!(read(&["--thrid", "1"]).is_err());
    }
}
