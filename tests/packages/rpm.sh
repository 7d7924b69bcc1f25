#!/bin/bash
# Builds our own RPM packages with the tarvet that is installed, and has the hooks that are in them judge an honest and a
# doctored copy of our own sources. Needs the crates of Cargo.lock, as for any build.
#
#     rpm.sh
#
# Works in a temporary directory, which is removed; in TARVET_PACKAGES where that is set, which is left.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
if [ -n "${TARVET_PACKAGES:-}" ]; then
    work=$TARVET_PACKAGES
    mkdir -p "$work"
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi
# Long ago, so that cargo takes what it has built of the same files.
export GIT_AUTHOR_DATE='2026-11-01 12:00:00 +0000' GIT_COMMITTER_DATE='2026-11-01 12:00:00 +0000'
export LC_ALL=C.UTF-8 GNUPGHOME=$work/gnupg GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
version=$(sed -n 's/^Version: *//p' "$root/rpm/tarvet.spec")

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# ends STATUS LOG COMMAND…: the command ends with that status; what it says goes to the log.
ends() {
    local expected=$1 log=$2 status=0
    shift 2
    "$@" > "$log" 2>&1 || status=$?
    [ $status -eq "$expected" ] || fail "status $status instead of $expected: $* ($(tail -n 20 "$log"))"
}

# A release as upstream makes it: a signed tag, the tarball of its tree, the proof and the certificate.
release() {
    mkdir -p "$work/upstream" "$work/honest"
    mkdir -m 0700 -p "$GNUPGHOME"
    gpg -q --batch --passphrase '' --quick-generate-key 'Tarvet Test <test@tarvet.invalid>' ed25519 sign never
    (cd "$root" && git ls-files -z --cached | tar --null -T - -c) | tar -x -C "$work/upstream"
    cd "$work/upstream"
    git init -q
    git config user.name 'Tarvet Test'
    git config user.email test@tarvet.invalid
    git add --force --all
    git commit -q -m "tarvet $version"
    git tag -s -m "tarvet $version" "v$version"
    cd "$work/honest"
    git -C ../upstream archive --format=tar.gz --prefix="tarvet-$version/" "v$version" > "tarvet-$version.tar.gz"
    tarvet prove --git ../upstream --tag "v$version" --output "tarvet-$version.gitproof" > ../prove.log
    gpg -q --armor --export test@tarvet.invalid > tarvet.keyring
    cp "$root/rpm/tarvet.spec" .
}

# The same with one file more: a well-known macro's name, with a serial above every published one.
doctor() {
    cp -r "$work/honest" "$work/doctored"
    mkdir "$work/unpacked"
    tar -xz -C "$work/unpacked" -f "$work/honest/tarvet-$version.tar.gz"
    mkdir "$work/unpacked/tarvet-$version/m4"
    printf '%s\n' '# build-to-host.m4 serial 30' 'AC_DEFUN([gl_BUILD_TO_HOST], [eval "$x"])' \
        > "$work/unpacked/tarvet-$version/m4/build-to-host.m4"
    tar -cz -C "$work/unpacked" -f "$work/doctored/tarvet-$version.tar.gz" "tarvet-$version"
}

# build DIRECTORY WHAT…: rpmbuild on the sources there, results in DIRECTORY.built.
build() {
    local sources=$1
    shift
    rpmbuild --nodeps --load "$root/rpm/macros.tarvet" --define "_topdir $sources.built" --define "_sourcedir $sources" \
        --define "_builddir ${TARVET_BUILDDIR:-$sources.built/BUILD}" --define 'debug_package %{nil}' \
        "$@" "$sources/tarvet.spec"
}

release
doctor
cd "$work"

ends 0 honest.log tarvet rpm honest
ends 0 build.log build "$work/honest" -ba
srpm=$(ls honest.built/SRPMS/tarvet-"$version"-*.src.rpm)
ends 0 srpm.log tarvet rpm "$srpm"
packages=(honest.built/RPMS/*/*.rpm)
[ ${#packages[@]} -eq 4 ] || fail "packages: ${packages[*]}"
ends 0 rpmlint.log rpmlint --strict -r "$root/rpm/tarvet.rpmlintrc" honest/tarvet.spec "$srpm" "${packages[@]}"
echo 'rpmbuild: as expected'

ends 1 doctored.log tarvet rpm doctored
grep -q '^error m4-serial-ahead' doctored.log || fail "$(cat doctored.log)"
ends 0 doctored-source.log build "$work/doctored" -bs
ends 1 doctored-srpm.log tarvet rpm doctored.built/SRPMS/*.src.rpm
# The macro stops the build before anything is unpacked.
ends 1 doctored-build.log build "$work/doctored" -bp
grep -q '^error m4-serial-ahead' doctored-build.log || fail "$(cat doctored-build.log)"
! grep -q 'tar -xof' doctored-build.log || fail 'the doctored tarball was unpacked'
echo 'macro: as expected'

mkdir installed
for package in "${packages[@]}"; do
    rpm2cpio "$package" | (cd installed && cpio -idm --quiet)
done
ends 0 hooks.log env TARVET_INSTALLED="$work/installed" TARVET_HONEST="$work/honest" TARVET_DOCTORED="$work/doctored" \
    python3 -B "$root/tests/hooks/test_real.py"
echo 'hooks: as expected'
