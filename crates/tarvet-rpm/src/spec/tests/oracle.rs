//! rpmspec reads the same specs. The sources that we resolve without conditions must be among its own, and where we
//! resolve all, it must have no other.

use std::collections::BTreeSet;
use std::process::Command;

use super::super::*;

/// Specs after public conventions, without the tags that each of them has.
const SPECS: &[&str] = &[
    "Source0: https://dl.example/%{name}/%{name}-%{version}.tar.xz\nSource1: %{SOURCE0}.asc\nSource2: keyring.gpg\n",
    "URL: https://e.example/\nSource: %{url}/%{name}-%{version}.tar.gz\nSource: extra.conf\nPatch: a.patch\n",
    "%global commit 0123456789\n%global tag v%{version}\nSource0: %{url}/archive/%{tag}.tar.gz#/%{name}-%{tag}.tar.gz\n",
    "%define prever rc1\nSource0: %{name}-%{version}%{?prever:-%{prever}}.tar.gz\n",
    "#global prever rc1\nSource0: %{name}-%{version}%{?prever}.tar.gz\n",
    "#%global prever rc1\nSource0: %{name}-%{version}%{?prever}.tar.gz\n",
    "%if 0\nSource0: never\n%else\nSource1: always\n%endif\n",
    "%if \"%{name}\" == \"oracle\" && 2 > 1\nSource0: yes\n%endif\nSource3: other\n",
    "%bcond_with tests\n%bcond_without docs\nSource0: a\n%if %{with tests}\nSource1: t\n%endif\n%if %{with docs}\nSource2: d\n%endif\n",
    "%global m() <%1>\nSource0: %m a b\nSource1: %{m:c}-%{m c d}\n",
    "%define join() %{1}_%{2}_%#_%*\nSource0: %join a b\n",
    "%global lazy %{later}\n%global later x\nSource0: %{lazy}\n",
    "%define long a \\\nSource1: b\nSource0: x-%{long}\n",
    "%global esc a\\\\b\\c%%{name}\nSource0: x-%{esc}\n",
    "%global a 1\n%undefine a\nSource0: x%{?a}y\n",
    "%{!?foo:%global foo 1}\nSource0: f%{foo}\n",
    "%{?name:Source4: from-macro}\n",
    "%{!?nope:\nSource0: many\nSource1: lines\n}\n",
    "# %{!?nope:\nSource0: live in a comment\n}\n",
    "Source7: seven\nSource: eight\nsOuRcE20: x\nSource: y\n",
    "Source0: https://h.example/a?b=c/d&e=f.tar\nSource1: https://h.example/a=b\nSource2: a=b\nSource3: https://h.example/x#y\n",
    "Source0: %nil%{nil}a%%b%{basename:/x/y.z}%[1+2]\n",
    "%package sub\nSummary: s\nVersion: 9\nSource5: sub-%{version}\n%description sub\n",
    "%description\n%sourcelist\none\n# no\ntwo\n%patchlist\np\n",
    "%if 0%{?fedora} || 0%{?rhel}\n%global v 2\n%else\n%global v 3\n%endif\nSource0: a-%{v}\n",
    "%ifarch nothing\nSource0: n\n%endif\n%ifos linux\nSource1: l\n%endif\n%ifnarch nothing\nSource2: o\n%endif\n",
    "Source0: %{NAME}-%{VERSION}%{release}\nSource1: %%{name}\nSource2: a%{defined name}b%{undefined name}\n",
    "%if %{undefined nope} && %{defined name}\nSource0: a\n%endif\n%if !0\nSource1: b\n%endif\n",
    "%global two %{expand:a\nb}\n%dnl Source0: no\nSource1: yes %dnl tail\n",
];

fn rpmspec(text: &str) -> Option<Vec<String>> {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("oracle.spec");
    std::fs::write(&path, text).unwrap();
    let output = Command::new("rpmspec")
        .args(["-q", "--srpm", "--qf", "[%{SOURCE}\\n]"])
        .arg(&path)
        .env("HOME", home.path())
        .output();
    let Ok(output) = output else {
        assert!(
            std::env::var_os("TARVET_REQUIRE_ORACLES").is_none(),
            "rpmspec is not installed, and TARVET_REQUIRE_ORACLES is set"
        );
        println!("skipped: rpmspec is not installed");
        return None;
    };
    assert!(
        output.status.success(),
        "{text}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(
        String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect(),
    )
}

#[test]
fn rpmspec_agrees() {
    for body in SPECS {
        let text = format!(
            "Name: oracle\nVersion: 1.2\nRelease: 3\nSummary: s\nLicense: MIT\n{body}\n%description\n"
        );
        let text = if body.starts_with("%description") {
            text.replace("\n\n%description\n", "\n")
        } else {
            text
        };
        let Some(theirs) = rpmspec(&text) else { return };
        let theirs: BTreeSet<&str> = theirs.iter().map(String::as_str).collect();
        let ours = read(text.as_bytes(), &Options::default());
        assert_eq!(Spec::plain(&ours.name).unwrap(), "oracle");
        assert_eq!(Spec::plain(&ours.version).unwrap(), "1.2");
        let mut all: BTreeSet<String> = BTreeSet::new();
        for source in &ours.sources {
            if let Some(text) = source
                .value
                .plain()
                .filter(|_| source.place.reach() == Reach::Always)
            {
                let name = file_name(text).to_string();
                assert!(
                    theirs.contains(name.as_str()),
                    "{body}: {name} is ours alone; rpmspec has {theirs:?}"
                );
            }
            if source.place.reach() == Reach::Never {
                let name = source.file_names()[0].to_string();
                assert!(!theirs.contains(name.as_str()), "{body}: {name}");
                continue;
            }
            all.extend(source.file_names().iter().map(ToString::to_string));
        }
        if ours.sources.iter().all(|source| source.value.is_resolved()) {
            for name in theirs
                .iter()
                .filter(|name| !name.ends_with(".patch") && **name != "p")
            {
                assert!(
                    all.contains(*name),
                    "{body}: {name} is rpmspec's alone; ours are {all:?}"
                );
            }
        }
    }
}

#[test]
fn nothing_of_a_spec_runs() {
    let home = tempfile::tempdir().unwrap();
    let canary = home.path().join("canary");
    let path = canary.display();
    let code = [
        format!("%(touch {path})"),
        format!("%{{lua:io.open('{path}','w')}}"),
        format!("%{{lua:os.execute('touch {path}')}}"),
        format!("%{{expand:%(touch {path})}}"),
        format!("%{{uncompress:{path}}}"),
        format!("%{{?nope:%(touch {path})}}%{{!?nope:%(touch {path})}}"),
        format!("`touch {path}` $(touch {path})"),
    ];
    for code in &code {
        let text = format!(
            "Name: a%{{nil}}\nVersion: {code}\n%global x {code}\n%define y() {code}\nSource0: {code}%{{x}}%{{y:1}}\n# {code}\n\
             {code}\n%if {code}\n%endif\n%include {path}\n%prep\n{code}\n%setup -n {code}\n%build\n{code}\n"
        );
        let spec = read(text.as_bytes(), &Options::default());
        let _ = crate::prep::read(&spec);
        let _ = crate::prep::build::read(&spec, crate::prep::build::Family::Fedora);
        assert!(
            Spec::plain(&spec.version).is_none() || code.starts_with('`'),
            "{code}"
        );
        assert!(!canary.exists(), "{code} ran");
    }
}
