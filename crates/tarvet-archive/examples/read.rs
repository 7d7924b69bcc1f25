//! Reads tarballs and prints what was found: `read [--threads N] [--tar-digest] [--list] FILE…`.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a test may panic and say why it skips"
)]
use std::{fs::File, path::Path};

use tarvet_archive::{Limits, Options, read};

fn main() -> std::io::Result<()> {
    let mut options = Options {
        object_format: gix_hash::Kind::Sha1,
        limits: Limits::default(),
        keep: &tarvet_archive::KeepNothing,
        threads: 2,
        tar_digest: false,
    };
    let mut list = false;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--threads" => options.threads = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(1),
            "--tar-digest" => options.tar_digest = true,
            "--list" => list = true,
            file => {
                let name = Path::new(file)
                    .file_name()
                    .map(|name| name.to_string_lossy().into_owned());
                let tarball = read(File::open(file)?, name.as_deref(), &options, None)?;
                println!(
                    "{file}: {} members, {}",
                    tarball.manifest.members.len(),
                    tarball.file.sha256
                );
                if list {
                    for member in &tarball.manifest.members {
                        println!(
                            "  {} {:04o} {:>9} {:?}",
                            member.blob, member.mode, member.size, member.path
                        );
                    }
                }
                for oddity in &tarball.oddities {
                    let member = oddity
                        .member
                        .as_ref()
                        .map(|member| format!(" {member:?}"))
                        .unwrap_or_default();
                    println!("  {:?} {}{member}: {}", oddity.class, oddity.code, oddity.detail);
                }
            }
        }
    }
    Ok(())
}
