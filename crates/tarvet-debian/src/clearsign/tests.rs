use super::*;
use proptest::prelude::*;

const SIGNATURE: &str = "-----BEGIN PGP SIGNATURE-----\n\niHUEARYK=\n=abcd\n-----END PGP SIGNATURE-----\n";

fn block(headers: &str, text: &str) -> String {
    format!("-----BEGIN PGP SIGNED MESSAGE-----\n{headers}\n{text}{SIGNATURE}")
}

fn text(bytes: &str) -> Result<(String, bool), Fault> {
    let note = take_apart("foo.dsc", bytes.as_bytes())?;
    let text = String::from_utf8_lossy(note.text).into_owned();
    Ok((text, note.signature.is_some()))
}

#[track_caller]
fn refused(bytes: impl AsRef<[u8]>, why: &str) {
    let fault = take_apart("foo.dsc", bytes.as_ref()).unwrap_err();
    assert_eq!(fault.kind, FaultKind::ClearsignFraming);
    assert!(fault.message.contains(why), "{why:?} is not in {fault:?}");
}

#[test]
fn honest_files() {
    assert_eq!(text("A: b\n C\n").unwrap(), ("A: b\n C\n".into(), false));
    assert_eq!(text("").unwrap(), (String::new(), false));
    let signed = block("Hash: SHA512\n", "A: b\n\n");
    assert_eq!(text(&signed).unwrap(), ("A: b\n\n".into(), true));
    assert_eq!(text(&format!("\n \n{signed}\n\n")).unwrap().0, "A: b\n\n");
    assert_eq!(text(&block("", "A: b\n")).unwrap().0, "A: b\n");
    assert!(text(&block("Hash: SHA1\nCharset: UTF-8\n", "A: b\n")).is_ok());
    let commented = signed.replace(
        "SIGNATURE-----\n\ni",
        "SIGNATURE-----\nVersion: GnuPG v1.4\nComment: x\n\ni",
    );
    assert!(text(&commented).is_ok());
    let windows = signed.replace('\n', "\r\n");
    assert_eq!(text(&windows).unwrap().0, "A: b\r\n\r\n");
    // Such a line begins no block for anybody: it does not begin at the start of its line.
    assert!(!text("A:\n -----BEGIN PGP SIGNED MESSAGE-----\n").unwrap().1);
}

#[test]
fn the_parts_are_slices_of_the_file() {
    let signed = block("Hash: SHA512\n", "A: b\n");
    let file = format!("\n{signed}\n");
    let note = take_apart("foo.dsc", file.as_bytes()).unwrap();
    assert_eq!(note.first_line, 5);
    assert_eq!(note.signature, Some(SIGNATURE.as_bytes()));
    assert_eq!(note.block, Some(signed.as_bytes()));
}

#[test]
fn anything_around_the_block() {
    let good = block("Hash: SHA512\n", "A: b\n");
    refused(format!("A: evil\n\n{good}"), "before the signed block");
    refused(format!("{good}\nA: evil\n"), "after the signed block");
    refused(format!("{good}{good}"), "after the signed block");
    refused(format!("\u{feff}{good}"), "before the signed block");
    refused(format!("# comment\n{good}"), "before the signed block");
}

#[test]
fn headers_that_hide_fields() {
    refused(
        block("Hash: SHA512\nFormat: 1.0\n", "A: b\n"),
        "Hash: or Charset:",
    );
    refused(block("NotDashEscaped: yes\n", "A: b\n"), "Hash: or Charset:");
    refused(block("Hash: SHA512\n  \nX: y\n", "A: b\n"), "Hash: or Charset:");
    refused(block("Hash: a:b\n", "A: b\n"), "Hash: or Charset:");
    refused(block("hash: SHA512\n", "A: b\n"), "Hash: or Charset:");
}

#[test]
fn dashes_in_the_text() {
    refused(block("", "A: b\n- B: c\n"), "begins with a dash");
    refused(block("", "A: b\n-B: c\n"), "begins with a dash");
    refused(
        block("", "A: b\n- -----BEGIN PGP SIGNATURE-----\n"),
        "begins with a dash",
    );
    refused(
        block("", "A: b\n-----BEGIN PGP SIGNED MESSAGE-----\n\nA: c\n"),
        "begins with a dash",
    );
    refused(
        block("", "A: b\n----BEGIN PGP SIGNATURE----\n"),
        "begins with a dash",
    );
}

#[test]
fn what_is_cut_off_or_spoiled() {
    let good = block("Hash: SHA512\n", "A: b\n");
    refused("-----BEGIN PGP SIGNED MESSAGE-----\n", "ends before");
    refused(
        "-----BEGIN PGP SIGNED MESSAGE-----\n\nA: b\n",
        "not followed by a signature",
    );
    refused(good.replace("-----END PGP SIGNATURE-----\n", ""), "has no end");
    refused(SIGNATURE, "before the signed block");
    refused(
        "-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----\n",
        "before the signed block",
    );
    refused(good.replace("iHUEARYK=", "A: evil"), "no armored signature");
    refused(good.replace("iHUEARYK=", "\nA: evil\n"), "no armored signature");
    refused(format!("{good}x"), "after the signed block");
}

#[test]
fn control_characters() {
    let good = block("Hash: SHA512\n", "A: b\n");
    for bad in ["\0", "\x0b", "\x0c", "\x1a", "\x1b", "\x7f"] {
        refused(good.replace("A: b", &format!("A: b{bad}c")), "control character");
        refused(format!("A: b{bad}\n"), "control character");
    }
    refused("A: b\rB: c\n", "0x0d");
    refused("A: b\r\r\n", "0x0d");
    refused(good.replace('\n', "\r"), "0x0d");
    refused(vec![b'a'; LONGEST + 1], "longer than");
}

proptest! {
    #[test]
    fn never_panics_and_never_gives_what_is_outside(
        before in "[ -~\n]{0,30}", body in "[ -~\n\t]{0,60}", after in "[ -~\n]{0,30}"
    ) {
        let file = format!("{before}{}{after}", block("Hash: SHA512\n", &format!("{body}\n")));
        if let Ok(note) = take_apart("x", file.as_bytes())
            && note.signature.is_some()
        {
            prop_assert!(before.trim().is_empty() && after.trim().is_empty());
            prop_assert_eq!(String::from_utf8_lossy(note.text), body + "\n");
        }
    }

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = take_apart("x", &bytes);
    }
}
