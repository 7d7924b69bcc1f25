use std::io;

use super::Codec;
use crate::{log::Log, source::Source};

/// A tar without a container.
pub(super) struct Plain;

impl Codec for Plain {
    fn pull(&mut self, source: &mut Source, out: &mut [u8], _log: &mut Log) -> io::Result<usize> {
        let mut written = 0;
        while let Some(room) = out.get_mut(written..).filter(|room| !room.is_empty()) {
            let bytes = source.want(1)?;
            if bytes.is_empty() {
                break;
            }
            let count = bytes.len().min(room.len());
            room[..count].copy_from_slice(&bytes[..count]);
            source.consume(count);
            written += count;
        }
        Ok(written)
    }
}
