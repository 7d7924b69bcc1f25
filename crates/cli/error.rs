use std::fmt;
use std::io;

use tarvet_core::VetError;
use tarvet_core::escape::escape;
use tarvet_core::upstream::UpstreamError;

/// Why the command could not do its job: a message that names the thing, and what to do next.
#[derive(Debug)]
pub struct CliError {
    message: String,
    hint: Option<String>,
    broken_pipe: bool,
}

impl CliError {
    pub fn new(message: impl Into<String>) -> Self {
        CliError {
            message: message.into(),
            hint: None,
            broken_pipe: false,
        }
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// A file that could not be read or written.
    pub fn file(path: &std::path::Path, what: &str, error: &io::Error) -> Self {
        CliError::new(format!("{}: cannot {what}: {error}", path.display()))
    }

    pub fn is_broken_pipe(&self) -> bool {
        self.broken_pipe
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tarvet: {}", escape(&self.message))?;
        if let Some(hint) = &self.hint {
            write!(f, "\n  hint: {}", escape(hint))?;
        }
        Ok(())
    }
}

impl From<io::Error> for CliError {
    fn from(error: io::Error) -> Self {
        let broken_pipe = error.kind() == io::ErrorKind::BrokenPipe;
        CliError {
            broken_pipe,
            ..CliError::new(format!("cannot write the report: {error}"))
        }
    }
}

impl From<UpstreamError> for CliError {
    fn from(error: UpstreamError) -> Self {
        CliError::new(error.to_string())
    }
}

impl From<VetError> for CliError {
    fn from(error: VetError) -> Self {
        CliError::new(error.to_string())
    }
}
