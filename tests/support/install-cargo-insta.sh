#!/bin/sh
# Installs the cargo-insta that tests/cargo_insta.rs runs, below FOLDER: FOLDER/bin/cargo-insta.
# Does nothing if the version is installed already. The version must be that of insta in Cargo.lock.
set -eu

version=1.49.0
folder=${1:?usage: install-cargo-insta.sh FOLDER}

if [ "$("$folder/bin/cargo-insta" --version 2>/dev/null)" = "cargo-insta $version" ]; then
    exit 0
fi
# A debug build, because compiling takes longer than running.
cargo install cargo-insta --version "$version" --locked --debug --force --root "$folder"
