//! config.guess and config.sub, as dh_update_autotools_config finds them.

use bstr::{BStr, ByteSlice};

/// Whether the file at `path`, which begins with `head`, is replaced: it has the name, no directory above it is
/// hidden, and a line among the first ten is one that every such script has (debhelper 13.11, the program's text).
pub(super) fn replaced(path: &BStr, head: &[u8]) -> bool {
    let (directory, base) = path.rsplit_once_str("/").unwrap_or((b"", path));
    let named = base == b"config.guess" || base == b"config.sub";
    let hidden = directory.split_str("/").any(|name| name.starts_with(b"."));
    named && !hidden && head.lines().take(10).any(tells)
}

fn tells(line: &[u8]) -> bool {
    let line = line.trim_end();
    line == b"# Attempt to guess a canonical system name."
        || line.starts_with(b"# Configuration validation subroutine script")
        || is_timestamp(line)
}

/// `timestamp='2022-01-09'`, with either kind of quotes.
fn is_timestamp(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"timestamp=") else {
        return false;
    };
    let shape = rest.iter().map(|byte| match byte {
        b'0'..=b'9' => b'0',
        b'"' => b'\'',
        other => *other,
    });
    shape.eq(*b"'0000-00-00'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_place_and_line_must_fit() {
        let head = b"#! /bin/sh\n# Attempt to guess a canonical system name.\n\ntimestamp='2022-01-09'\n";
        assert!(replaced("build-aux/config.guess".into(), head));
        assert!(replaced("config.sub".into(), b"timestamp=\"2022-01-09\"  \n"));
        assert!(!replaced(".aux/config.sub".into(), head));
        assert!(!replaced("config.rpath".into(), head));
        assert!(!replaced("config.sub".into(), b"timestamp='today'\n"));
        let late = [&b"#\n".repeat(10)[..], b"timestamp='2022-01-09'\n"].concat();
        assert!(!replaced("config.sub".into(), &late));
    }
}
