//! What is overlooked, and every way to hide something in it.

use super::super::format::key_of;
use super::{normal_notice, other_shells, source_key, without_spdx};

const FILE: &str = "/* Copyright (C) 2001-2003, 2006, 2009-2021 Free Software Foundation, Inc.
   Written by Jane, 2001.

   This file is free software: you can redistribute it and/or modify
   it under the terms of the GNU Lesser General Public License as
   published by the Free Software Foundation; either version 2.1 of the
   License, or (at your option) any later version.  */

#include <config.h>
int x = 2001;
";

fn same(one: &str, other: &str) -> bool {
    source_key(b"x.c", one.as_bytes()) == source_key(b"x.c", other.as_bytes())
}

/// `FILE` with its first `from` replaced.
fn with(from: &str, to: &str) -> String {
    assert!(FILE.contains(from));
    FILE.replacen(from, to, 1)
}

#[test]
fn years_and_licence_are_overlooked() {
    assert!(same(
        FILE,
        &with("2001-2003, 2006, 2009-2021", "2001-2003, 2006, 2009-2026")
    ));
    assert!(same(FILE, &with("2001-2003, 2006, 2009-2021", "2024")));
    assert!(same(
        FILE,
        &with("License as\n   published", "License\n   as published")
    ));
    let gpl = with("GNU Lesser General", "GNU General").replace("version 2.1", "version 3");
    assert!(same(FILE, &gpl.replace("This file is", "This program is")));
}

#[test]
fn the_rest_of_the_notice_is_not() {
    for (from, to) in [
        ("Jane, 2001", "Jane, 2002"),
        ("Jane", "John"),
        ("Free Software Foundation, Inc", "Free Software Foundation Inc"),
        ("version 2.1", "version 2.15"),
        ("version 2.1", "version 21"),
        ("2009-2021", "2009-20210"),
        ("2009-2021", "2009-3021"),
        ("either", "neither"),
        ("version 2.1", "version 2.1 of evil"),
        ("it under", "it unter"),
    ] {
        assert!(!same(FILE, &with(from, to)), "{from} -> {to}");
    }
}

#[test]
fn nothing_hides_in_the_notice() {
    for (from, to) in [
        // The comment ends early.
        ("2001-2003", "2001*/evil();/*-2003"),
        ("2009-2021", "2009-2021 */ int evil; /*"),
        // A spliced end.
        ("2009-2021", "2009-2021 *\\\n/ int evil; /*"),
        // The same with a trigraph, for compilers that honour those.
        ("2009-2021", "2009-2021 *??/\n/ int evil; /*"),
        ("2009-2021", "2009-2021\\"),
        ("2009-2021", "2009-2021\0"),
        ("2009-2021", "2009-2021\r"),
        ("2009-2021", "2009-2021\x1b[2K"),
    ] {
        assert!(!same(FILE, &with(from, to)), "{to:?}");
    }
}

#[test]
fn nothing_hides_after_the_notice() {
    for (from, to) in [
        ("version.  */\n", "version.  */ int evil;\n"),
        ("version.  */\n", "version.  */\n#include \"evil.h\"\n"),
        ("int x = 2001", "int x = 2002"),
        ("#include <config.h>\n", "#include <config.h> /* 2001 */\n"),
        ("#include <config.h>\n", ""),
    ] {
        assert!(!same(FILE, &with(from, to)), "{to:?}");
    }
}

#[test]
fn only_a_comment_at_the_very_beginning() {
    for start in ["\n", " ", "// x\n", "#define x\n", "\u{feff}"] {
        let moved = format!("{start}{FILE}");
        assert!(
            !same(&moved, &moved.replace("2009-2021", "2009-2022")),
            "{start:?}"
        );
        assert!(!same(&moved, FILE), "{start:?}");
    }
    let lines = "// Copyright 2001 A\nint x;\n";
    assert!(!same(lines, &lines.replace("2001", "2002")));
    // `/*/` opens a comment and does not close it.
    assert!(normal_notice(b"/*/ Copyright 2001\nint x;\n").is_none());
    assert!(normal_notice(b"/* Copyright 2001\nint x;\n").is_none());
}

#[test]
fn only_c() {
    let script = "/* Copyright (C) 2001 A */\n";
    let later = script.replace("2001", "2002");
    assert!(same(script, &later));
    for name in [&b"x.m4"[..], b"x", b"x.sh", b"x.java"] {
        assert_ne!(
            source_key(name, script.as_bytes()),
            source_key(name, later.as_bytes())
        );
    }
}

#[test]
fn written_tokens_are_not_the_replaced_ones() {
    let token = with("2001-2003, 2006, 2009-2021", "@Y");
    // A text may contain the token; all it gains is to look like itself with some year.
    assert!(same(&token, FILE));
    // The normalised text as a file of its own is another file.
    let normal = normal_notice(FILE.as_bytes()).expect("a notice");
    assert_ne!(source_key(b"x.c", &normal), source_key(b"x.c", FILE.as_bytes()));
    assert_ne!(key_of(&normal), source_key(b"x.c", FILE.as_bytes()));
}

#[test]
fn four_spellings_of_the_shell() {
    let others = other_shells(b"#!/usr/bin/sh\necho\n");
    assert!(others.contains(&b"#! /bin/sh\necho\n".to_vec()) && others.len() == 3);
    for odd in [
        "#!/bin/sh -e\necho\n",
        "#!/bin/bash\necho\n",
        "#!/bin/sh\r\necho\n",
        "#!/bin/sh",
        " #!/bin/sh\n",
        "#!  /bin/sh\n",
        "#!/bin/sh;evil\n",
        "",
    ] {
        assert!(other_shells(odd.as_bytes()).is_empty(), "{odd:?}");
    }
}

#[test]
fn an_spdx_comment_of_the_header() {
    let original = "# foo.m4\n# serial 3\nAC_DEFUN([X])\n";
    let holds = |text: &str| {
        without_spdx(text.as_bytes())
            .iter()
            .any(|cut| cut == original.as_bytes())
    };
    for line in [
        "# SPDX-License-Identifier: GPL-2.0-or-later\n",
        "#SPDX-License-Identifier: MIT\n",
        "dnl SPDX-License-Identifier: GPL-3.0-or-later WITH Autoconf-exception-macro\n",
        "# SPDX-License-Identifier: 0BSD\n\n",
        "# SPDX-License-Identifier: 0BSD\n#\n",
    ] {
        assert!(holds(&format!("{line}{original}")), "{line:?}");
        assert!(
            holds(&original.replace("# serial", &format!("{line}# serial"))),
            "{line:?}"
        );
        // In the body it stays what it is.
        assert!(
            without_spdx(
                original
                    .replace("AC_DEFUN", &format!("x\n{line}AC_DEFUN"))
                    .as_bytes()
            )
            .is_empty()
        );
    }
}

#[test]
fn nothing_hides_in_an_spdx_comment() {
    for line in [
        "SPDX-License-Identifier: MIT\n",
        "dnlSPDX-License-Identifier: MIT\n",
        "# SPDX-License-Identifier: MIT;touch x\n",
        "# SPDX-License-Identifier: MIT]]\n",
        "# SPDX-License-Identifier: `x`\n",
        "# SPDX-License-Identifier: $x\n",
        "# SPDX-License-Identifier: MIT\\\n",
        "# SPDX-License-Identifier: \n",
        "# SPDX-License-Identifier: MIT\r\n",
        "x # SPDX-License-Identifier: MIT\n",
        "# SPDX-License-Identifier: MIT",
    ] {
        assert!(
            without_spdx(format!("{line}AC_DEFUN([X])\n").as_bytes()).is_empty(),
            "{line:?}"
        );
    }
}

proptest::proptest! {
    #[test]
    fn no_change_behind_the_notice_is_overlooked(at in 0usize..40, byte: u8) {
        let start = FILE.find("*/").expect("an end");
        let mut changed = FILE.as_bytes().to_vec();
        let at = (start + at).min(changed.len() - 1);
        if changed[at] != byte {
            changed[at] = byte;
            proptest::prop_assert_ne!(source_key(b"x.c", &changed), source_key(b"x.c", FILE.as_bytes()));
        }
    }

    #[test]
    fn nothing_panics(content: Vec<u8>, text in "(/\\*|\\*/|# ?SPDX-License-Identifier: |#!/bin/sh\n|Copyright |[0-9, -]|version |\n){0,30}") {
        for bytes in [content.as_slice(), text.as_bytes()] {
            let _ = (source_key(b"x.c", bytes), other_shells(bytes), without_spdx(bytes));
        }
    }
}
