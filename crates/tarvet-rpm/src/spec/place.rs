//! Where a line stands: under which conditions it counts.

use std::sync::Arc;

use bstr::BString;

use super::table::Pick;

/// Whether a line counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Always.
    Always,
    /// Under conditions that the text does not decide.
    Conditional,
    /// Never: it stands in a branch like `%if 0`.
    Never,
}

/// One condition that must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The text after `%if`, or the whole directive of `%ifarch` and the like; at most 200 bytes.
    pub text: BString,
    /// The line, from 1.
    pub line: usize,
    /// Which branch of it: 0 for the first, counting `%elif` and `%else`.
    pub branch: u16,
}

/// A branch of the spec, with those around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub(super) condition: Option<Condition>,
    pub(super) parent: Option<Arc<Place>>,
    pub(super) reach: Reach,
    pub(super) pick: Option<Pick>,
}

impl Place {
    /// Outside of all branches.
    pub(super) fn top() -> Arc<Self> {
        Arc::new(Self {
            condition: None,
            parent: None,
            reach: Reach::Always,
            pick: None,
        })
    }

    /// Whether lines here count.
    #[must_use]
    pub fn reach(&self) -> Reach {
        self.reach
    }

    /// The conditions, the innermost first.
    #[must_use]
    pub fn conditions(&self) -> Vec<Condition> {
        let mut found = Vec::new();
        let mut at = Some(self);
        while let Some(place) = at {
            found.extend(place.condition.clone());
            at = place.parent.as_deref();
        }
        found
    }

    /// The choices made on the way here.
    pub(super) fn picks(&self) -> Vec<Pick> {
        let mut found = Vec::new();
        let mut at = Some(self);
        while let Some(place) = at {
            found.extend(place.pick);
            at = place.parent.as_deref();
        }
        found
    }

    /// Whether no build reaches both places.
    pub(super) fn excludes(&self, other: &Self) -> bool {
        let others = other.picks();
        self.reach == Reach::Never
            || other.reach == Reach::Never
            || self
                .picks()
                .iter()
                .any(|pick| others.iter().any(|far| pick.conflicts(*far)))
    }
}
