//! The embedded table and those that a distribution adds, asked as one.

use bstr::BStr;

use super::names::Class;
use super::serial::Serial;
use super::table::Table;
use super::{Known, Nearest, Part};

/// Tables in the order in which they answer.
#[derive(Debug, Default)]
pub struct Tables {
    added: Vec<Table>,
}

impl Tables {
    /// The embedded table alone.
    pub fn new() -> Tables {
        Tables::default()
    }

    /// Asks `table` too, after those before it.
    pub fn add(&mut self, table: Table) {
        self.added.push(table);
    }

    fn all(&self) -> impl Iterator<Item = &Table> {
        std::iter::once(Table::embedded()).chain(&self.added)
    }

    /// Whether contents of that digest are a published version of the file that the path's last component names.
    /// C files of gnulib are known by their contents only: ask [`known_by_content`](Tables::known_by_content).
    pub fn known(&self, path: &BStr, sha256: &[u8; 32]) -> Option<Known> {
        self.all().find_map(|table| table.known(path, sha256))
    }

    /// Whether `content` is a published version of the file that the path's last component names, byte for byte or
    /// but for what [`Match`](super::Match) lists; the answer says which. Takes time only when the name is known.
    pub fn known_by_content(&self, path: &BStr, content: &[u8]) -> Option<Known> {
        self.all().find_map(|table| table.known_by_content(path, content))
    }

    /// A name under which contents of that digest were published. This accounts for nothing: a file's name decides
    /// what is done with it.
    pub fn named_elsewhere(&self, sha256: &[u8; 32]) -> Option<(&BStr, Known)> {
        self.all().find_map(|table| table.named_elsewhere(sha256))
    }

    /// The class of a standard file's name, when other contents under it are suspicious.
    pub fn standard(&self, path: &BStr) -> Option<Class> {
        self.all()
            .find_map(|table| table.class(path).filter(|(_, suspicious)| *suspicious))
            .map(|(class, _)| class)
    }

    /// The class of any name in the tables, suspicious or not.
    pub fn class(&self, path: &BStr) -> Option<Class> {
        self.all()
            .find_map(|table| table.class(path))
            .map(|(class, _)| class)
    }

    /// The highest serial that any published version of the file declares.
    pub fn highest_serial(&self, path: &BStr) -> Option<Serial> {
        self.all().filter_map(|table| table.highest_serial(path)).max()
    }

    /// The standard file that defines a macro.
    pub fn definer(&self, macro_name: &BStr) -> Option<&BStr> {
        self.all().find_map(|table| table.definer(macro_name))
    }

    /// The published version of the file that the path's last component names which is nearest to `content`, and the
    /// difference to it. For contents that are not known; it takes a few milliseconds, more for long files.
    pub fn nearest(&self, path: &BStr, content: &[u8]) -> Option<Nearest> {
        let nearest = self.all().filter_map(|table| table.nearest(path, content));
        nearest.min_by_key(|nearest| nearest.added + nearest.removed)
    }

    /// The longest known macro file, as aclocal copies it, that `at` starts with. It may not be shorter than 40 bytes.
    ///
    /// Each look takes what it digests off `budget`, in bytes.
    pub fn parts(&self, at: &[u8], budget: &mut usize) -> Option<Part> {
        self.all()
            .filter_map(|table| table.part(at, budget))
            .max_by_key(|part| part.len)
    }
}
