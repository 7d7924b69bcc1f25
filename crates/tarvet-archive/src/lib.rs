//! Reads an untrusted tarball, once, to its last byte, into a [`Manifest`].
//!
//! Nothing is unpacked and nothing is guessed: wherever two mainstream extractors would disagree on what
//! the archive holds, the reader records an [`Oddity`] instead of choosing. The only errors are those of
//! the medium the archive is read from; whatever is wrong *inside* the archive is part of the result.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod codec;
mod digest;
mod format;
mod keep;
mod limits;
mod log;
mod manifest;
mod names;
mod oddity;
mod pipe;
mod read;
mod replay;
mod sha1;
mod source;
mod stream;
mod tape;

pub use gix_hash::Kind as ObjectFormat;
pub use keep::{Keep, KeepAll, KeepNothing, Seen};
pub use limits::Limits;
pub use manifest::{Compression, Digested, Manifest, Member, MemberKind, Sha256, Tarball};
pub use oddity::{Oddity, OddityClass};
pub use read::{Options, contents, decompress, read};
pub use sha1::Sha1;
pub use stream::{Stream, StreamEnd};
