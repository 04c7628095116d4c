#!/usr/bin/env bash
# Runs the binary on COUNT hostile inputs and prints the failures of each parser by class.
#
#   tests/support/hostile.sh COUNT [FIRST]
#
# FIRST is the number of the first input, 1 by default. See tests/hostile.rs.
set -euo pipefail
cd "$(dirname "$0")/../.."
export BEDROCK_CHECK_HOSTILE_COUNT=${1:?usage: hostile.sh COUNT [FIRST]}
export BEDROCK_CHECK_HOSTILE_SEED=${2:-1}
exec cargo test --quiet --test it -- --nocapture hostile::
