use super::*;

fn parse(text: &str) -> Watch {
    Watch::parse(text.as_bytes(), "hello")
}

fn one(text: &str) -> Source {
    let watch = parse(text);
    assert_eq!(watch.faults, [], "{text}");
    assert_eq!(watch.sources.len(), 1, "{text}");
    watch.sources.into_iter().next().unwrap()
}

fn repository(url: &str) -> Option<String> {
    parse(&format!("version=4\n{url} .*/v(.*)\\.tar\\.gz\n"))
        .repository(None)
        .map(|repository| repository.url)
}

#[test]
fn a_line_with_everything() {
    let source = one(
        "# comment \\\nversion=4\n\n# opts=\"mode=git\" \\\nopts=\"component=data, \\\n  decompress,repack, repacksuffix=+ds,\\\n\
           uversionmangle=s/-rc/~rc/;s/a/b/, pgpsigurlmangle=s%$%.asc%\" \\\n  https://example.org/@PACKAGE@/ \\\n  \
           @PACKAGE@-(\\d+).tar.xz same uupdate\n",
    );
    assert_eq!(source.line, 5);
    assert_eq!(source.url, "https://example.org/hello/");
    assert_eq!(source.pattern.as_deref(), Some("hello-(\\d+).tar.xz"));
    assert_eq!(source.component.as_deref(), Some("data"));
    assert_eq!(source.uversionmangle, ["s/-rc/~rc/", "s/a/b/"]);
    assert_eq!(source.pgpsigurlmangle, ["s%$%.asc%"]);
    assert_eq!(source.pgp_mode, PgpMode::Mangle);
    assert_eq!(source.repacksuffix.as_deref(), Some("+ds"));
    assert!(source.decompress && source.repack);
    assert_eq!(source.policy, Policy::Same);
}

#[test]
fn pattern_within_the_url() {
    for (line, url, pattern, policy) in [
        (
            "https://x.org/a/b-(.*).tgz debian",
            "https://x.org/a/",
            "b-(.*).tgz",
            Policy::Debian,
        ),
        (
            "https://x.org/b@ANY_VERSION@@ARCHIVE_EXT@ 1.2",
            "https://x.org/",
            "b@ANY_VERSION@@ARCHIVE_EXT@",
            Policy::Literal("1.2".into()),
        ),
        (
            "https://x.org/(a)/ b-(.*) ignore",
            "https://x.org/(a)/",
            "b-(.*)",
            Policy::Ignore,
        ),
    ] {
        let source = one(&format!("version=3\n{line}\n"));
        assert_eq!(
            (source.url.as_str(), source.pattern.as_deref()),
            (url, Some(pattern))
        );
        assert_eq!(source.policy, policy);
    }
}

#[test]
fn quotes_end_before_a_blank_only() {
    let source = one("version=4\noptions = \"uversionmangle=s/\"x/y/\" https://x.org/ a(.*)\n");
    assert_eq!(source.uversionmangle, ["s/\"x/y/"]);
    let agent = one("version=4\nopts=\"user-agent=A, B; C\" https://x.org/ a(.*)\n");
    assert_eq!(agent.other, [("user-agent".to_owned(), "A, B; C".to_owned())]);
}

#[test]
fn what_is_wrong_is_told() {
    for (text, line, sources) in [
        ("", 0, 0),
        ("https://x.org/ a(.*)\n", 1, 0),
        ("version=2\nhttps://x.org/ a(.*)\n", 1, 1),
        ("version=9\nhttps://x.org/ a(.*)\n", 1, 0),
        ("version=99999999999999\n", 1, 0),
        ("Version: 6\n\nSource: https://x.org/\n", 1, 0),
        ("version=4\nopts=\"a https://x.org/ a(.*)\n", 2, 0),
        ("version=4\nhttps://x.org/\n", 2, 1),
        ("version=4\nopts=frobnicate=1 https://x.org/ a(.*)\n", 2, 1),
        ("version=4\nopts=pgpmode= https://x.org/ a(.*)\n", 2, 1),
        ("version=4\nopts=pgpmode=mangle https://x.org/ a(.*)\n", 2, 1),
        ("version=4\nopts=pgpmode=gittag https://x.org/ a(.*)\n", 2, 1),
        ("version=4\nhttps://x.org/ \\", 2, 0),
        ("Version: 5\n\nSource: https://x.org/\nNonsense: x\n", 4, 1),
        (
            "Version: 5\nSource: https://x.org/\n\nTemplate: GitHub\nDist: a/b\n",
            2,
            1,
        ),
        ("Version: 5\n\nMode: git\n", 3, 1),
    ] {
        let watch = parse(text);
        assert_eq!(watch.faults.len(), 1, "{text} {:?}", watch.faults);
        assert_eq!(
            (watch.faults[0].line, watch.sources.len()),
            (line, sources),
            "{text}"
        );
    }
    assert_eq!(parse("version=4\n# no upstream\n").faults, []);
    assert_eq!(one("Version: 5\nSource: https://x.org/\n").line, 1);
    assert_eq!(
        one("version=4\nopts=frobnicate=1 https://x.org/ a(.*)\n"
            .replace("frobnicate", "ctype")
            .as_str())
        .other
        .len(),
        1
    );
}

#[test]
fn promises() {
    for (opts, promise) in [
        ("mode=lwp", Promise::Silent),
        ("pgpmode=default", Promise::Silent),
        ("pgpmode=auto", Promise::IfThere),
        ("pgpmode=none", Promise::Refused),
        ("pgpmode=no", Promise::Refused),
        ("pgpsigurlmangle=s/$/.asc/", Promise::Tarball),
        ("pgpsigurlmangle=s/$/.asc/,pgpmode=none", Promise::Refused),
        ("pgpmode=none,pgpsigurlmangle=s/$/.asc/", Promise::Tarball),
        ("pgpsigurlmangle=s/$/.asc/,pgpmode=auto", Promise::IfThere),
        ("mode=git,pgpmode=gittag", Promise::Tag),
        ("pgpmode=next", Promise::Tarball),
        ("pgpmode=self", Promise::Tarball),
        ("mode=svn", Promise::Refused),
    ] {
        let watch = parse(&format!("version=4\nopts=\"{opts}\" https://x.org/ a(.*)\n"));
        assert_eq!(watch.promises_signature(None), promise, "{opts}");
        assert_eq!(watch.promises_signature(Some("x")), Promise::Silent, "{opts}");
    }
    let two = parse(
        "version=4\nopts=pgpmode=next https://x.org/ a(.*)\nopts=pgpmode=previous https://x.org/ a(.*).asc previous\n\
         opts=component=x,pgpmode=none https://x.org/ b(.*) same\n",
    );
    assert_eq!(two.promises_signature(None), Promise::Tarball);
    assert_eq!(two.promises_signature(Some("x")), Promise::Refused);
    assert!(Promise::Tag.is_made() && !Promise::IfThere.is_made());
}

#[test]
fn version_5() {
    let watch = parse(
        "Version: 5\nPgp-Mode: auto\n# c\n\nSOURCE: https://x.org/@PACKAGE@\nmatchingpattern: a(.*)\nGit-Modules:\n a\n b\n\
         Uversion-Mangle:\n s/a/b/\n s/c/d/\n\nTemplate: GitHub\nOwner: me\nProject: it\nComponent: two\nPGPMode: none\n\n\
         Template: GitLab\nDist: https://git.example.org/group/sub/name\nComponent: three\n\n\
         Template: Github\nDist: https://github.com/a/b\nComponent: four\n\nTemplate: Pypi\nDist: x\nComponent: five\n",
    );
    assert_eq!(watch.faults, []);
    assert_eq!(watch.version, 5);
    let first = &watch.sources[0];
    assert_eq!((first.line, first.url.as_str()), (5, "https://x.org/hello"));
    assert_eq!(first.git_modules, GitModules::Some(vec!["a".into(), "b".into()]));
    assert_eq!(first.uversionmangle, ["s/a/b/", "s/c/d/"]);
    assert_eq!(watch.promises_signature(None), Promise::IfThere);
    assert_eq!(watch.promises_signature(Some("two")), Promise::Refused);
    let url = |component| watch.repository(Some(component)).map(|repository| repository.url);
    assert_eq!(url("two").as_deref(), Some("https://github.com/me/it"));
    assert_eq!(
        url("three").as_deref(),
        Some("https://git.example.org/group/sub/name")
    );
    assert_eq!(url("four").as_deref(), Some("https://github.com/a/b"));
    assert_eq!(url("five"), None);
}

#[test]
fn repositories() {
    for (url, expected) in [
        ("https://github.com/a/b/tags", Some("https://github.com/a/b")),
        (
            "https://github.com/a/b.git/releases",
            Some("https://github.com/a/b"),
        ),
        (
            "https://api.github.com/repos/a/b/tags?per_page=50",
            Some("https://github.com/a/b"),
        ),
        (
            "https://codeload.github.com/a/b/x",
            Some("https://github.com/a/b"),
        ),
        (
            "https://gitlab.com/a/b/c/-/tags",
            Some("https://gitlab.com/a/b/c"),
        ),
        (
            "https://gitlab.gnome.org/a/b/tags?sort=updated_desc",
            Some("https://gitlab.gnome.org/a/b"),
        ),
        (
            "https://salsa.debian.org/a/b/-/tags",
            Some("https://salsa.debian.org/a/b"),
        ),
        (
            "https://codeberg.org/a/b/releases",
            Some("https://codeberg.org/a/b"),
        ),
        ("https://git.sr.ht/~a/b/refs", Some("https://git.sr.ht/~a/b")),
        ("https://github.com/a", None),
        ("https://github.com/a/..", None),
        ("https://github.com/-a/b/tags", None),
        ("https://github.com.evil.org/a/b/tags", None),
        ("https://github.com@evil.org/a/b/tags", None),
        ("https://example.org/a/b", None),
    ] {
        assert_eq!(repository(url).as_deref(), expected, "{url}");
    }
}

#[test]
fn git_urls_that_would_run_something_are_not_handed_on() {
    for (url, good) in [
        ("https://example.org/x.git", true),
        ("ssh://git@example.org/x.git", true),
        ("ext::sh", false),
        ("file:///etc", false),
        ("ext://x/y", false),
        ("ssh://-oProxyCommand=x/y", false),
        ("https:///x", false),
        ("--upload-pack=x", false),
    ] {
        let watch = parse(&format!("version=4\nopts=mode=git {url} refs/tags/v(.*)\n"));
        assert_eq!(watch.repository(None).is_some(), good, "{url}");
    }
}

#[test]
fn hosts_of_urls_patterns_and_rules() {
    let watch = parse(
        "version=4\nopts=\"downloadurlmangle=s|x|https://CDN.example.org/$1|;s/a/b/\" https://example.org/x \
         http://mirror\\.example\\.net/a-(.*)\n",
    );
    let hosts: Vec<String> = watch.hosts().into_iter().collect();
    assert_eq!(hosts, ["cdn.example.org", "example.org", "mirror.example.net"]);
}

#[test]
fn bombs_are_cut_off() {
    assert!(
        parse(&("version=4\n".to_owned() + &"https://x.org/ a(.*)\n".repeat(20_000)))
            .sources
            .len()
            <= 1000
    );
    parse(&("version=4\n".to_owned() + &"\\\n".repeat(20_000)));
    parse(&format!("version=4\nopts=\"{}", "\"".repeat(20_000)));
    parse(&format!(
        "version=4\nopts=\"{}\" https://x.org/ a(.*)",
        "x=y,".repeat(20_000)
    ));
    assert!(
        parse(&("Version: 5\n".to_owned() + &"\nSource: https://x.org\n".repeat(10_000)))
            .sources
            .len()
            <= 1000
    );
}

proptest::proptest! {
    #[test]
    fn nothing_panics(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
        Watch::parse(&bytes, "hello");
    }

    #[test]
    fn near_misses(text in "(version=4|Version: 5|\n|opts=|\"|pgpmode=|none|,|https://|github.com|/a|\\(|\\)|\\\\|@ANY_VERSION@| |Template: |Dist: ){0,40}") {
        let watch = parse(&format!("version=4\n{text}"));
        watch.hosts();
        watch.repository(None);
        let watch = parse(&format!("Version: 5\n\n{text}"));
        if let Some(repository) = watch.repository(None) {
            proptest::prop_assert!(repository.url.starts_with("https://"));
        }
    }
}
