//! Files of the tree that are compressed, or have other line ends or another charset.

use std::io::Read;

use bstr::{BStr, BString, ByteSlice};
use encoding_rs::WINDOWS_1252;
use flate2::bufread::GzDecoder;

use super::{Derived, Files, Question};

/// The largest file that is compared, in bytes.
pub const LARGEST: usize = 16 << 20;

/// The path of which a path is a compressed copy.
pub fn inflated(path: &BStr) -> Option<&BStr> {
    path.strip_suffix(b".gz")
        .filter(|path| !path.is_empty())
        .map(ByteSlice::as_bstr)
}

/// Proves a copy.
pub fn explain(member: &Question<'_>, files: &dyn Files) -> Option<Derived> {
    if member.content.len() > LARGEST {
        return None;
    }
    let derived = |from: &BStr, how: &str| Derived {
        from: vec![from.to_owned()],
        how: how.to_owned(),
        shown: Vec::new(),
    };
    // At its own path a file has the line ends and the charset of the tree, unless its attributes say otherwise, and
    // that git itself accounts for: a carriage return behind a word of a script is another program.
    if member.tree.is_some() || files.in_tree(member.path) {
        return None;
    }
    if let Some(source) = inflated(member.path) {
        let proven = files.proven(source)?;
        return is_gzip_of(member.content, &proven)
            .then(|| derived(source, "copy: gzip of the file beside it"));
    }
    if !is_document(member.path) {
        return None;
    }
    sources(member.path).into_iter().find_map(|source| {
        let proven = files.proven(source.as_ref())?;
        re_encoded(&proven, member.content).map(|how| derived(source.as_ref(), how))
    })
}

/// Whether a file is one for people, as README, NEWS and COPYING are, by its name.
fn is_document(path: &BStr) -> bool {
    let name = path.rsplit_str("/").next().unwrap_or_default();
    let stem = [&b".txt"[..], b".md", b".rst"]
        .iter()
        .find_map(|ending| name.strip_suffix(*ending))
        .unwrap_or(name);
    stem.len() > 2 && stem.iter().all(|&byte| byte.is_ascii_uppercase() || byte == b'-')
}

/// The files that a text is a copy of by its name: `README` or `README.md` of `README.txt`.
pub fn sources(path: &BStr) -> Vec<BString> {
    let Some(stem) = path.strip_suffix(b".txt") else {
        return Vec::new();
    };
    ["", ".md", ".rst"]
        .iter()
        .map(|suffix| [stem, suffix.as_bytes()].concat().into())
        .collect()
}

/// Whether a file is one gzip stream of these bytes, without anything hidden in its header or behind it.
fn is_gzip_of(content: &[u8], bytes: &[u8]) -> bool {
    // Flags: a name is all that gzip itself writes.
    let Some(&[0x1f, 0x8b, 8, flags]) = content.first_chunk() else {
        return false;
    };
    if flags & !8 != 0 {
        return false;
    }
    let mut decoder = GzDecoder::new(content);
    let mut at = 0;
    let mut buffer = vec![0; 16 << 10];
    loop {
        let Ok(length) = decoder.read(&mut buffer) else {
            return false;
        };
        let (Some(read), Some(own)) = (buffer.get(..length), bytes.get(at..at + length)) else {
            return false;
        };
        if read != own {
            return false;
        }
        if length == 0 {
            break;
        }
        at += length;
    }
    let is_plain = |name: &[u8]| name.len() <= 255 && name.iter().all(|&byte| byte.is_ascii_graphic());
    let is_named = decoder
        .header()
        .is_some_and(|header| header.filename().is_none_or(is_plain));
    at == bytes.len() && is_named && decoder.into_inner().is_empty()
}

/// How a text is another one, if it is.
fn re_encoded(old: &[u8], new: &[u8]) -> Option<&'static str> {
    if old == new || old.contains(&0) {
        return None;
    }
    if is_crlf_of(new, old) {
        return Some("copy: the same text with CR LF for LF");
    }
    if is_crlf_of(old, new) {
        return Some("copy: the same text with LF for CR LF");
    }
    let latin = |text: &[u8]| {
        let is_text = text.iter().all(|byte| !(0x80..0xa0).contains(byte));
        (is_text && std::str::from_utf8(text).is_err())
            .then(|| WINDOWS_1252.decode_without_bom_handling(text).0.into_owned())
    };
    (latin(old)?.as_bytes() == new).then_some("copy: the same text in UTF-8 for ISO-8859-1")
}

/// Whether a text is another one with a CR before every LF, and no other CR in either.
fn is_crlf_of(with: &[u8], without: &[u8]) -> bool {
    let lines = without.find_iter(b"\n").count();
    lines > 0
        && !without.contains(&b'\r')
        && with.len() == without.len() + lines
        && with.split_str("\r\n").eq(without.split_str("\n"))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, GzBuilder};

    use super::*;
    use crate::derived::testing::Tree;

    fn gzip(builder: GzBuilder, bytes: &[u8]) -> Vec<u8> {
        let mut writer = builder.write(Vec::new(), Compression::best());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    fn ask(path: &str, content: &[u8]) -> Option<Derived> {
        let tree = Tree::from([("doc/a.txt", "hello\nworld\n"), ("README.md", "a\nb\n")]);
        explain(
            &Question {
                path: path.into(),
                content,
                tree: None,
            },
            &tree,
        )
    }

    #[test]
    fn a_gzip_of_a_proven_file_is_derived() {
        let good = gzip(GzBuilder::new().filename("a.txt"), b"hello\nworld\n");
        assert_eq!(ask("doc/a.txt.gz", &good).unwrap().from, ["doc/a.txt"]);
        assert!(ask("doc/a.txt.gz", &gzip(GzBuilder::new(), b"hello\nworld\n")).is_some());
    }

    #[test]
    fn a_gzip_that_holds_more_is_not() {
        let good = gzip(GzBuilder::new(), b"hello\nworld\n");
        for bad in [
            gzip(GzBuilder::new(), b"hello\nWorld\n"),
            gzip(GzBuilder::new(), b"hello\nworld\n!"),
            gzip(GzBuilder::new(), b"hello\n"),
            gzip(GzBuilder::new().comment("evil"), b"hello\nworld\n"),
            gzip(GzBuilder::new().extra(b"evil".to_vec()), b"hello\nworld\n"),
            gzip(GzBuilder::new().filename("a b"), b"hello\nworld\n"),
            [good.as_slice(), b"evil"].concat(),
            [good.as_slice(), &good].concat(),
            good[..good.len() - 1].to_vec(),
            Vec::new(),
        ] {
            assert_eq!(ask("doc/a.txt.gz", &bad), None, "{bad:?}");
        }
        assert_eq!(ask("doc/b.txt.gz", &good), None);
        // Many megabytes from few bytes: read only as far as they are equal.
        assert_eq!(
            ask("doc/a.txt.gz", &gzip(GzBuilder::new(), &vec![0; 50 << 20])),
            None
        );
    }

    #[test]
    fn other_line_ends_and_charsets_are_the_same_text() {
        assert!(ask("README.txt", b"a\r\nb\r\n").is_some());
        assert!(ask("README.txt", b"a\r\nb\n").is_none());
        assert!(ask("README.txt", b"a\r\nc\r\n").is_none());
        assert!(ask("README.txt", b"a\r\n\r\nb\r\n").is_none());
        assert_eq!(
            re_encoded(b"caf\xe9\n", "caf\u{e9}\n".as_bytes()),
            Some("copy: the same text in UTF-8 for ISO-8859-1")
        );
        assert_eq!(re_encoded(b"caf\xe9\n", "cafe\n".as_bytes()), None);
        assert_eq!(
            re_encoded(b"a\r\nb\r\n", b"a\nb\n"),
            Some("copy: the same text with LF for CR LF")
        );
        assert_eq!(re_encoded(b"a\rb\n", b"a\rb\r\n"), None);
        assert_eq!(re_encoded(b"a", b"a"), None);
        let tracked = |path: &str| {
            let question = Question {
                path: path.into(),
                content: b"a\r\nb\r\n",
                tree: Some(b"a\nb\n"),
            };
            explain(&question, &Tree::default()).is_some()
        };
        assert!(!tracked("NEWS") && !tracked("doc/README.md"));
        assert!(!tracked("run.sh") && !tracked("CMakeLists.txt") && !tracked("Makefile"));
    }
}
