//! Which generated files of a tarball a package's build makes anew before it uses them, as far as the text of the
//! packaging tells. The packaging (debian/rules, a spec) is read elsewhere, into a [`Build`]; here is what its steps do to files.
//!
//! 1. The adapter reads its packaging into a [`Build`]: steps that are certain, doubts for the rest.
//! 2. [`Remade::of`] follows autoreconf through the tree, by the words of each configure.ac.
//! 3. [`fate`] says of one file whether its bytes are gone before anything reads them.
//!
//! A wrong [`Fate::Discarded`] lets an attacker's configure through, so a doubt that concerns a file outweighs every
//! step. What is *kept* is said only where no doubt is left either.

mod configure_ac;
#[cfg(test)]
#[path = "tests/oracle.rs"]
mod oracle;
mod pattern;
mod remade;
mod remedy;
mod scripts;
#[cfg(test)]
mod tests;

use bstr::{BStr, BString, ByteSlice};

pub use self::remade::Remade;
use self::remade::Verdict;

/// What a build does before and while it compiles, in the order in which it is done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Build {
    /// What is done for certain.
    pub steps: Vec<Step>,
    /// What the text leaves open, a sentence each: of what a doubt concerns, nothing is said to be discarded or kept.
    pub doubts: Vec<Doubt>,
    /// How to write the advice.
    pub packaging: Packaging,
}

/// The packaging whose terms an advice uses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Packaging {
    /// debian/rules, debian/clean and Build-Depends.
    #[default]
    Debian,
    /// A spec file's `%prep`, `%build` and BuildRequires.
    Rpm,
}

/// One thing that a build does to its sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// `autoreconf -f -i`, below `directory` (empty: the root); `by` names who does it, for instance `dh_autoreconf`.
    Autoreconf {
        /// Where it starts.
        directory: BString,
        /// Who does it.
        by: String,
    },
    /// Every `config.guess` and `config.sub` is replaced by the distribution's (`dh_update_autotools_config`).
    ConfigScripts {
        /// Who does it.
        by: String,
    },
    /// Paths are deleted; shell wildcards `*` and `?`, which do not cross a slash and take no leading dot.
    Delete {
        /// The pattern, relative to the root of the source. A slash at the end: what is in the directory, at any depth,
        /// and not a file of that name. `**/` at the beginning: in any directory.
        pattern: BString,
        /// Who does it.
        by: String,
    },
    /// A file is overwritten by name.
    Overwrite {
        /// The pattern, as in `Delete`.
        pattern: BString,
        /// Who does it.
        by: String,
    },
    /// The build system does not use files of autotools at all (`meson`, `cmake`, …).
    OtherBuildSystem {
        /// Its name.
        name: String,
        /// Who says so.
        by: String,
    },
}

/// Something that the text of the packaging leaves open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// The paths concerned, as in [`Step::Delete`]; empty for all of them.
    pub pattern: BString,
    /// Why, in a sentence without a full stop, with file and line.
    pub why: String,
}

/// A generated file of the tarball: a regular file, at a path that the release's tree does not have.
#[derive(Debug, Clone, Copy)]
pub struct Generated<'a> {
    /// Its path, without the top directory.
    pub path: &'a BStr,
    /// The tool that is said to have made it, as `alleged` names it.
    pub tool: Option<&'a str>,
    /// What it is said to be made from.
    pub from: &'a [BString],
    /// Its first bytes, a kilobyte or more: programs that overwrite a file look there whether it is theirs. Where less
    /// is given, less is discarded.
    pub head: &'a [u8],
}

/// The tree that is built, after patches.
#[derive(Clone, Copy)]
pub struct Tree<'a> {
    /// Whether there is a regular file at this path.
    pub exists: &'a dyn Fn(&BStr) -> bool,
    /// Its contents; asked of `configure.ac` and `configure.in` only. `None` makes what rests on it uncertain. They must
    /// be accounted for by the caller: what a planted configure.ac says is believed here.
    pub read: &'a dyn Fn(&BStr) -> Option<&'a [u8]>,
}

/// What becomes of a generated file in the build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is deleted or overwritten before anything reads it, whatever its bytes.
    Discarded {
        /// By what.
        by: String,
    },
    /// It is used as it is in the tarball.
    Kept {
        /// What to add to the packaging, in a line.
        remedy: String,
    },
    /// The text cannot tell.
    Open {
        /// Why, in a sentence without a full stop.
        why: String,
    },
}

/// Whether a file or directory of this path at the top of the tree would keep make from running a target that steps rest
/// on: a target that exists and has no prerequisites is up to date. (`build` is no such name: `dh binary` runs its commands.)
pub fn is_target(path: &BStr) -> bool {
    path == "clean" || path.starts_with(b"override_") || path.starts_with(b"execute_")
}

/// What becomes of `file`. Whether its name and contents are innocent is not asked here.
pub fn fate(build: &Build, remade: &Remade, file: &Generated<'_>) -> Fate {
    if let Some(doubt) = build.doubts.iter().find(|doubt| doubt.concerns(file.path)) {
        return Fate::Open {
            why: doubt.why.clone(),
        };
    }
    for step in &build.steps {
        let by = match step {
            Step::Delete { pattern, by } | Step::Overwrite { pattern, by } => {
                pattern::matches(pattern.as_bstr(), file.path).then_some(by)
            }
            Step::ConfigScripts { by } => scripts::replaced(file.path, file.head).then_some(by),
            Step::Autoreconf { .. } | Step::OtherBuildSystem { .. } => None,
        };
        if let Some(by) = by {
            return Fate::Discarded { by: by.clone() };
        }
    }
    match remade.verdict(file.path, file.tool, file.head) {
        Verdict::Overwritten(by) => Fate::Discarded { by },
        Verdict::Left(why) => Fate::Kept {
            remedy: format!("{}: {why}", remedy::delete(build.packaging, file)),
        },
        Verdict::Unsaid => unsaid(build, remade, file),
    }
}

impl Build {
    /// Whether a step deletes or overwrites the path, or a doubt about it is left: that it is gone proves nothing then.
    pub fn may_delete(&self, path: &BStr) -> bool {
        let step = |step: &Step| match step {
            Step::Delete { pattern, .. } | Step::Overwrite { pattern, .. } => {
                pattern::matches(pattern.as_bstr(), path)
            }
            _ => false,
        };
        self.steps.iter().any(step) || self.doubts.iter().any(|doubt| doubt.concerns(path))
    }
}

impl Doubt {
    fn concerns(&self, path: &BStr) -> bool {
        self.pattern.is_empty() || pattern::matches(self.pattern.as_bstr(), path)
    }
}

/// The fate of a file that no step is sure to touch: open if one may, else kept.
fn unsaid(build: &Build, remade: &Remade, file: &Generated<'_>) -> Fate {
    let family = Family::of(file);
    let packaging = build.packaging;
    let runs = build
        .steps
        .iter()
        .any(|step| matches!(step, Step::Autoreconf { .. }));
    if let (true, Family::Autotools | Family::Script | Family::ConfigScript) = (runs, family) {
        return Fate::Open {
            why: why_unsaid(remade, file),
        };
    }
    let other = build.steps.iter().find_map(|step| match step {
        Step::OtherBuildSystem { name, by } => Some((name, by)),
        _ => None,
    });
    if let (Some((name, by)), Family::Autotools | Family::Script | Family::ConfigScript) = (other, family) {
        return Fate::Open {
            why: format!(
                "{by} builds with {name}, which has no use for this file, but nothing deletes it either"
            ),
        };
    }
    let remedy = match family {
        Family::Autotools | Family::Script => remedy::autoreconf(packaging),
        Family::ConfigScript => remedy::config_scripts(packaging, file.path),
        Family::Macro => remedy::input(packaging, file.path),
        Family::Other => remedy::delete(packaging, file),
    };
    Fate::Kept { remedy }
}

fn why_unsaid(remade: &Remade, file: &Generated<'_>) -> String {
    if let Some((directory, why)) = remade.why_uncertain(file.path) {
        let place = if directory.is_empty() {
            "the top directory".into()
        } else {
            directory.to_str_lossy()
        };
        return format!("autoreconf runs in {place}, but {why}");
    }
    if remade.runs_beside(file.path) {
        return "autoreconf runs, but configure.ac does not say in plain words that it overwrites this file"
            .into();
    }
    "autoreconf runs, but no configure.ac says in plain words that it goes into this directory; name the directory to it".into()
}

/// Files that are made, used and thrown away alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    /// configure, Makefile.in, config.h.in, aclocal.m4.
    Autotools,
    /// Scripts and the like that automake, libtoolize, autopoint and intltoolize may copy into a tree, or not.
    Script,
    /// config.guess and config.sub.
    ConfigScript,
    /// Other `*.m4`: read by autoreconf, never discarded by it.
    Macro,
    /// All else, made by make if it is missing or older than its input: so the tarball's is used.
    Other,
}

/// What automake 1.16, libtool 2.4, gettext 0.21 and intltool 0.51 copy.
const SCRIPTS: &[&[u8]] = &[
    b"ABOUT-NLS",
    b"INSTALL",
    b"Makefile.in.in",
    b"Makevars.template",
    b"Rules-quot",
    b"ar-lib",
    b"boldquot.sed",
    b"compile",
    b"config.rpath",
    b"depcomp",
    b"en@boldquot.header",
    b"en@quot.header",
    b"gtk-doc.make",
    b"insert-header.sin",
    b"install-sh",
    b"ltmain.sh",
    b"mdate-sh",
    b"missing",
    b"mkinstalldirs",
    b"py-compile",
    b"quot.sed",
    b"remove-potcdate.sin",
    b"tap-driver.sh",
    b"test-driver",
    b"texinfo.tex",
    b"ylwrap",
];

impl Family {
    fn of(file: &Generated<'_>) -> Self {
        let base = file
            .path
            .rsplit_once_str("/")
            .map_or(file.path.as_bytes(), |(_, base)| base);
        match base {
            b"configure" | b"aclocal.m4" | b"config.h.in" => Self::Autotools,
            b"config.guess" | b"config.sub" => Self::ConfigScript,
            _ if SCRIPTS.contains(&base) => Self::Script,
            _ if base.ends_with(b".m4") => Self::Macro,
            _ if matches!(file.tool, Some("autoconf" | "autoheader" | "automake")) => Self::Autotools,
            b"Makefile.in" => Self::Autotools,
            _ => Self::Other,
        }
    }
}
