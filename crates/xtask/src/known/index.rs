//! What the archive's indices say of packages, read once: apt's own programs need a second for each question.

use std::collections::HashMap;

use crate::apt::{self, Apt};

/// One version of a package in one suite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub version: String,
    pub suite: String,
    /// The digest of `file`.
    pub sha256: String,
    /// The name that apt gives the package's file, or its upstream tarball.
    pub file: String,
}

/// Both kinds of packages, the suites in the order of apt's configuration.
#[derive(Debug, Default)]
pub struct Index {
    pub binaries: HashMap<String, Vec<Listed>>,
    pub sources: HashMap<String, Vec<Listed>>,
}

/// Reads the paragraph of a package, given the suite.
type Read = fn(&str, &str) -> Option<(String, Listed)>;

impl Index {
    /// Reads the indices that apt has fetched and checked.
    pub fn read(apt: &Apt) -> Result<Self, String> {
        let format = "$(CREATED_BY) $(RELEASE) $(FILENAME)";
        let targets = apt::run(apt.command("apt-get").args(["indextargets", "--format", format]))?;
        let mut index = Index::default();
        for target in targets.lines() {
            let mut words = target.splitn(3, ' ');
            let (Some(kind), Some(suite), Some(file)) = (words.next(), words.next(), words.next()) else {
                continue;
            };
            let (packages, read): (_, Read) = match kind {
                "Packages" => (&mut index.binaries, binary),
                "Sources" => (&mut index.sources, source),
                _ => continue,
            };
            let text = apt::run(apt.command("/usr/lib/apt/apt-helper").args(["cat-file", file]))?;
            for (package, listed) in text.split("\n\n").filter_map(|paragraph| read(paragraph, suite)) {
                packages.entry(package).or_default().push(listed);
            }
        }
        Ok(index)
    }
}

fn field<'a>(paragraph: &'a str, name: &str) -> Option<&'a str> {
    paragraph
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

fn binary(paragraph: &str, suite: &str) -> Option<(String, Listed)> {
    let package = field(paragraph, "Package")?;
    let version = field(paragraph, "Version")?;
    let escaped = version.replace(':', "%3a");
    let listed = Listed {
        version: version.to_owned(),
        suite: suite.to_owned(),
        sha256: field(paragraph, "SHA256")?.to_owned(),
        file: format!("{package}_{escaped}_{}.deb", field(paragraph, "Architecture")?),
    };
    Some((package.to_owned(), listed))
}

fn source(paragraph: &str, suite: &str) -> Option<(String, Listed)> {
    let mut files = paragraph
        .lines()
        .skip_while(|line| !line.starts_with("Checksums-Sha256:"))
        .skip(1)
        .take_while(|line| line.starts_with(' '));
    let (sha256, file) = files.find_map(|line| {
        let mut words = line.split_whitespace();
        let (digest, file) = (words.next()?, words.nth(1)?);
        (file.contains(".orig.tar.") && !file.ends_with(".asc")).then_some((digest, file))
    })?;
    let listed = Listed {
        version: field(paragraph, "Version")?.to_owned(),
        suite: suite.to_owned(),
        sha256: sha256.to_owned(),
        file: file.to_owned(),
    };
    Some((field(paragraph, "Package")?.to_owned(), listed))
}

#[cfg(test)]
mod tests {
    use super::{binary, source};

    #[test]
    fn a_paragraph_of_packages() {
        let paragraph = "Package: automake\nArchitecture: all\nVersion: 1:1.19-3\nSHA256: 00\n";
        let (package, listed) = binary(paragraph, "sid").expect("whole");
        assert_eq!(
            (package.as_str(), listed.file.as_str()),
            ("automake", "automake_1%3a1.19-3_all.deb")
        );
        assert_eq!(binary("Package: automake\n", "sid"), None);
    }

    #[test]
    fn a_paragraph_of_sources() {
        let paragraph = "Package: a\nVersion: 2-1\nFiles:\n ff 7 a_2.orig.tar.gz\nChecksums-Sha256:\n 00 5 a_2-1.dsc\n \
                         33 7 a_2.orig.tar.xz.asc\n 11 7 a_2.orig.tar.xz\nHomepage: x\n";
        let (_, listed) = source(paragraph, "sid").expect("whole");
        assert_eq!(
            (listed.sha256.as_str(), listed.file.as_str()),
            ("11", "a_2.orig.tar.xz")
        );
        assert_eq!(
            source(
                "Package: a\nVersion: 2\nChecksums-Sha256:\n 00 5 a_2.tar.xz\n",
                "sid"
            ),
            None
        );
    }
}
