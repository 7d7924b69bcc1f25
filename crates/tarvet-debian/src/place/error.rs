use std::io;
use std::path::{Path, PathBuf};

/// Why a path is no package.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// It could not be read.
    #[error("{}: {error}", path.display())]
    Io {
        /// What could not be read.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Nothing that this crate looks at.
    #[error(
        "{}: no Debian source package; give a .dsc, a .changes, an unpacked tree with debian/, or a directory with one .dsc",
        .0.display()
    )]
    NoPackage(PathBuf),
    /// A directory with more than one `.dsc`: how many, and one of them.
    #[error("{}: {} .dsc files; give the one that is meant, such as {}", .0.display(), .1, .2.display())]
    Several(PathBuf, usize, PathBuf),
}

impl PlaceError {
    pub(crate) fn io(path: &Path, error: io::Error) -> Self {
        PlaceError::Io {
            path: path.to_owned(),
            error,
        }
    }
}
