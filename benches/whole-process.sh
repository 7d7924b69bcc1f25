#!/bin/sh
# Whole runs of tarvet and of its peers on the same releases, side by side.
#
#   benches/whole-process.sh TARBALL…
#
# Each TARBALL (any source release, for instance orig.tar files of a Debian mirror) is unpacked into a repository of one
# commit with a signed tag; `git archive` of that tag, compressed in each format, is what everybody then checks. Needs
# git, gpg, hyperfine, xz, gzip, bzip2, zstd and GNU time; auth-tarball-from-git and diffoscope are measured when they
# are on the PATH (diffoscope only up to 20 MB of tar: beyond that it takes minutes). Prints Markdown.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
cargo build --release --quiet --manifest-path "$top/Cargo.toml"
cargo build --release --quiet --manifest-path "$top/Cargo.toml" -p tarvet-archive --example decode_only
target=${CARGO_TARGET_DIR:-$top/target}/release
tarvet=$target/tarvet
decode=$target/examples/decode_only

work=$(mktemp -d)
trap 'gpgconf --homedir "$work/gpg" --kill all 2>/dev/null || :; rm -rf "$work"' EXIT
export GNUPGHOME="$work/gpg" GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=Bench GIT_AUTHOR_EMAIL=b@example.org GIT_COMMITTER_NAME=Bench GIT_COMMITTER_EMAIL=b@example.org
mkdir -m 700 "$GNUPGHOME"
gpg --quiet --batch --passphrase '' --quick-generate-key 'Bench <b@example.org>' ed25519 sign never 2>/dev/null
gpg --quiet --armor --export > "$work/keyring.asc"

# median FILE INDEX: the median of one command of a hyperfine run, in milliseconds.
median() {
    sed -n 's/^ *"median": \([0-9.e-]*\),*$/\1/p' "$1" | sed -n "${2}p" | awk '{ printf "%.1f", $1 * 1000 }'
}
# peak COMMAND…: peak memory in MiB.
peak() {
    env time -f %M -o "$work/peak" "$@" > /dev/null 2>&1 || :
    awk '/^[0-9]+$/ { printf "%.0f", $1 / 1024 }' "$work/peak"
}
row() {
    printf '| %s | %s | %s | %s | %s |\n' "$1" "$2" "$3" "$4" "$5"
}

printf '| release | command | median ms | ratio to tarvet | peak MiB |\n|---|---|---|---|---|\n'
for tarball in "$@"; do
    name=$(basename "$tarball" | sed 's/\.orig\.tar.*//; s/\.tar.*//; s/\.tgz$//; s/[^A-Za-z0-9.]/-/g')
    dir=$work/$name
    mkdir "$dir" "$dir/tree"
    tar -xf "$tarball" -C "$dir/tree" --strip-components=1
    rm -rf "$dir/tree/.git"
    # The producer's own attributes would make the archive differ from the tree; here everybody compares like with like.
    find "$dir/tree" -name .gitattributes -delete
    git -C "$dir/tree" -c init.defaultBranch=main init --quiet
    git -C "$dir/tree" add --all --force .
    git -C "$dir/tree" commit --quiet --message import
    git -C "$dir/tree" tag --sign --message v1.0 v1.0
    git -C "$dir/tree" archive --format=tar --prefix="$name-1.0/" v1.0 > "$dir/x.tar"
    size=$(wc -c < "$dir/x.tar")
    "$tarvet" prove --git "$dir/tree" --tag v1.0 -o "$dir/proof" 2> /dev/null
    xz -T1 -k -c "$dir/x.tar" > "$dir/$name-1.0.tar.xz"
    xz -T2 --block-size=4MiB -k -c "$dir/x.tar" > "$dir/$name-blocks-1.0.tar.xz"
    gzip -n -c "$dir/x.tar" > "$dir/$name-1.0.tar.gz"
    bzip2 -k -c "$dir/x.tar" > "$dir/$name-1.0.tar.bz2"
    zstd -q -19 -T2 -k -c "$dir/x.tar" > "$dir/$name-1.0.tar.zst"
    for file in "$name-1.0.tar.xz" "$name-blocks-1.0.tar.xz" "$name-1.0.tar.gz" "$name-1.0.tar.bz2" "$name-1.0.tar.zst"; do
        check="$tarvet check $dir/$file --version 1.0 --proof $dir/proof --keyring $work/keyring.asc"
        threads=1
        hyperfine -N --style none --warmup 1 --runs "${RUNS:-7}" --export-json "$work/run.json" \
            "$check" "$decode --threads $threads $dir/$file" > /dev/null
        ours=$(median "$work/run.json" 1)
        floor=$(median "$work/run.json" 2)
        row "$file" "tarvet check --proof" "$ours" 1 "$(peak $check)"
        row "$file" "decompress to nowhere, one thread" "$floor" "$(echo "$floor $ours" | awk '{ printf "%.2f", $1 / $2 }')" \
            "$(peak "$decode" --threads $threads "$dir/$file")"
    done
    peer() {
        hyperfine -N --style none --warmup 0 --runs 3 --ignore-failure --export-json "$work/run.json" \
            "$tarvet check $dir/$name-1.0.tar.xz --version 1.0 --proof $dir/proof --keyring $work/keyring.asc" "$2" > /dev/null
        ours=$(median "$work/run.json" 1)
        theirs=$(median "$work/run.json" 2)
        row "$name-1.0.tar.xz" "$1" "$theirs" "$(echo "$theirs $ours" | awk '{ printf "%.1f", $1 / $2 }')" "$(peak sh -c "$2")"
    }
    peer "tarvet check --git" "$tarvet check $dir/$name-1.0.tar.xz --version 1.0 --git $dir/tree --keyring $work/keyring.asc"
    peer "git archive + decompress, both to sha256sum" \
        "sh -c 'git -C $dir/tree archive --prefix=$name-1.0/ v1.0 | sha256sum; xz -dc $dir/$name-1.0.tar.xz | sha256sum'"
    peer "git verify-tag" "git -C $dir/tree verify-tag v1.0"
    if command -v auth-tarball-from-git > /dev/null; then
        # It compares compressed bytes, so it gets what its own git makes.
        git -C "$dir/tree" archive --format=tar.gz --prefix="$name-1.0/" v1.0 > "$dir/atg.tar.gz"
        peer "auth-tarball-from-git (gz)" \
            "auth-tarball-from-git --keyring $work/keyring.asc --tag v1.0 --prefix $name-1.0/ file://$dir/tree $dir/atg.tar.gz"
    fi
    if command -v diffoscope > /dev/null && [ "$size" -lt 20000000 ]; then
        gzip -n -c "$dir/x.tar" > "$dir/other.tar.gz"
        peer "diffoscope" "diffoscope --no-progress --text /dev/null $dir/other.tar.gz $dir/$name-1.0.tar.xz"
    fi
    rm -rf "$dir"
done
