//! The tarballs of an SRPM, copied into files without a name while its payload goes by: signatures over them need a second
//! reading, and the payload cannot be read twice without decompressing it twice.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write};

use bstr::{BStr, BString};

/// The copies, by the tarballs' names.
#[derive(Default)]
pub struct Copies(RefCell<HashMap<BString, File>>);

impl Copies {
    /// A new file for a tarball. A second one of that name is told by the reader; it takes the place of the first.
    pub fn add(&self, name: &BStr) -> io::Result<Box<dyn Write>> {
        let file = tempfile::tempfile()?;
        let output = file.try_clone()?;
        self.0.borrow_mut().insert(name.to_owned(), file);
        Ok(Box::new(output))
    }

    /// The copy of a tarball, if it came by.
    pub fn take(&self, name: &BString) -> Option<File> {
        self.0.borrow_mut().remove(name)
    }
}
