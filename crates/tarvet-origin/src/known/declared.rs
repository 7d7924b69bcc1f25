//! The name that a macro file gives itself.

use bstr::{BStr, ByteSlice};

/// Lines that are looked at.
const LINES: usize = 8;

/// `NAME.m4` from a comment among the first lines that also gives a serial: `# build-to-host.m4 serial 30`, or
/// `# NAME.m4` with `# serial 30` below it.
pub fn declared_name(content: &[u8]) -> Option<&BStr> {
    let comments = content.lines().take(LINES).filter_map(|line| {
        let line = line.trim_ascii_start();
        line.strip_prefix(b"#").or_else(|| line.strip_prefix(b"dnl"))
    });
    let words = comments.filter_map(|line| line.fields().next());
    words
        .map(|word| word.trim_end_with(|char| char == ':' || char == ','))
        .find(|word| word.len() > 3 && word.ends_with(b".m4") && !word.contains(&b'/'))
        .map(ByteSlice::as_bstr)
}

#[cfg(test)]
mod tests {
    use super::declared_name;

    #[test]
    fn the_first_lines_tell() {
        let name = |text: &'static str| declared_name(text.as_bytes()).map(ToString::to_string);
        assert_eq!(
            name("# build-to-host.m4 serial 30\n").as_deref(),
            Some("build-to-host.m4")
        );
        assert_eq!(name("dnl foo.m4\n# serial 3\n").as_deref(), Some("foo.m4"));
        assert_eq!(name("#\n# iconv.m4: x\n").as_deref(), Some("iconv.m4"));
        assert_eq!(name("# a macro of iconv.m4\n"), None);
        assert_eq!(name("iconv.m4\n"), None);
        assert_eq!(name("# .m4\n# x/y.m4\n"), None);
    }
}
