use std::collections::HashSet;

use bstr::{BStr, BString};

use crate::{Oddity, OddityClass};

/// Oddities kept per log. The first of each class and code is kept beyond that.
const KEPT: usize = 1000;

/// Collects oddities without letting an archive flood the report.
#[derive(Default)]
pub(crate) struct Log {
    oddities: Vec<Oddity>,
    kinds: HashSet<(OddityClass, &'static str)>,
    dropped: u64,
}

impl Log {
    pub(crate) fn push(&mut self, oddity: Oddity) {
        let first = self.kinds.insert((oddity.class, oddity.code));
        if first || self.oddities.len() < KEPT {
            self.oddities.push(oddity);
        } else {
            self.dropped += 1;
        }
    }

    /// Notes something about the archive as a whole.
    pub(crate) fn note(&mut self, class: OddityClass, code: &'static str, detail: impl Into<String>) {
        self.push(Oddity {
            class,
            code,
            member: None,
            detail: detail.into(),
        });
    }

    /// Notes something about one member.
    pub(crate) fn at(
        &mut self,
        path: &BStr,
        class: OddityClass,
        code: &'static str,
        detail: impl Into<String>,
    ) {
        self.push(Oddity {
            class,
            code,
            member: Some(BString::from(path)),
            detail: detail.into(),
        });
    }

    /// Notes only the first of its class and code: for attributes that whole archives share.
    pub(crate) fn once(
        &mut self,
        path: &BStr,
        class: OddityClass,
        code: &'static str,
        detail: impl Into<String>,
    ) {
        if !self.kinds.contains(&(class, code)) {
            self.at(path, class, code, detail);
        }
    }

    /// The first fault that ended the reading of the container.
    pub(crate) fn fault(&self) -> Option<&Oddity> {
        self.oddities
            .iter()
            .find(|oddity| matches!(oddity.class, OddityClass::Corrupt | OddityClass::Limit))
    }

    /// Drops what another oddity explains.
    pub(crate) fn forget(&mut self, codes: &[&str]) {
        self.oddities.retain(|oddity| !codes.contains(&oddity.code));
    }

    pub(crate) fn append(&mut self, other: Log) {
        other.oddities.into_iter().for_each(|oddity| self.push(oddity));
        self.dropped += other.dropped;
    }

    pub(crate) fn finish(mut self) -> Vec<Oddity> {
        if self.dropped > 0 {
            let detail = format!("{} more of the codes above are not listed", self.dropped);
            self.oddities.push(Oddity {
                class: OddityClass::Curious,
                code: "more-oddities",
                member: None,
                detail,
            });
        }
        self.oddities
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_does_not_hide_the_first_of_another_kind() {
        let mut log = Log::default();
        for _ in 0..5000 {
            log.note(OddityClass::Curious, "noise", "");
        }
        log.note(OddityClass::Unsafe, "quiet-killer", "");
        log.note(OddityClass::Ambiguous, "noise", "");
        let oddities = log.finish();
        assert_eq!(oddities.len(), KEPT + 3);
        assert_eq!(oddities[KEPT].code, "quiet-killer");
        assert_eq!(oddities[KEPT + 1].class, OddityClass::Ambiguous);
        assert!(oddities[KEPT + 2].detail.starts_with("4000 more"));
    }
}
