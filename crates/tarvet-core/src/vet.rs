//! The spine: gather, compare, explain, check, judge, report.

use std::collections::HashMap;

use bstr::{BStr, BString, ByteSlice};
use gix::ObjectId;
use jiff::Timestamp;
use tarvet_archive::{Options, Tarball};

use crate::checks;
use crate::claims;
use crate::convert::{Attributes, CommitFacts};
use crate::facts::Facts;
use crate::judge::judge;
use crate::keyring::{self, SignatureReport, SignedThing};
use crate::origin::{self, SubmoduleTree};
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
    let facts = gather(subject)?;
    let findings = checks::run(&facts);
    let evidence = claims::prove(&facts);
    let proven = evidence
        .iter()
        .filter(|claim| claim.proven())
        .map(|claim| claim.claim)
        .collect();
    let gravest = findings.iter().map(|finding| finding.level).max();
    let verdict = judge(&facts.policy.required, &proven, gravest);
    Ok(Report::new(&facts, evidence, findings, verdict))
}

fn gather(subject: Subject<'_>) -> Result<Facts, VetError> {
    let store = subject.upstream.store();
    let release = subject.upstream.release(subject.wish.as_ref())?;
    let commit = release.commit.as_ref();
    let mut tree = commit.map(|commit| upstream::walk(store, commit.tree, &subject.tree_limits));
    let attributes = read_attributes(store, tree.as_mut());
    let commit_facts = commit.and_then(|commit| CommitFacts::parse(commit.id, &commit.raw));
    let (submodules, submodule_faults) = submodules(&subject, tree.as_ref());

    let tarball = read_tarball(&subject, tree.as_ref(), &attributes)?;
    let mut signatures = release_signatures(&subject, &release);
    let (on_tarball, tarball_changed) = tarball_signatures(&subject, &tarball)?;
    signatures.extend(on_tarball);

    let empty = Tree::default();
    let comparison = origin::compare(&origin::Inputs {
        tarball: &tarball,
        tree: tree.as_ref().unwrap_or(&empty),
        subdir: subject.subdir.as_bstr(),
        attributes: &attributes,
        commit: commit_facts.as_ref(),
        tag_name: Some(release.tag_name.as_bstr()).filter(|name| !name.is_empty()),
        store,
        submodules: &submodules,
    });
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
        tree,
        submodule_faults,
        tarball,
        signatures,
        tarball_changed,
        comparison,
    })
}

impl Upstream {
    /// The objects.
    pub fn store(&self) -> &dyn ObjectStore {
        match self {
            Upstream::Repository(repository) => repository.as_ref(),
            Upstream::Proof(proof) => proof,
        }
    }

    /// The wanted release, resolved once.
    pub fn release(&self, wish: Option<&upstream::TagWish>) -> Result<Release, UpstreamError> {
        let wish = wish.ok_or(UpstreamError::NothingToLookFor)?;
        match self {
            Upstream::Repository(repository) => {
                upstream::resolve(repository.as_ref(), &repository.tags()?, wish)
            }
            Upstream::Proof(proof) => Ok(proof.release(wish)),
        }
    }

    fn faults(&self) -> Vec<Fault> {
        match self {
            Upstream::Repository(repository) => repository.faults(),
            // A proof's own faults are part of the release that could not be read from it.
            Upstream::Proof(_) => Vec::new(),
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

/// One pass over the tarball; contents that git may have converted are kept for comparison.
fn read_tarball(
    subject: &Subject<'_>,
    tree: Option<&Tree>,
    attributes: &Attributes,
) -> Result<Tarball, VetError> {
    let converted = |entry: &&TreeEntry| attributes.of(entry.path.as_bstr(), false).converts();
    let entries = tree.into_iter().flat_map(|tree| &tree.entries).filter(converted);
    let convertible: HashMap<&BStr, ObjectId> =
        entries.map(|entry| (entry.path.as_bstr(), entry.id)).collect();
    let subdir = &subject.subdir;
    let find = |path: &[u8]| match subdir.is_empty() {
        true => convertible.get(path.as_bstr()),
        false => convertible.get([subdir.as_slice(), b"/", path].concat().as_bstr()),
    };
    // The top directory is not known yet, so the path counts with and without its first component.
    let wanted = |path: &BStr| {
        let path = path.strip_prefix(b"./").unwrap_or(path);
        let below_top = path.split_once_str("/").map_or(path, |(_, rest)| rest);
        [find(below_top).copied(), find(path).copied()]
    };
    let keep = |path: &BStr, _size: u64| !convertible.is_empty() && wanted(path).iter().any(Option::is_some);
    let keep_still = |path: &BStr, blob: &ObjectId| wanted(path).iter().flatten().any(|id| id != blob);
    let options = Options {
        object_format: subject.upstream.store().format(),
        limits: subject.limits,
        keep: &keep,
        keep_still: &keep_still,
        threads: subject.threads,
        tar_digest: false,
    };
    let file = &subject.tarball;
    tarvet_archive::read(file.reader(), Some(&file.file_name()), &options, subject.progress).map_err(
        |source| VetError::Tarball {
            path: file.path().display().to_string(),
            source,
        },
    )
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
    let error = |source| VetError::Tarball {
        path: subject.tarball.path().display().to_string(),
        source,
    };
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
