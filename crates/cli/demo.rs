//! `tarvet demo`.
use crate::args::DemoArgs;
use crate::error::CliError;

pub fn run(_args: &DemoArgs) -> Result<u8, CliError> {
    Err(CliError::new("the demo is not built yet"))
}
