//! `tarvet signers`: the timeline of a repository's tags.

mod chart;
mod json;
mod svg;
mod text;

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;

use jiff::Timestamp;
use tarvet_core::keyring::SignaturePolicy;
use tarvet_core::signers::{History, Question, history};
use tarvet_core::upstream::Repository;

use crate::args::{SignersArgs, SignersFormat};
use crate::error::CliError;
use crate::{fetch, inputs};

/// Columns where nobody says how many there are.
const FALLBACK_WIDTH: usize = 80;

/// Shows who signed what. The exit status is 0 whenever it could be shown: a timeline is no verdict.
#[allow(clippy::disallowed_methods, reason = "the command asks the clock")]
pub fn run(args: &SignersArgs) -> Result<u8, CliError> {
    let repository = open(&args.git)?;
    let keyring = inputs::keyring(&args.keyring)?;
    let policy = SignaturePolicy {
        now: args.now.unwrap_or_else(Timestamp::now),
        accept_sha1_bindings: args.accept_sha1_bindings,
        accept_expired_certificate: false,
    };
    let question = Question {
        keyring: &keyring,
        policy: &policy,
        since: args.since.as_deref(),
    };
    let history = history(&repository, question)?;
    match &args.output {
        Some(path) => {
            let unwritable = |error| CliError::file(path, "write the timeline", &error);
            let mut file = BufWriter::new(File::create(path).map_err(unwritable)?);
            render(&history, args, true, &mut file)
                .and_then(|()| file.flush())
                .map_err(unwritable)?;
        }
        None => {
            let mut out = BufWriter::new(anstream::AutoStream::auto(io::stdout().lock()));
            render(&history, args, false, &mut out)?;
            out.flush()?;
        }
    }
    Ok(0)
}

/// A repository on this machine: all its tags are needed, and no fetch brings only those.
pub fn open(place: &str) -> Result<Repository, CliError> {
    if fetch::is_remote(place) || fetch::is_bundle(Path::new(place)) {
        let message = format!("--git {place}: expected a repository on this machine");
        return Err(
            CliError::new(message).hint("clone it first: git clone --bare --filter=blob:none URL DIRECTORY")
        );
    }
    Ok(Repository::open(Path::new(place))?)
}

fn render(history: &History, args: &SignersArgs, plain: bool, out: &mut dyn Write) -> io::Result<()> {
    match args.format {
        SignersFormat::Text if plain => {
            let mut styled = Vec::new();
            text::write(history, args.all, FALLBACK_WIDTH, &mut styled)?;
            out.write_all(&anstream::adapter::strip_bytes(&styled).into_vec())
        }
        SignersFormat::Text => text::write(history, args.all, width(), out),
        SignersFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &json::Timeline::of(history))?;
            writeln!(out)
        }
        SignersFormat::Svg => out.write_all(svg::draw(history, &args.git).as_bytes()),
    }
}

/// Columns of the terminal.
fn width() -> usize {
    let said = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    let asked = || {
        let out = io::stdout();
        let size = out
            .is_terminal()
            .then(|| rustix::termios::tcgetwinsize(&out).ok())??;
        Some(usize::from(size.ws_col)).filter(|width| *width > 0)
    };
    said.or_else(asked).unwrap_or(FALLBACK_WIDTH).clamp(60, 400)
}
