#!/bin/sh
# How long does `tarvet keyring audit` take over a whole archive's keyrings, and how much memory?
#
#   benches/keyring-audit.sh TARVET [COUNT]
#
# Makes 40 certificates with gpg (Ed25519 and RSA of 2048 to 4096 bits, half of them with a signing subkey), and of
# them COUNT keyrings (3,000 if not given) with one to three certificates each: every keyring is taken apart and every
# binding verified anew, so that repeated certificates cost what different ones would. Then one certificate with 200,000
# certifications by others. Prints Markdown. Needs gpg and GNU time.
set -eu
tarvet=$(realpath "$1")
count=${2:-3000}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
GNUPGHOME=$dir/home
export GNUPGHOME
mkdir -m 700 "$GNUPGHOME" "$dir/made" "$dir/archive"

quiet() { gpg --batch --quiet --no-tty --pinentry-mode loopback --passphrase "" "$@" > /dev/null 2>&1; }

for number in $(seq 40); do
    case $((number % 4)) in
        0) kind=rsa4096 ;;
        1) kind=rsa2048 ;;
        *) kind=ed25519 ;;
    esac
    quiet --quick-gen-key "Person $number <$number@example.org>" $kind sign never
    print=$(gpg --batch --list-keys --with-colons "<$number@example.org>" 2> /dev/null | awk -F: '/^fpr/ { print $10; exit }')
    [ $((number % 2)) = 0 ] || quiet --quick-add-key "$print" $kind sign 10y
    gpg --batch --quiet --export "$print" > "$dir/made/$number"
done
gpgconf --kill all || true

for number in $(seq "$count"); do
    package=$dir/archive/package-$number/debian
    mkdir -p "$package/upstream"
    : > "$package/changelog"
    set --
    for which in $(seq $((number % 3 + 1))); do
        set -- "$@" "$dir/made/$(((number * which) % 40 + 1))"
    done
    cat "$@" | gpg --batch --enarmor 2> /dev/null | sed -e 's/ARMORED FILE/PUBLIC KEY BLOCK/' -e '/^Comment:/d' \
        > "$package/upstream/signing-key.asc"
done

measure() {
    what=$1
    shift
    status=0
    /usr/bin/time -f '%e %M' -o "$dir/time" "$@" > "$dir/out" || status=$?
    awk -v what="$what" -v status="$status" 'END { printf "| %s | %s | %.0f | %s |\n", what, $1, $2 / 1024, status }' "$dir/time"
}

echo '| what | seconds | peak MiB | exit status |'
echo '|---|---|---|---|'
measure "$count keyrings, jsonl" "$tarvet" keyring audit --format jsonl "$dir/archive"
cp "$dir/out" "$dir/before.jsonl"
measure "$count keyrings, text" "$tarvet" keyring audit "$dir/archive"
measure "$count keyrings, --since" "$tarvet" keyring audit --since "$dir/before.jsonl" "$dir/archive"

# A certification by somebody else, 200,000 times: the second signature of a certificate that another one signed.
print() { gpg --batch --list-keys --with-colons "<$1@example.org>" 2> /dev/null | awk -F: '/^fpr/ { print $10; exit }'; }
quiet --default-key "$(print 1)" --quick-sign-key "$(print 4)"
gpg --batch --quiet --export "$(print 4)" > "$dir/signed"
gpgconf --kill all || true
python3 - "$dir/signed" "$dir/flooded.gpg" << 'PYTHON'
import sys
data = open(sys.argv[1], "rb").read()
at, packets = 0, []
while at < len(data):
    size = {0: 1, 1: 2, 2: 4}[data[at] & 3]
    end = at + 1 + size + int.from_bytes(data[at + 1:at + 1 + size], "big")
    packets.append(data[at:end])
    at = end
signatures = [p for p in packets if (p[0] & 0x3c) >> 2 == 2]
open(sys.argv[2], "wb").write(data + signatures[-1] * 200_000)
PYTHON
measure "one certificate with 200,000 certifications, $(wc -c < "$dir/flooded.gpg") bytes" "$tarvet" keyring audit "$dir/flooded.gpg"
