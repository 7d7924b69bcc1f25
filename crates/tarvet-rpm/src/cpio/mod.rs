//! cpio archives, read strictly: the payload of an SRPM, and `.obscpio` files.
//!
//! Only the "newc" form is read (magic `070701`, the one that rpm and `obs-service-tar_scm` write), and rpm's stripped
//! form (`07070X`), in which a member has the number of its file in the RPM header instead of a header of its own.
//! Sources: cpio(5) of libarchive, and rpm's manual on package format versions 4 and 6.
//!
//! Where readers differ, or where one would have to guess, there is a [`Fault`] and no guess.

mod fault;
mod header;
mod names;
mod obscpio;
mod read;

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) mod write;

pub(crate) use fault::Faults;
pub use fault::{Fault, FaultKind};
pub(crate) use header::{FILE, FORMAT, Newc};
pub(crate) use names::plain;
pub use obscpio::{Member, MemberKind, Obscpio, read as read_obscpio};
pub(crate) use read::{Entry, Reader};
