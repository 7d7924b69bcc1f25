//! Member after member, each body as a stream.

use std::io::{self, ErrorKind, Read};

use super::{
    FaultKind, Faults,
    header::{self, LEN, Magic, Newc, STRIPPED_LEN},
};

/// Bytes of one name, its NUL included. Linux has no longer paths.
const LONGEST_NAME: u32 = 4096;
/// The name of the member that ends an archive.
const TRAILER: &[u8] = b"TRAILER!!!";

/// One member's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    /// With a header of its own, and its name without the NUL.
    Named(Vec<u8>, Newc),
    /// Stripped: the number of a file that is described elsewhere. Its size must be given by [`Reader::sized`].
    Numbered(u32),
}

/// Reads an archive under way. Faults end it; errors are those of the medium.
///
/// [`Reader`] itself reads the body of the current member.
pub(crate) struct Reader<R> {
    input: R,
    /// Bytes read so far, from which the padding follows.
    offset: u64,
    /// Bytes of the current body not yet read.
    left: u64,
    state: State,
    pub(crate) faults: Faults,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// The trailer was read.
    Complete,
    /// There is no going on.
    Broken,
}

impl<R: Read> Reader<R> {
    pub(crate) fn new(input: R) -> Self {
        Reader {
            input,
            offset: 0,
            left: 0,
            state: State::Open,
            faults: Faults::default(),
        }
    }

    /// The next member, after what is left of the current one. `None` at the trailer, and where the archive is broken.
    pub(crate) fn next(&mut self) -> io::Result<Option<Entry>> {
        io::copy(self, &mut io::sink())?;
        if self.state != State::Open || !self.padding("the contents of a member")? {
            return Ok(None);
        }
        let entry = self.head()?;
        match &entry {
            Some(Entry::Named(name, newc)) if name == TRAILER => {
                self.state = State::Complete;
                if newc.size != 0 || newc.links > 1 {
                    let detail = format!(
                        "the trailer must be empty and have one link, it has {} bytes and {} links",
                        newc.size, newc.links
                    );
                    self.broken(detail);
                }
                Ok(None)
            }
            Some(Entry::Named(_, newc)) => {
                self.left = newc.size.into();
                Ok(entry)
            }
            _ => Ok(entry),
        }
    }

    /// Says how long the body of the [`Entry::Numbered`] is that was read last.
    pub(crate) fn sized(&mut self, size: u64) {
        self.left = size;
    }

    /// Ends the reading with a limit.
    pub(crate) fn stop(&mut self, detail: impl Into<String>) {
        self.faults.push(FaultKind::Limit, None, detail);
        self.give_up();
    }

    /// Ends the reading with a fault.
    pub(crate) fn broken(&mut self, detail: impl Into<String>) {
        let at = self.offset;
        self.faults.push(
            FaultKind::Malformed,
            None,
            format!("{}, at byte {at}", detail.into()),
        );
        self.give_up();
    }

    fn give_up(&mut self) {
        self.state = State::Broken;
        self.left = 0;
    }

    /// Whether the trailer was reached.
    pub(crate) fn is_complete(&self) -> bool {
        self.state == State::Complete
    }

    /// Reads the rest of the input, which must be zeros, and gives it back with the faults.
    pub(crate) fn finish(mut self) -> io::Result<(R, Faults)> {
        while self.next()?.is_some() {}
        if self.state != State::Complete {
            return Ok((self.input, self.faults));
        }
        let mut block = [0; 8192];
        let mut stowed = 0_u64;
        loop {
            let count = retry(|| self.input.read(&mut block))?;
            let bytes = block.get(..count).unwrap_or_default();
            if bytes.is_empty() {
                break;
            }
            if stowed > 0 || bytes.iter().any(|byte| *byte != 0) {
                stowed += count as u64;
            }
        }
        if stowed > 0 {
            let detail = format!("zeros or nothing may follow the trailer, there are {stowed} other bytes");
            self.faults.push(FaultKind::TrailingData, None, detail);
        }
        Ok((self.input, self.faults))
    }

    fn head(&mut self) -> io::Result<Option<Entry>> {
        let Some(start) = self.exactly::<STRIPPED_LEN>("a header")? else {
            return Ok(None);
        };
        match header::magic(&start) {
            Ok(Magic::Stripped(number)) => {
                // rpm pads this header too.
                let whole = self.padding("a header")?;
                Ok(whole.then_some(Entry::Numbered(number)))
            }
            Ok(Magic::Newc) => self.named(&start),
            Err(found) => {
                self.broken(format!("a member must start with 070701 (newc), found {found}"));
                Ok(None)
            }
        }
    }

    fn named(&mut self, start: &[u8; STRIPPED_LEN]) -> io::Result<Option<Entry>> {
        let Some(rest) = self.exactly::<{ LEN - STRIPPED_LEN }>("a header")? else {
            return Ok(None);
        };
        let mut bytes = [0; LEN];
        for (to, from) in bytes.iter_mut().zip(start.iter().chain(&rest)) {
            *to = *from;
        }
        let newc = match header::newc(&bytes) {
            Ok(newc) => newc,
            Err(field) => {
                self.broken(format!("a header's {field} is not what it must be"));
                return Ok(None);
            }
        };
        if newc.name_size > LONGEST_NAME {
            self.broken(format!(
                "a name may have {LONGEST_NAME} bytes, the header promises {}",
                newc.name_size
            ));
            return Ok(None);
        }
        let Some(name) = self.name(newc.name_size)? else {
            return Ok(None);
        };
        let whole = self.padding("a name")?;
        Ok(whole.then_some(Entry::Named(name, newc)))
    }

    fn name(&mut self, size: u32) -> io::Result<Option<Vec<u8>>> {
        let mut name = Vec::new();
        let read = (&mut self.input).take(size.into()).read_to_end(&mut name)?;
        self.offset += read as u64;
        if read as u64 != u64::from(size) {
            self.early("a name");
            return Ok(None);
        }
        if name.pop() != Some(0) {
            self.broken("a name must end with a NUL, it does not");
            return Ok(None);
        }
        Ok(Some(name))
    }

    /// Skips to the next multiple of four; `false` where that does not work.
    fn padding(&mut self, after: &str) -> io::Result<bool> {
        while !self.offset.is_multiple_of(4) {
            match self.exactly::<1>(after)? {
                Some([0]) => {}
                Some([byte]) => {
                    self.broken(format!(
                        "the padding after {after} must be zero, found {byte:#04x}"
                    ));
                    return Ok(false);
                }
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    fn exactly<const N: usize>(&mut self, what: &str) -> io::Result<Option<[u8; N]>> {
        let mut bytes = [0; N];
        match self.input.read_exact(&mut bytes) {
            Ok(()) => {
                self.offset += N as u64;
                Ok(Some(bytes))
            }
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                self.early(what);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn early(&mut self, what: &str) {
        self.broken(format!(
            "the archive must end with a member {}, it ends in or before {what}",
            String::from_utf8_lossy(TRAILER)
        ));
    }
}

impl<R: Read> Read for Reader<R> {
    /// The body of the current member; where the archive ends inside it, that is the end and a fault.
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let room = out.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let Some(out) = out.get_mut(..room).filter(|out| !out.is_empty()) else {
            return Ok(0);
        };
        let count = retry(|| self.input.read(out))?;
        self.offset += count as u64;
        self.left -= count as u64;
        if count == 0 {
            self.early("the contents of a member");
        }
        Ok(count)
    }
}

fn retry(mut read: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match read() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
