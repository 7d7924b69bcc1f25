//! Finds the ends of macros in text.

/// The index after the bracket that closes the one at `start`, a backslash taking the next byte's meaning away.
/// Brackets of another kind do not count, as in rpm.
pub(crate) fn closing(text: &[u8], start: usize, open: u8, close: u8) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = start;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'\\' => at += 1,
            byte if byte == open => depth += 1,
            byte if byte == close => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// Whether a byte may stand in the name of a macro.
pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The end of the name that starts at `start`.
pub(super) fn name_end(text: &[u8], start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    start + rest.iter().position(|&byte| !is_name(byte)).unwrap_or(rest.len())
}

/// Counts what is open at the end of a line, as rpm does before it expands: `%{`, `%(`, `%[` and a last backslash.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Balance {
    braces: usize,
    parentheses: usize,
    brackets: usize,
    continued: bool,
}

impl Balance {
    /// Takes in one line, without its newline.
    pub(super) fn line(&mut self, line: &[u8]) {
        self.continued = false;
        let mut at = 0;
        while let Some(&byte) = line.get(at) {
            let next = line.get(at + 1);
            match (byte, next) {
                (b'\\', None) => self.continued = true,
                (b'\\', Some(_)) => at += 1,
                (b'%', Some(b'{')) => {
                    self.braces += 1;
                    at += 1;
                }
                (b'%', Some(b'(')) => {
                    self.parentheses += 1;
                    at += 1;
                }
                (b'%', Some(b'[')) => {
                    self.brackets += 1;
                    at += 1;
                }
                (b'%', Some(b'%')) => at += 1,
                (b'{', _) if self.braces > 0 => self.braces += 1,
                (b'}', _) => self.braces = self.braces.saturating_sub(1),
                (b'(', _) if self.parentheses > 0 => self.parentheses += 1,
                (b')', _) => self.parentheses = self.parentheses.saturating_sub(1),
                (b'[', _) if self.brackets > 0 => self.brackets += 1,
                (b']', _) => self.brackets = self.brackets.saturating_sub(1),
                _ => {}
            }
            at += 1;
        }
    }

    /// Whether the next line belongs to this one; a last backslash says so only where it `continues` a definition.
    pub(super) fn is_open(self, continues: bool) -> bool {
        self.braces > 0 || self.parentheses > 0 || self.brackets > 0 || continues && self.continued
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_found() {
        assert_eq!(closing(b"{a{b}c}d", 0, b'{', b'}'), Some(7));
        assert_eq!(closing(b"{a\\}b}", 0, b'{', b'}'), Some(6));
        assert_eq!(closing(b"{a{b}", 0, b'{', b'}'), None);
        assert_eq!(name_end(b"ab_1-c", 0), 4);
    }

    #[test]
    fn lines_are_open_as_rpm_takes_them() {
        for (line, open) in [
            ("plain", false),
            ("a \\", true),
            ("a \\\\", false),
            ("%{expand:", true),
            ("{ shell", false),
            ("%{x} {", false),
            ("%%{x", false),
            ("%(a (b)", true),
            ("%[1", true),
        ] {
            let mut balance = Balance::default();
            balance.line(line.as_bytes());
            assert_eq!(balance.is_open(true), open, "{line}");
        }
    }
}
