//! Which generated files of a tarball a package's build makes anew before it uses them, as far as the text of the
//! packaging tells. The packaging (debian/rules, a spec) is read elsewhere, into a [`Build`]; here is what its steps do to files.

use bstr::{BStr, BString};

/// What a build does before and while it compiles, in the order in which it is done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Build {
    /// What is done for certain.
    pub steps: Vec<Step>,
    /// What the text leaves open, a sentence each: with a doubt, nothing that it concerns is said to be kept.
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
    /// Paths are deleted; shell wildcards as in debian/clean (`*` does not cross a slash), a directory with all below it.
    Delete {
        /// The pattern, relative to the root of the source.
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

/// A generated file of the tarball.
#[derive(Debug, Clone, Copy)]
pub struct Generated<'a> {
    /// Its path, without the top directory.
    pub path: &'a BStr,
    /// The tool that is said to have made it, as `alleged` names it.
    pub tool: Option<&'a str>,
    /// What it is said to be made from.
    pub from: &'a [BString],
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
        /// Why.
        why: String,
    },
}

/// What becomes of `file`.
pub fn fate(build: &Build, file: &Generated<'_>) -> Fate {
    let _ = (build, file);
    Fate::Open {
        why: "not decided yet".into(),
    }
}
