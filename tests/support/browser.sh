#!/usr/bin/env bash
# Opens the HTML reports that the tests saved, and a report of 10,000 cases, in headless Chromium, and uses them like a reader.
#
#   tests/support/browser.sh SCRATCH REPORTS BEDROCK_CHECK
#
# SCRATCH is a folder for playwright-core (Apache-2.0) and axe-core (MPL-2.0); an installed right version is reused.
# REPORTS is the folder of reports, BEDROCK_CHECK the binary. Needs chromium, Node.js and npm. Exit 1 if a page does not work as expected.
set -euo pipefail

scratch=${1:?usage: browser.sh SCRATCH REPORTS BEDROCK_CHECK}
reports=$(cd "${2:?usage: browser.sh SCRATCH REPORTS BEDROCK_CHECK}" && pwd)
bedrock_check=${3:?usage: browser.sh SCRATCH REPORTS BEDROCK_CHECK}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$scratch"
scratch=$(cd "$scratch" && pwd)

pins="playwright-core@1.65.1 axe-core@4.14.1"
if [ "$(cat "$scratch/installed" 2>/dev/null)" != "$pins" ]; then
    # shellcheck disable=SC2086 # one argument for each pin
    npm install --silent --no-audit --no-fund --ignore-scripts --no-save --prefix "$scratch" $pins
    echo "$pins" > "$scratch/installed"
fi

node "$here/many-cases.mjs" "$reports/run.jsonl" 10000 > "$scratch/many.jsonl"
"$bedrock_check" report "$scratch/many.jsonl" --to html --output "$scratch/many.html"
cd "$scratch"
node "$here/browser.mjs" "$scratch" "$reports/run.html" "$reports/hostile.html" "$scratch/many.html"
