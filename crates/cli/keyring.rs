//! `tarvet keyring`.

mod audit;
mod compare;
mod diff;
mod dsc;
mod held;
mod places;
mod pool;
mod roles;
mod rpm;
mod since;
mod text;

use jiff::Timestamp;

use crate::args::{KeyringArgs, KeyringCommand};
use crate::error::CliError;

/// Runs one of the subcommands.
pub fn run(args: &KeyringArgs) -> Result<u8, CliError> {
    match &args.command {
        KeyringCommand::Audit(args) => audit::run(args),
        KeyringCommand::Compare(args) => compare::run(args),
        KeyringCommand::Diff(args) => diff::run(args),
    }
}

/// The moment that the user gave, or the present one.
fn moment(given: Option<Timestamp>) -> Timestamp {
    #[allow(
        clippy::disallowed_methods,
        reason = "the command asks the clock, libraries do not"
    )]
    given.unwrap_or_else(Timestamp::now)
}
