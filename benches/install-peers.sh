#!/bin/sh
# Installs the tools that whole.py compares with, in the versions of the published figures, into a scratch folder.
#
#   benches/install-peers.sh DEST      then: benches/whole.py --peers DEST
#
# Needs cargo, python3 with venv, npm, and for hurl the headers of libxml2 and libcurl and a libclang
# (Debian: libxml2-dev libcurl4-openssl-dev libclang-dev pkg-config). A peer that can't be installed is listed at
# the end; the others work without it. JOBS is the maximum number of parallel compilers.
set -u

TAPLO=0.10.0
HURL=8.0.1
TOMBI=1.9.6
CHECK_JSONSCHEMA=0.39.0
PYTEST=9.2.0
JSONPATH_NG=1.16.0
SYRUPY=7.0.2
PROMPTFOO=0.123.1
NODE=24.19.0

[ $# -eq 1 ] || { echo "usage: $0 DEST" >&2; exit 2; }
mkdir -p "$1/bin" || exit 3
dest=$(cd "$1" && pwd)
missing=""

# attempt NAME COMMAND…: runs the command with its output in a log, unless NAME is installed already.
attempt() {
    name=$1
    shift
    [ -x "$dest/bin/$name" ] && { echo "$name: there already"; return; }
    echo "$name: installing (log: $dest/$name.log)"
    if "$@" >"$dest/$name.log" 2>&1; then
        echo "$name: ok"
    else
        missing="$missing $name"
        echo "$name: FAILED" >&2
        tail -n 5 "$dest/$name.log" >&2
    fi
}

from_cargo() { # crate version binary
    cargo install --quiet --locked --jobs "${JOBS:-2}" --root "$dest/cargo" --target-dir "$dest/build" "$1@$2" &&
        ln -sf "$dest/cargo/bin/$3" "$dest/bin/$3"
}

from_python() { # binary requirements…
    binary=$1
    shift
    [ -d "$dest/python" ] || python3 -m venv "$dest/python" || return 1
    "$dest/python/bin/pip" install --quiet --disable-pip-version-check "$@" &&
        ln -sf "$dest/python/bin/$binary" "$dest/bin/$binary"
}

# promptfoo needs a newer Node than many machines have; npm's package `node` ships one.
from_npm() {
    npm install --prefix "$dest/npm" --no-audit --no-fund --loglevel=error "node@$NODE" "promptfoo@$PROMPTFOO" || return 1
    node="$dest/npm/node_modules/node/bin/node"
    [ -x "$node" ] || node=$(command -v node) || return 1
    {
        echo '#!/bin/sh'
        echo 'export PROMPTFOO_DISABLE_TELEMETRY=1 PROMPTFOO_DISABLE_UPDATE=1 PROMPTFOO_DISABLE_SHARING=1'
        echo "export PROMPTFOO_CONFIG_DIR='$dest/promptfoo' PATH='$(dirname "$node")':\$PATH"
        echo "exec '$node' '$dest/npm/node_modules/promptfoo/dist/src/entrypoint.js' \"\$@\""
    } >"$dest/promptfoo.new"
    chmod +x "$dest/promptfoo.new"
    "$dest/promptfoo.new" --version && mv "$dest/promptfoo.new" "$dest/bin/promptfoo"
}

attempt tombi from_python tombi "tombi==$TOMBI"
attempt check-jsonschema from_python check-jsonschema "check-jsonschema==$CHECK_JSONSCHEMA"
attempt pytest from_python pytest "pytest==$PYTEST" "jsonpath-ng==$JSONPATH_NG" "syrupy==$SYRUPY"
attempt promptfoo from_npm
attempt taplo from_cargo taplo-cli "$TAPLO" taplo
attempt hurl from_cargo hurl "$HURL" hurl

[ -z "$missing" ] || { echo "not installed:$missing" >&2; exit 1; }
