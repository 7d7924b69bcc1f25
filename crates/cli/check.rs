//! `tarvet check`.

use jiff::Timestamp;
use tarvet_archive::Limits;
use tarvet_core::keyring::SignaturePolicy;
use tarvet_core::report::Report;
use tarvet_core::upstream::{TagWish, TreeLimits};
use tarvet_core::{Packaging, Policy, Subject, TarballFile, vet};

use crate::args::{CheckArgs, LimitArgs, PolicyArgs};
use crate::differing::Compared;
use crate::error::CliError;
use crate::progress::Progress;
use crate::{inputs, naming, output};

/// Runs the check and returns the exit status of its verdict.
pub fn run(args: &CheckArgs) -> Result<u8, CliError> {
    let report = report(args)?;
    output::write(&report, &args.output)?;
    Ok(report.verdict.exit_status())
}

/// Runs the check.
pub fn report(args: &CheckArgs) -> Result<Report, CliError> {
    let tarball = TarballFile::open(&args.tarball)
        .map_err(|error| CliError::file(&args.tarball, "read the tarball", &error))?;
    let named = naming::from_file_name(&tarball.file_name());
    let name = args.name.clone().or(named.name);
    let version = args.version.clone().or(named.version);
    let wish = wish(args.upstream.tag.as_ref(), name.as_ref(), version.as_ref());
    let keyring = inputs::keyring(&args.keyring)?;
    let signatures = inputs::signatures(&args.signature)?;
    let upstream = match (&args.upstream.proof, &args.upstream.git) {
        (Some(path), _) => inputs::proof(path)?,
        (None, Some(place)) => {
            let compared = Compared {
                tarball: &args.tarball,
                subdir: &args.subdir,
            };
            inputs::repository(place, wish.as_ref(), Some(compared))?
        }
        (None, None) => return Err(CliError::new("neither --git nor --proof was given")),
    };
    let submodules = args
        .submodule
        .iter()
        .map(|argument| inputs::submodule(argument))
        .collect::<Result<_, _>>()?;
    let tables = inputs::tables(&args.known)?;
    let progress = Progress::new(tarball.len());
    let report = vet(Subject {
        policy: policy(
            &args.policy,
            now(&args.policy),
            &args.require,
            !signatures.is_empty(),
        ),
        limits: limits(&args.limits),
        tree_limits: tree_limits(&args.limits),
        threads: std::thread::available_parallelism().map_or(1, Into::into),
        progress: Some(progress.counter()),
        subdir: args.subdir.trim_matches('/').into(),
        keyring: &keyring,
        tables: &tables,
        name,
        version,
        tarball,
        upstream,
        wish,
        submodules,
        signatures,
        packaging: Packaging::default(),
    })?;
    progress.finish();
    Ok(report)
}

fn wish(tag: Option<&String>, name: Option<&String>, version: Option<&String>) -> Option<TagWish> {
    match (tag, version) {
        (Some(tag), _) => Some(TagWish::Named(
            tag.strip_prefix("refs/tags/").unwrap_or(tag).into(),
        )),
        (None, Some(version)) => Some(TagWish::Version {
            name: name.cloned(),
            version: version.clone(),
        }),
        (None, None) => None,
    }
}

/// The time of the judgement: the caller's, or now. The one place that asks the clock.
pub fn now(args: &PolicyArgs) -> Timestamp {
    #[allow(clippy::disallowed_methods)]
    args.now.unwrap_or_else(Timestamp::now)
}

/// How signatures are judged.
pub fn signature_policy(args: &PolicyArgs, now: Timestamp) -> SignaturePolicy {
    policy(args, now, &[], false).signatures()
}

/// The policy that the options make.
pub fn policy(args: &PolicyArgs, now: Timestamp, required: &[tarvet_core::Claim], signed: bool) -> Policy {
    let mut policy = Policy::new(now, signed);
    policy.required.extend(required);
    policy.accept_sha1_bindings = args.accept_sha1_bindings;
    policy.accept_expired_certificate = args.accept_expired_certificate;
    policy.accept_commit_signature = args.accept_commit_signature;
    policy
}

/// The limits that the options move.
pub fn limits(args: &LimitArgs) -> Limits {
    let default = Limits::default();
    Limits {
        bytes: args.limit_bytes.unwrap_or(default.bytes),
        ratio: args.limit_ratio.unwrap_or(default.ratio),
        members: args.limit_members.unwrap_or(default.members),
        header_bytes: args.limit_header_bytes.unwrap_or(default.header_bytes),
        path_depth: args.limit_path_depth.unwrap_or(default.path_depth),
        kept_bytes: args.limit_kept_bytes.unwrap_or(default.kept_bytes),
        dictionary_bytes: args.limit_dictionary_bytes.unwrap_or(default.dictionary_bytes),
    }
}

/// The same for the tree.
pub fn tree_limits(args: &LimitArgs) -> TreeLimits {
    let default = TreeLimits::default();
    TreeLimits {
        entries: args.limit_tree_entries.unwrap_or(default.entries),
        ..default
    }
}
