//! What a conversion must not excuse.

use proptest::prelude::*;

use super::*;

const STAMP: &[u8] = b"REFS=\"$Format:%d$\"\nID=$Format:%H$\nABBREV=$Format:%h$\n";

fn stamped(story: &Story, refs: &str, abbrev: &str) -> Vec<u8> {
    format!("REFS=\"{refs}\"\nID={}\nABBREV={abbrev}\n", story.commit).into_bytes()
}

#[test]
fn ref_names_carry_no_code() {
    let story = Story::new("f export-subst", STAMP);
    let abbrev = story.commit[..7].to_owned();
    for good in [
        "",
        " (v1)",
        " (HEAD -> main, tag: v1.2, origin/main)",
        " (tag: v1.2)",
        " (grafted, HEAD, a/b+c_d-e.f)",
    ] {
        assert_eq!(
            story.masked(&stamped(&story, good, &abbrev)),
            [good, abbrev.as_str()]
        );
    }
    for bad in [
        "$(id)",
        " ($(id))",
        " (`id`)",
        " (a;id)",
        " (a|id)",
        " (a&id)",
        " (a<id)",
        " (a>id)",
        " (a'b)",
        " (a\"b)",
        "\"; id; \"",
        " (a)\nid",
        " (a",
        " a)",
        "(a)",
        " ()",
        " (a,b)",
        " (a, )",
        " (tag: )",
        " (a b)",
        " (a\\b)",
        " (a#b)",
        " (a)\r",
        " (a\u{202e}b)",
        " (a*)",
        " (a=b)",
        " (${x})",
        " (a, b) ",
        " (HEAD ->  main)",
        " (tag: tag: a)",
    ] {
        story.different(&stamped(&story, bad, &abbrev));
    }
    let long = format!(" ({})", "a".repeat(2000));
    story.different(&stamped(&story, &long, &abbrev));
}

#[test]
fn the_signed_tags_own_name_is_allowed_whatever_its_characters() {
    let story = Story::new("f export-subst", b"[$Format:%D$] $Format:%(describe)$\n");
    let says = |tag: &str, member: &str| {
        let blob_id = story.facts().id;
        let tag = Some(tag.as_bytes().as_bstr());
        compare(
            &story.blob,
            blob_id,
            &story.declared(),
            &story.facts(),
            tag,
            member.as_bytes(),
        )
    };
    assert!(matches!(
        says("a@1", "[tag: a@1, b] a@1\n"),
        Conversion::Masked { .. }
    ));
    assert!(matches!(
        says("v2", "[tag: a@1, b] a@1\n"),
        Conversion::Different { .. }
    ));
    assert!(matches!(
        says("a 1", "[tag: a 1] x\n"),
        Conversion::Different { .. }
    ));
}

#[test]
fn abbreviations_are_of_this_very_id() {
    let story = Story::new("f export-subst", STAMP);
    for length in [4, 7, 12, 40] {
        let _ = story.masked(&stamped(&story, "", &story.commit[..length]));
    }
    let mut other = story.commit.clone().into_bytes();
    other[5] = if other[5] == b'0' { b'1' } else { b'0' };
    let other = String::from_utf8(other).unwrap();
    for bad in [
        &other[..7],
        &other,
        &story.commit[..3],
        "",
        &format!("{}0", story.commit),
    ] {
        story.different(&stamped(&story, "", bad));
    }
    story.different(&stamped(
        &story,
        "",
        &story.commit[..7]
            .to_uppercase()
            .replace(|c: char| c.is_ascii_digit(), "A"),
    ));
}

#[test]
fn bytes_outside_placeholders_are_compared() {
    let story = Story::new("f export-subst", STAMP);
    let good = stamped(&story, " (tag: v1.2)", &story.commit[..7]);
    let _ = story.masked(&good);
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0x80;
        story.different(&bad);
        bad.truncate(at);
        story.different(&bad);
    }
    for more in [&b"x"[..], b"\n", b"\0", b"evil\n"] {
        story.different(&[&good, more].concat());
        story.different(&[more, &good].concat());
    }
    // An id, signed and reproducible, is not masked.
    story.different(&good.replace(&story.commit, "0".repeat(40)));
}

#[test]
fn relative_dates_descriptions_and_names_carry_no_code() {
    for (format, good, bad) in [
        ("%ar", "3 years, 2 months ago", "3 years; id ago"),
        ("%ar", "in the future", "rm the future"),
        ("%ar", "70 minutes ago", "70 minutes ago 1 day $"),
        ("%(describe)", "v1.2-3-gabc", "v1.2 id"),
        ("%(describe)", "%(describe)", "%(describe:x)"),
        ("%aN", "Willow O-Rosenberg", "W; id"),
        ("%aE", "w@example.org", "w@$(id)"),
        ("%G?", "N", "n"),
        ("%GK", "0123456789ABCDEF", "01 id"),
        ("%GT", "ultimate", "rm"),
    ] {
        let story = Story::new("f export-subst", format!("x=$Format:{format}$;\n").as_bytes());
        assert_eq!(story.masked(format!("x={good};\n").as_bytes()), [good]);
        story.different(format!("x={bad};\n").as_bytes());
    }
}

#[test]
fn conversions_that_are_not_declared_do_not_count() {
    for attributes in [
        "",
        "f -text",
        "f binary",
        "f -export-subst",
        "f export-subst=yes",
        "g text ident export-subst",
    ] {
        let story = Story::new(attributes, b"a $Id$\nb $Format:%H$\n");
        story.different(b"a $Id$\r\nb $Format:%H$\r\n");
        story.different(format!("a $Id$\nb {}\n", story.commit).as_bytes());
        let blob =
            gix::objs::compute_hash(gix::hash::Kind::Sha1, gix::objs::Kind::Blob, &story.blob).unwrap();
        story.different(format!("a $Id: {blob} $\nb $Format:%H$\n").as_bytes());
    }
    let story = Story::new("f ident", b"$Id$\n");
    story.different(format!("$Id: {} $\n", "0".repeat(40)).as_bytes());
}

#[test]
fn an_lfs_pointer_stands_for_its_contents_only() {
    let pointer = b"version https://git-lfs.github.com/spec/v1\n\
        oid sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\nsize 5\n";
    let story = Story::new("f filter=lfs diff=lfs merge=lfs -text", pointer);
    assert_eq!(story.compare(b"hello"), exact(&["lfs"]));
    assert_eq!(story.compare(pointer), exact(&[]));
    story.different(b"hellO");
    Story::new("f filter=lfsx", pointer).different(b"hello");
    for bad in [
        pointer.replace("size 5", "size 6"),
        pointer.replace("size 5", "size +5"),
        pointer.replace("sha256:2cf", "sha256:2CF"),
        pointer.replace("size", "ext-0-x sha256:0\nsize"),
        pointer.replace("\nsize 5", ""),
        pointer.replace("size 5\n", "size 5\nz 1\n"),
        pointer.replace("https://git-lfs", "https://other"),
        pointer.replace("size 5\n", "size 5"),
    ] {
        Story::new("f filter=lfs", &bad).different(b"hello");
    }
}

#[test]
fn a_short_file_cannot_ask_for_a_long_one() {
    let message = "x".repeat(100_000);
    let blob = "$Format:%B$".repeat(10_000);
    let story = Story::told(&message, "f export-subst", blob.as_bytes(), ObjectFormat::Sha1);
    assert!(story.different(b"short").contains("longer than the member"));
    let many = Story::new("f export-subst", "$Format:%d$".repeat(100_000).as_bytes());
    many.different(b" (a)");
    let adjacent = Story::new("f export-subst", "$Format:%(describe)$".repeat(60).as_bytes());
    adjacent.different(&[b"a".repeat(60_000), b"!".to_vec()].concat());
}

fn facts(message: &str) -> CommitFacts {
    let id = id("1234567890123456789012345678901234567890");
    let raw = format!("tree {id}\nauthor A <a@b> 1 +0000\ncommitter B <b@c> 2 +0000\n\n{message}");
    CommitFacts::parse(id, raw.as_bytes()).unwrap()
}

fn attributes() -> impl Strategy<Value = PathAttributes> {
    let text = prop_oneof![
        Just(Text::Unspecified),
        Just(Text::Set),
        Just(Text::Unset),
        Just(Text::Auto)
    ];
    let eol = prop_oneof![Just(None), Just(Some(Eol::Crlf)), Just(Some(Eol::Lf))];
    let encoding = prop_oneof![
        Just(None),
        Just(Some(BString::from("UTF-16"))),
        "[a-zA-Z0-9-]{0,9}".prop_map(|s| Some(s.into()))
    ];
    (any::<bool>(), any::<bool>(), text, eol, encoding).prop_map(
        |(export_subst, ident, text, eol, encoding)| PathAttributes {
            export_subst,
            ident,
            text,
            eol,
            working_tree_encoding: encoding,
            ..Default::default()
        },
    )
}

/// Bytes with the words that matter in them.
fn file() -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        Just(b"$Format:".to_vec()),
        Just(b"$Id$".to_vec()),
        Just(b"$".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\n".to_vec()),
        "%[+ -]?[a-zA-Z(<>%]{1,2}".prop_map(String::into_bytes),
        "[a-z (),:/0-9]{0,6}".prop_map(String::into_bytes),
        proptest::collection::vec(any::<u8>(), 0..4),
    ];
    proptest::collection::vec(word, 0..12).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn comparing_never_panics(blob in file(), member in file(), attributes in attributes(), message in "\\PC{0,20}") {
        let commit = facts(&message);
        let _ = compare(&blob, commit.id, &attributes, &commit, Some(b"v1".as_bstr()), &member);
    }

    /// A member that is not what the pieces give when the values found are put back is never accepted.
    #[test]
    fn values_put_back_give_the_member(blob in file(), refs in "[a-z/,>: -]{0,8}", message in "[a-z\n]{0,9}") {
        let commit = facts(&message);
        let Ok(pieces) = format::expand(&blob, &commit, 10_000) else { return Ok(()) };
        let text = |piece: &format::Piece, values: &mut dyn Iterator<Item = BString>| match piece {
            format::Piece::Literal(text) | format::Piece::Either(text, _) => text.clone(),
            format::Piece::Mask { .. } => values.next().unwrap_or_default().into(),
        };
        let member: Vec<u8> = pieces.iter().flat_map(|p| text(p, &mut std::iter::repeat(refs.as_bytes().into()))).collect();
        let declared = PathAttributes { export_subst: true, ..Default::default() };
        match compare(&blob, commit.id, &declared, &commit, None, &member) {
            Conversion::Masked { values, placeholders, .. } => {
                prop_assert_eq!(values.len(), placeholders.len());
                let mut values = values.into_iter();
                let again: Vec<u8> = pieces.iter().flat_map(|p| text(p, &mut values)).collect();
                prop_assert_eq!(again, member);
            }
            Conversion::Exact { .. } => {
                let masks = pieces.iter().any(|p| matches!(p, format::Piece::Mask { .. }));
                prop_assert!(blob == member || !masks);
            }
            Conversion::Different { .. } => {}
        }
    }

    #[test]
    fn one_changed_byte_is_never_exact(blob in file(), at in any::<prop::sample::Index>(), flip in 1u8..) {
        let commit = facts("m");
        let declared = PathAttributes { export_subst: true, ident: true, ..Default::default() };
        prop_assume!(!blob.is_empty());
        let mut member = blob.clone();
        member[at.index(blob.len())] ^= flip;
        let found = compare(&blob, commit.id, &declared, &commit, None, &member);
        // Only an expansion could give other bytes, and an expansion takes its `$` signs away.
        let dollars = |bytes: &[u8]| bytes.iter().filter(|b| **b == b'$').count();
        if dollars(&blob) == dollars(&member) {
            prop_assert!(matches!(found, Conversion::Different { .. }), "{:?}", found);
        }
    }

    #[test]
    fn reading_commits_and_attributes_never_panics(raw in proptest::collection::vec(any::<u8>(), 0..200), file in file()) {
        let _ = CommitFacts::parse(facts("").id, &raw);
        let line = [b"tree 1234567890123456789012345678901234567890\nauthor ", raw.as_slice()].concat();
        let _ = CommitFacts::parse(facts("").id, &line);
        let _ = Attributes::new(&[(".gitattributes".into(), raw), ("a/.gitattributes".into(), file)]).of(b"a/b".as_bstr(), false);
    }
}
