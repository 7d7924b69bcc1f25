use std::path::{Path, PathBuf};

use bstr::BString;
use gix::ObjectId;
use gix::hash::Kind as ObjectFormat;

use super::{Fault, FaultKind, Object, ObjectStore, TagRef, UpstreamError, files};

/// Largest object that is read from a repository, in bytes. Trees and signed objects are far smaller.
const LARGEST_OBJECT: u64 = 1 << 30;

/// A git repository on disk, bare or not, opened so that nothing in it, around it or in the environment has a say:
/// no user or system configuration, no replace refs, no hooks, no filters.
pub struct Repository {
    pub(super) repo: gix::Repository,
    pub(super) path: PathBuf,
    pub(super) place: String,
}

impl Repository {
    /// Opens the repository at `path` (its work tree or its git directory).
    pub fn open(path: &Path) -> Result<Self, UpstreamError> {
        let error = |reason: String| UpstreamError::NotARepository {
            path: path.to_owned(),
            reason,
        };
        if let Some(special) = files::special_file(path) {
            return Err(error(format!(
                "{} is no plain file, or far too large",
                special.display()
            )));
        }
        let options = gix::open::Options::isolated()
            .config_overrides(["core.useReplaceRefs=false"])
            .with(gix::sec::Trust::Reduced);
        let mut repo = gix::open_opts(path, options).map_err(|e| error(e.to_string()))?;
        repo.objects.ignore_replacements = true;
        repo.object_cache_size(None);
        Ok(Repository {
            repo,
            path: path.to_owned(),
            place: format!("the repository {}", path.display()),
        })
    }

    /// The same repository under the address it was fetched from, for messages.
    pub fn called(mut self, address: &str) -> Self {
        self.place = format!("the repository {address}");
        self
    }

    /// Every ref below `refs/tags/`, with what it points to, read once.
    pub fn tags(&self) -> Result<Vec<TagRef>, UpstreamError> {
        let error = |reason: String| UpstreamError::Refs {
            path: self.path.clone(),
            reason,
        };
        let references = self.repo.references().map_err(|e| error(e.to_string()))?;
        let mut tags = Vec::new();
        for reference in references.tags().map_err(|e| error(e.to_string()))? {
            // A broken ref is nobody's release; the one that is wanted will then be missing, and said so.
            let Ok(reference) = reference else { continue };
            let full = reference.name().as_bstr();
            let name: BString = full.strip_prefix(b"refs/tags/").unwrap_or(full).into();
            let target = reference.target().try_id().map(ToOwned::to_owned);
            tags.push(TagRef { name, target });
        }
        Ok(tags)
    }

    /// What tags and branches point to. Refs that are broken, and those to other refs, are left out.
    pub(crate) fn tips(&self) -> Result<Vec<ObjectId>, UpstreamError> {
        let error = |reason: String| UpstreamError::Refs {
            path: self.path.clone(),
            reason,
        };
        let references = self.repo.references().map_err(|e| error(e.to_string()))?;
        let all = references.all().map_err(|e| error(e.to_string()))?;
        let tips = all.filter_map(|reference| {
            let reference = reference.ok()?;
            reference.target().try_id().map(ToOwned::to_owned)
        });
        Ok(tips.collect())
    }

    /// The object's size in bytes, as the store says; `None` when it cannot be read.
    pub(crate) fn size(&self, id: &gix::oid) -> Option<u64> {
        if !self.is_loose_sound(id) {
            return None;
        }
        let header = self.repo.try_find_header(ObjectId::from(id)).ok()??;
        Some(header.size())
    }

    /// Where the object is when it is not in a pack.
    fn loose_file(&self, id: &gix::oid) -> PathBuf {
        let hex = id.to_string();
        let (directory, name) = hex.split_at(2);
        self.repo.common_dir().join("objects").join(directory).join(name)
    }

    /// Whether opening the object's loose file, if there is one, ends.
    pub(super) fn is_loose_sound(&self, id: &gix::oid) -> bool {
        files::is_sound(&self.loose_file(id), LARGEST_OBJECT)
    }

    /// Things in the repository that would make git itself show other objects than were signed. We ignore them.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let replaced = self.repo.references().is_ok_and(|refs| {
            refs.prefixed("refs/replace/")
                .is_ok_and(|mut found| found.next().is_some())
        });
        if replaced {
            let detail = "the repository has replace refs; git would follow them, they are ignored here";
            faults.push(Fault::new(FaultKind::ReplacementsPresent, detail));
        }
        if self.repo.common_dir().join("info/grafts").exists() {
            let detail = "the repository has a grafts file; it is ignored";
            faults.push(Fault::new(FaultKind::ReplacementsPresent, detail));
        }
        faults
    }
}

impl ObjectStore for Repository {
    fn format(&self) -> ObjectFormat {
        self.repo.object_hash()
    }

    fn place(&self) -> String {
        self.place.clone()
    }

    fn fetch(&self, id: &gix::oid) -> Result<Option<Object>, String> {
        if !self.is_loose_sound(id) {
            return Err(format!(
                "{} is no plain file, or far too large",
                self.loose_file(id).display()
            ));
        }
        let id: ObjectId = id.into();
        let Some(header) = self.repo.try_find_header(id).map_err(|e| e.to_string())? else {
            return Ok(None);
        };
        if header.size() > LARGEST_OBJECT {
            return Err(format!(
                "it is {} bytes long, more than {LARGEST_OBJECT}",
                header.size()
            ));
        }
        let object = self.repo.find_object(id).map_err(|e| e.to_string())?;
        Ok(Some(Object {
            kind: object.kind,
            data: object.detach().data,
        }))
    }
}
