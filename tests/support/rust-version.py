"""Compares `rust-version` of Cargo.toml with what the locked packages need.

    python3 tests/support/rust-version.py

The packages are those of all targets and features, dependencies of the tests included. Exit 1 if Cargo.toml states another
version than the highest that one of them states.
"""

import json
import pathlib
import subprocess
import sys

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


def parts(version: str) -> tuple[int, ...]:
    """Converts `1.94` to (1, 94, 0), which can be compared."""
    numbers = [int(number) for number in version.split(".")]
    return tuple(numbers + [0] * (3 - len(numbers)))


def main() -> int:
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--all-features"]
    graph = json.loads(subprocess.run(command, cwd=REPOSITORY, check=True, stdout=subprocess.PIPE).stdout)
    root = graph["resolve"]["root"]
    resolved = {node["id"] for node in graph["resolve"]["nodes"]}
    packages = [package for package in graph["packages"] if package["id"] in resolved]
    stated = next(package["rust_version"] for package in packages if package["id"] == root)
    needed = {}
    for package in packages:
        if package["id"] != root and package["rust_version"]:
            needed.setdefault(parts(package["rust_version"]), []).append(f"{package['name']} {package['version']}")
    highest = max(needed)
    version = ".".join(map(str, highest))
    if parts(stated) != highest:
        names = ", ".join(sorted(needed[highest])[:3])
        print(f"Cargo.toml states rust-version {stated}; the locked packages need {version}: {names}", file=sys.stderr)
        return 1
    print(f"rust-version {stated} is the highest of {len(packages)} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
