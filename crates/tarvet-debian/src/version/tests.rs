use super::*;
use proptest::prelude::*;

fn v(text: &str) -> Version {
    Version::parse(text).unwrap()
}

#[test]
fn parts() {
    let all = v("2:1.0-rc1-3.1~deb12u1");
    assert_eq!(all.epoch(), Some(2));
    assert_eq!(all.upstream_version(), "1.0-rc1");
    assert_eq!(all.revision(), Some("3.1~deb12u1"));
    assert_eq!(all.without_epoch(), "1.0-rc1-3.1~deb12u1");
    assert_eq!(all.to_string(), "2:1.0-rc1-3.1~deb12u1");
    let native = v("1.0");
    assert_eq!(
        (native.epoch(), native.revision(), native.without_epoch()),
        (None, None, "1.0")
    );
    assert_eq!(v("1:2:3").upstream_version(), "2:3");
}

#[test]
fn what_dpkg_refuses() {
    for text in [
        "",
        ":1",
        "a:1",
        "1:",
        "1.0-",
        "-1",
        "v1.0",
        "1:v1",
        "1.0_1",
        "1.0 ",
        "1/0",
        "1.0\n",
        "é",
        "٣.1",
        "99999999999:1",
        "+1:1",
    ] {
        assert!(Version::parse(text).is_err(), "{text:?}");
    }
    assert!(Version::parse(&"1".repeat(256)).is_err());
}

#[test]
fn order() {
    let sorted = [
        "0~",
        "0",
        "1.0~rc1-1",
        "1.0-1",
        "1.0-1+b1",
        "1.0+dfsg-1",
        "1.00009",
        "1.10",
        "1:0.1",
    ];
    for pair in sorted.windows(2) {
        assert!(v(pair[0]) < v(pair[1]), "{pair:?}");
    }
    assert_eq!(v("1.0"), v("0:1.0-0"));
    assert!(v(&"9".repeat(255)) > v(&"8".repeat(255)));
}

#[test]
fn repacked() {
    for (text, upstream, marker, rest) in [
        ("1.2+dfsg-1", "1.2", "+dfsg", ""),
        ("1.2+dfsg1-1", "1.2", "+dfsg1", ""),
        ("1.2+dfsg.2-1", "1.2", "+dfsg.2", ""),
        ("1.2~dfsg0-1", "1.2", "~dfsg0", ""),
        ("1.2.dfsg-1", "1.2", ".dfsg", ""),
        ("1.2dfsg-1", "1.2", "dfsg", ""),
        ("1.2-dfsg-1", "1.2", "-dfsg", ""),
        ("1.2+ds-1", "1.2", "+ds", ""),
        ("1.2+ds.1+repack-1", "1.2", "+ds.1+repack", ""),
        ("1.2+repacked1-1", "1.2", "+repacked1", ""),
        ("5.0.1+dfsg+~1.2.3-1", "5.0.1", "+dfsg", "+~1.2.3"),
        ("1.3.dfsg+really1.3.2-4", "1.3", ".dfsg", "+really1.3.2"),
        ("0~20200101+dfsg-1", "0~20200101", "+dfsg", ""),
        ("1.2+debian-1", "1.2", "+debian", ""),
    ] {
        let version = v(text);
        let repack = version.repack().unwrap_or_else(|| panic!("{text}"));
        assert_eq!(
            (repack.upstream, repack.marker, repack.rest),
            (upstream, marker, rest),
            "{text}"
        );
    }
    for text in [
        "1.2-1",
        "1.2~rc1-1",
        "1.2+git20200101-1",
        "1.2+really1.1-1",
        "1.2+dsomething-1",
        "1.2ds1-1",
        "1.2-1+deb12u1",
        "2.0.debug-1",
        "1.2+~1.3-1",
        "1+dfsgx-1",
    ] {
        assert!(!v(text).is_repacked(), "{text}");
    }
}

#[test]
fn tags() {
    for (version, tag) in [
        ("1:1.0~rc1-1", "1%1.0_rc1-1"),
        ("1..2", "1.#.2"),
        ("1.", "1.#"),
        ("1.lock", "1.#lock"),
        ("1.locks", "1.locks"),
        ("1...", "1.#.#.#"),
    ] {
        assert_eq!(to_tag(version), tag);
        assert_eq!(from_tag(tag), version);
    }
}

proptest! {
    #[test]
    fn tags_turn_back(text in "[-+:.0-9a-z~]{0,20}") {
        let tag = to_tag(&text);
        prop_assert!(!tag.contains("..") && !tag.contains([':', '~']) && !tag.ends_with('.') && !tag.ends_with(".lock"));
        prop_assert_eq!(from_tag(&tag), text);
    }

    #[test]
    fn any_text(text in "\\PC{0,30}") {
        if let Ok(version) = Version::parse(&text) {
            prop_assert_eq!(version.as_str(), &text);
            prop_assert_eq!(&version, &version);
            let _ = version.repack();
        }
    }

    #[test]
    fn a_version_is_the_sum_of_its_parts(text in "([0-9]{1,3}:)?[0-9][-+:.0-9a-z~]{0,12}(-[+.0-9a-z~]{1,5})?") {
        let version = Version::parse(&text);
        prop_assume!(version.is_ok());
        let version = version.unwrap();
        let mut sum = version.epoch().map(|_| text.split_once(':').unwrap().0.to_owned() + ":").unwrap_or_default();
        sum += version.upstream_version();
        if let Some(revision) = version.revision() { sum += "-"; sum += revision; }
        prop_assert_eq!(sum, text);
        if let Some(repack) = version.repack() {
            let joined = format!("{}{}{}", repack.upstream, repack.marker, repack.rest);
            prop_assert_eq!(joined, version.upstream_version());
        }
    }
}
