//! The serial that a macro file declares.
//!
//! aclocal honours `^#\s*serial\s+NUMBER`, libtoolize `^# serial NUMBER`, autopoint and gnulib's tools
//! `^#.* serial NUMBER`, people write `dnl serial NUMBER`. An attacker may spell it in any way that one of them
//! honours, or that a reader takes for one, so every comment line is heard and the highest number counts.

use std::fmt;

use memchr::memmem::Finder;

/// Numbers separated by dots; compared as aclocal does, `2.1` before `2.10`, `2` before `2.0`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serial(Vec<u64>);

/// Serials of more numbers are cut: aclocal has no limit, people use one or two.
const NUMBERS: usize = 16;

impl Serial {
    /// Reads `12` or `2.1`: what `text` starts with, up to the first byte that is neither digit nor dot. A number too
    /// large for 64 bits counts as the largest.
    pub fn parse(text: &[u8]) -> Option<Serial> {
        let end = text
            .iter()
            .position(|byte| !byte.is_ascii_digit() && *byte != b'.')
            .unwrap_or(text.len());
        let numbers: Vec<u64> = text
            .get(..end)?
            .split(|byte| *byte == b'.')
            .filter(|digits| !digits.is_empty())
            .take(NUMBERS)
            .map(number)
            .collect();
        (!numbers.is_empty()).then_some(Serial(numbers))
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, number) in self.0.iter().enumerate() {
            let dot = if position == 0 { "" } else { "." };
            write!(f, "{dot}{number}")?;
        }
        Ok(())
    }
}

fn number(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |value: u64, digit| {
        value
            .saturating_mul(10)
            .saturating_add(u64::from(digit.wrapping_sub(b'0')))
    })
}

/// The highest serial that a comment of `content` declares. Time is linear.
pub fn serial(content: &[u8]) -> Option<Serial> {
    // The first letter may be a capital.
    Finder::new(b"erial")
        .find_iter(content)
        .filter_map(|at| declared(content, at))
        .max()
}

/// The serial whose `erial` is at `at`.
fn declared(content: &[u8], at: usize) -> Option<Serial> {
    let start = at.checked_sub(1)?;
    if !matches!(content.get(start), Some(b's' | b'S')) {
        return None;
    }
    let before = content.get(..start)?;
    // A line without a comment sign soon before the word is none; this also bounds the search.
    let reach = before.len().saturating_sub(256);
    let line_start =
        memchr::memrchr2(b'\n', b'\r', before.get(reach..)?).map_or(reach, |newline| reach + newline + 1);
    let line = before.get(line_start..)?;
    let comment = line.contains(&b'#') || memchr::memmem::find(line, b"dnl").is_some();
    let apart = line
        .last()
        .is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
        || line.ends_with(b"dnl");
    if !comment || !apart {
        return None;
    }
    let after = content.get(at + b"erial".len()..)?;
    let gap = after
        .iter()
        .take(64)
        .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\x0b' | b'\x0c' | b':' | b'=' | b'#'))
        .count();
    // Perl's \s lets aclocal's number stand on the next line; nobody writes that, an attacker might.
    let gap = gap
        + after
            .get(gap..)?
            .iter()
            .take(64)
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
    if gap == 0 {
        return None;
    }
    Serial::parse(after.get(gap..)?)
}

#[cfg(test)]
mod tests {
    use super::{Serial, serial};

    fn of(text: &str) -> Option<String> {
        serial(text.as_bytes()).map(|serial| serial.to_string())
    }

    #[test]
    fn the_ways_projects_write_it() {
        for text in [
            "# serial 30\n",
            "#serial 30\n",
            "#\tserial   30 AX_FOO\n",
            "# build-to-host.m4 serial 30\n",
            "dnl serial 30\n",
            "# x.m4\n# serial 30 (gettext-0.1)\ndnl Copyright\n",
            "## Serial: 30\n",
            "# serial\t30\r\n",
        ] {
            assert_eq!(of(text).as_deref(), Some("30"), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_serial() {
        for text in [
            "",
            "serial",
            "# serial",
            "# serial port\n",
            "# serialize 3\n",
            "# aserial 3\n",
            "AC_SERIAL serial 3\n",
            "# serial \n",
            "erial 5",
        ] {
            assert_eq!(of(text), None, "{text:?}");
        }
    }

    #[test]
    fn the_highest_counts_wherever_it_is() {
        assert_eq!(
            of("# serial 5\nAC_DEFUN([X])\n# serial 30\n# serial 4\n").as_deref(),
            Some("30")
        );
        assert_eq!(of("# serial 5 serial 31\n").as_deref(), Some("31"));
    }

    #[test]
    fn numbers_compare_as_numbers() {
        let parse = |text: &str| Serial::parse(text.as_bytes());
        assert!(parse("2.10") > parse("2.9"));
        assert!(parse("2") < parse("2.0"));
        assert!(parse("99999999999999999999999999") > parse("18446744073709551614"));
        assert_eq!(parse(".x"), None);
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(content: Vec<u8>, tail in "[# dnlserial0-9.\n]{0,80}") {
            let mut content = content;
            content.extend_from_slice(tail.as_bytes());
            let _ = serial(&content);
        }
    }
}
