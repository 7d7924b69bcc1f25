//! Sections of a spec.

use std::sync::Arc;

use bstr::{BString, ByteSlice};

use super::place::{Place, Reach};

/// What a section is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SectionKind {
    /// Tags of the main package.
    Preamble,
    /// `%package`: tags of a sub-package.
    Package,
    /// `%prep`.
    Prep,
    /// `%generate_buildrequires`.
    GenerateBuildRequires,
    /// `%conf`.
    Conf,
    /// `%build`.
    Build,
    /// `%install`.
    Install,
    /// `%check`.
    Check,
    /// `%sourcelist`: a source a line.
    SourceList,
    /// `%patchlist`: a patch a line.
    PatchList,
    /// `%changelog`, `%description`, `%files`, scriptlets and the like: nothing that a build from source reads.
    Other,
}

/// The section that a line opens.
pub(super) fn opened(line: &[u8]) -> Option<SectionKind> {
    let word = line.strip_prefix(b"%")?;
    let end = word.find_byteset(b" \t").unwrap_or(word.len());
    Some(match word.get(..end)?.to_ascii_lowercase().as_slice() {
        b"package" => SectionKind::Package,
        b"prep" => SectionKind::Prep,
        b"generate_buildrequires" => SectionKind::GenerateBuildRequires,
        b"conf" => SectionKind::Conf,
        b"build" => SectionKind::Build,
        b"install" => SectionKind::Install,
        b"check" => SectionKind::Check,
        b"sourcelist" => SectionKind::SourceList,
        b"patchlist" => SectionKind::PatchList,
        b"description"
        | b"changelog"
        | b"files"
        | b"clean"
        | b"pre"
        | b"post"
        | b"preun"
        | b"postun"
        | b"pretrans"
        | b"posttrans"
        | b"preuntrans"
        | b"postuntrans"
        | b"trigger"
        | b"triggerin"
        | b"triggerun"
        | b"triggerpostun"
        | b"triggerprein"
        | b"filetriggerin"
        | b"filetriggerun"
        | b"filetriggerpostun"
        | b"transfiletriggerin"
        | b"transfiletriggerun"
        | b"transfiletriggerpostun"
        | b"verifyscript"
        | b"sepolicy" => SectionKind::Other,
        _ => return None,
    })
}

/// A line of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number in the file, from 1; that of the macro for lines that one expands to.
    pub number: usize,
    /// Expanded as far as it can be; unknown macros stay as written, `%{S:1}` is `%{SOURCE1}`.
    pub text: BString,
    /// Under which conditions it counts.
    pub place: Arc<Place>,
    /// Whether it is there only in some readings of a macro, or of the sections around it.
    pub is_uncertain: bool,
    /// Whether the text before it was expanded was a comment, of which this is a later line.
    pub is_from_comment: bool,
}

impl Line {
    /// Whether the line counts.
    #[must_use]
    pub fn reach(&self) -> Reach {
        match self.place.reach() {
            Reach::Always if self.is_uncertain => Reach::Conditional,
            reach => reach,
        }
    }
}

/// A section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// What it is for.
    pub kind: SectionKind,
    /// The line that opens it; 1 for the preamble.
    pub line: usize,
    /// Its lines; none are kept of [`SectionKind::Other`].
    pub lines: Vec<Line>,
}
