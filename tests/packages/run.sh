#!/bin/bash
# Builds a small package in every way that matters, with the tarvet that is installed: the command, the debhelper add-on and
# lintian's check. Each scenario starts from a copy of what make-package.sh leaves.
#
#     run.sh [SCENARIO…]     all of them: fresh stale altered doctored dh lintian hooks
#
# Works in a temporary directory, which is removed; in TARVET_PACKAGES where that is set, which is left.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
if [ -n "${TARVET_PACKAGES:-}" ]; then
    work=$TARVET_PACKAGES
    mkdir -p "$work"
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi
export LC_ALL=C.UTF-8 DEB_BUILD_OPTIONS=${DEB_BUILD_OPTIONS:-nocheck} DEBSIGN_KEYID=
unset DH_EXTRA_ADDONS DH_VERBOSE DH_NO_ACT
# Nobody signs a .dsc here, and tags of no interest are many.
lintian=(lintian --allow-root --tag-display-limit 0)

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# has FILE PATTERN…: the file has a line for each pattern. hasnt: it has none for any.
has() {
    local file=$1 pattern
    shift
    for pattern; do
        grep -Eq -- "$pattern" "$file" || { cat "$file" >&2; fail "$file has no line '$pattern'"; }
    done
}
hasnt() {
    local file=$1 pattern
    shift
    for pattern; do
        ! grep -E -- "$pattern" "$file" >&2 || fail "$file has a line '$pattern'"
    done
}

# Runs a command that must end with a status, and keeps what it prints in LOG.
ends() {
    local expected=$1 log=$2 status=0
    shift 2
    "$@" > "$log" 2>&1 || status=$?
    [ "$status" -eq "$expected" ] || { cat "$log" >&2; fail "status $status instead of $expected: $*"; }
}

# A scenario's own package.
package() {
    local name=$1
    shift
    if [ ! -e "$work/base/tale_1.0.orig.tar.xz" ]; then
        "$here/make-package.sh" "$work/base"
    fi
    rm -rf "${work:?}/$name"
    cp -a "$work/base" "$work/$name"
    cd "$work/$name"
    [ $# -eq 0 ] || "$here/make-package.sh" "$@" .
    rm -rf tale-1.0
    dpkg-source -x tale_1.0-1.dsc > unpack.log 2>&1
}

build() { (cd tale-1.0 && dpkg-buildpackage -us -uc "$@"); }
with() { DH_EXTRA_ADDONS=tarvet "$@"; }

# Everything is made anew: nothing is said, and the packages are the ones that come without the add-on.
scenario_fresh() {
    package fresh
    ends 0 plain.log build -b
    mkdir plain
    mv ./*.deb plain
    rm -rf tale-1.0
    dpkg-source -x tale_1.0-1.dsc > unpack.log 2>&1
    ends 0 build.log with build -b
    has build.log '^   dh_tarvet$' '^   dh_tarvet_rebuilt$'
    hasnt build.log '^dh_tarvet' '^(error|warning|info) ' 'generated-file'
    for deb in plain/*.deb; do
        cmp "$deb" "${deb#plain/}" || fail "the add-on changes $deb"
    done
    ends 0 check.log tarvet debian tale_1.0-1.dsc
    ends 0 rebuilt.log tarvet rebuilt --source tale_1.0.orig.tar.xz --binary ./*.deb \
        --report tale-1.0/debian/.debhelper/tarvet/report.json --tree tale-1.0 \
        --since tale-1.0/debian/.debhelper/tarvet/started
    (cd tale-1.0 && debian/rules clean) > clean.log 2>&1
    [ ! -e tale-1.0/debian/.debhelper ] || fail 'clean leaves debian/.debhelper'
}

# Nothing is deleted before the build: what is used as it came is named by all three.
scenario_stale() {
    package stale --stale
    ends 3 check.log tarvet debian tale_1.0-1.dsc --all
    has check.log 'generated-file-not-rebuilt' ' src/grammar.c: ' ' man/tale.1: ' ' doc/tale.info: '
    ends 0 build.log with build -b
    has build.log "warning: the source is not wholly proven" 'generated-file-installed' ' man/tale.1: ' ' src/grammar.c: '
    ends 1 rebuilt.log tarvet rebuilt --source tale_1.0.orig.tar.xz --binary ./*.deb --all
    has rebuilt.log ' man/tale.1: tale_1.0-1_.*/man1/tale.1.gz'
    # The same with --fail and --strict.
    printf '\noverride_dh_tarvet_rebuilt:\n\tdh_tarvet_rebuilt --fail\n' >> tale-1.0/debian/rules
    ends 2 fail.log with build -b
    has fail.log 'error: generated files of the tarball are in the packages'
    printf '\noverride_dh_tarvet:\n\tdh_tarvet --strict\n' >> tale-1.0/debian/rules
    ends 2 strict.log with build -b
    has strict.log 'error: the source is not wholly proven'
}

# The tree is altered between unpacking and building.
scenario_altered() {
    package altered
    mkdir tale-1.0/debian/patches
    cat > tale-1.0/debian/patches/greeting <<'END'
Description: A patch
--- a/COPYING
+++ b/COPYING
@@ -1 +1,2 @@
 Be it known that anyone may do with this what they like.
+Or not.
--- /dev/null
+++ b/src/more.h
@@ -0,0 +1 @@
+/* More. */
END
    echo greeting > tale-1.0/debian/patches/series
    rm -rf tale-1.0/debian/{.debhelper,files}
    dpkg-source -b tale-1.0 > source.log 2>&1
    again() {
        rm -rf tale-1.0
        dpkg-source -x tale_1.0-1.dsc > unpack.log 2>&1
    }
    stops() {
        ends 2 build.log with build -b
        has build.log 'build-tree-differs' " $1: " 'error: the source is not what upstream signed'
        again
    }
    again
    ends 0 honest.log with build -b
    again
    echo '/* Another. */' >> tale-1.0/src/main.c
    stops src/main.c
    echo '#define MORE' >> tale-1.0/src/more.h
    stops src/more.h
    echo 'Never.' >> tale-1.0/COPYING
    stops COPYING
    touch tale-1.0/src/config.h
    stops src/config.h
    rm tale-1.0/po/LINGUAS
    stops po/LINGUAS
    ln -sf main.c tale-1.0/src/grammar.y
    stops src/grammar.y
    # Without the add-on nobody notices.
    echo '/* Another. */' >> tale-1.0/src/main.c
    ends 0 unnoticed.log build -b
    # And without the tarball nobody can: that is said.
    again
    mkdir elsewhere
    mv tale-1.0 elsewhere
    cd elsewhere
    ends 0 ../missing.log with build -b
    has ../missing.log 'warning: the tarball is not beside the tree'
}

# A macro of the tarball is altered, as it was in xz-utils, and the tarball is signed again.
scenario_doctored() {
    package doctored
    rm -rf tale-1.0 ./*.dsc ./*.debian.tar.xz
    tar -xJf tale_1.0.orig.tar.xz
    sed -i -E 's/^(# host-cpu-c-abi.m4 serial|# lib-prefix.m4 serial) [0-9]+/\1 99/' tale-1.0/m4/lib-prefix.m4
    printf '\nAC_DEFUN([gl_TALE], [eval "$gl_tale"])\n' >> tale-1.0/m4/lib-prefix.m4
    tar -cJf tale_1.0.orig.tar.xz tale-1.0
    rm tale_1.0.orig.tar.xz.asc
    gpg --homedir gnupg --quiet --armor --detach-sign --output tale_1.0.orig.tar.xz.asc tale_1.0.orig.tar.xz
    "$here/make-package.sh" .
    gpg --homedir gnupg --quiet --verify tale_1.0.orig.tar.xz.asc tale_1.0.orig.tar.xz 2> /dev/null
    gpgconf --homedir gnupg --kill all
    ends 1 check.log tarvet debian tale_1.0-1.dsc
    grep -m1 -A1 '^error' check.log > first.log
    has first.log 'm4/lib-prefix.m4'
    ends 0 unnoticed.log build -b
    ends 2 build.log with build -b
    has build.log 'm4/lib-prefix.m4' 'error: the source is not what upstream signed'
}

# What debhelper promises of every command.
scenario_dh() {
    package dh
    cd tale-1.0
    dh build --with tarvet --no-act > ../no-act.log
    has ../no-act.log '^   dh_tarvet'
    [ ! -e debian/.debhelper/tarvet ] || fail 'dh --no-act leaves traces'
    ends 0 ../noop.log env DH_NO_ACT=1 DH_VERBOSE=1 dh_tarvet
    has ../noop.log 'tarvet debian . --tree'
    ends 0 ../noop.log dh_tarvet --no-act
    ends 0 ../noop.log dh_tarvet_rebuilt
    [ ! -e debian/.debhelper/tarvet ] || fail '--no-act leaves traces'
    dh build --with tarvet --without tarvet --no-act > ../without.log
    hasnt ../without.log dh_tarvet
    dh build --without autoreconf --with tarvet --no-act > ../order.log
    [ "$(grep -n dh_tarvet ../order.log | cut -d: -f1)" = 2 ] || fail 'dh_tarvet is not the first after dh_testdir'
    cd ..
    sed -i 's/^Build-Depends:/& dh-sequence-tarvet,/' tale-1.0/debian/control
    ends 0 all.log env DH_VERBOSE=1 dpkg-source --before-build tale-1.0
    ends 0 all.log env DH_VERBOSE=1 bash -c 'cd tale-1.0 && dpkg-buildpackage -us -uc -A'
    has all.log 'tarvet debian . --tree --format json' 'tarvet rebuilt --source' '^verified: '
    ends 0 any.log build -B
    has any.log '^   dh_tarvet '
    sed -i 's/dh \$@/& --without tarvet/' tale-1.0/debian/rules
    ends 0 without.log build -b
    hasnt without.log dh_tarvet
}

# The check in lintian itself.
scenario_lintian() {
    package lintian
    ends 0 honest.log "${lintian[@]}" --display-info tale_1.0-1.dsc
    hasnt honest.log '^[EW]: .* tarvet-' 'tarvet-could-not-run'
    has honest.log '^I: tale source: tarvet-file-stamped .*\[doc/version.texi\]'
    lintian-explain-tags tarvet-file-impostor > explained.log
    has explained.log '^E: tarvet-file-impostor' 'Check: tarvet/source'
    # Where tarvet is missing there is one hint, and lintian goes on.
    ends 0 missing.log env LINTIAN_TARVET=/nonexistent/tarvet "${lintian[@]}" tale_1.0-1.dsc
    [ "$(grep -c 'tarvet-could-not-run' missing.log)" = 1 ] || fail "$(cat missing.log)"
    ends 0 broken.log env LINTIAN_TARVET=/bin/false "${lintian[@]}" tale_1.0-1.dsc
    has broken.log '^W: tale source: tarvet-could-not-run no report'
    ends 0 garbled.log env LINTIAN_TARVET=/bin/echo "${lintian[@]}" tale_1.0-1.dsc
    has garbled.log '^W: tale source: tarvet-could-not-run no report'

    package overridden --stale
    ends 0 stale.log "${lintian[@]}" tale_1.0-1.dsc
    has stale.log '^W: tale source: tarvet-generated-file-not-rebuilt .*\[man/tale.1\]'
    # The lines are those of tarvet's own.
    tarvet debian tale_1.0-1.dsc --format lintian | grep -E '^[EW]: ' | sort > own.log || true
    grep -E '^[EW]: .* tarvet-' stale.log | sort | diff - own.log || fail 'lintian and tarvet disagree'
    cat > tale-1.0/debian/source/lintian-overrides <<'END'
# help2man does not run on the builders
tale source: tarvet-generated-file-not-rebuilt * [man/tale.1]
tale source: tarvet-file-alleged nothing of the kind
END
    dpkg-source -b tale-1.0 > source.log 2>&1
    ends 0 overridden.log "${lintian[@]}" --show-overrides --display-info --pedantic tale_1.0-1.dsc
    has overridden.log '^N: help2man does not run' '^O: tale source: tarvet-generated-file-not-rebuilt .*\[man/tale.1\]' \
        '^[EWIP]: .*(unused|mismatched)-override .*tarvet-file-alleged'
}

# The code block that follows a comment with its name in docs/debian-hooks.md.
snippet() {
    awk -v "name=<!-- $1 -->" '$0 == name { wait = 1; next } wait && /^```/ { wait = 0; inside = 1; next }
        inside && /^```/ { exit } inside' "$here/../../docs/debian-hooks.md"
}

# The snippets of docs/debian-hooks.md, called as sbuild, pbuilder, gbp and GitLab call them.
scenario_hooks() {
    package hooks
    local dsc=$PWD/tale_1.0-1.dsc
    # sbuild puts the path of the .dsc in place of %d and gives the text to /bin/sh, in the home directory.
    snippet sbuild | sed -n "s/.*'\(tarvet .*\)'.*/\1/p" | head -n1 > command
    has command 'tarvet debian .*%d'
    ends 0 sbuild.log env -C / sh -c "$(sed "s|%d|$dsc|g" command)"
    # pbuilder runs the hook in the chroot, with the .dsc in $BUILDDIR.
    snippet pbuilder > A20tarvet
    chmod +x A20tarvet
    ends 0 pbuilder.log env -C / BUILDDIR="$PWD" "$PWD/A20tarvet"
    # gbp runs its hooks with a shell: postimport in the repository, prebuild in the build directory.
    snippet gbp > gbp.conf
    (cd tale-1.0 && ends 0 ../prebuild.log sh -c "$(sed -n 's/^prebuild *= *//p' ../gbp.conf)")
    (cd tale-1.0 && sed "s|^\(# \)\?repository = .*|repository = \"$work/base/upstream\"|" -i debian/tarvet.toml &&
        ends 0 ../postimport.log sh -c "$(sed -n 's/^postimport *= *//p' ../gbp.conf)")
    # GitLab runs each line of the script; the artifacts of the build are in debian/output.
    mkdir -p debian/output
    cp tale_1.0* debian/output
    snippet salsa | sed -n 's/^    - //p' | grep '^tarvet' > script
    [ -s script ] || fail 'the job has no script'
    ends 0 salsa.log bash -eo pipefail script

    package undetermined --stale
    dsc=$PWD/tale_1.0-1.dsc
    ends 3 plain.log tarvet debian "$dsc"
    ends 0 sbuild.log sh -c "$(sed "s|%d|$dsc|g" ../hooks/command)"
    ends 0 pbuilder.log env BUILDDIR="$PWD" ../hooks/A20tarvet
}

scenarios=(fresh stale altered doctored dh lintian hooks)
[ $# -eq 0 ] || scenarios=("$@")
for scenario in "${scenarios[@]}"; do
    "scenario_$scenario"
    echo "$scenario: as expected"
done
