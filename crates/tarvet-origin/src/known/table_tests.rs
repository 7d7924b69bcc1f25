//! The committed table.

use bstr::BStr;

use super::{EMBEDDED, Table};
use crate::known::{Class, Tables};

/// The most that the table may add to the program, in bytes.
const LARGEST: usize = 4 << 20;

#[test]
fn it_is_whole_and_small() {
    assert!(EMBEDDED.len() <= LARGEST);
    let counts = Table::parse(EMBEDDED.to_vec()).expect("it parses").counts();
    assert_eq!(counts, Table::embedded().counts());
    assert!(
        counts.names > 5_000 && counts.contents > 70_000 && counts.macros > 3_000 && counts.parts > 1_000
    );
}

#[test]
fn the_file_that_was_doctored_in_xz() {
    let tables = Tables::new();
    let path = BStr::new("m4/build-to-host.m4");
    assert_eq!(tables.standard(path), Some(Class::Macro));
    let highest = tables.highest_serial(path).expect("it has one");
    assert_eq!(highest.to_string(), "5");
    assert_eq!(
        tables.definer(BStr::new("gl_BUILD_TO_HOST")),
        Some(BStr::new("build-to-host.m4"))
    );
    // The digest that was published.
    let doctored = [
        0x05, 0x40, 0x03, 0x92, 0x8e, 0x24, 0x0d, 0xe8, 0xb9, 0xf3, 0x23, 0x2e, 0x1b, 0xb8, 0x85, 0xa5, 0xb6,
        0xcc, 0x09, 0x48, 0x87, 0x42, 0x15, 0x9a, 0x0e, 0x3d, 0x60, 0x80, 0xe1, 0x64, 0x99, 0xf4,
    ];
    assert_eq!(tables.known(path, &doctored), None);
    assert_eq!(tables.named_elsewhere(&doctored), None);
    let nearest = tables
        .nearest(path, b"# build-to-host.m4 serial 30\n")
        .expect("a standard name");
    assert!(nearest.added + nearest.removed > 50, "{nearest:?}");
}

#[test]
fn names_of_each_kind() {
    let tables = Tables::new();
    for (path, class) in [
        ("m4/libtool.m4", Some(Class::Macro)),
        ("m4/ax_pthread.m4", Some(Class::Macro)),
        ("build-aux/ltmain.sh", Some(Class::Script)),
        ("config.guess", Some(Class::Script)),
        ("po/Makefile.in.in", Some(Class::Po)),
        ("GNUmakefile", Some(Class::Make)),
        ("gtk-doc.make", Some(Class::Make)),
        // A package's own are no impostors.
        ("COPYING", None),
        ("INSTALL", None),
        ("lib/error.c", None),
        ("src/main.c", None),
        ("bootstrap", None),
        ("Makefile.in", None),
        ("ChangeLog", None),
        ("data/skeletons/libtool.m4", None),
    ] {
        assert_eq!(tables.standard(BStr::new(path)), class, "{path}");
    }
    assert_eq!(tables.class(BStr::new("lib/error.c")), Some(Class::Source));
}
