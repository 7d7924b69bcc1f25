//! `debian/watch`: where upstream publishes, and whether a signature is promised.
//!
//! Versions 2 to 4 are lines, version 5 is paragraphs. Sources: uscan(1) and `Devscripts::Uscan::{WatchFile,WatchLine}`
//! (devscripts 2.23.4; version 5 as of 2.26). Nothing is fetched and no pattern or mangling rule is run: they are Perl.
//!
//! Our own reader, and not the crate debian-watch: that one needs clap, which must not appear below the command, and it
//! takes the version policy for the pattern where a URL carries its pattern.

mod forge;
mod lines;
mod options;
mod paragraphs;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use bstr::ByteSlice;

pub use forge::{Repository, clone_url};

use crate::fault::{Fault, tell};

/// A watch file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watch {
    /// As declared; 1 where no version is declared.
    pub version: u32,
    /// What is watched, in the order of the file.
    pub sources: Vec<Source>,
    /// What uscan would refuse or ignore.
    pub faults: Vec<Fault>,
}

/// One thing to download: a line, or a paragraph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Line in the file where it begins, from 1.
    pub line: usize,
    /// Page or repository. `@PACKAGE@` is filled in; empty where only a template says it.
    pub url: String,
    /// Regular expression (Perl's, with `@ANY_VERSION@` and the like left as they are), or a reference in git mode.
    pub pattern: Option<String>,
    /// Component of a package with several tarballs; None is the main one.
    pub component: Option<String>,
    /// How it is fetched.
    pub mode: Mode,
    /// How its signature is found, after uscan's own corrections.
    pub pgp_mode: PgpMode,
    /// Rules that make the signature's URL.
    pub pgpsigurlmangle: Vec<String>,
    /// The signature is over the uncompressed tarball.
    pub decompress: bool,
    /// The tarball is packed anew.
    pub repack: bool,
    /// Added to the version by packing anew, such as `+ds`.
    pub repacksuffix: Option<String>,
    /// Rules that make Debian's version of upstream's.
    pub uversionmangle: Vec<String>,
    /// Rules for the version of debian/changelog before it is compared.
    pub dversionmangle: Vec<String>,
    /// Rules that make the version in the orig tarball's name.
    pub oversionmangle: Vec<String>,
    /// Rules that make the URL of the download; they may lead to another host.
    pub downloadurlmangle: Vec<String>,
    /// `shallow` or `full`; None is the default.
    pub git_mode: Option<String>,
    /// `all`: export-ignore and export-subst have no effect.
    pub git_export: Option<String>,
    /// Submodules that are packed too.
    pub git_modules: GitModules,
    /// Version 5: the template that gives URL and pattern.
    pub template: Option<Template>,
    /// Which version is wanted.
    pub policy: Policy,
    /// Options that uscan knows and that do not matter here, and those that nobody knows: name and value.
    pub other: Vec<(String, String)>,
}

/// How uscan fetches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// A file over HTTP or FTP.
    #[default]
    Lwp,
    /// A tag or branch of a git repository.
    Git,
    /// A Subversion repository.
    Svn,
}

/// What uscan does about signatures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PgpMode {
    /// Nothing, but it says so when it sees a signature.
    #[default]
    Default,
    /// Tries the common names of signatures, and uses one that is there.
    Auto,
    /// Signature at the URL that pgpsigurlmangle makes.
    Mangle,
    /// The next source is the signature of this one.
    Next,
    /// The signature of the source before.
    Previous,
    /// The file is itself signed, around its contents.
    SelfSigned,
    /// The git tag is signed.
    GitTag,
    /// The maintainer says that there is none.
    None,
}

/// Submodules in git mode.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum GitModules {
    /// None of them.
    #[default]
    No,
    /// All of them.
    All,
    /// These paths.
    Some(Vec<String>),
}

/// Which version is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// Any that is newer than debian/changelog's.
    #[default]
    Debian,
    /// The version of the source before.
    Same,
    /// For the signature of the source before.
    Previous,
    /// Any; compared with nothing.
    Ignore,
    /// Versions of several sources joined.
    Group,
    /// A checksum of several versions.
    Checksum,
    /// Newer than this one.
    Literal(String),
}

/// A template of version 5.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// In lower case: `github`, `gitlab`, `pypi` …
    pub name: String,
    /// Clone URL of the repository that it means.
    pub repository: Option<String>,
}

/// What a watch file says about a component's signature. Later ones are stronger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Promise {
    /// Nothing, or there is no such component.
    Silent,
    /// `pgpmode=none`: explicitly none.
    Refused,
    /// `pgpmode=auto`: used where there is one.
    IfThere,
    /// A signed tag.
    Tag,
    /// A signature over the tarball.
    Tarball,
}

impl Promise {
    /// Is upstream expected to sign?
    pub fn is_made(self) -> bool {
        matches!(self, Self::Tag | Self::Tarball)
    }
}

impl Watch {
    /// Reads the watch file of a source package of this name.
    pub fn parse(text: &[u8], package: &str) -> Self {
        let mut watch = if paragraphs::declared(text) {
            paragraphs::read(text, package)
        } else {
            lines::read(text, package)
        };
        for source in &mut watch.sources {
            options::settle(source, &mut watch.faults);
        }
        if watch.sources.is_empty() && watch.faults.is_empty() {
            // A file of comments is how packages without upstream say why.
            let says = text.lines().any(|line| line.trim_start().starts_with(b"#"));
            if !says {
                tell(
                    &mut watch.faults,
                    0,
                    "nothing to watch; add a source, or a comment why there is none",
                );
            }
        }
        watch
    }

    /// What the file promises for the main tarball (`None`) or a component. The strongest promise of several counts.
    pub fn promises_signature(&self, component: Option<&str>) -> Promise {
        self.sources
            .iter()
            .filter(|source| source.component.as_deref() == component && source.pgp_mode != PgpMode::Previous)
            .map(Source::promise)
            .max()
            .unwrap_or(Promise::Silent)
    }

    /// The clone URL that the first source of the main tarball implies, or that of a component.
    ///
    /// Only `https`, `http`, `git` and `ssh` URLs without anything that git could take for an option or a command. What
    /// is in the file is the packager's word, not upstream's.
    pub fn repository(&self, component: Option<&str>) -> Option<Repository> {
        self.sources
            .iter()
            .filter(|source| source.component.as_deref() == component)
            .find_map(Source::repository)
    }

    /// Hosts, in lower case, from which anything may be fetched: of URLs, of patterns, and of mangling rules.
    pub fn hosts(&self) -> BTreeSet<String> {
        let mut hosts = BTreeSet::new();
        for source in &self.sources {
            let rules = source.downloadurlmangle.iter().chain(&source.pgpsigurlmangle);
            let template = source
                .template
                .iter()
                .filter_map(|template| template.repository.as_ref());
            for text in std::iter::once(&source.url)
                .chain(&source.pattern)
                .chain(rules)
                .chain(template)
            {
                forge::hosts_in(text, &mut hosts);
            }
        }
        hosts
    }
}

impl Source {
    fn promise(&self) -> Promise {
        match self.pgp_mode {
            PgpMode::Default => Promise::Silent,
            PgpMode::None => Promise::Refused,
            PgpMode::Auto => Promise::IfThere,
            PgpMode::GitTag => Promise::Tag,
            PgpMode::Mangle | PgpMode::Next | PgpMode::Previous | PgpMode::SelfSigned => Promise::Tarball,
        }
    }

    fn repository(&self) -> Option<Repository> {
        let template = self
            .template
            .as_ref()
            .and_then(|template| template.repository.clone());
        let url = match (template, self.mode) {
            (Some(url), _) => Some(url),
            (None, Mode::Git) => forge::safe(&self.url),
            (None, Mode::Svn) => None,
            (None, Mode::Lwp) => forge::clone_url(&self.url),
        }?;
        Some(Repository { url, line: self.line })
    }
}
