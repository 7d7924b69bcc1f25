//! The spine: gather, compare, explain, check, judge, report.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

use bstr::{BString, ByteSlice};
use gix::ObjectId;
use jiff::Timestamp;
use tarvet_archive::Tarball;
use tarvet_origin::derived;

use crate::checks;
use crate::claims;
use crate::convert::{Attributes, CommitFacts};
use crate::facts::Facts;
use crate::judge::judge;
use crate::keyring::{self, SignatureReport, SignedThing};
use crate::origin::{self, SubmoduleTree};
use crate::reading::{self, Expected, Request, Told};
use crate::report::Report;
use crate::signed_bytes::TarballBytes;
use crate::subject::{Subject, Upstream};
use crate::upstream::{self, Fault, ObjectStore, Release, Tree, TreeEntry, UpstreamError};

/// Why no report could be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VetError {
    /// Upstream could not be read, or the wanted tag was not found.
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
    /// The tarball's file could not be read.
    #[error("{path}: cannot read the tarball: {source}")]
    Tarball {
        /// The path.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Vets one tarball.
pub fn vet(subject: Subject<'_>) -> Result<Report, VetError> {
    Ok(conclude(&gather(subject)?))
}

/// Judges what was gathered. An adapter that looks at the facts itself gathers them first.
pub fn conclude(facts: &Facts) -> Report {
    let findings = checks::run(checks::ALL, facts, &facts.policy.levels);
    let evidence = claims::prove(facts);
    let proven = evidence
        .iter()
        .filter(|claim| claim.proven())
        .map(|claim| claim.claim)
        .collect();
    let gravest = findings.iter().map(|finding| finding.level).max();
    let verdict = judge(&facts.policy.required, &proven, gravest);
    Report::new(facts, evidence, findings, verdict)
}

/// Reads tarball, release and signatures, and gives every difference an origin.
pub fn gather(subject: Subject<'_>) -> Result<Facts, VetError> {
    let store = subject.upstream.store();
    let expected = Expected::default();
    let request = Request {
        file: &subject.tarball,
        object_format: store.format(),
        subdir: subject.subdir.as_bstr(),
        tables: subject.tables,
        limits: subject.limits,
        threads: subject.threads,
        progress: subject.progress,
        for_build: subject.packaging.build.is_some(),
    };
    let (claimed, tarball) = thread::scope(|scope| {
        let reading = scope.spawn(|| reading::read(&request, &expected));
        let claimed = {
            let _done = expected.done();
            let claimed = Claimed::gather(&subject);
            if let Ok(claimed) = &claimed {
                expected.tell(claimed.told(&subject.upstream));
            }
            claimed
        };
        (
            claimed,
            reading.join().unwrap_or_else(|panic| resume_unwind(panic)),
        )
    });
    let Claimed {
        release,
        tree,
        attributes,
        commit,
        submodules,
        submodule_faults,
        mut signatures,
    } = claimed?;
    let (tarball, sketches) = tarball.map_err(|source| tarball_error(&subject, source))?;
    let (on_tarball, tarball_changed) = tarball_signatures(&subject, &tarball)?;
    signatures.extend(on_tarball);

    let empty = Tree::default();
    let inputs = origin::Inputs {
        tarball: &tarball,
        tree: tree.as_deref().unwrap_or(&empty),
        subdir: subject.subdir.as_bstr(),
        attributes: &attributes,
        commit: commit.as_ref(),
        tag_name: Some(release.tag_name.as_bstr()).filter(|name| !name.is_empty()),
        store,
        submodules: &submodules,
    };
    let mut comparison = origin::compare(&inputs);
    let context = origin::Context {
        tables: subject.tables,
        sketches: &sketches,
        release: released(&subject, &release, commit.as_ref(), &comparison),
        tip: commit
            .as_ref()
            .map(|commit| commit.id)
            .filter(|_| subject.upstream.has_history()),
    };
    if tree.is_some() {
        origin::explain(&mut comparison, &inputs, &context);
    }
    let packaged = origin::package(&mut comparison, &inputs, &sketches, &subject.packaging);
    Ok(Facts {
        place: store.place(),
        object_format: store.format(),
        store_faults: subject.upstream.faults(),
        tarball_path: subject.tarball.path().to_string_lossy().into_owned(),
        name: subject.name,
        version: subject.version,
        wish: subject.wish,
        policy: subject.policy,
        keyring: subject.keyring.entries(),
        release,
        subdir: subject.subdir,
        tree,
        submodule_faults,
        tarball,
        signatures,
        tarball_changed,
        comparison,
        packaged,
    })
}

/// What upstream claims: the release down to its files, and who signed it.
struct Claimed {
    release: Release,
    tree: Option<Arc<Tree>>,
    attributes: Attributes,
    commit: Option<CommitFacts>,
    submodules: Vec<SubmoduleTree>,
    submodule_faults: Vec<(BString, Fault)>,
    signatures: Vec<SignatureReport>,
}

impl Claimed {
    fn gather(subject: &Subject<'_>) -> Result<Self, UpstreamError> {
        let store = subject.upstream.store();
        let release = subject.upstream.release(subject.wish.as_ref())?;
        let commit = release.commit.as_ref();
        let mut tree = commit.map(|commit| upstream::walk(store, commit.tree, &subject.tree_limits));
        let attributes = read_attributes(store, tree.as_mut());
        let commit = commit.and_then(|commit| CommitFacts::parse(commit.id, &commit.raw));
        let (submodules, submodule_faults) = submodules(subject, tree.as_ref());
        let signatures = release_signatures(subject, &release);
        Ok(Claimed {
            release,
            tree: tree.map(Arc::new),
            attributes,
            commit,
            submodules,
            submodule_faults,
            signatures,
        })
    }

    /// What the reader of the tarball must know.
    fn told(&self, upstream: &Upstream) -> Told {
        let tree = self.tree.clone().unwrap_or_default();
        let converts = |entry: &TreeEntry| self.attributes.of(entry.path.as_bstr(), false).converts();
        Told {
            converts: tree.entries.iter().map(converts).collect(),
            blobs: upstream.has_history(),
            tree,
        }
    }
}

/// What recomputing a file may use of the release.
fn released(
    subject: &Subject<'_>,
    release: &Release,
    commit: Option<&CommitFacts>,
    comparison: &origin::Comparison,
) -> derived::Release {
    derived::Release {
        name: subject.name.clone().unwrap_or_default(),
        version: subject.version.clone().unwrap_or_default(),
        tag: release.tag_name.clone(),
        commit: commit.map(|commit| commit.id.to_string()).unwrap_or_default(),
        commit_time: release.commit.as_ref().and_then(|commit| commit.time),
        tag_time: release.tag.as_ref().and_then(|tag| tag.time),
        top: comparison.top.clone().unwrap_or_default(),
    }
}

fn tarball_error(subject: &Subject<'_>, source: std::io::Error) -> VetError {
    VetError::Tarball {
        path: subject.tarball.path().display().to_string(),
        source,
    }
}

impl Upstream {
    /// The objects.
    pub fn store(&self) -> &dyn ObjectStore {
        match self {
            Upstream::Repository(repository) => repository.as_ref(),
            Upstream::Proof(proof) => proof,
            Upstream::Unknown(nowhere) => nowhere,
        }
    }

    /// The wanted release, resolved once.
    pub fn release(&self, wish: Option<&upstream::TagWish>) -> Result<Release, UpstreamError> {
        let wish = || wish.ok_or(UpstreamError::NothingToLookFor);
        match self {
            Upstream::Repository(repository) => {
                upstream::resolve(repository.as_ref(), &repository.tags()?, wish()?)
            }
            Upstream::Proof(proof) => Ok(proof.release(wish()?)),
            Upstream::Unknown(_) => Ok(Release::default()),
        }
    }

    /// Whether there may be commits behind the release's.
    fn has_history(&self) -> bool {
        matches!(self, Upstream::Repository(_))
    }

    fn faults(&self) -> Vec<Fault> {
        match self {
            Upstream::Repository(repository) => repository.faults(),
            // A proof's own faults are part of the release that could not be read from it.
            Upstream::Proof(_) | Upstream::Unknown(_) => Vec::new(),
        }
    }
}

fn read_attributes(store: &dyn ObjectStore, tree: Option<&mut Tree>) -> Attributes {
    let Some(tree) = tree else {
        return Attributes::new(&[]);
    };
    let files = upstream::read_attributes(store, tree).unwrap_or_else(|fault| {
        tree.faults.push(fault);
        Vec::new()
    });
    let attributes = Attributes::new(&files);
    if attributes.truncated() {
        let detail = "the .gitattributes files have more rules than are read";
        tree.faults.push(Fault::new(upstream::FaultKind::Limit, detail));
    }
    attributes
}

/// Walks the trees of the submodules that the caller gave, each at its gitlink's commit.
fn submodules(subject: &Subject<'_>, tree: Option<&Tree>) -> (Vec<SubmoduleTree>, Vec<(BString, Fault)>) {
    let mut trees = Vec::new();
    let mut faults = Vec::new();
    for (path, upstream) in &subject.submodules {
        let links = tree.into_iter().flat_map(|tree| &tree.entries);
        let link = links
            .filter(|e| e.kind == upstream::EntryKind::Gitlink)
            .find(|e| e.path == *path);
        let walked = match link {
            None => Err(Fault::new(
                upstream::FaultKind::WrongKind,
                format!("the tree has no submodule at {path}"),
            )),
            Some(link) => walk_commit(upstream.store(), link.id, &subject.tree_limits),
        };
        match walked {
            Ok(tree) => {
                faults.extend(tree.faults.iter().map(|fault| (path.clone(), fault.clone())));
                trees.push(SubmoduleTree {
                    path: path.clone(),
                    tree,
                });
            }
            Err(fault) => faults.push((path.clone(), fault.at(path.clone()))),
        }
    }
    (trees, faults)
}

fn walk_commit(store: &dyn ObjectStore, id: ObjectId, limits: &upstream::TreeLimits) -> Result<Tree, Fault> {
    let object = upstream::read_as(store, &id, gix::objs::Kind::Commit)?;
    let commit = upstream::CommitObject::parse(id, object.data, store.format())?;
    Ok(upstream::walk(store, commit.tree, limits))
}

/// The tag's signature, or the commit's when the tag has none.
fn release_signatures(subject: &Subject<'_>, release: &Release) -> Vec<SignatureReport> {
    let policy = subject.policy.signatures();
    let mut reports = Vec::new();
    let time = |seconds: Option<i64>| seconds.and_then(|s| Timestamp::from_second(s).ok());
    if let Some(tag) = &release.tag
        && let Some(signature) = &tag.signature
    {
        let (payload, armored) = (&signature.payload, &signature.armored);
        let over = SignedThing::Tag;
        reports.extend(keyring::verify_object(
            subject.keyring,
            &policy,
            over,
            payload,
            armored,
            time(tag.time),
        ));
    }
    if let Some(commit) = &release.commit
        && let Some(signature) = &commit.signature
        && reports.is_empty()
    {
        let (payload, armored) = (&signature.payload, &signature.armored);
        let over = SignedThing::Commit;
        reports.extend(keyring::verify_object(
            subject.keyring,
            &policy,
            over,
            payload,
            armored,
            time(commit.time),
        ));
    }
    reports
}

/// The signatures beside the tarball, and whether the file changed while we were at it.
fn tarball_signatures(
    subject: &Subject<'_>,
    tarball: &Tarball,
) -> Result<(Vec<SignatureReport>, bool), VetError> {
    let error = |source| tarball_error(subject, source);
    let bytes = TarballBytes::new(&subject.tarball, tarball, subject.limits);
    let policy = subject.policy.signatures();
    let name = subject.tarball.file_name();
    let mut reports = Vec::new();
    for (label, file) in &subject.signatures {
        let found = keyring::verify_detached(subject.keyring, &policy, label, file, &bytes, Some(&name));
        match found {
            Ok(found) => reports.extend(found),
            // That is the finding, whatever the error it came as.
            Err(_) if bytes.changed() => break,
            Err(source) => return Err(error(source)),
        }
    }
    Ok((reports, bytes.changed()))
}
