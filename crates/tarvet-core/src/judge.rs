//! The verdict: a pure function of what is required, what is proven and the gravest finding.

use std::collections::BTreeSet;

use crate::policy::{Claim, Level};

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Every required claim is proven and nothing is wrong.
    Verified,
    /// Something is wrong.
    Rejected,
    /// Nothing wrong was found, but a required claim is not proven.
    Undetermined,
}

impl Verdict {
    /// The verdict's name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Verified => "verified",
            Verdict::Rejected => "rejected",
            Verdict::Undetermined => "undetermined",
        }
    }

    /// The exit status of the command: 0, 1 or 3 (2 is "could not run").
    pub fn exit_status(self) -> u8 {
        match self {
            Verdict::Verified => 0,
            Verdict::Rejected => 1,
            Verdict::Undetermined => 3,
        }
    }
}

/// Silence is not a pass: `Verified` needs something to be required, proof of all of it, and no error.
pub fn judge(required: &BTreeSet<Claim>, proven: &BTreeSet<Claim>, gravest: Option<Level>) -> Verdict {
    if gravest == Some(Level::Error) {
        Verdict::Rejected
    } else if !required.is_empty() && required.is_subset(proven) {
        Verdict::Verified
    } else {
        Verdict::Undetermined
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subsets() -> impl Iterator<Item = BTreeSet<Claim>> {
        (0u8..32).map(|bits| {
            let held = |(index, _): &(usize, Claim)| bits & (1 << index) != 0;
            Claim::ALL
                .into_iter()
                .enumerate()
                .filter(held)
                .map(|(_, claim)| claim)
                .collect()
        })
    }

    #[test]
    fn every_combination() {
        let levels = [
            None,
            Some(Level::Off),
            Some(Level::Info),
            Some(Level::Warning),
            Some(Level::Error),
        ];
        for required in subsets() {
            for proven in subsets() {
                for level in levels {
                    let unproven = required.iter().any(|claim| !proven.contains(claim));
                    let expected = match level {
                        Some(Level::Error) => Verdict::Rejected,
                        _ if required.is_empty() || unproven => Verdict::Undetermined,
                        _ => Verdict::Verified,
                    };
                    assert_eq!(
                        judge(&required, &proven, level),
                        expected,
                        "{required:?} {proven:?} {level:?}"
                    );
                }
            }
        }
    }
}
