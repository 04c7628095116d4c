#!/usr/bin/env bash
# The live suite: installs the servers it needs, and runs the real binary against them on 127.0.0.1.
set -euo pipefail
cd "$(dirname "$0")/../.."
bash tests/support/install-live-peers.sh target/live-peers
BEDROCK_CHECK_NO_SKIP=1 cargo test --test live "$@"
