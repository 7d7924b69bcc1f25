#!/bin/bash
# Runs every target for SECONDS, two side by side, and fails on a crash.
#
#     fuzz/run.sh SECONDS [TARGET…]
#
# Works on a stable toolchain: RUSTC_BOOTSTRAP lets cargo-fuzz pass the flags that count coverage, and no sanitizer
# is asked for: there is no unsafe code of ours to find fault with.
set -euo pipefail
cd "$(dirname "$0")/.."
export RUSTC_BOOTSTRAP=1

seconds=${1:?usage: fuzz/run.sh SECONDS [TARGET…]}
shift
if [ $# -eq 0 ]; then
    mapfile -t targets < <(cargo fuzz list)
else
    targets=("$@")
fi

cargo fuzz build --sanitizer none --release
mkdir -p fuzz/logs

run() {
    local target=$1
    mkdir -p "fuzz/corpus/$target"
    if cargo fuzz run --sanitizer none --release "$target" "fuzz/corpus/$target" "fuzz/seeds/$target" -- \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 \
        >"fuzz/logs/$target" 2>&1; then
        echo "$target: $(sed -n 's/^stat::number_of_executed_units: */runs /p' "fuzz/logs/$target")"
    else
        echo "$target: CRASH"
        tail -n 40 "fuzz/logs/$target"
        return 1
    fi
}

failed=0
running=0
for target in "${targets[@]}"; do
    if [ "$running" -eq 2 ]; then
        wait -n || failed=1
        running=1
    fi
    run "$target" &
    running=$((running + 1))
done
while [ "$running" -gt 0 ]; do
    wait -n || failed=1
    running=$((running - 1))
done
exit "$failed"
