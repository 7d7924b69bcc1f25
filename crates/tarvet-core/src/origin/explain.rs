//! Gives the differences that git itself does not explain an origin: known, derived, assembled, impostor, alleged.
//!
//! Proof before suspicion before allegation. Nothing here looks at a path that the tree has as it is.

use std::collections::HashSet;

use bstr::{BStr, BString, ByteSlice};
use gix::ObjectId;
use tarvet_archive::{Member, MemberKind};
use tarvet_origin::alleged::{self, Paths};
use tarvet_origin::derived::{self, Question};
use tarvet_origin::known::{Class, Known, Tables};

use super::accounted::Accounted;
use super::history::history;
use super::inspect::{Sketch, Sketches};
use super::namesakes::Namesakes;
use super::{Comparison, Difference, Explanation, Inputs, Origin, Side, describe, replaced};

/// Rounds in which files that were just explained may explain others: a translation, then its binary form.
const ROUNDS: usize = 4;

/// What explains, besides what was compared.
pub struct Context<'a> {
    /// The tables of known files.
    pub tables: &'a Tables,
    /// What was seen of members that the tree does not have.
    pub(crate) sketches: &'a Sketches,
    /// The release.
    pub release: derived::Release,
    /// The commit whose history may be read, where there is more than the release.
    pub tip: Option<ObjectId>,
}

/// Explains what can be explained.
pub fn explain(comparison: &mut Comparison, inputs: &Inputs<'_>, context: &Context<'_>) {
    let mut open: Vec<usize> = (comparison.differences.iter().enumerate())
        .filter(|(_, difference)| is_open(difference, inputs))
        .map(|(index, _)| index)
        .collect();
    if open.is_empty() {
        return;
    }
    let explainer = Explainer::new(comparison, &open, inputs, context);
    open.retain(|index| !explainer.settle(comparison, *index, |e, d, m| e.known(d, m)));
    explainer.derive(comparison, &mut open);
    open.retain(|index| !explainer.settle(comparison, *index, |e, _, m| e.suspect(m)));
    explainer.allege(comparison, open);
}

/// Whether the difference is a file that proof or suspicion may settle.
fn is_open(difference: &Difference, inputs: &Inputs<'_>) -> bool {
    let member = difference
        .member
        .and_then(|index| inputs.tarball.manifest.members.get(index));
    let is_file = member.is_some_and(|m| matches!(m.kind, MemberKind::File | MemberKind::HardLink));
    is_file
        && match difference.side {
            Side::Tarball => matches!(
                difference.origin,
                Origin::Unexplained | Origin::Modified | Origin::SubmoduleUnproven
            ),
            Side::Both => difference.origin == Origin::Modified && difference.tracked_file,
            Side::Tree => false,
        }
}

/// An origin with what it rests on.
type Found = (Origin, String, Explanation);

struct Explainer<'a> {
    inputs: &'a Inputs<'a>,
    context: &'a Context<'a>,
    /// The history, and whether it is whole.
    history: Option<(derived::History, bool)>,
    namesakes: Namesakes<'a>,
}

/// What `git log --stat` writes below a commit.
const STATISTICS: [&str; 2] = [" file changed, ", " files changed, "];

impl<'a> Explainer<'a> {
    fn new(
        comparison: &Comparison,
        open: &[usize],
        inputs: &'a Inputs<'a>,
        context: &'a Context<'a>,
    ) -> Self {
        let mut explainer = Explainer {
            inputs,
            context,
            history: None,
            namesakes: Namesakes::new(inputs.tree),
        };
        let differences = open.iter().filter_map(|index| comparison.differences.get(*index));
        let logs: Vec<&Member> = differences
            .filter(|difference| derived::wants_history(difference.path.as_bstr()))
            .filter_map(|difference| explainer.member(difference))
            .collect();
        if let Some(tip) = context.tip.filter(|_| !logs.is_empty()) {
            let mut contents = logs.iter().filter_map(|member| member.content.as_deref());
            let with_paths =
                contents.any(|content| STATISTICS.iter().any(|words| content.contains_str(words)));
            explainer.history = Some(history(inputs.store, tip, with_paths));
        }
        explainer
    }

    fn member(&self, difference: &Difference) -> Option<&'a Member> {
        self.inputs.tarball.manifest.members.get(difference.member?)
    }

    fn sketch(&self, member: &Member) -> Option<&'a Sketch> {
        self.context.sketches.members.get(&member.path)
    }

    /// Writes down what `ask` finds; whether it found anything.
    fn settle(
        &self,
        comparison: &mut Comparison,
        index: usize,
        ask: impl FnOnce(&Self, &Difference, &Member) -> Option<Found>,
    ) -> bool {
        let Some(difference) = comparison.differences.get(index) else {
            return true;
        };
        let Some(member) = self.member(difference) else {
            return true;
        };
        let Some((origin, detail, explanation)) = ask(self, difference, member) else {
            return false;
        };
        comparison.settle(index, origin, detail, explanation);
        true
    }

    fn known(&self, difference: &Difference, member: &Member) -> Option<Found> {
        let path = difference.path.as_bstr();
        let exact = self.context.tables.known(path, &member.sha256.0);
        if difference.side == Side::Both {
            let tracked = Accounted::tracked_in(self.inputs, path)?;
            let replaced = replaced::by_published(path, &tracked, member, self.context.tables);
            return exact.filter(|_| replaced).map(|known| describe::known(&known));
        }
        let known = exact.or_else(|| self.sketch(member)?.known.as_deref().cloned())?;
        let Some(instead) = self.stands_in(path, member, &known) else {
            return Some(describe::known(&known));
        };
        let detail = format!("{}, but {instead}", describe::published(&known));
        Some((Origin::Unexplained, detail, Explanation::default()))
    }

    /// What of the tree's a published file would be found in place of, if anything.
    fn stands_in(&self, path: &BStr, member: &Member, known: &Known) -> Option<String> {
        let class = self.context.tables.class(path)?;
        let is_gnulib = class == Class::Source || class == Class::Make && known.project == "gnulib";
        match class {
            _ if is_gnulib && !self.namesakes.uses_gnulib => {
                Some("nothing in the tree says that the project uses gnulib".into())
            }
            Class::Source => {
                let other = self.namesakes.shadowed(path)?;
                Some(format!("it would be found in place of the tree's {other}"))
            }
            // A link has no contents of its own, and what is outside of the top directory was taken for another file.
            Class::Macro if self.sketch(member).is_none() => Some(
                "what it defines was not seen: it is a hard link, or among several top directories".into(),
            ),
            Class::Macro => {
                let macros = &self.sketch(member)?.macros;
                let of_tree = &self.context.sketches.tree_macros;
                let (name, other) = macros.iter().find_map(|name| Some((name, of_tree.get(name)?)))?;
                Some(format!("it defines {name}, as the tree's {other} does"))
            }
            _ => None,
        }
    }

    /// Asks the rules of recomputation until nothing new comes of it: what they read must be accounted for itself.
    fn derive(&self, comparison: &mut Comparison, open: &mut Vec<usize>) {
        for _ in 0..ROUNDS {
            let before = open.len();
            let evidence = Accounted::new(self.inputs, comparison);
            let found: Vec<(usize, Found)> = (open.iter())
                .filter_map(|index| {
                    let difference = comparison.differences.get(*index)?;
                    let member = self.member(difference)?;
                    // A standard file's name is explained by its published contents or not at all.
                    let suspicious = self.sketch(member).is_some_and(|s| s.suspicion.is_some());
                    let found = (!suspicious).then(|| self.derived(difference, member, &evidence));
                    Some((*index, found??))
                })
                .collect();
            drop(evidence);
            let settled: HashSet<usize> = found.iter().map(|(index, _)| *index).collect();
            open.retain(|index| !settled.contains(index));
            for (index, found) in found {
                self.settle(comparison, index, |_, _, _| Some(found));
            }
            if open.len() == before {
                return;
            }
        }
    }

    fn derived(&self, difference: &Difference, member: &Member, evidence: &Accounted<'_>) -> Option<Found> {
        let content = match &member.content {
            Some(content) => content.as_slice(),
            None if member.size == 0 => &[],
            None => return None,
        };
        let tracked = match difference.side {
            Side::Both => Some(evidence.tracked(difference.path.as_bstr())?),
            _ => None,
        };
        let question = Question {
            path: difference.path.as_bstr(),
            content,
            tree: tracked.as_deref(),
        };
        let history = self.history.as_ref().map(|(history, _)| history);
        if let Some(derived) = derived::explain(&question, &self.context.release, evidence, history) {
            return Some(describe::derived(derived));
        }
        if tracked.is_none() && difference.path.rsplit_str("/").next() == Some(b"aclocal.m4") {
            let of_tree = &self.context.sketches.tree_macros;
            let published = (self.context.tables, of_tree);
            return super::aclocal::explain(difference.path.as_bstr(), content, published, evidence);
        }
        None
    }

    fn suspect(&self, member: &Member) -> Option<Found> {
        let suspicion = self.sketch(member)?.suspicion.as_ref()?;
        Some(describe::impostor(suspicion))
    }

    /// What files claim, as long as what they claim to be made from has an origin itself.
    fn allege(&self, comparison: &mut Comparison, mut open: Vec<usize>) {
        self.contradict(comparison, &mut open);
        let tree = Paths::new(self.inputs.tree.entries.iter().map(|entry| entry.path.as_bstr()));
        for _ in 0..ROUNDS {
            let before = open.len();
            let members: Vec<BString> = Accounted::new(self.inputs, comparison).with_an_origin(comparison);
            let members = Paths::new(members.iter().map(|path| path.as_bstr()));
            open.retain(|index| !self.settle(comparison, *index, |e, d, m| e.alleged(d, m, &tree, &members)));
            if open.len() == before {
                return;
            }
        }
    }

    /// Takes out what a rule can judge and has not derived: its looks must not excuse it.
    fn contradict(&self, comparison: &mut Comparison, open: &mut Vec<usize>) {
        let evidence = Accounted::new(self.inputs, comparison);
        let governed = |index: &usize| {
            let difference = comparison.differences.get(*index)?;
            let path = difference.path.as_bstr();
            let untracked = difference.side == Side::Tarball && difference.origin == Origin::Unexplained;
            // With the whole history at hand a ChangeLog is proven or it is not.
            let whole = self.history.as_ref().is_some_and(|(_, whole)| *whole);
            let content = self.member(difference)?.content.as_deref();
            let question = |content| Question {
                path,
                content,
                tree: None,
            };
            let judged = content.is_some_and(|content| derived::governs(&question(content), &evidence))
                || whole && derived::wants_history(path);
            (untracked && judged).then_some(*index)
        };
        let governed: HashSet<usize> = open.iter().filter_map(governed).collect();
        drop(evidence);
        for index in &governed {
            let detail = "made again from what it comes from, it is another file".to_owned();
            comparison.settle(*index, Origin::Unexplained, detail, Explanation::default());
        }
        open.retain(|index| !governed.contains(index));
    }

    /// For a path that the tree has, allegation never helps.
    fn alleged(
        &self,
        difference: &Difference,
        member: &Member,
        tree: &Paths,
        members: &Paths,
    ) -> Option<Found> {
        if difference.side != Side::Tarball || difference.origin != Origin::Unexplained {
            return None;
        }
        let claim = self.sketch(member)?.claim.as_ref()?;
        let allegation = alleged::allege(claim, difference.path.as_bstr(), tree, members)?;
        Some(describe::alleged(allegation))
    }
}
