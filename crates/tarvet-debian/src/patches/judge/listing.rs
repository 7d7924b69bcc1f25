//! Which patches are applied, and which files in `debian/patches` are not.

use std::collections::HashSet;

use bstr::{BStr, BString};
use tarvet_core::escape::escape;

use super::{Judge, PatchFaultKind, patch_path};
use crate::patches::series::{self, Series, SeriesFaultKind};

impl Judge<'_> {
    /// The series that dpkg-source takes, and what is odd about it and the others.
    pub(super) fn series(&mut self, vendor: &str) -> Option<(BString, Series)> {
        let common = self
            .source
            .debian_file(series::path(None).as_ref())
            .map(series::read);
        let own_path = series::path(Some(vendor));
        if self.not_regular(&own_path) {
            return None;
        }
        let mut others: Vec<BString> = self.source.patch_files();
        others.sort();
        let mut own = None;
        for path in others {
            let Some(of) = series::vendor(path.as_ref()) else {
                continue;
            };
            let Some(theirs) = self.source.debian_file(path.as_ref()).map(series::read) else {
                continue;
            };
            let names = |series: &Series| {
                series
                    .entries
                    .iter()
                    .map(|entry| entry.name.clone())
                    .collect::<Vec<_>>()
            };
            if names(&theirs) != common.as_ref().map(names).unwrap_or_default() {
                let message = format!("{of} builds with other patches than debian/patches/series names");
                let help = "nothing if the distributions shall differ; each series is another source";
                self.patch = path.clone();
                self.push(PatchFaultKind::VendorSeries, 0, None, message, help);
            }
            if path == own_path {
                own = Some(theirs);
            }
        }
        let (path, series) = match (own, common) {
            (Some(own), _) => (own_path, own),
            (None, Some(common)) => (series::path(None), common),
            (None, None) => {
                self.not_regular(&series::path(None));
                return None;
            }
        };
        self.series_faults(&path, &series);
        Some((path, series))
    }

    /// Says so if there is something where a series would be, and it is no file of the package.
    fn not_regular(&mut self, path: &BString) -> bool {
        let link = self.outline.link_on_way(path.as_ref()).is_some();
        let odd = link
            || (self.source.node(path.as_ref()).is_some()
                && self.source.debian_file(path.as_ref()).is_none());
        if odd {
            let message =
                "the series is not a regular file of the package, so which patches are applied is not known";
            self.patch = path.clone();
            self.push(
                PatchFaultKind::Malformed,
                0,
                None,
                message.into(),
                "make it a regular file",
            );
        }
        odd
    }

    fn series_faults(&mut self, path: &BString, series: &Series) {
        self.patch = path.clone();
        for fault in &series.faults {
            let name = escape(&fault.name);
            let (kind, message, help) = match fault.kind {
                SeriesFaultKind::Unsafe => (
                    PatchFaultKind::EscapesTree,
                    format!("the patch name '{name}' leads out of debian/patches"),
                    "put the patch into debian/patches",
                ),
                SeriesFaultKind::Options => (
                    PatchFaultKind::SeriesOption,
                    format!(
                        "options after '{name}': quilt obeys them and dpkg-source applies with -p1 all the same"
                    ),
                    "make the patch a -p1 patch ('quilt refresh -p1') and take the option out",
                ),
                SeriesFaultKind::Compressed => (
                    PatchFaultKind::Malformed,
                    format!(
                        "'{name}' is compressed: dpkg-source may unpack it, and what it does is not looked at here"
                    ),
                    "ship the patch as plain text",
                ),
                SeriesFaultKind::Repeated => (
                    PatchFaultKind::Malformed,
                    format!("'{name}' is named twice; dpkg-source applies it twice"),
                    "take one of the lines out",
                ),
                SeriesFaultKind::Limit => (
                    PatchFaultKind::Malformed,
                    "the series is too long; the rest of it was not read".to_owned(),
                    "split the package or merge patches",
                ),
            };
            self.push(kind, fault.line, None, message, help);
        }
    }

    /// Files in `debian/patches` that no series names. Only those that look like patches.
    pub(super) fn unlisted(&mut self, listed: &HashSet<BString>) {
        let mut files = self.source.patch_files();
        files.sort();
        let mut named = listed.clone();
        for path in &files {
            if series::vendor(path.as_ref()).is_some()
                && let Some(text) = self.source.debian_file(path.as_ref())
            {
                let entries = series::read(text).entries;
                named.extend(entries.iter().map(|entry| patch_path(entry.name.as_ref())));
            }
        }
        for path in files {
            if named.contains(&path) || !is_patch_name(path.as_ref()) {
                continue;
            }
            let message = "no series names this patch, so it is not applied".to_owned();
            self.patch = path;
            self.push(
                PatchFaultKind::Unlisted,
                0,
                None,
                message,
                "delete it, or name it in debian/patches/series",
            );
        }
    }
}

/// Does a file in `debian/patches` look like a patch?
fn is_patch_name(path: &BStr) -> bool {
    [".patch", ".diff", ".dpatch"]
        .iter()
        .any(|end| path.ends_with(end.as_bytes()))
}
