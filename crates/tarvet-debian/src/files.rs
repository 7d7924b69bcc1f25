//! Which file of a source package is what, as dpkg-source decides it by name (Dpkg::Source::Package::V1, V2, V3).

mod check;

pub use check::{Measured, Measuring, check};

use crate::dsc::{Dsc, Fault, FaultKind, Faults, Format, shown};
use crate::version::Version;
use std::collections::BTreeMap;

/// An upstream tarball and the signature beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Orig {
    /// Name of the tarball.
    pub tarball: String,
    /// Name of its `.asc`, where one is listed.
    pub signature: Option<String>,
}

/// The files of a package by what they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// `NAME_VERSION.orig.tar.*`.
    pub orig: Option<Orig>,
    /// `NAME_VERSION.orig-COMPONENT.tar.*` by component. dpkg-source unpacks each over the directory of that name.
    pub components: BTreeMap<String, Orig>,
    /// `NAME_VERSION-REVISION.debian.tar.*` of 3.0 (quilt).
    pub debian: Option<String>,
    /// `NAME_VERSION-REVISION.diff.gz` of 1.0.
    pub diff: Option<String>,
    /// `NAME_VERSION.tar.*` of a native package.
    pub native: Option<String>,
}

/// What one file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// The upstream tarball.
    Orig,
    /// An additional upstream tarball.
    Component(String),
    /// The signature of the upstream tarball (None) or of a component.
    Signature(Option<String>),
    /// The tarball with debian/.
    Debian,
    /// The diff of format 1.0.
    Diff,
    /// The only tarball of a native package.
    Native,
}

/// Compressions that dpkg-source knows (Dpkg::Compression).
pub(crate) const EXTENSIONS: [&str; 4] = ["gz", "bz2", "lzma", "xz"];

impl Parts {
    /// Sorts the files of a `.dsc`, which `file` names in faults.
    pub fn of(file: &str, dsc: &Dsc) -> (Self, Vec<Fault>) {
        let names = dsc.files.iter().map(|listed| listed.name.as_str());
        Self::sort(file, &dsc.format, &dsc.source, &dsc.version, names)
    }

    /// Sorts the files `names` of a package. Whatever dpkg-source refuses about them is a fault.
    pub fn sort<'n>(
        file: &str,
        format: &Format,
        source: &str,
        version: &Version,
        names: impl Iterator<Item = &'n str>,
    ) -> (Self, Vec<Fault>) {
        let mut faults = Faults::of(file);
        let mut parts = Parts::default();
        if let Format::Other(text) = format {
            let help = "use 3.0 (quilt) or 3.0 (native); other formats have to be looked through by hand";
            let message = format!("the source format is {text}; 1.0, 3.0 (quilt) and 3.0 (native) are read");
            faults.push(FaultKind::UnknownFormat, None, message, help);
            return (parts, faults.found);
        }
        let names: Vec<&str> = names.collect();
        let base = Base::of(source, version);
        // Tarballs first: a signature may be listed before its tarball.
        for name in &names {
            parts.tarball(format, &base, name, &mut faults);
        }
        for name in names {
            parts.signature(format, &base, name, &mut faults);
        }
        parts.complete(format, version, &mut faults);
        (parts, faults.found)
    }

    /// Every file and what it is.
    pub fn roles(&self) -> Vec<(&str, Role)> {
        let mut roles = Vec::new();
        let components = self.components.iter().map(|(name, orig)| (Some(name), orig));
        for (component, orig) in self.orig.iter().map(|orig| (None, orig)).chain(components) {
            let component = component.cloned();
            let role = component.clone().map_or(Role::Orig, Role::Component);
            roles.push((orig.tarball.as_str(), role));
            roles.extend(
                orig.signature
                    .as_deref()
                    .map(|name| (name, Role::Signature(component))),
            );
        }
        roles.extend(self.debian.as_deref().map(|name| (name, Role::Debian)));
        roles.extend(self.diff.as_deref().map(|name| (name, Role::Diff)));
        roles.extend(self.native.as_deref().map(|name| (name, Role::Native)));
        roles
    }

    fn tarball(&mut self, format: &Format, base: &Base, name: &str, faults: &mut Faults<'_>) {
        let role = base
            .role(name)
            .filter(|(role, extension)| fits(format, role, extension));
        let Some((role, _)) = role else {
            let message = format!(
                "a package of format {} has no file of this name: {}",
                format.as_str(),
                shown(name)
            );
            let help = format!("files of this package begin with {}", base.upstream);
            return faults.push(FaultKind::FileUnexpected, None, message, help);
        };
        let place = match &role {
            Role::Signature(_) => return,
            Role::Orig | Role::Component(_) => {
                let orig = Orig {
                    tarball: name.to_owned(),
                    signature: None,
                };
                let earlier = match role {
                    Role::Component(component) => self.components.insert(component, orig),
                    _ => self.orig.replace(orig),
                };
                return earlier
                    .into_iter()
                    .for_each(|earlier| twice(&earlier.tarball, name, faults));
            }
            Role::Debian => &mut self.debian,
            Role::Diff => &mut self.diff,
            Role::Native => &mut self.native,
        };
        if let Some(earlier) = place.replace(name.to_owned()) {
            twice(&earlier, name, faults);
        }
    }

    fn signature(&mut self, format: &Format, base: &Base, name: &str, faults: &mut Faults<'_>) {
        let role = base
            .role(name)
            .filter(|(role, extension)| fits(format, role, extension));
        let Some((Role::Signature(component), _)) = role else {
            return;
        };
        let orig = match component {
            Some(component) => self.components.get_mut(&component),
            None => self.orig.as_mut(),
        };
        let signed = name.strip_suffix(".asc");
        match orig.filter(|orig| Some(orig.tarball.as_str()) == signed) {
            Some(orig) => orig.signature = Some(name.to_owned()),
            None => {
                let message = format!("the tarball that {name} signs is not listed");
                let help = "list the tarball that was signed, or leave the signature out";
                faults.push(FaultKind::SignatureWithoutTarball, None, message, help);
            }
        }
    }

    fn complete(&self, format: &Format, version: &Version, faults: &mut Faults<'_>) {
        let orig_wanted = match format {
            Format::V1 => self.native.is_none() || self.diff.is_some(),
            Format::Quilt => true,
            Format::Native | Format::Other(_) => false,
        };
        let again = "build the source package again, with all of its tarballs";
        if orig_wanted && self.orig.is_none() {
            let message = format!("no upstream tarball, which format {} has", format.as_str());
            faults.push(FaultKind::OrigMissing, None, message, again);
        }
        if *format == Format::V1
            && let (Some(native), Some(orig)) = (&self.native, &self.orig)
        {
            twice(&orig.tarball, native, faults);
        }
        if *format == Format::Quilt && self.debian.is_none() {
            faults.push(
                FaultKind::PackagingMissing,
                None,
                "no .debian.tar, which format 3.0 (quilt) has",
                again,
            );
        }
        if *format == Format::Native && self.native.is_none() {
            faults.push(
                FaultKind::PackagingMissing,
                None,
                "no tarball, which format 3.0 (native) has",
                again,
            );
        }
        if self.native.is_some() && self.orig.is_none() && version.revision().is_some() {
            let message = format!(
                "a native package with the Debian revision of {version}: is it upstream's tarball at all?"
            );
            let help = "use 3.0 (quilt) and upstream's own tarball, or a version without a hyphen";
            faults.push(FaultKind::NativeWithRevision, None, message, help);
        }
    }
}

fn twice(first: &str, second: &str, faults: &mut Faults<'_>) {
    let message = format!("{first} and {second} are the same part of the package");
    let help = "list one of them; which one a tool unpacks is its own choice";
    faults.push(FaultKind::OrigDuplicate, None, message, help);
}

/// Whether the format has such files, in this compression.
fn fits(format: &Format, role: &Role, extension: &str) -> bool {
    match format {
        Format::V1 => {
            let known = matches!(
                role,
                Role::Orig | Role::Signature(None) | Role::Native | Role::Diff
            );
            known && extension == "gz"
        }
        Format::Quilt => matches!(
            role,
            Role::Orig | Role::Component(_) | Role::Signature(_) | Role::Debian
        ),
        Format::Native => matches!(role, Role::Native),
        Format::Other(_) => false,
    }
}

/// What the names of a package's files begin with.
pub(crate) struct Base {
    /// `NAME_UPSTREAMVERSION`.
    pub upstream: String,
    /// `NAME_VERSION`, without epoch.
    pub full: String,
}

impl Base {
    pub(crate) fn of(source: &str, version: &Version) -> Self {
        Base {
            upstream: format!("{source}_{}", version.upstream_version()),
            full: format!("{source}_{}", version.without_epoch()),
        }
    }

    /// What a file of that name would be, and the extension of the compressed file it is or signs.
    pub(crate) fn role<'n>(&self, name: &'n str) -> Option<(Role, &'n str)> {
        if let Some(rest) = name.strip_prefix(self.upstream.as_str())
            && let Some(rest) = rest.strip_prefix(".orig")
        {
            return orig(rest);
        }
        let rest = name.strip_prefix(self.full.as_str())?;
        if rest == ".diff.gz" {
            return Some((Role::Diff, "gz"));
        }
        let compressed = |rest: &'n str, role: Role| EXTENSIONS.contains(&rest).then_some((role, rest));
        match rest.strip_prefix(".debian.tar.") {
            Some(extension) => compressed(extension, Role::Debian),
            None => compressed(rest.strip_prefix(".tar.")?, Role::Native),
        }
    }
}

/// What follows `NAME_VERSION.orig`: `-COMPONENT`, `.tar.EXT`, `.asc`.
fn orig(rest: &str) -> Option<(Role, &str)> {
    let (component, rest) = match rest.strip_prefix('-') {
        Some(rest) => {
            let (name, rest) = rest.split_once('.')?;
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
            if name.is_empty() || !name.chars().all(plain) {
                return None;
            }
            (Some(name.to_owned()), rest)
        }
        None => (None, rest.strip_prefix('.')?),
    };
    let rest = rest.strip_prefix("tar.")?;
    let (extension, signed) = match rest.strip_suffix(".asc") {
        Some(extension) => (extension, true),
        None => (rest, false),
    };
    let role = match (signed, component) {
        (true, component) => Role::Signature(component),
        (false, Some(component)) => Role::Component(component),
        (false, None) => Role::Orig,
    };
    EXTENSIONS.contains(&extension).then_some((role, extension))
}

#[cfg(test)]
mod tests;
