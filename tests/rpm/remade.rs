//! What the build remakes, and specs that only seem to have it remade: each of them builds the tarball's own `configure`,
//! or could.

use super::CONFIGURE;
use super::support::rpm::{Form, Package, World};

const REMAKE: &str = "autoreconf -fi\n";
const FIRST: &str = "Name:           foo\n";

fn origin(package: &Package) -> String {
    let judged = package.run(Form::Directory);
    let differences = &judged.report["tarballs"][0]["differences"];
    let of = |one: &&serde_json::Value| one["path"] == "configure";
    let found = differences.as_array().into_iter().flatten().find(of);
    found.expect("configure differs")["origin"].to_string()
}

/// Expects that `configure` counts as discarded, or does not, with each of these edits of the spec.
#[track_caller]
fn expect(is_discarded: bool, from: &str, all: &[&str]) {
    let world = World::new();
    let tarball = world.packed(CONFIGURE);
    for to in all {
        let package = world.around(&tarball).with(from, to);
        let origin = origin(&package.file("tool", "#! /bin/sh\n"));
        assert_eq!(origin == "\"discarded\"", is_discarded, "{to}: {origin}");
    }
}

#[test]
fn code_in_words_may_put_files_aside() {
    expect(
        false,
        REMAKE,
        &[
            "echo \"$(cp configure keep)\"\nautoreconf -fi\n",
            "echo `cp configure keep`\nautoreconf -fi\n",
            "x=$(cp configure keep)\nautoreconf -fi\n",
            "export CC=\"$(cp configure keep)\"\nautoreconf -fi\n",
            ": $((PATH=3))\nautoreconf -fi\n",
            "unset PATH\nautoreconf -fi\n",
            "printf -v PATH .\nautoreconf -fi\n",
            "cat configure > keep\nautoreconf -fi\nmake -v\ncp keep configure\n",
            "grep -r x > keep\nautoreconf -fi\n",
            "cat <configure > keep\nautoreconf -fi\n",
            "cat configure >& keep\nautoreconf -fi\nmake -v\ncp keep configure\n",
            "cat configure > /dev/shm/keep\nautoreconf -fi\n",
            "{ cat configure; } > keep\nautoreconf -fi\n",
            "xz -t -z -k configure\nautoreconf -fi\n",
        ],
    );
    expect(
        true,
        REMAKE,
        &[
            "export CFLAGS=\"%{optflags} ${RPM_OPT_FLAGS:-x} $(pkg-config --cflags x)\"\nautoreconf -fi\n",
            "jobs=`getconf X`\nautoreconf -fi\n",
            "cat > notes <<EOF\n$x\nEOF\nautoreconf -fi\n",
            "echo 1.0 > .tarball-version\ngrep x README >/dev/null 2>&1\nautoreconf -fi\n",
            "iconv -f latin1 -t utf-8 AUTHORS > new\nmv new AUTHORS\nautoreconf -fi\n",
            "unset CFLAGS\nautoreconf -fi\n",
        ],
    );
}

#[test]
fn a_shell_may_see_other_commands() {
    expect(
        false,
        REMAKE,
        &[
            "if test a = b; then\ncase x in y) ;; esac\nautoreconf -fi\nfi\n",
            "if test a = b; then\ncase x in (fi) ;; esac\nautoreconf -fi\nfi\n",
            "if test a = b; then\n'fi'\nautoreconf -fi\nfi\n",
            "echo \"$(echo '\"' )\"\necho 'x\nautoreconf -fi\n'\necho \"$(echo '\"' )\"\n",
            ": ${x:-\nautoreconf -fi\n}\n",
            "cat <<'echo F' >/dev/null\necho\nautoreconf -fi\necho F\n",
            "cat <<true >/dev/null\n true\nautoreconf -fi\ntrue\n",
            "cat <<true >/dev/null\ntrue \nautoreconf -fi\ntrue\n",
            "echo \\ \ncp configure keep\nautoreconf -fi\n",
            "echo \\\n\ncp configure keep\nautoreconf -fi\n",
        ],
    );
    expect(
        true,
        REMAKE,
        &[
            "if test -f x; then\n echo \"done\"\nfi\nfor i in a b; do\n echo $i\ndone\n{ echo x; }\n(echo y)\nautoreconf -fi\n",
            "cat <<-EOF >/dev/null\n\ttext\n\tEOF\nautoreconf \\\n  -fi\n",
        ],
    );
}

#[test]
fn what_was_replaced_may_come_back() {
    expect(
        false,
        "%make_build\n",
        &[
            "tar xf %{SOURCE0} --strip-components 1\n./configure\n%make_build\n",
            "%make_build\n%install\ntar xf %{SOURCE0} --strip-components 1\n./configure\n",
            "%make_build\n%check\ncd ..\n%setup -q\n./configure\n",
            "git checkout configure\n./configure\n",
            "bash -c 'tar xf ../SOURCES/*.gz'\n./configure\n",
        ],
    );
    expect(
        true,
        "%make_build\n",
        &[
            "%make_build\n%install\n%make_install\ninstall -m644 %{SOURCE2} %{buildroot}/x\ntar cf x.tar doc\nrm -f %{buildroot}/y\n",
        ],
    );
}

#[test]
fn code_and_definitions_may_change_the_build() {
    expect(
        false,
        FIRST,
        &[
            "%global optflags -O2\"; autoreconf() { :; }; x=\"\nName: foo\n",
            "%define optflags %{bad}\n%global bad x\"; f\nName: foo\n",
            "%global _docdir /x$(f)\nName: foo\n",
            "%global verbose 1?\"f\":\"\"\nName: foo\n",
            "%global x %{lua:rpm.define(\"___build_pre f\")}\nName: foo\n",
            "# %{lua:rpm.define(\"___build_pre f\")}\nName: foo\n",
            "# %(printf x)\nName: foo\n",
            "%global x %(cp a b)\nName: foo\n",
            "%{foo:%global __spec_build_pre f}\nName: foo\n",
            "%{echo:%global __spec_build_pre f}\nName: foo\n",
        ],
    );
    expect(false, "%build\n", &["%build -p /bin/true\n"]);
    expect(
        true,
        FIRST,
        &[
            "%global optflags %{optflags} -fcommon\nName: foo\n",
            "%global commit abcdef0\n%global short %(c=%{commit}; echo ${c:0:7})\n%global day %(date +%%Y%%m%%d)\nName: foo\n",
            "%define autorelease(e:s:pb:n) %{?-p:0.}%{lua:\n    release_number = 4;\n    base_release_number = \
             tonumber(rpm.expand(\"%{?-b*}%{!?-b:1}\"));\n    print(release_number + base_release_number - 1);\n\
             }%{?-e:.%{-e*}}%{!?-n:%{?dist}}\nName: foo\n",
        ],
    );
}

#[test]
fn what_a_patch_touches_may_be_kept_elsewhere() {
    let world = World::new();
    let tarball = world.packed(CONFIGURE);
    let with = |patch: &str| {
        let package = world
            .around(&tarball)
            .with("Source3:", "Patch0: a.patch\nSource3:");
        origin(&package.file("a.patch", patch))
    };
    let renamed =
        "diff --git a/configure b/keep\nsimilarity index 100%\nrename from configure\nrename to keep\n";
    assert_ne!(with(renamed), "\"discarded\"");
    let elsewhere = "--- a/src/main.c\n+++ b/src/main.c\n@@ -1 +1 @@\n-int main(void) { return 0; }\n+int main(void) { return 1; }\n";
    assert_eq!(with(elsewhere), "\"discarded\"");
}
