#!/usr/bin/env bash
# Checks every file of tests/schema with taplo, tombi and check-jsonschema, offline and with our schemas
# given explicitly, and compares their verdicts with ours.
#
#   tests/support/foreign-validators.sh SCRATCH
#
# SCRATCH is a folder for the validators; an installed right version is reused.
# Needs python3 with venv, and cargo. Exit 1 if any two disagree.
set -euo pipefail

scratch=${1:?usage: foreign-validators.sh SCRATCH}
root=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$scratch"
scratch=$(cd "$scratch" && pwd)

# All three are binaries or pure Python from PyPI, so nothing is compiled.
pins="taplo==0.9.3 tombi==1.9.6 check-jsonschema==0.39.0"
if [ "$(cat "$scratch/installed" 2>/dev/null)" != "$pins" ]; then
    python3 -m venv --clear "$scratch/venv"
    # shellcheck disable=SC2086 # one argument for each pin
    "$scratch/venv/bin/pip" install --quiet --disable-pip-version-check $pins
    echo "$pins" > "$scratch/installed"
fi
bin=$scratch/venv/bin

# Our verdicts, from the test that checks the same files.
cd "$root"
target=${CARGO_TARGET_DIR:-target}
rm -f "$target/tmp/schema-verdicts.tsv"
cargo test --quiet --test it schema::verdicts > /dev/null
cp "$target/tmp/schema-verdicts.tsv" "$scratch/ours.tsv"

# tombi reads its schema from a tombi.toml in a parent folder, so each schema has a folder.
for kind in config settings; do
    rm -rf "${scratch:?}/$kind"
    mkdir "$scratch/$kind"
    cp -r tests/schema/valid tests/schema/invalid "$scratch/$kind"
done
config=$root/schemas/bedrock-check.schema.json
settings=$root/schemas/bedrock-check-settings.schema.json
printf '[[schemas]]\npath = "%s"\ninclude = ["**/*.toml"]\n' "$config" > "$scratch/config/tombi.toml"
printf '[[schemas]]\npath = "%s"\ninclude = ["**/*.toml"]\n' "$settings" > "$scratch/settings/tombi.toml"

taplo() { "$bin/taplo" lint --no-auto-config --schema "file://$1" "$2"; }
tombi() { "$bin/tombi" lint --offline --no-cache "$2"; }
check_jsonschema() { "$bin/check-jsonschema" --schemafile "$1" --default-filetype toml "$2"; }

# Runs a validator on a file and prints `valid`, `invalid` or `failed`. The exit code shows whether the file is accepted;
# the output distinguishes a rejection from a crash.
verdict() {
    local said
    if said=$("$@" 2>&1); then
        echo valid
    elif grep -qiE 'panicked|traceback|failed to (load|fetch|parse).*schema' <<< "$said"; then
        echo failed
    else
        echo invalid
    fi
}

row='%-46s %-9s %-9s %-9s %-9s %-16s %s\n'
# shellcheck disable=SC2059 # our own format
printf "$row" file expected ours taplo tombi check-jsonschema ''
files=0 disagreements=0
while IFS=$'\t' read -r name ours; do
    case $name in
        */settings*) schema=$settings && cd "$scratch/settings" ;;
        *) schema=$config && cd "$scratch/config" ;;
    esac
    expected=${name%%/*}
    verdicts="$ours $(verdict taplo "$schema" "$name.toml") $(verdict tombi "$schema" "$name.toml")"
    verdicts="$verdicts $(verdict check_jsonschema "$schema" "$name.toml")"
    mark=
    if [ "$verdicts" != "$expected $expected $expected $expected" ]; then
        mark='<- disagreement'
        disagreements=$((disagreements + 1))
    fi
    # shellcheck disable=SC2059,SC2086 # one column for each verdict
    printf "$row" "$name" "$expected" $verdicts "$mark"
    files=$((files + 1))
done < "$scratch/ours.tsv"
echo "$files files, $disagreements disagreements"
[ "$disagreements" = 0 ] && [ "$files" -gt 0 ]
