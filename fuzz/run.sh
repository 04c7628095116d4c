#!/usr/bin/env bash
# Runs each fuzz target for SECONDS, with the inputs in `corpus`. It needs a nightly Rust and cargo-fuzz.
#
#   fuzz/run.sh SECONDS
set -euo pipefail
cd "$(dirname "$0")"
seconds=${1:?usage: run.sh SECONDS}

cargo +nightly fuzz build
for file in fuzz_targets/*.rs; do
  target=$(basename "$file" .rs)
  found=target/found/$target
  mkdir -p "$found"
  printf '\n$ %s for %s s\n' "$target" "$seconds"
  # New inputs go into the first folder; the corpus stays unchanged.
  cargo +nightly fuzz run "$target" "$found" "corpus/$target" -- \
    -max_total_time="$seconds" -max_len=8192 -timeout=20 -rss_limit_mb=2048 -print_final_stats=1
done
