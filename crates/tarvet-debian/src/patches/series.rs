//! `debian/patches/series` and the series of vendors, read as dpkg-source (`Dpkg::Source::Quilt`) reads them.

use bstr::{BStr, BString, ByteSlice};

/// Lines of one series that are kept; the longest honest ones have some hundred.
const MAX_NAMES: usize = 100_000;

/// A patch that a series names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name, below `debian/patches/`.
    pub name: BString,
    /// What follows the name: options for quilt, which dpkg-source ignores (it always takes `-p1`).
    pub options: Option<BString>,
    /// The line of the series, from 1.
    pub line: usize,
}

/// A series.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Series {
    /// The patches, in order.
    pub entries: Vec<Entry>,
    /// What is wrong.
    pub faults: Vec<SeriesFault>,
}

/// What is wrong with a line of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SeriesFaultKind {
    /// A name with a `..` component; dpkg-source refuses the package.
    Unsafe,
    /// Options other than `-p1`: quilt obeys them, dpkg-source does not.
    Options,
    /// A name that dpkg-source decompresses before it applies it.
    Compressed,
    /// A name that was in the series before: dpkg-source applies the patch again.
    Repeated,
    /// More lines than are read.
    Limit,
}

/// A fault in a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesFault {
    /// What it is.
    pub kind: SeriesFaultKind,
    /// The line of the series, from 1.
    pub line: usize,
    /// The name of the patch.
    pub name: BString,
}

/// Reads a series.
pub fn read(text: &[u8]) -> Series {
    let mut series = Series::default();
    let mut seen = std::collections::HashSet::new();
    for (number, line) in text.split(|byte| *byte == b'\n').enumerate() {
        let number = number + 1;
        let Some((name, options)) = entry(line) else {
            continue;
        };
        let mut fault = |kind| {
            series.faults.push(SeriesFault {
                kind,
                line: number,
                name: name.into(),
            });
        };
        if number > MAX_NAMES {
            fault(SeriesFaultKind::Limit);
            break;
        }
        if name.split(|byte| *byte == b'/').any(|part| part == b"..") {
            fault(SeriesFaultKind::Unsafe);
        }
        if options.is_some_and(|options| options != b"-p1") {
            fault(SeriesFaultKind::Options);
        }
        if [".gz", ".bz2", ".lzma", ".xz", ".zst"]
            .iter()
            .any(|end| name.ends_with(end.as_bytes()))
        {
            fault(SeriesFaultKind::Compressed);
        }
        if !seen.insert(name) {
            fault(SeriesFaultKind::Repeated);
        }
        series.entries.push(Entry {
            name: name.into(),
            options: options.map(BString::from),
            line: number,
        });
    }
    series
}

/// The name and the options of a line; `None` for lines without.
fn entry(line: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    let line = trim(line);
    let mut end = line.len();
    let mut blank = true;
    for (at, byte) in line.iter().enumerate() {
        // A comment starts the line, or follows a blank.
        if *byte == b'#' && blank {
            end = at;
            break;
        }
        blank = is_space(*byte);
    }
    // dpkg-source cuts the blanks before a comment off with it; Perl takes a lone 0 for nothing.
    let line = trim(line.get(..end)?);
    if line.is_empty() || line == b"0" {
        return None;
    }
    match line.iter().position(|byte| is_space(*byte)) {
        Some(at) => Some((line.get(..at)?, Some(trim(line.get(at..)?)))),
        None => Some((line, None)),
    }
}

fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0x0b
}

fn trim(text: &[u8]) -> &[u8] {
    text.trim_with(|c| u8::try_from(c).is_ok_and(is_space))
}

/// Where a series of that vendor is, in lower case; `None` for the one of everybody.
pub fn path(vendor: Option<&str>) -> BString {
    match vendor {
        Some(vendor) => BString::from(format!("debian/patches/{vendor}.series")),
        None => BString::from("debian/patches/series"),
    }
}

/// The vendor whose series this path is.
pub fn vendor(path: &BStr) -> Option<&str> {
    let name = path.strip_prefix(b"debian/patches/")?.strip_suffix(b".series")?;
    let valid = |byte: &u8| byte.is_ascii_alphanumeric() || b"-+.".contains(byte);
    name.iter()
        .all(valid)
        .then(|| name.to_str().ok())
        .flatten()
        .filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        read(text.as_bytes())
            .entries
            .iter()
            .map(|entry| entry.name.to_string())
            .collect()
    }

    fn kinds(text: &str) -> Vec<SeriesFaultKind> {
        read(text.as_bytes())
            .faults
            .iter()
            .map(|fault| fault.kind)
            .collect()
    }

    #[test]
    fn names_options_and_comments() {
        let text = "# all\n\n a.patch \nb.patch -p1\ndir/c#d.patch\t# why\n0\ne.patch # -p0\r\n#f\n";
        assert_eq!(names(text), ["a.patch", "b.patch", "dir/c#d.patch", "e.patch"]);
        assert!(kinds(text).is_empty());
        assert_eq!(read(b"a -p0").entries[0].options, Some(BString::from("-p0")));
    }

    #[test]
    fn faults() {
        assert_eq!(kinds("../x"), [SeriesFaultKind::Unsafe]);
        assert_eq!(kinds("a/../x"), [SeriesFaultKind::Unsafe]);
        assert_eq!(kinds("a..b"), []);
        assert_eq!(kinds("a -p0"), [SeriesFaultKind::Options]);
        assert_eq!(kinds("a.gz"), [SeriesFaultKind::Compressed]);
        assert_eq!(kinds("a\na"), [SeriesFaultKind::Repeated]);
    }

    #[test]
    fn series_of_vendors() {
        assert_eq!(vendor(path(Some("ubuntu")).as_ref()), Some("ubuntu"));
        assert_eq!(vendor("debian/patches/series".into()), None);
        assert_eq!(vendor("debian/patches/x/y.series".into()), None);
    }
}
