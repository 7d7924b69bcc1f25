//! Lines of a patch, counted.

/// The lines of a text, each with its line end, as far as they are read.
#[derive(Debug, Clone)]
pub(super) struct Lines<'a> {
    text: &'a [u8],
    offset: usize,
    /// How many lines were read: the number of the last one, from 1.
    read: usize,
}

impl<'a> Lines<'a> {
    /// Starts at the first line, whose number is `read` plus one.
    pub(super) fn new(text: &'a [u8], read: usize) -> Self {
        Lines {
            text,
            offset: 0,
            read,
        }
    }

    /// The number of the line that was read last.
    pub(super) fn number(&self) -> usize {
        self.read
    }

    /// Where the next line starts.
    pub(super) fn offset(&self) -> usize {
        self.offset
    }

    /// The text between two offsets.
    pub(super) fn slice(&self, from: usize, to: usize) -> &'a [u8] {
        self.text.get(from..to).unwrap_or_default()
    }

    /// The next line, which stays the next.
    pub(super) fn peek(&self) -> Option<&'a [u8]> {
        let rest = self.text.get(self.offset..).unwrap_or_default();
        match memchr(rest) {
            _ if rest.is_empty() => None,
            Some(end) => rest.get(..=end),
            None => Some(rest),
        }
    }

    /// Reads the next line.
    pub(super) fn take(&mut self) -> Option<&'a [u8]> {
        let line = self.peek()?;
        self.offset += line.len();
        self.read += 1;
        Some(line)
    }
}

fn memchr(text: &[u8]) -> Option<usize> {
    bstr::ByteSlice::find_byte(text, b'\n')
}

/// The line without its `\n`, and without a `\r` before it, as dpkg-source looks at lines.
pub(super) fn chomp(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}
