//! What the user types. Doc comments are the help texts; the manual is made from them.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;

// The path is spelled out for those who include this file from elsewhere.
#[path = "args/rpm.rs"]
mod rpm;

pub use rpm::RpmArgs;

/// Is this tarball the source that upstream signed?
#[derive(Parser, Debug)]
#[command(name = "tarvet", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    Check(Box<CheckArgs>),
    Debian(Box<DebianArgs>),
    Rpm(Box<RpmArgs>),
    Prove(ProveArgs),
    Rebuilt(RebuiltArgs),
    Known(KnownArgs),
    Keyring(KeyringArgs),
    Signers(SignersArgs),
    Explain(ExplainArgs),
    Checks(ChecksArgs),
    Demo(DemoArgs),
}

/// Check a tarball against upstream's signed tag
///
/// Reads the tarball once, compares every member with the tree of the signed tag, verifies the signatures on tag,
/// commit and tarball against the keyring, and says where every file comes from.
#[derive(Args, Debug)]
#[command(override_usage = "tarvet check [OPTIONS] --keyring <FILE> {--git <REPO>|--proof <FILE>} <TARBALL>")]
pub struct CheckArgs {
    /// The tarball: .tar, .tar.gz, .tar.bz2, .tar.xz, .tar.lzma or .tar.zst
    pub tarball: PathBuf,
    #[command(flatten)]
    pub upstream: UpstreamArgs,
    /// Version of the tarball, if its name does not tell
    #[arg(long, value_name = "V")]
    pub version: Option<String>,
    /// Name of the project, if the tarball's name does not tell
    #[arg(long, value_name = "N")]
    pub name: Option<String>,
    /// Directory of the repository that the tarball was made from
    #[arg(long, value_name = "PATH", default_value = "", hide_default_value = true)]
    pub subdir: String,
    /// Repository or proof of a submodule; may be repeated
    #[arg(long, value_name = "PATH=REPO|PROOF")]
    pub submodule: Vec<String>,
    /// File with the certificates or keys you trust: OpenPGP, SSH allowed_signers or public keys, minisign, signify;
    /// may be repeated
    #[arg(long, value_name = "FILE", required = true)]
    pub keyring: Vec<PathBuf>,
    /// Detached signature over the tarball or over the tar inside; may be repeated
    #[arg(long, value_name = "FILE")]
    pub signature: Vec<PathBuf>,
    /// Table of known build files made by `tarvet known --index`, besides the one built in; may be repeated
    #[arg(long, value_name = "FILE")]
    pub known: Vec<PathBuf>,
    /// Claim that must be proven, besides the default ones; may be repeated
    #[arg(long, value_name = "CLAIM", value_delimiter = ',', value_parser = parse_claim)]
    pub require: Vec<tarvet_core::Claim>,
    #[command(flatten)]
    pub policy: PolicyArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub limits: LimitArgs,
}

/// Check Debian source packages
///
/// Takes a .dsc, a .changes, or an unpacked source tree with its tarballs beside it; without one, this directory. Reads what
/// the package says of upstream, checks each tarball as `tarvet check` does, with the proof and the keyring that the package
/// ships unless you name others, and says what dpkg-source and the build make of it. Nothing is fetched unless --git names a
/// URL, and nothing of a package is run.
#[derive(Args, Debug)]
#[command(
    override_usage = "tarvet debian [OPTIONS] [PATH]...\n       tarvet debian --import [--git <REPO>] [TREE]"
)]
pub struct DebianArgs {
    /// A .dsc, a .changes or a source tree; several are checked in parallel
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Upstream's repository: a directory, a git bundle, or a URL (https, ssh, git, file)
    #[arg(long, value_name = "REPO", conflicts_with = "proof")]
    pub git: Option<String>,
    /// Offline proof written by `tarvet prove`, instead of the one that the package ships
    #[arg(long, value_name = "FILE")]
    pub proof: Option<PathBuf>,
    /// The release's tag, if the version does not lead to exactly one
    #[arg(long, value_name = "TAG")]
    pub tag: Option<String>,
    /// Repository or proof of a submodule; may be repeated
    #[arg(long, value_name = "PATH=REPO|PROOF")]
    pub submodule: Vec<String>,
    /// File with the certificates or keys you trust for upstream, instead of the package's own; may be repeated
    #[arg(long, value_name = "FILE")]
    pub keyring: Vec<PathBuf>,
    /// File with the certificates that may sign the .dsc, instead of Debian's installed keyrings; may be repeated
    #[arg(long, value_name = "FILE")]
    pub dsc_keyring: Vec<PathBuf>,
    /// The version before (a .dsc or a tree), or its keyring: is each change of keys since endorsed?
    #[arg(long, value_name = "PATH")]
    pub previous: Option<PathBuf>,
    /// Table of known build files made by `tarvet known --index`, besides the one built in; may be repeated
    #[arg(long, value_name = "FILE")]
    pub known: Vec<PathBuf>,
    /// Claim that must be proven, besides the default ones; may be repeated
    #[arg(long, value_name = "CLAIM", value_delimiter = ',', value_parser = parse_claim)]
    pub require: Vec<tarvet_core::Claim>,
    /// Make the offline proof in debian/upstream/ and a first debian/tarvet.toml, then check
    #[arg(long)]
    pub import: bool,
    /// Compare the unpacked tree with what dpkg-source makes of the tarballs
    #[arg(long)]
    pub tree: bool,
    /// Leave debian/source/lintian-overrides aside
    #[arg(long)]
    pub no_overrides: bool,
    #[command(flatten)]
    pub policy: PolicyArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub limits: LimitArgs,
}

impl DebianArgs {
    /// What is to be checked: this directory, unless something is named.
    pub fn paths(&self) -> Vec<PathBuf> {
        match self.paths.as_slice() {
            [] => vec![".".into()],
            paths => paths.to_vec(),
        }
    }
}

/// Where upstream's signed tag is read
#[derive(Args, Debug)]
pub struct UpstreamArgs {
    /// Upstream's repository: a directory, a git bundle, or a URL (https, ssh, git, file)
    #[arg(
        long,
        value_name = "REPO",
        required_unless_present = "proof",
        conflicts_with = "proof"
    )]
    pub git: Option<String>,
    /// Offline proof written by `tarvet prove`
    #[arg(long, value_name = "FILE")]
    pub proof: Option<PathBuf>,
    /// The release's tag, if the version does not lead to exactly one
    #[arg(long, value_name = "TAG")]
    pub tag: Option<String>,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Policy")]
pub struct PolicyArgs {
    /// Judge certificates as of this time: RFC 3339, YYYY-MM-DD or @SECONDS
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub now: Option<Timestamp>,
    /// Take certificates whose own signatures use SHA-1
    #[arg(long)]
    pub accept_sha1_bindings: bool,
    /// Take signatures made after the keyring's copy of the certificate expired
    #[arg(long)]
    pub accept_expired_certificate: bool,
    /// Take a signed commit where the tag is not signed: nobody signed that it is this release
    #[arg(long)]
    pub accept_commit_signature: bool,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// Format of the report
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
    /// Write the report to this file
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// List everything instead of the first few of each kind
    #[arg(long)]
    pub all: bool,
    /// List what overrides silence, with their reasons
    #[arg(long)]
    pub show_overrides: bool,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Limits")]
pub struct LimitArgs {
    /// Largest tar after decompression, in bytes
    #[arg(long, value_name = "N")]
    pub limit_bytes: Option<u64>,
    /// Most bytes that may come out of one compressed byte, once 64 MiB came out
    #[arg(long, value_name = "N")]
    pub limit_ratio: Option<u64>,
    /// Most members of the tarball
    #[arg(long, value_name = "N")]
    pub limit_members: Option<u64>,
    /// Most bytes of pax records and long names in front of one member
    #[arg(long, value_name = "N")]
    pub limit_header_bytes: Option<u64>,
    /// Most components of a path
    #[arg(long, value_name = "N")]
    pub limit_path_depth: Option<usize>,
    /// Most bytes of contents kept for comparison after conversion
    #[arg(long, value_name = "N")]
    pub limit_kept_bytes: Option<u64>,
    /// Largest dictionary or window that a decoder may take, in bytes
    #[arg(long, value_name = "N")]
    pub limit_dictionary_bytes: Option<u64>,
    /// Most entries of the tree
    #[arg(long, value_name = "N")]
    pub limit_tree_entries: Option<usize>,
}

/// Write an offline proof of a release
///
/// A proof is a git packfile with the tag, its commit, every tree and the few blobs that a check reads, and no
/// source code. `tarvet check --proof` needs neither repository nor network.
#[derive(Args, Debug)]
pub struct ProveArgs {
    /// Upstream's repository: a directory, a git bundle, or a URL (https, ssh, git, file)
    #[arg(long, value_name = "REPO")]
    pub git: String,
    /// The release's tag
    #[arg(long, value_name = "TAG")]
    pub tag: String,
    /// A tarball of the release: adds upstream's version of each file that differs in it, so that merged translations
    /// and version stamps can be explained without the repository
    #[arg(long, value_name = "FILE")]
    pub tarball: Option<PathBuf>,
    /// Directory of the repository that the tarball was made from
    #[arg(long, value_name = "PATH", default_value = "", hide_default_value = true)]
    pub subdir: String,
    /// The file to write
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
}

/// Tell which generated files went into finished packages as they were
///
/// After a build: compares the generated files of the tarball with those of the packages, by contents, also inside compressed
/// manual pages, and with the build tree where it is at hand. The exit status is 1 if one of them was installed with the
/// tarball's bytes. What was compiled into a program leaves no trace here.
#[derive(Args, Debug)]
pub struct RebuiltArgs {
    /// The tarball that the packages were built from
    #[arg(long, value_name = "TARBALL")]
    pub source: PathBuf,
    /// A finished package (.deb, .rpm), or the directory that one is made from; may be repeated
    #[arg(long, value_name = "PACKAGE|DIRECTORY", num_args = 1..)]
    pub binary: Vec<PathBuf>,
    /// The build tree after the build
    #[arg(long, value_name = "DIRECTORY")]
    pub tree: Option<PathBuf>,
    /// A file written when the build began: what was written to the tree later was made anew
    #[arg(long, value_name = "FILE", requires = "tree")]
    pub since: Option<PathBuf>,
    /// A report of `tarvet check`, `debian` or `rpm` in JSON: which files nothing proves. Without it, files that look
    /// generated are compared
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Format of the answer
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Write the answer to this file
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// List everything instead of the first few of each kind
    #[arg(long)]
    pub all: bool,
}

/// Name a standard build file by its contents, or index further ones
///
/// Says for each file which published version of which standard build file it is, or how far from the nearest. The exit
/// status is 1 if one of them is none. With --index, writes a table of all versions in git repositories or directories,
/// for `tarvet check --known`.
#[derive(Args, Debug)]
#[command(
    override_usage = "tarvet known [--known <FILE>] [--format <FORMAT>] <FILE>...\n       \
                            tarvet known --index -o <FILE> <REPO|DIRECTORY>..."
)]
pub struct KnownArgs {
    /// The files; with --index, git repositories or directories
    #[arg(value_name = "FILE", required = true)]
    pub paths: Vec<PathBuf>,
    /// Write a table of the versions in these repositories or directories
    #[arg(long, requires = "output")]
    pub index: bool,
    /// The table to write
    #[arg(short, long, value_name = "FILE", requires = "index")]
    pub output: Option<PathBuf>,
    /// Table made by `tarvet known --index`, besides the one built in; may be repeated
    #[arg(long, value_name = "FILE", conflicts_with = "index")]
    pub known: Vec<PathBuf>,
    /// Format of the answer
    #[arg(long, value_enum, default_value_t = Format::Text, conflicts_with = "index")]
    pub format: Format,
}

/// Audit and compare the keys that packages trust
///
/// Everything that a check proves hangs on the keyring. These commands say what each certificate of it is worth.
#[derive(Args, Debug)]
pub struct KeyringArgs {
    #[command(subcommand)]
    pub command: KeyringCommand,
}

#[derive(Subcommand, Debug)]
pub enum KeyringCommand {
    Audit(KeyringAuditArgs),
    Compare(KeyringCompareArgs),
    Diff(KeyringDiffArgs),
}

/// Say what each certificate and key is worth
///
/// Reads key files of every kind that `check` takes, the keyrings of unpacked Debian source packages and of .dsc files
/// with their tarballs, those that specs name and SRPMs hold, and directories full of them. The exit status is 1 if a
/// finding is an error.
#[derive(Args, Debug)]
pub struct KeyringAuditArgs {
    /// Key files, .dsc files, unpacked Debian source packages, specs, SRPMs, or directories that hold them
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,
    /// Judge certificates as of this time: RFC 3339, YYYY-MM-DD or @SECONDS
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub now: Option<Timestamp>,
    /// Earlier report in the format jsonl: say only what changed since, and let only that count for the exit status
    #[arg(long, value_name = "REPORT")]
    pub since: Option<PathBuf>,
    /// Upstream's repository, on this machine: who of the keyring signed which tags, and who else did
    #[arg(long, value_name = "REPO", conflicts_with = "since")]
    pub git: Option<String>,
    /// Tarball of a release: who signed it? A package that is the only PATH brings its own
    #[arg(long, value_name = "FILE", requires = "signature", conflicts_with = "since")]
    pub tarball: Option<PathBuf>,
    /// Detached signature of the tarball; may be repeated
    #[arg(long, value_name = "FILE", requires = "tarball")]
    pub signature: Vec<PathBuf>,
    /// Format of the report
    #[arg(long, value_enum, default_value_t = AuditFormat::Text)]
    pub format: AuditFormat,
    /// List every file and every info instead of what should be looked at
    #[arg(long)]
    pub all: bool,
}

/// Is this change of keys endorsed?
///
/// Says of each certificate or key whether it was added, removed, replaced, refreshed or left alone, and who of the old
/// keyring vouches for each new one: by a certification, or with --git by a signed tag or commit that names it in full.
/// The exit status is 1 if a new signer is not endorsed, a revocation was lost, an SSH key may do more than before, or a
/// part of the new keyring was not read.
#[derive(Args, Debug)]
pub struct KeyringDiffArgs {
    /// The keyring that was trusted so far: a key file, or a package or directory with key files
    pub old: PathBuf,
    /// The keyring that shall be trusted now, likewise
    pub new: PathBuf,
    /// Upstream's repository, on this machine: its signed tags and commits may introduce a signer
    #[arg(long, value_name = "REPO")]
    pub git: Option<String>,
    /// Judge certificates as of this time: RFC 3339, YYYY-MM-DD or @SECONDS
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub now: Option<Timestamp>,
    /// Take certificates whose own signatures use SHA-1
    #[arg(long)]
    pub accept_sha1_bindings: bool,
    /// Format of the answer
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Write the answer to this file
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// List everything instead of the first few of each kind
    #[arg(long)]
    pub all: bool,
}

/// Show who signed the tags of a repository
///
/// A timeline of every tag: its signer or that it has none, the first and last tag of each signer, hand-overs, and what
/// is odd about single tags. Without a keyring each signer is only what the signature claims. It is no verdict: the
/// exit status is 0 whenever the timeline could be shown.
#[derive(Args, Debug)]
pub struct SignersArgs {
    /// Upstream's repository, on this machine
    #[arg(long, value_name = "REPO")]
    pub git: String,
    /// File with the certificates or keys you trust; may be repeated
    #[arg(long, value_name = "FILE")]
    pub keyring: Vec<PathBuf>,
    /// Only tags that are not older than this one, by version or by date
    #[arg(long, value_name = "TAG")]
    pub since: Option<String>,
    /// Judge certificates as of this time: RFC 3339, YYYY-MM-DD or @SECONDS
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub now: Option<Timestamp>,
    /// Take certificates whose own signatures use SHA-1
    #[arg(long)]
    pub accept_sha1_bindings: bool,
    /// Format of the timeline
    #[arg(long, value_enum, default_value_t = SignersFormat::Text)]
    pub format: SignersFormat,
    /// Write the timeline to this file
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// List every tag, and everything else instead of the first few of each kind
    #[arg(long)]
    pub all: bool,
}

/// Compare whom several distributions trust for one upstream
///
/// Says for each certificate who trusts it, what each copy of it is worth, and whose copy is older.
#[derive(Args, Debug)]
pub struct KeyringCompareArgs {
    /// Key files, packages that ship them or directories, with or without a name such as debian=PATH; two or more
    #[arg(value_name = "[LABEL=]PATH", required = true, num_args = 2..)]
    pub files: Vec<String>,
    /// Judge certificates as of this time: RFC 3339, YYYY-MM-DD or @SECONDS
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub now: Option<Timestamp>,
    /// Format of the answer
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditFormat {
    /// For people
    Text,
    /// For programs: one object
    Json,
    /// For programs: an object a line, as soon as it is known; `--since` reads it
    Jsonl,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignersFormat {
    /// A chart for the terminal
    Text,
    /// For programs
    Json,
    /// A picture in one file
    Svg,
}

/// Explain a finding
#[derive(Args, Debug)]
pub struct ExplainArgs {
    /// The finding's code, for instance file-not-upstream
    pub code: String,
}

/// List every check
#[derive(Args, Debug)]
pub struct ChecksArgs {
    /// Format of the list
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// Check an honest and a doctored release of a small built-in upstream
#[derive(Args, Debug)]
pub struct DemoArgs {
    /// Keep the files of the demo in this directory
    #[arg(long, value_name = "DIRECTORY")]
    pub keep: Option<PathBuf>,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportFormat {
    /// For people
    Text,
    /// For programs; the schema is in the source
    Json,
    /// The findings, as lintian prints hints
    Lintian,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people
    Text,
    /// For programs; the schema is in the source
    Json,
}

fn parse_claim(text: &str) -> Result<tarvet_core::Claim, String> {
    let names: Vec<_> = tarvet_core::Claim::ALL
        .iter()
        .map(|claim| claim.as_str())
        .collect();
    tarvet_core::Claim::from_name(text)
        .ok_or_else(|| format!("no such claim; the claims are {}", names.join(", ")))
}

fn parse_time(text: &str) -> Result<Timestamp, String> {
    let expected = "expected RFC 3339 (2026-01-31T12:00:00Z), a date (2026-01-31) or seconds (@1769860800)";
    if let Some(seconds) = text.strip_prefix('@') {
        let seconds = seconds.parse().map_err(|_| expected)?;
        return Timestamp::from_second(seconds).map_err(|error| error.to_string());
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    let date: jiff::civil::Date = text.parse().map_err(|_| expected)?;
    let midnight = date
        .to_zoned(jiff::tz::TimeZone::UTC)
        .map_err(|error| error.to_string())?;
    Ok(midnight.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn times() {
        assert_eq!(parse_time("@12").map(Timestamp::as_second), Ok(12));
        assert_eq!(parse_time("1970-01-02").map(Timestamp::as_second), Ok(86_400));
        assert_eq!(
            parse_time("1970-01-01T01:00:00+01:00").map(Timestamp::as_second),
            Ok(0)
        );
        assert!(parse_time("yesterday").is_err());
        assert!(parse_time("@x").is_err());
    }

    /// Short helps are one phrase without a full stop, as in every manual of the field.
    #[test]
    fn helps_are_written_alike() {
        for command in Cli::command().get_subcommands() {
            for arg in command.get_arguments() {
                let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                assert!(
                    !help.is_empty() && !help.ends_with('.'),
                    "{} {}",
                    command.get_name(),
                    arg.get_id()
                );
            }
        }
    }
}
