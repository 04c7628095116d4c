#!/bin/sh
# Installs the cargo-insta that tests/cargo_insta.rs runs, below FOLDER: FOLDER/bin/cargo-insta.
# Does nothing if that version is there. Its version is that of insta in Cargo.lock.
set -eu

version=1.49.0
folder=${1:?usage: install-cargo-insta.sh FOLDER}

if [ "$("$folder/bin/cargo-insta" --version 2>/dev/null)" = "cargo-insta $version" ]; then
    exit 0
fi
# A debug build: it is built more often than it is run.
cargo install cargo-insta --version "$version" --locked --debug --force --root "$folder"
