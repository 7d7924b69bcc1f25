use bstr::ByteSlice;
use proptest::prelude::*;

use super::*;

mod oracle;

fn spec(text: &str) -> Spec {
    read(text.as_bytes(), &Options::default())
}

/// Number, reach and readings of each source; a question mark before what is unresolved.
fn sources(text: &str) -> Vec<(u32, Reach, Vec<String>)> {
    let shown =
        |reading: &Reading| format!("{}{}", if reading.is_resolved() { "" } else { "?" }, reading.text);
    spec(text)
        .sources
        .iter()
        .map(|source| {
            (
                source.number,
                source.place.reach(),
                source.value.readings.iter().map(shown).collect(),
            )
        })
        .collect()
}

fn kinds(text: &str) -> Vec<FaultKind> {
    spec(text).faults.iter().map(|fault| fault.kind).collect()
}

fn one(text: &str) -> Vec<String> {
    sources(text).pop().unwrap().2
}

#[test]
fn branches_are_united() {
    let text = "Name: a\n%if 0%{?fedora}\nSource0: x\n%else\nSource0: y\n%endif\n%ifarch s390x\nSource1: z\n%endif\n";
    assert_eq!(
        sources(text),
        [
            (0, Reach::Conditional, vec!["x".into()]),
            (0, Reach::Conditional, vec!["y".into()]),
            (1, Reach::Conditional, vec!["z".into()])
        ]
    );
    assert_eq!(kinds(text), []);
    let found = spec(text);
    let conditions = found.sources[1].place.conditions();
    assert_eq!(
        (conditions[0].text.to_string(), conditions[0].branch),
        ("%else".into(), 1)
    );
    let sure = "%if 0\nSource0: x\n%elif 1\nSource0: y\n%else\nSource0: z\n%endif\n";
    let reach: Vec<Reach> = sources(sure).iter().map(|source| source.1).collect();
    assert_eq!(reach, [Reach::Never, Reach::Always, Reach::Never]);
}

#[test]
fn macros_of_one_branch_go_together() {
    let text = "%if %{with snapshot}\n%global dir b\n%global ver 2\n%else\n%global dir a\n%global ver 1\n%endif\n\
        Source0: %{dir}-%{ver}-%{ver}.tar\n";
    assert_eq!(one(text), ["b-2-2.tar", "a-1-1.tar"]);
    let text = "%global v 1\n%if %{with x}\n%global v 2\n%endif\nSource0: a-%{v}-%{v}\n";
    assert_eq!(one(text), ["a-2-2", "a-1-1"]);
    assert_eq!(
        one("%global v 1\n%if 0\n%global v 2\n%endif\nSource0: a-%{v}\n"),
        ["a-1"]
    );
    // Inside the branch there is one value only.
    let text = "%global v 1\n%ifarch x\n%global v 2\nSource0: a-%{v}\n%endif\n";
    assert_eq!(one(text), ["a-2"]);
    let text = "%bcond_without x\nSource0: a%{?with_x:-x}%{!?with_x:-y}\n";
    assert_eq!(one(text), ["a-x", "a-y"]);
}

#[test]
fn code_is_never_evaluated() {
    for code in [
        "%(echo 1)",
        "%{lua:print(1)}",
        "%{expand:1}",
        "%{shrink:1}",
        "%{uncompress:a}",
        "%{nope}",
        "%{getenv:HOME}",
        "%{lower:A}",
        "%[1 ? 2 : 3]",
        "%{S:1}",
        "%{",
    ] {
        let found = one(&format!("Source0: a-{code}\n"));
        assert!(
            found.len() == 1 && found[0].starts_with("?a-"),
            "{code}: {found:?}"
        );
        let found = one(&format!("%global v {code}\nSource0: a-%{{v}}\n"));
        assert!(code == "%{" || found[0].starts_with("?a-"), "{code}: {found:?}");
    }
    let found = spec("%global v %(date)\nSource0: %{v}\n");
    let why = found.sources[0].value.why().unwrap();
    assert_eq!((why.why.as_str(), why.line), ("%(…) runs a shell", 2));
}

#[test]
fn the_caller_can_say_what_code_gives() {
    let defines = vec![("short".into(), "abc".into()), ("_with_x".into(), "1".into())];
    let options = Options { defines };
    let text =
        b"%global short %(cut)\n%bcond_with x\nSource0: a-%{short}%{?with_x:-x}%{nope}\nSource1: %{short}\n";
    let found = read(text, &options);
    assert_eq!(found.sources[0].value.readings[0].text, "a-abc-x%{nope}");
    assert_eq!(found.sources[1].value.plain().unwrap(), "abc");
}

#[test]
fn what_the_build_system_may_define_is_an_assumption() {
    let found = spec("Source0: a%{?prever}.tar\n");
    let reading = &found.sources[0].value.readings[0];
    assert_eq!(
        (reading.text.to_string(), reading.assumes[0].name.to_string()),
        ("a.tar".into(), "prever".into())
    );
    // Text that only a distribution sees is a reading like any other.
    assert_eq!(
        one("Source0: %{?fedora:evil}%{!?fedora:good}.tar\n"),
        ["good.tar", "evil.tar"]
    );
}

#[test]
fn traps_are_told() {
    for (text, kind) in [
        ("# %global v 2\n", FaultKind::DefinitionInComment),
        ("%include other\n", FaultKind::IncludeRefused),
        ("%{load:/x}\n", FaultKind::IncludeRefused),
        ("%{lua:print('Source9: x')}\n", FaultKind::OpaqueLine),
        ("%(cat x)\n", FaultKind::OpaqueLine),
        (
            "# %{expand:\nSource0: a\n}\n%if 1\n",
            FaultKind::ConditionUnbalanced,
        ),
        ("%endif\n", FaultKind::ConditionUnbalanced),
        ("%{x\n", FaultKind::Unclosed),
        (
            "%define a %{b}\n%define b %{a}\nSource0: %{a}\n",
            FaultKind::ExpansionLimit,
        ),
        ("Source0: a\nSource0: b\n", FaultKind::DuplicateNumber),
        ("Source0: a\nSource1: x/a\n", FaultKind::DuplicateName),
        ("Source0: ../a\n", FaultKind::SourceNameUnsafe),
        ("Source0: https://h/x#/../a\n", FaultKind::SourceNameUnsafe),
        ("Source0: https://h/\n", FaultKind::SourceNameUnsafe),
        (
            "Source0: https://h/a-1.tar.gz?x=evil.tar.gz\n",
            FaultKind::SourceNameFromQuery,
        ),
        ("Source0: http://h/a\n", FaultKind::SourceInsecure),
        (
            "URL: https://h.example/\nSource0: https://h.test/a\n",
            FaultKind::SourceHostDiffers,
        ),
        ("Source0: https://%{host}/a\n", FaultKind::SourceUnresolved),
    ] {
        assert!(kinds(text).contains(&kind), "{text}: {:?}", kinds(text));
    }
    for text in [
        "# %%global v 2\n",
        "Source0: https://h/x#/a.tar\n",
        "URL: https://www.h.example/\nSource0: https://dl.h.example/a\n",
        "%if %{with x}\nSource0: a\n%else\nSource0: b\n%endif\n",
        "%global x %(echo)\n%{?nope}\n%unknown_macro\n",
    ] {
        assert_eq!(kinds(text), [], "{text}");
    }
}

#[test]
fn numbers_and_subpackages_are_rpms() {
    let text = "Name: a\nVersion: 1\nSource: a\nSource5: b\nSource: c\n%package x\nVersion: 9\nSource7: x-%{version}\n\
        %description\nSource8: text\n%sourcelist\nlisted\n";
    let found: Vec<(u32, String)> = sources(text)
        .into_iter()
        .map(|(number, _, all)| (number, all[0].clone()))
        .collect();
    let expected = [(0, "a"), (5, "b"), (6, "c"), (7, "x-9"), (8, "listed")];
    assert_eq!(found, expected.map(|(number, name)| (number, name.into())));
    let found = spec(text);
    assert!(found.sources[3].is_in_subpackage);
    assert_eq!(Spec::plain(&found.version).unwrap(), "1");
}

#[test]
fn a_branch_that_opens_a_section_hides_nothing() {
    let text = "%prep\n%setup\n%if 0\n%description x\n%endif\nrm a\n%ifarch x\n%files\n%endif\nrm b\n";
    let found = spec(text);
    let lines: Vec<(String, Reach)> = found
        .lines(SectionKind::Prep)
        .map(|line| (line.text.to_string(), line.reach()))
        .collect();
    let expected = [
        ("%setup", Reach::Always),
        ("rm a", Reach::Always),
        ("rm b", Reach::Conditional),
    ];
    assert_eq!(lines, expected.map(|(text, reach)| (text.into(), reach)));
}

#[test]
fn forges_are_computed() {
    for (text, source) in [
        (
            "%global forgeurl https://github.com/o/r\nVersion: 1.2\n",
            "https://github.com/o/r/archive/v1.2/r-1.2.tar.gz",
        ),
        (
            "%global forgeurl https://github.com/o/r/\n%global tag v1\n",
            "https://github.com/o/r/archive/v1/r-1.tar.gz",
        ),
        (
            "%global forgeurl https://github.com/o/r\n%global tag a/1\n",
            "https://github.com/o/r/archive/a/1/r-a-1.tar.gz",
        ),
        (
            "%global forgeurl0 https://github.com/o/r\n%global commit0 abc\n",
            "https://github.com/o/r/archive/abc/r-abc.tar.gz",
        ),
        (
            "%global forgeurl https://gitlab.com/o/r\nVersion: 1\n",
            "https://gitlab.com/o/r/-/archive/1/r-1.tar.bz2",
        ),
        (
            "%global forgeurl https://pagure.io/r\nVersion: 1\n",
            "https://pagure.io/r/archive/1/r-1.tar.gz",
        ),
        (
            "%global forgeurl https://git.sr.ht/~o/r\nVersion: 1\n",
            "https://git.sr.ht/~o/r/archive/1.tar.gz#/r-1.tar.gz",
        ),
    ] {
        assert_eq!(
            one(&format!("{text}%forgemeta\nSource: %{{forgesource}}\n")),
            [source],
            "{text}"
        );
    }
    let found =
        one("%global forgeurl https://forge.example/o/r\nVersion: 1\n%forgemeta\nSource: %{forgesource}\n");
    assert_eq!(found, ["?%{forgesource}"]);
}

#[test]
fn large_and_doubling_specs_end() {
    let mut text = String::from("%global a0 0123456789\n");
    for level in 1..60 {
        text.push_str(&format!(
            "%define a{level} %{{a{}}}%{{a{}}}\n",
            level - 1,
            level - 1
        ));
    }
    text.push_str("Source0: %{a20}\nSource1: %{a59}\n");
    assert!(kinds(&text).contains(&FaultKind::ExpansionLimit));
    for piece in [
        "%if 1\n",
        "%endif\n",
        "%{",
        "%{?a:",
        "%(",
        "%global a %{a}x\n",
        "Source: %{a}\n",
        "%define a(",
        "\\\n",
        "%[",
        "%%",
        "%if %{with x}\n%global a %{?a}b\n%endif\n",
        "%{!?b:%global b 1}\n",
        "a: %{b} %*%1%-x\n",
    ] {
        let _ = spec(&piece.repeat((1 << 19) / piece.len()));
    }
    assert_eq!(kinds(&" ".repeat(LARGEST + 1)), [FaultKind::TooLarge]);
}

proptest! {
    #[test]
    fn any_text_is_read(text in "(%(if|else|endif|global|define|prep|package)?|[a-z0-9 :{}()\\[\\]?!*#\\\\\n-]|Source){0,80}") {
        let _ = spec(&text);
    }

    #[test]
    fn any_bytes_are_read(text in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&text, &Options::default());
    }

    #[test]
    fn plain_specs_read_as_they_are(name in "[a-z]{1,8}", version in "[0-9.]{1,6}") {
        let found = spec(&format!("Name: {name}\nVersion: {version}\nSource0: %{{name}}-%{{version}}.tar\n"));
        let expected = format!("{name}-{version}.tar");
        prop_assert_eq!(found.sources[0].value.plain().unwrap(), expected.as_bytes().as_bstr());
    }
}
