//! What `autoreconf -f -i` overwrites, for certain, in a given tree.
//!
//! Tried with autoconf 2.71, automake 1.16 and libtool 2.4.7, file by file; the oracle test beside this does it again.
//! Three things are easily believed and not so:
//!
//! * An aclocal.m4 whose first line does not say that aclocal generated it is taken for hand-written: autoreconf does
//!   not run aclocal at all, and the file is used.
//! * aclocal writes nothing where it finds nothing to write: a configure.ac that needs no macro beyond autoconf's own
//!   keeps the aclocal.m4 that lies beside it, first line or not, and autoconf reads it.
//! * autoheader writes the template of one header, the first. config.status reads the others as they are.

use std::collections::{BTreeMap, BTreeSet};

use bstr::{BStr, BString, ByteSlice};

use super::configure_ac::{Aux, Said, read};
use super::{Build, Step, Tree};

/// More projects in one tree than any release has; a chain of `AC_CONFIG_SUBDIRS` ends here.
const PROJECTS: usize = 256;

/// What of a tree is overwritten by autoreconf: found once for all files, for each configure.ac is read whole.
#[derive(Debug, Clone, Default)]
pub struct Remade {
    files: BTreeMap<BString, Written>,
    /// Projects of which something is not certain, with the reason.
    uncertain: BTreeMap<BString, String>,
    /// Directories in which autoreconf runs.
    projects: BTreeSet<BString>,
}

/// When a file is overwritten, and by whom.
#[derive(Debug, Clone)]
struct Written {
    by: String,
    only_if: OnlyIf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OnlyIf {
    Always,
    /// Its first line says that aclocal generated it.
    MarkedByAclocal,
    /// The caller alleges it to be autoheader's: old autoreconfs leave a template alone that somebody wrote.
    AllegedOfAutoheader,
}

/// What autoreconf does to one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    Overwritten(String),
    /// It leaves it alone, for this reason.
    Left(String),
    /// Nothing certain is known of it.
    Unsaid,
}

impl Remade {
    /// Follows each [`Step::Autoreconf`] of `build` through the tree.
    pub fn of(build: &Build, tree: &Tree<'_>) -> Self {
        let mut remade = Self::default();
        let mut open: Vec<(BString, String)> = Vec::new();
        for step in &build.steps {
            if let Step::Autoreconf { directory, by } = step {
                open.push((normal(directory.as_bstr()), by.clone()));
            }
        }
        open.reverse();
        while let Some((directory, by)) = open.pop() {
            if remade.projects.len() >= PROJECTS || !remade.projects.insert(directory.clone()) {
                continue;
            }
            let Some(said) = remade.project(&directory, tree) else {
                continue;
            };
            for below in &said.subdirs {
                open.push((join(&directory, below), by.clone()));
            }
            remade.add(&directory, &by, &said, tree);
        }
        remade
    }

    /// Reads the configure.ac of a directory, or says why not.
    fn project(&mut self, directory: &BString, tree: &Tree<'_>) -> Option<Said> {
        let names = [&b"configure.ac"[..], b"configure.in"];
        let path = names
            .iter()
            .map(|name| join(directory, name))
            .find(|path| (tree.exists)(path.as_bstr()));
        let why = match &path {
            None => "there is no configure.ac in it, so autoreconf does nothing there".to_owned(),
            Some(path) => match (tree.read)(path.as_bstr()) {
                None => format!("{path} was not read"),
                Some(text) => {
                    let said = read(text);
                    if said.xdt {
                        format!(
                            "{path} calls a macro XDT_…, for which dh_autoreconf runs xdt-autogen instead"
                        )
                    } else if said.init {
                        return Some(said);
                    } else {
                        format!("{path} does not call AC_INIT in plain words")
                    }
                }
            },
        };
        self.uncertain.insert(directory.clone(), why);
        None
    }

    fn add(&mut self, directory: &BString, by: &str, said: &Said, tree: &Tree<'_>) {
        let mut writes = |path: BString, tool: &str, only_if| {
            let by = format!("{tool}, which {by} runs");
            self.files.entry(path).or_insert(Written { by, only_if });
        };
        writes(join(directory, b"configure"), "autoconf", OnlyIf::Always);
        if said.automake || said.libtool {
            writes(join(directory, b"aclocal.m4"), "aclocal", OnlyIf::MarkedByAclocal);
        }
        if let Some(template) = &said.header {
            writes(
                join(directory, template),
                "autoheader",
                OnlyIf::AllegedOfAutoheader,
            );
        }
        if said.automake {
            for template in &said.templates {
                let input = template.strip_suffix(b".in").map(|stem| [stem, b".am"].concat());
                if input.is_some_and(|input| (tree.exists)(join(directory, &input).as_bstr())) {
                    writes(join(directory, template), "automake", OnlyIf::Always);
                }
            }
        }
        if let Some(scripts) = scripts(directory, said, tree) {
            if said.automake {
                writes(join(&scripts, b"install-sh"), "automake", OnlyIf::Always);
                writes(join(&scripts, b"missing"), "automake", OnlyIf::Always);
            }
            if said.libtool {
                writes(join(&scripts, b"ltmain.sh"), "libtoolize", OnlyIf::Always);
            }
        }
    }

    pub(super) fn verdict(&self, path: &BStr, tool: Option<&str>, head: &[u8]) -> Verdict {
        let Some(written) = self.files.get(path) else {
            return Verdict::Unsaid;
        };
        match written.only_if {
            OnlyIf::MarkedByAclocal if !says_aclocal(head) => Verdict::Left(
                "its first line does not say that aclocal generated it, so autoreconf takes it for hand-written and uses it".into(),
            ),
            OnlyIf::AllegedOfAutoheader if tool != Some("autoheader") => Verdict::Unsaid,
            _ => Verdict::Overwritten(written.by.clone()),
        }
    }

    /// Why nothing is certain in the directory of `path`, if that is so.
    pub(super) fn why_uncertain(&self, path: &BStr) -> Option<(&BStr, &str)> {
        let directory = path
            .rsplit_once_str("/")
            .map_or(&b""[..], |(directory, _)| directory);
        let found = self.uncertain.get_key_value(directory.as_bstr());
        found.map(|(directory, why)| (directory.as_bstr(), why.as_str()))
    }

    /// Whether autoreconf runs in the directory of `path`.
    pub(super) fn runs_beside(&self, path: &BStr) -> bool {
        let directory = path
            .rsplit_once_str("/")
            .map_or(&b""[..], |(directory, _)| directory);
        self.projects.contains(directory.as_bstr())
    }
}

/// autoreconf's own test, on the first line.
fn says_aclocal(head: &[u8]) -> bool {
    let line = head.lines().next().unwrap_or_default();
    line.find("generated")
        .and_then(|at| line.get(at..))
        .is_some_and(|rest| rest.find("by aclocal").is_some())
}

/// Where the scripts go. Without AC_CONFIG_AUX_DIR that is the first of `.`, `..` and `../..` with an install-sh.
fn scripts(directory: &BString, said: &Said, tree: &Tree<'_>) -> Option<BString> {
    match &said.aux {
        Aux::In(aux) if aux == "." => Some(directory.clone()),
        Aux::In(aux) => Some(join(directory, aux)),
        Aux::Unknown => None,
        Aux::Unset => (tree.exists)(join(directory, b"install-sh").as_bstr()).then(|| directory.clone()),
    }
}

fn join(directory: &BString, name: &[u8]) -> BString {
    if directory.is_empty() {
        return name.into();
    }
    [directory.as_slice(), b"/", name].concat().into()
}

/// A directory as the tree's paths have it.
fn normal(directory: &BStr) -> BString {
    let names = directory
        .split_str("/")
        .filter(|name| !matches!(*name, b"" | b"."));
    bstr::join("/", names).into()
}
