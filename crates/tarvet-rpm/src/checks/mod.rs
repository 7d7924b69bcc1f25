//! The checks of an RPM source package: pure functions over [`Facts`], as those of a tarball are.
//!
//! Adding one: a file with a `CHECK`, its page beside it, two lines here, and what fires it in tests/rpm.rs.

mod gpgverify_conditional;
mod gpgverify_disabled;
mod gpgverify_missing;
mod gpgverify_other_data;
mod gpgverify_unclear;
mod keyring_from_sources;
mod keyring_source_malformed;
mod prep_rewrites_build_input;
mod prep_rewrites_source;
mod prep_unpacking_unclear;
mod service_makes_sources;
mod service_malformed;
mod source_extra_unproven;
mod sources_digest_mismatch;
mod sources_digest_weak;
mod sources_line_missing;
mod sources_malformed;
mod spec_definition_in_comment;
mod spec_include_refused;
mod spec_line_opaque;
mod spec_malformed;
mod spec_network_use;
mod spec_settings_malformed;
mod spec_source_duplicate;
mod spec_source_missing;
mod spec_source_name_odd;
mod spec_source_name_unsafe;
mod spec_source_unresolved;
mod spec_source_url_doubtful;
mod spec_upstream_unknown;
mod spec_version_unresolved;
mod srpm_digest_mismatch;
mod srpm_header_disagrees;
mod srpm_malformed;
mod srpm_member_unexpected;
mod srpm_odd;
mod srpm_signature_bad;

use bstr::ByteSlice;
use tarvet_core::checks::{Check, Sink};

use crate::facts::Facts;
use crate::package::FileFault;
use crate::prep::{Write, WriteKind};
use crate::spec::Reach;
use crate::spec::fault::FaultKind;
use crate::srpm;

/// One finding for each fault of these kinds, in whatever file.
fn push_faults(facts: &Facts, sink: &mut Sink, kinds: &[FaultKind]) {
    let all = facts.source.faults.iter();
    all.filter(|found| kinds.contains(&found.fault.kind))
        .for_each(|found| push_fault(found, sink));
}

fn push_fault(found: &FileFault, sink: &mut Sink) {
    let place = match found.fault.line {
        0 => found.file.clone(),
        line => format!("{}:{line}", found.file),
    };
    sink.push_at(place, found.fault.message.clone(), found.fault.help.clone());
}

/// One finding for each fault of the SRPM of such a kind.
fn push_srpm(facts: &Facts, sink: &mut Sink, is_such: fn(srpm::FaultKind) -> bool) {
    let envelope = facts.source.envelope.iter();
    let faults = envelope.flat_map(|envelope| &envelope.faults);
    for fault in faults.filter(|fault| is_such(fault.kind)) {
        match &fault.member {
            Some(member) => sink.push_at(member.clone(), fault.detail.clone(), fault.kind.help()),
            None => sink.push(fault.detail.clone(), fault.kind.help()),
        }
    }
}

/// One finding for all commands of %prep that write over files that make the build, or over others.
fn push_writes(facts: &Facts, sink: &mut Sink, inputs: bool, what: &str, help: &str) {
    let counts = |write: &&Write| {
        let is_change = matches!(
            write.kind,
            WriteKind::Edit | WriteKind::Copy | WriteKind::Remove | WriteKind::Touch
        );
        write.reach != Reach::Never && is_change && is_input(write) == inputs
    };
    let all: Vec<&Write> = facts.source.prep.writes.iter().filter(counts).collect();
    let Some(first) = all.first() else { return };
    let more = match all.len() {
        1 => String::new(),
        count => format!(" (and {} more)", count - 1),
    };
    sink.push_at(
        format!("{}:{}", facts.source.spec_name, first.line),
        format!("{what}: {}{more}", first.command),
        help,
    );
}

/// Whether a command names a file that decides what a build runs. What is removed is not run.
fn is_input(write: &Write) -> bool {
    const PARTS: [&[u8]; 12] = [
        b"configure",
        b".m4",
        b"Makefile",
        b"makefile",
        b"CMakeLists",
        b"meson.build",
        b".cmake",
        b"bootstrap",
        b"autogen",
        b"setup.py",
        b"pyproject.toml",
        b"build.rs",
    ];
    let named = |part: &&[u8]| write.command.as_bytes().contains_str(part);
    write.kind != WriteKind::Remove && PARTS.iter().any(named)
}

/// Every check, in the order of their codes.
pub static ALL: &[&Check<Facts>] = &[
    &gpgverify_conditional::CHECK,
    &gpgverify_disabled::CHECK,
    &gpgverify_missing::CHECK,
    &gpgverify_other_data::CHECK,
    &gpgverify_unclear::CHECK,
    &keyring_from_sources::CHECK,
    &keyring_source_malformed::CHECK,
    &prep_rewrites_build_input::CHECK,
    &prep_rewrites_source::CHECK,
    &prep_unpacking_unclear::CHECK,
    &service_makes_sources::CHECK,
    &service_malformed::CHECK,
    &source_extra_unproven::CHECK,
    &sources_digest_mismatch::CHECK,
    &sources_digest_weak::CHECK,
    &sources_line_missing::CHECK,
    &sources_malformed::CHECK,
    &spec_definition_in_comment::CHECK,
    &spec_include_refused::CHECK,
    &spec_line_opaque::CHECK,
    &spec_malformed::CHECK,
    &spec_network_use::CHECK,
    &spec_settings_malformed::CHECK,
    &spec_source_duplicate::CHECK,
    &spec_source_missing::CHECK,
    &spec_source_name_odd::CHECK,
    &spec_source_name_unsafe::CHECK,
    &spec_source_unresolved::CHECK,
    &spec_source_url_doubtful::CHECK,
    &spec_upstream_unknown::CHECK,
    &spec_version_unresolved::CHECK,
    &srpm_digest_mismatch::CHECK,
    &srpm_header_disagrees::CHECK,
    &srpm_malformed::CHECK,
    &srpm_member_unexpected::CHECK,
    &srpm_odd::CHECK,
    &srpm_signature_bad::CHECK,
];
