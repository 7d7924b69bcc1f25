//! Reads a spec file as text: tags, sources, patches, sections, without running anything of it.
//!
//! [`read`] is the entry. All branches of `%if` are united: a source in any branch counts, with its conditions, and a
//! macro that branches define differently has several readings. What only running the spec would tell (`%(…)`,
//! `%{lua:…}`, `%{expand:…}`, macros of the distribution) is reported unresolved; the caller may say what it is with
//! [`Options::defines`].
//!
//! The rules are rpm's own, as `rpmspec` 4.18 shows them, among them two that surprise: macros are expanded in comments
//! too, so that `#%global x 1` defines `x`; and the `Version:` of a sub-package changes `%{version}` for what follows.

use std::collections::HashMap;
use std::sync::Arc;

use bstr::{BStr, BString};

mod call;
mod condition;
mod engine;
pub mod fault;
pub mod forge;
mod lines;
mod names;
mod place;
mod reader;
mod scan;
mod section;
mod table;
mod tags;
mod value;
mod words;

#[cfg(test)]
mod tests;

pub use fault::{Fault, FaultKind};
pub(crate) use names::is_plain;
pub use names::{file_name, scheme_and_host};
pub use place::{Condition, Place, Reach};
pub(crate) use scan::closing;
pub use section::{Line, Section, SectionKind};
pub use value::{Assumption, Reading, Unresolved, Value};

/// The largest spec that is read, in bytes.
pub const LARGEST: usize = 32 << 20;

/// Sources, or patches, that are read.
const MOST_SOURCES: usize = 20_000;

/// What the caller knows beside the spec.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Macros and their values, as with rpm's `--define`. Besides, they answer for definitions of the spec that cannot be
    /// expanded.
    pub defines: Vec<(BString, BString)>,
}

/// A source or a patch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The number: as written, or one more than the last.
    pub number: u32,
    /// Whether the number is the same whichever branches are taken.
    pub is_number_certain: bool,
    /// URL or file name.
    pub value: Value,
    /// Under which conditions it counts.
    pub place: Arc<Place>,
    /// Whether it stands in a sub-package; it counts for the whole spec all the same.
    pub is_in_subpackage: bool,
}

impl Source {
    /// The file names that it can have, each once.
    #[must_use]
    pub fn file_names(&self) -> Vec<&BStr> {
        let mut all: Vec<&BStr> = Vec::new();
        for name in self.value.texts().map(file_name) {
            if !all.contains(&name) {
                all.push(name);
            }
        }
        all
    }
}

/// A tag of the spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// What it says.
    pub value: Value,
    /// Under which conditions it counts.
    pub place: Arc<Place>,
}

/// A spec, read.
#[derive(Debug, Clone, Default)]
pub struct Spec {
    /// `Name:`, once per branch that says it.
    pub name: Vec<Tag>,
    /// `Version:` of the main package.
    pub version: Vec<Tag>,
    /// `Release:` of the main package.
    pub release: Vec<Tag>,
    /// `Epoch:` of the main package.
    pub epoch: Vec<Tag>,
    /// `URL:` of the main package.
    pub url: Vec<Tag>,
    /// `BuildSystem:`.
    pub build_system: Vec<Tag>,
    /// `BuildRequires:`, a line each, not split.
    pub build_requires: Vec<Tag>,
    /// `SourceN:`, `Source:` and `%sourcelist`, in the order of the file.
    pub sources: Vec<Source>,
    /// `PatchN:`, `Patch:` and `%patchlist`.
    pub patches: Vec<Source>,
    /// Sections with their lines, expanded as far as they can be.
    pub sections: Vec<Section>,
    /// What `%forgemeta` gives.
    pub forges: Vec<forge::Forge>,
    /// Macros that change how the build's own macros work (`_configure_gnuconfig_hack`, `configure`, `__scm`, …).
    pub redefines: Vec<BString>,
    /// What is wrong.
    pub faults: Vec<Fault>,
    index: Index,
}

/// Sources by number and by file name: a script may name them very often.
#[derive(Debug, Clone, Default)]
struct Index {
    numbers: HashMap<u32, Vec<usize>>,
    /// `None` for a name that several numbers have.
    names: HashMap<BString, Option<u32>>,
}

impl Spec {
    fn index(&mut self) {
        for (at, source) in self.sources.iter().enumerate() {
            self.index.numbers.entry(source.number).or_default().push(at);
            for name in source.file_names() {
                let number = self.index.names.entry(name.into()).or_insert(Some(source.number));
                *number = number.filter(|number| *number == source.number);
            }
        }
    }

    /// The number of the sources that can have this file name: `None` where there is none, `Some(None)` where there are several.
    pub(crate) fn number_of(&self, name: &BStr) -> Option<Option<u32>> {
        self.index.names.get(name).copied()
    }

    /// All lines of a kind of section.
    pub fn lines(&self, kind: SectionKind) -> impl Iterator<Item = &Line> {
        self.sections
            .iter()
            .filter(move |section| section.kind == kind)
            .flat_map(|section| &section.lines)
    }

    /// The sources with this number.
    pub fn numbered(&self, number: u32) -> impl Iterator<Item = &Source> {
        let all = self.index.numbers.get(&number).into_iter().flatten();
        all.filter_map(|at| self.sources.get(*at))
    }

    /// The one plain text of a tag, if every branch agrees on it.
    #[must_use]
    pub fn plain(tags: &[Tag]) -> Option<&BStr> {
        let mut texts = tags
            .iter()
            .filter(|tag| tag.place.reach() != Reach::Never)
            .map(|tag| tag.value.plain());
        let first = texts.next()??;
        texts.all(|text| text == Some(first)).then_some(first)
    }
}

/// Reads a spec. It cannot fail: what is wrong is in [`Spec::faults`].
#[must_use]
pub fn read(text: &[u8], options: &Options) -> Spec {
    reader::read(text, options)
}
