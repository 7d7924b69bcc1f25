//! Where a here document ends.

use bstr::ByteSlice;

/// What ends a here document.
#[derive(Debug)]
pub(super) struct Heredoc {
    word: Vec<u8>,
    /// `<<-`: tabs before the word do not count.
    takes_tabs: bool,
    /// Whether the word is one that every shell reads alike.
    pub(super) is_plain: bool,
}

impl Heredoc {
    /// Reads what follows `<<`, and returns what follows that.
    pub(super) fn read(text: &[u8]) -> (Self, &[u8]) {
        let tabs = text.strip_prefix(b"-");
        let rest = tabs.unwrap_or(text).trim_start();
        let end = rest.find_byteset(b" \t;|&><)").unwrap_or(rest.len());
        let (written, rest) = rest.split_at(end);
        let quoted = |quote: &[u8]| written.strip_prefix(quote)?.strip_suffix(quote);
        let word = written.strip_prefix(b"\\");
        let word = word.or(quoted(b"'")).or(quoted(b"\"")).unwrap_or(written);
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_!.-".contains(byte);
        let made = Heredoc {
            word: word.to_vec(),
            takes_tabs: tabs.is_some(),
            is_plain: !word.is_empty() && word.iter().all(is_plain),
        };
        (made, rest)
    }

    /// Whether this line ends it: a shell takes no blanks around the word.
    pub(super) fn ends_at(&self, line: &[u8]) -> bool {
        let line = match self.takes_tabs {
            true => line.trim_start_with(|it| it == '\t'),
            false => line,
        };
        line == self.word
    }
}
