//! The checks of a Debian source package: pure functions over [`Facts`], as those of a tarball are.
//!
//! Adding one: a file with a `CHECK`, its page beside it, two lines here, and its cases.

mod build_tree_differs;
mod changelog_malformed;
mod component_replaces_directory;
mod component_unproven;
mod debian_dir_unreadable;
mod debian_tar_outside_debian;
mod diff_outside_debian;
mod dsc_digests_weak;
mod dsc_files_disagree;
mod dsc_malformed;
mod dsc_signature_bad;
mod dsc_unproven;
mod keyring_from_package;
mod keyring_missing;
mod native_with_revision;
mod override_unused;
mod packaging_file_malformed;
mod patch_adds_binary;
mod patch_escapes_tree;
mod patch_malformed;
mod patch_series_odd;
mod patch_touches_build_input;
mod patch_touches_debian;
mod patch_touches_generated;
mod patch_unlisted;
mod repack_undeclared;
mod settings_malformed;
mod signature_promised;
mod source_file_missing;
mod source_file_unexpected;
mod source_file_unlisted;
mod source_format_unknown;
mod upstream_debian_replaced;
mod upstream_unknown;
mod version_disagrees;

use tarvet_core::checks::{Check, Sink};

use crate::dsc::FaultKind;
use crate::facts::Facts;
use crate::patches::PatchFaultKind;

/// One finding for each fault of these kinds.
fn push_faults(facts: &Facts, sink: &mut Sink, kinds: &[FaultKind]) {
    for fault in facts
        .source
        .faults
        .iter()
        .filter(|fault| kinds.contains(&fault.kind))
    {
        let place = match fault.line {
            Some(line) => format!("{}:{line}", fault.file),
            None => fault.file.clone(),
        };
        sink.push_at(place, fault.message.clone(), fault.help.clone());
    }
}

/// One finding for each fault of patches of these kinds.
fn push_patches(facts: &Facts, sink: &mut Sink, kinds: &[PatchFaultKind]) {
    for fault in facts
        .patch_faults
        .iter()
        .filter(|fault| kinds.contains(&fault.kind))
    {
        let place = match fault.line {
            0 => fault.patch.to_string(),
            line => format!("{}:{line}", fault.patch),
        };
        let more = match fault.also.len() {
            0 => String::new(),
            count => format!(" (and {count} more of this patch)"),
        };
        sink.push_at(place, format!("{}{more}", fault.message), fault.help);
    }
}

/// Every check, in the order of their codes.
pub static ALL: &[&Check<Facts>] = &[
    &build_tree_differs::CHECK,
    &changelog_malformed::CHECK,
    &component_replaces_directory::CHECK,
    &component_unproven::CHECK,
    &debian_dir_unreadable::CHECK,
    &debian_tar_outside_debian::CHECK,
    &diff_outside_debian::CHECK,
    &dsc_digests_weak::CHECK,
    &dsc_files_disagree::CHECK,
    &dsc_malformed::CHECK,
    &dsc_signature_bad::CHECK,
    &dsc_unproven::CHECK,
    &keyring_from_package::CHECK,
    &keyring_missing::CHECK,
    &native_with_revision::CHECK,
    &override_unused::CHECK,
    &packaging_file_malformed::CHECK,
    &patch_adds_binary::CHECK,
    &patch_escapes_tree::CHECK,
    &patch_malformed::CHECK,
    &patch_series_odd::CHECK,
    &patch_touches_build_input::CHECK,
    &patch_touches_debian::CHECK,
    &patch_touches_generated::CHECK,
    &patch_unlisted::CHECK,
    &repack_undeclared::CHECK,
    &settings_malformed::CHECK,
    &signature_promised::CHECK,
    &source_file_missing::CHECK,
    &source_file_unexpected::CHECK,
    &source_file_unlisted::CHECK,
    &source_format_unknown::CHECK,
    &upstream_debian_replaced::CHECK,
    &upstream_unknown::CHECK,
    &version_disagrees::CHECK,
];
