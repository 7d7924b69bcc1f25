use super::build::{Family, read as build};
use super::*;
use crate::spec::{Options, read as read_spec};
use proptest::prelude::*;
use tarvet_origin::rebuild::Step;

const TAGS: &str = "Name: foo\nVersion: 1.0\nSource0: https://h/foo-1.0.tar.xz\nSource1: https://h/foo-1.0.tar.xz.asc\n\
    Source2: foo.keyring\nSource3: more.tar.gz\n";

fn spec(rest: &str) -> Spec {
    read_spec(format!("{TAGS}{rest}").as_bytes(), &Options::default())
}

fn kinds(rest: &str) -> Vec<FaultKind> {
    read(&spec(rest)).faults.iter().map(|fault| fault.kind).collect()
}

#[test]
fn what_is_unpacked_is_told() {
    let prep = read(&spec(
        "%prep\n%setup -q -n dir -a 3\n%setup -T -D -b3\nxz -dc %{SOURCE3} | tar xf -\nunzip %{S:3}\n",
    ));
    let all: Vec<_> = prep
        .unpacked
        .iter()
        .map(|unpack| (unpack.source.clone(), unpack.how))
        .collect();
    let number = SourceRef::Number;
    assert_eq!(
        all,
        [
            (number(0), How::Setup),
            (number(3), How::After),
            (number(3), How::Before),
            (number(3), How::Command),
            (number(3), How::Command)
        ]
    );
    assert_eq!(prep.unpacked[0].directory.as_ref().unwrap(), "dir");
}

#[test]
fn verifications_in_force_are_quiet() {
    for call in [
        "%{gpgverify} --keyring='%{SOURCE2}' --signature='%{SOURCE1}' --data='%{SOURCE0}'",
        "%gpgverify -k2 -s1 -d0",
        "xzcat '%{SOURCE0}' | %{gpgverify} --keyring='%{SOURCE2}' --signature='%{SOURCE1}' --data=-",
        "%gpg_verify %{S:1}",
        "gpgv2 --keyring %{SOURCE2} %{SOURCE1} %{SOURCE0}",
        "gpg --verify %{SOURCE1} %{SOURCE0} || exit 1",
        "%{_rpmconfigdir}/redhat/gpgverify --keyring=%{S:2} \\\n  --signature=%{S:1} --data=%{S:0}",
    ] {
        let prep = read(&spec(&format!("%prep\n{call}\n%setup -q\n")));
        assert_eq!(prep.faults, [], "{call}");
        let made = &prep.verifications[0];
        assert_eq!(made.data, Some(SourceRef::Number(0)), "{call}");
        assert_eq!(made.signature, Some(SourceRef::Number(1)), "{call}");
        assert_eq!(made.state, VerificationState::Active, "{call}");
    }
}

#[test]
fn verifications_that_prove_nothing_are_told() {
    let call = "%{gpgverify} --keyring='%{SOURCE2}' --signature='%{SOURCE1}' --data='%{SOURCE0}'";
    for (script, kind) in [
        (format!("#%{call}\n"), FaultKind::VerificationCommentedOut),
        (format!("# {call}\n"), FaultKind::VerificationCommentedOut),
        (format!("%if 0\n{call}\n%endif\n"), FaultKind::VerificationDead),
        (
            format!("%if %{{with check}}\n{call}\n%endif\n"),
            FaultKind::VerificationConditional,
        ),
        (
            format!("if false; then\n{call}\nfi\n"),
            FaultKind::VerificationConditional,
        ),
        (format!("false && {call}\n"), FaultKind::VerificationConditional),
        (format!("{call} || :\n"), FaultKind::VerificationIgnored),
        (format!("{call} && true\n"), FaultKind::VerificationIgnored),
        (format!("{call} &\n"), FaultKind::VerificationIgnored),
        (format!("! {call}\n"), FaultKind::VerificationIgnored),
        (format!("set +e\n{call}\n"), FaultKind::VerificationIgnored),
        (format!("exit 0\n{call}\n"), FaultKind::VerificationConditional),
        (
            format!("check() {{\n{call}\n}}\n"),
            FaultKind::VerificationConditional,
        ),
        (
            call.replace("SOURCE0", "SOURCE3") + "\n",
            FaultKind::VerificationOtherData,
        ),
        (
            call.replace("'%{SOURCE0}'", "$file") + "\n",
            FaultKind::VerificationUnclear,
        ),
    ] {
        assert_eq!(kinds(&format!("%prep\n{script}%setup -q\n")), [kind], "{script}");
    }
    // Text of a here document is no call.
    let prep = read(&spec(&format!("%prep\ncat <<EOF\n{call}\nEOF\n%setup\n")));
    assert_eq!(prep.verifications, []);
}

#[test]
fn what_prep_writes_is_told() {
    let prep = read(&spec(
        "%prep\n%setup -q\nsed -i s/a/b/ x\ncp %{SOURCE3} .\nrm -f y\ntouch z\nautoreconf -fi\necho a > b\n",
    ));
    let all: Vec<WriteKind> = prep.writes.iter().map(|write| write.kind).collect();
    use WriteKind::{Copy, Edit, Regenerate, Remove, Touch};
    assert_eq!(all, [Edit, Copy, Remove, Touch, Regenerate, Copy]);
    assert_eq!(prep.writes[1].sources, [SourceRef::Number(3)]);
    for line in [
        "curl -O https://h/x",
        "wget x",
        "git clone https://h/x",
        "/usr/bin/curl x",
    ] {
        assert_eq!(
            kinds(&format!("%prep\n%setup\n{line}\n")),
            [FaultKind::NetworkUse],
            "{line}"
        );
        assert_eq!(
            kinds(&format!("%prep\n%setup\n%build\n{line}\n")),
            [FaultKind::NetworkUse],
            "{line}"
        );
    }
    assert_eq!(kinds("%prep\n%setup\ngit am x\ngit init\necho curl\n"), []);
}

fn steps(script: &str) -> Vec<Step> {
    build(&spec(script), Family::Fedora).steps
}

#[test]
fn certain_commands_are_steps() {
    for call in [
        "autoreconf -fi",
        "autoreconf --force --install -v",
        "autoreconf -vif -I m4",
        "autoreconf -fi .",
    ] {
        for script in [
            format!("%prep\n%autosetup -p1\n{call}\n%build\n%configure\n"),
            format!("%prep\n%setup -q -n x\n%build\n{call}\n%configure\n"),
            format!("%prep\n%setup -q\n%conf\n{call}\n%configure\n"),
        ] {
            let made = build(&spec(&script), Family::Fedora);
            assert!(
                matches!(&made.steps[0], Step::Autoreconf { directory, .. } if directory.is_empty()),
                "{script}: {made:?}"
            );
            assert!(matches!(made.steps[1], Step::ConfigScripts { .. }), "{script}");
            assert_eq!(made.doubts, [], "{script}");
        }
    }
    let deleted = steps("%prep\n%setup\ncd lib\nrm -rf a.c sub\n");
    let patterns: Vec<String> = deleted
        .iter()
        .map(|step| match step {
            Step::Delete { pattern, .. } => pattern.to_string(),
            _ => String::new(),
        })
        .collect();
    assert_eq!(patterns, ["lib/a.c", "lib/sub"]);
    assert!(
        matches!(&steps("%prep\n%setup\n%build\n%meson\n%meson_build\n")[..], [Step::OtherBuildSystem { name, .. }] if name == "meson")
    );
}

#[test]
fn what_may_not_happen_is_no_step() {
    let call = "autoreconf -fi";
    for script in [
        "autoreconf".to_owned(),
        "autoreconf -i".to_owned(),
        "autoreconf -f".to_owned(),
        "autoreconf -fi --no-recursive".to_owned(),
        "autoreconf -fi $dir".to_owned(),
        "autoreconf -fi ../x".to_owned(),
        format!("#{call}"),
        format!("# %%{call}"),
        format!("{call} || :"),
        format!("{call} | cat"),
        format!("true || {call}"),
        format!("if test x; then {call}; fi"),
        format!("for i in; do\n{call}\ndone"),
        format!("({call})"),
        format!("f() {{ {call}; }}"),
        format!("%if 0\n{call}\n%endif"),
        format!("%ifarch x86_64\n{call}\n%endif"),
        format!("%{{?x:{call}}}"),
        format!("cat <<E\n{call}\nE"),
        format!("echo '\n{call}\n'"),
        format!("echo \"\n{call}\n\""),
        format!("echo \\\n{call}"),
        format!("exit 0\n{call}"),
        format!("exec true\n{call}"),
        format!("AUTOCONF=true {call}"),
        format!("export AUTOCONF=: \n{call}"),
        format!("export PATH=.:$PATH\n{call}"),
        format!("alias autoreconf=true\n{call}"),
        format!(". ./env\n{call}"),
        format!("cd $x\n{call}"),
        format!("%configure\n{call}"),
        format!("echo {call}"),
        format!("set +e\n{call}"),
    ] {
        let text = format!("%prep\n%setup -q\n%build\n{script}\n");
        let found = steps(&text);
        assert!(
            !found.iter().any(|step| matches!(step, Step::Autoreconf { .. })),
            "{script}: {found:?}"
        );
    }
    for setup in [
        "%setup -c",
        "%setup -T",
        "%setup -n a/b",
        "%setup\n%setup -T -D -a 3",
        "true",
    ] {
        let found = build(
            &spec(&format!("%prep\n{setup}\n%build\n{call}\n")),
            Family::Fedora,
        );
        assert_eq!(
            (found.steps.len(), found.doubts.is_empty()),
            (0, false),
            "{setup}"
        );
    }
    for script in [
        "rm -f $x",
        "rm -f ../x",
        "rm -f /x",
        "test x && rm -f x",
        "%configure\nrm -f x",
        "rm -f %{x}",
    ] {
        let found = steps(&format!("%prep\n%setup\n{script}\n"));
        assert!(
            !found.iter().any(|step| matches!(step, Step::Delete { .. })),
            "{script}"
        );
    }
}

#[test]
fn a_build_is_in_doubt_where_its_text_is() {
    for script in [
        "./autogen.sh",
        "sh ./x",
        "%unknown_macro",
        "%define __autoconf true",
        "python3 x.py",
        "find . -delete",
        "touch configure",
        "autoreconf -i",
        "%meson\nmake",
        "%cmake\n%configure",
    ] {
        let made = build(
            &spec(&format!("%prep\n%setup -q\n%build\n{script}\n")),
            Family::Fedora,
        );
        assert!(!made.doubts.is_empty(), "{script}");
    }
    let made = build(&spec("%prep\n%setup\n%build\n%configure\n"), Family::Unknown);
    assert_eq!((made.steps.len(), made.doubts.len()), (0, 2));
    let made = build(
        &spec("%global _configure_gnuconfig_hack 0\n%prep\n%setup\n%build\n%configure\n"),
        Family::Fedora,
    );
    assert_eq!(made.steps, []);
}

/// Ways to put the tarball's configure aside and back, or to have autoreconf leave it alone, with innocent ones beside them.
#[test]
fn tricks_around_autoreconf_are_doubts() {
    let fate = |script: &str| {
        let made = build(
            &spec(&format!("%prep\n%setup -q\n%build\n{script}\n%configure\n")),
            Family::Suse,
        );
        let runs = made
            .steps
            .iter()
            .any(|step| matches!(step, Step::Autoreconf { .. }));
        let concerns = |path: &str| {
            made.doubts.iter().any(|doubt| {
                let pattern = doubt.pattern.to_string();
                pattern.is_empty() || pattern == path || pattern.ends_with('/') && path.starts_with(&pattern)
            })
        };
        runs && !concerns("configure") && !concerns("sub/configure")
    };
    let call = "autoreconf -fi";
    for trick in [
        format!("cat configure > x\n{call}\ncat x > configure"),
        format!("echo > configure.ac\n{call}"),
        format!("cp configure x\n{call}"),
        format!("cp -a sub save.d\n{call}"),
        format!("mv sub x\n{call}\nmv x sub"),
        format!("ln configure x\n{call}"),
        format!("cp -a . ../save\n{call}"),
        format!("cp x/configure .\n{call}"),
        format!("tar cf save.tar sub\n{call}\ntar xf save.tar"),
        format!("gzip -dk configure.gz\n{call}"),
        format!("sed -n 'w x' configure\n{call}"),
        format!("sed -i 's/a/b/w configure' x.c\n{call}"),
        format!("sed -i s/AC_INIT/X/ configure.ac\n{call}"),
        format!("sed -i '/x/d' Makefile.am\n{call}"),
        format!("rm -f Makefile.am\n{call}"),
        format!("rm -f configure.ac\n{call}"),
        format!("find . -name configure -exec cp {{}} x ';'\n{call}"),
        format!("find . -fprint configure\n{call}"),
        format!("iconv -o configure x\n{call}"),
        format!("gpg --verify --output configure x\n{call}"),
        format!("set -n\n{call}"),
        format!("exec 3>configure\n{call}"),
        format!("trap 'cp x configure' EXIT\n{call}"),
        format!("export PERL5LIB=.\n{call}"),
        format!("AUTOM4TE_CFG=x {call}"),
        format!("MAKEFLAGS=x\n{call}"),
        "./autoreconf -fi".into(),
        "build/autoreconf -fi".into(),
        "%autoreconf -fi".into(),
        "%{?autoreconf} -fi".into(),
        format!("./echo x\n{call}"),
        format!("python3 x.py\n{call}"),
        format!("perl -pi -e 's/a/b/e' x.c\n{call}"),
        format!("%generate_buildrequires\n./x\n%build\n{call}"),
    ] {
        assert!(!fate(&trick), "{trick}");
    }
    for innocent in [
        call.to_owned(),
        format!("/usr/bin/{call}"),
        format!("export CFLAGS=\"%{{optflags}} -fPIC\"\n{call}"),
        format!("set -ex\n{call}"),
        format!("sed -i 's|/usr/local|/usr|' src/x.c\n{call}"),
        format!("sed -i -e s/a/b/g -e 12d src/x.c\n{call}"),
        format!("cp %{{SOURCE3}} .\n{call}"),
        format!("cp -p /usr/share/automake/config.sub build-aux/config.sub\n{call}"),
        format!("iconv -f latin1 -t utf-8 AUTHORS > AUTHORS.new\nmv AUTHORS.new AUTHORS\n{call}"),
        format!("find . -name '*.c' -exec chmod 644 {{}} +\n{call}"),
        format!("%{{__rm}} -rf libltdl\n{call}"),
        format!("mkdir -p m4\ntouch NEWS README\n{call}"),
        format!("gpgv2 --keyring %{{SOURCE2}} %{{SOURCE1}} %{{SOURCE0}} 2>/dev/null\n{call}"),
        format!("{call}\n%configure\nmake\ncp configure x"),
    ] {
        assert!(fate(&innocent), "{innocent}");
    }
}

proptest! {
    #[test]
    fn any_script_is_read(script in "[a-z %{}()|&;<>'\"\\\\$`#\n-]{0,200}") {
        let spec = spec(&format!("%prep\n{script}\n%build\n{script}\n"));
        let _ = read(&spec);
        let _ = build(&spec, Family::Fedora);
    }
}
