#!/usr/bin/env python3
"""Times whole commands: ours, the bare loop of the same crates, and peer tools, alternately on the same files.

usage: whole.py [--data DIR] [--peers DIR] [--bin FILE] [--limit FILE] [--runs N] [--sizes N,N,…] [--only validate,replay,start]

Build first: `cargo build --release`, and the same in benches/limit. Peers are looked up in PEERS/bin (see
install-peers.sh) and on PATH. Absent peers are listed and left out. Markdown goes to stdout, progress to stderr.
All figures of a run are medians; CPU is user and system time; the peak is that of the largest process.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import workload

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
BODY = "/response/body"  # where a fixture holds the reply
LONG = 30.0  # seconds that the repetitions of one command may take together

SHORT = 100  # files or cases up to which a run takes so little that it is repeated more often

# Goals as (description, our program, other program, sizes, ratio): our time is at most `ratio` times the other one's.
GOALS = [
    ("validate at most 2 × its bare loop", "bedrock-check validate", "limit validate", [1_000, 10_000], 2.0),
    ("the same on 1 thread", "bedrock-check validate, 1 thread", "limit validate", [1_000, 10_000], 2.0),
    ("validate 3 × faster than taplo", "bedrock-check validate", "taplo", [1_000, 10_000], 1 / 3),
    ("replay at most 4 × its bare loop", "bedrock-check test", "limit replay", [1_000, 10_000], 4.0),
    ("the same on 1 thread", "bedrock-check test, 1 thread", "limit replay", [1_000, 10_000], 4.0),
    ("replay 5 × faster than hurl", "bedrock-check test, JUnit", "hurl", [1_000, 10_000], 1 / 5),
    ("replay 100 × faster than promptfoo", "bedrock-check test, JUnit", "promptfoo", [1_000, 10_000], 1 / 100),
    ("`--version` at most 2 × an empty program", "bedrock-check --version", "limit noop", [0], 2.0),
    ("empty validate at most 2 × an empty program", "bedrock-check validate, empty", "limit noop", [0], 2.0),
]
MEMORY_GOALS = [
    ("10,000 cases within 64 MiB", "bedrock-check test", 10_000, 64.0),
    ("10,000 cases with a JUnit file within 64 MiB", "bedrock-check test, JUnit", 10_000, 64.0),
]


@dataclass
class Program:
    """A named command line, its folder, and its allowed exit codes."""

    name: str
    command: list
    folder: Path
    exits: tuple = (0,)
    clear: tuple = ()  # files of one run that are deleted before the next


@dataclass
class Figures:
    wall: list = field(default_factory=list)
    cpu: list = field(default_factory=list)
    peak: list = field(default_factory=list)  # MiB
    fault: str = ""


class Bench:
    def __init__(self, options):
        self.data = Path(options.data).resolve()
        self.ours = Path(options.bin).resolve()
        self.limit = Path(options.limit).resolve()
        self.runs = options.runs
        self.sizes = [int(size) for size in options.sizes.split(",")]
        self.schema = self.data / "schema.json"
        self.results = {}  # (name, size) → Figures
        self.absent = set()
        self.scratch = Path(tempfile.mkdtemp(prefix="bedrock-check-bench-"))

    # --- measuring ------------------------------------------------------------------------------------

    def once(self, program):
        """Wall and CPU seconds, peak MiB, and the exit code of one run."""
        for file in program.clear:
            file.unlink(missing_ok=True)
        figures = self.scratch / "figures"
        log = self.scratch / "log"
        with open(log, "wb") as output:
            command = [self.limit, "time", figures, *program.command]
            subprocess.run(command, cwd=program.folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=True)
        wall, cpu, kib, status = figures.read_text().split()
        return float(wall), float(cpu), int(kib) / 1024, int(status)

    def compare(self, programs, size):
        """Runs the programs alternately, so that a slow moment of the machine affects all of them."""
        figures = {program.name: Figures() for program in programs}
        runs = self.runs * 4 if size <= SHORT else self.runs
        for turn in range(runs + 1):
            for program in programs:
                measured = figures[program.name]
                if measured.fault or sum(measured.wall) > LONG:
                    continue
                progress(f"{size} · {program.name} · run {turn}")
                wall, cpu, peak, status = self.once(program)
                if status not in program.exits:
                    measured.fault = f"exit {status}"
                    progress((self.scratch / "log").read_text(errors="replace")[-2000:])
                if turn == 0 and wall < LONG / 4:
                    continue  # the first run only warms the caches, unless it is a long one
                measured.wall.append(wall)
                measured.cpu.append(cpu)
                measured.peak.append(peak)
        self.results.update({(name, size): measured for name, measured in figures.items()})

    def peer(self, name):
        found = shutil.which(name)
        if not found:
            self.absent.add(name)
        return found

    # --- compared programs ----------------------------------------------------------------------------

    def validate(self, folder):
        files = sorted(file.name for file in folder.glob("*.bedrock.toml"))
        taplo = ["lint", "--no-auto-config", "--schema", self.schema.as_uri(), *files]
        known = {
            "taplo": taplo,
            "tombi": ["lint", "--offline", *files],
            "check-jsonschema": ["--schemafile", self.schema, *files],
        }
        return [
            Program("limit validate", [self.limit, "validate", ".", self.schema], folder),
            Program("bedrock-check validate", [self.ours, "validate", "."], folder),
            Program("bedrock-check validate, 1 thread", ["env", "BEDROCK_CHECK_JOBS=1", self.ours, "validate", "."], folder),
            *(Program(name, [found, *rest], folder) for name, rest in known.items() if (found := self.peer(name))),
        ]

    def replay(self, folder):
        report = self.scratch / "junit.xml"
        junit = {"folder": folder / "ours", "clear": (report,)}
        programs = [
            Program("limit replay", [self.limit, "replay", "ours/fixtures", BODY], folder),
            Program("bedrock-check test", [self.ours, "test", "."], folder / "ours"),
            Program("bedrock-check test, 1 thread", [self.ours, "test", ".", "-j", "1"], folder / "ours"),
            Program("bedrock-check test, JUnit", [self.ours, "test", ".", "--report", f"junit={report}"], **junit),
        ]
        if found := self.peer("hurl"):
            files = sorted(file.name for file in (folder / "hurl").glob("*.hurl"))
            rest = ["--test", "--parallel", "--jobs", "2", "--no-color", "--variable", f"port={self.port}"]
            command = [found, *rest, "--report-junit", report, *files]
            programs.append(Program("hurl", command, folder / "hurl", clear=(report,)))
        if found := self.peer("pytest"):
            rest = ["-q", "-p", "no:cacheprovider", "--junitxml", report]
            programs.append(Program("pytest", [found, *rest, "test_asserts.py"], folder / "pytest"))
            programs.append(Program("pytest, syrupy", [found, *rest, "test_snapshots.py"], folder / "pytest"))
        if found := self.peer("promptfoo"):
            rest = ["--no-cache", "--no-write", "--no-table", "--no-progress-bar", "-o", self.scratch / "promptfoo.junit.xml"]
            programs.append(Program("promptfoo", [found, "eval", "-c", "suite.yaml", *rest], folder / "promptfoo"))
        return programs

    def start(self):
        empty = self.scratch / "empty"
        empty.mkdir(exist_ok=True)
        programs = [
            Program("limit noop", [self.limit, "noop"], empty),
            Program("bedrock-check --version", [self.ours, "--version"], empty),
            Program("bedrock-check validate, empty", [self.ours, "validate"], empty, exits=(4,)),
        ]
        for name in ["taplo", "tombi", "hurl", "check-jsonschema", "pytest", "promptfoo"]:
            if found := self.peer(name):
                programs.append(Program(f"{name} --version", [found, "--version"], empty))
        return programs

    # --- preparing ------------------------------------------------------------------------------------

    def prepare(self):
        for file, how in [(self.ours, "cargo build --release"), (self.limit, "cargo build --release in benches/limit")]:
            if not file.exists():
                sys.exit(f"{file} is absent: {how}")
        self.data.mkdir(parents=True, exist_ok=True)
        self.schema.write_bytes(subprocess.run([self.ours, "schema"], stdout=subprocess.PIPE, check=True).stdout)
        if not (self.data / "faulty").exists():
            workload.write_faulty(self.data)
        for size in self.sizes:
            if not (self.data / "validate" / str(size) / "tombi.toml").exists():
                workload.write_validate(self.data, size)
            if not (self.data / "replay" / str(size) / "accepted").exists():
                workload.write_replay(self.data, size)
                self.accept(self.data / "replay" / str(size))

    def accept(self, folder):
        """Writes our snapshots and those of syrupy, with which the timed runs compare."""
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT, "check": True}
        subprocess.run([self.ours, "test", ".", "--accept"], cwd=folder / "ours", **quiet)
        if found := self.peer("pytest"):
            command = [found, "-q", "-p", "no:cacheprovider", "--snapshot-update", "test_snapshots.py"]
            subprocess.run(command, cwd=folder / "pytest", **quiet)
        (folder / "accepted").touch()

    def refuse_faults(self):
        """Reports programs that accept a faulty file."""
        for folder in sorted((self.data / "faulty").iterdir()):
            self.refuse(self.validate(folder), f"the faulty file `{folder.name}`")

    def refuse_falsified(self):
        """Reports programs that accept an unexpected reply. The bare loop has no expectations."""
        folder = self.scratch / "falsified"
        shutil.copytree(self.data / "replay" / str(self.sizes[0]), folder)
        for file in [folder / "replies/00000.json", *folder.glob("ours/fixtures/*/case-00000.json")]:
            file.write_text(file.read_text().replace("token-0.", "token-x."))
        with self.serving(folder):
            self.refuse(self.replay(folder)[1:], "a falsified reply")

    def refuse(self, programs, what):
        for program in programs:
            if self.once(program)[3] == 0:
                print(f"**{program.name} accepts {what}: its figures compare other work.**\n")

    @contextmanager
    def serving(self, folder):
        """Runs the loopback server that hurl calls."""
        command = [self.limit, "serve", folder / "replies", "0"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            self.port = server.stdout.readline().split()[-1]
            yield
        finally:
            server.terminate()
            server.wait()

    # --- running --------------------------------------------------------------------------------------

    def run(self, only):
        self.prepare()
        print(machine(), "\n")
        if "start" in only:
            self.table("Start-up", self.start(), 0, "limit noop", "bedrock-check --version")
        if "validate" in only:
            self.refuse_faults()
            for size in self.sizes:
                programs = self.validate(self.data / "validate" / str(size))
                self.table(f"Validate: {size:,}", programs, size, "limit validate", "bedrock-check validate")
        if "replay" in only:
            self.refuse_falsified()
            for size in self.sizes:
                folder = self.data / "replay" / str(size)
                with self.serving(folder):
                    programs = self.replay(folder)
                    self.table(f"Replay: {size:,}", programs, size, "limit replay", "bedrock-check test, JUnit")
        self.growth()
        self.goals()
        for name in sorted(self.absent):
            print(f"**{name}: not measured, it is not installed.**\n")
        shutil.rmtree(self.scratch, ignore_errors=True)

    # --- reporting ------------------------------------------------------------------------------------

    def table(self, title, programs, size, base, ours):
        self.compare(programs, size)
        print(f"### {title}\n")
        print(f"| program | runs | wall | CPU | peak | CPU ÷ {base} | wall ÷ {base} | CPU ÷ {ours} | wall ÷ {ours} |")
        print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
        for name in [program.name for program in programs]:
            measured = self.results[name, size]
            if measured.fault:
                print(f"| {name} | – | **{measured.fault}** | – | – | – | – | – | – |")
                continue
            ratios = " | ".join(
                shown(self.ratio(name, other, size, what)) for other in (base, ours) for what in ("cpu", "wall")
            )
            wall, cpu, peak = (statistics.median(values) for values in (measured.wall, measured.cpu, measured.peak))
            print(f"| {name} | {len(measured.wall)} | {time(wall)} | {time(cpu)} | {peak:.1f} MiB | {ratios} |")
        print(flush=True)

    def ratio(self, name, other, size, what):
        """The median over all runs of the ratio of two programs in `cpu` or `wall`; None if one was not measured."""
        mine, its = self.results.get((name, size)), self.results.get((other, size))
        if not mine or not its or mine.fault or its.fault or not mine.cpu or not its.cpu:
            return None
        return statistics.median(a / b for a, b in zip(getattr(mine, what), getattr(its, what)))

    def growth(self):
        print("### Growth\n")
        print("| program | " + " | ".join(f"{size:,}" for size in self.sizes) + " |")
        print("| --- |" + " ---: |" * len(self.sizes))
        names = dict.fromkeys(name for name, _ in self.results if name.startswith(("bedrock-check", "limit")))
        for name in names:
            cells = [self.each(name, size) for size in self.sizes]
            if any(cells):
                print(f"| {name} | " + " | ".join(cell or "–" for cell in cells) + " |")
        print("\nCPU for each file or case, and the peak of the whole run.\n")

    def each(self, name, size):
        measured = self.results.get((name, size))
        if not measured or measured.fault or not measured.cpu:
            return None
        return f"{time(statistics.median(measured.cpu) / size)} · {statistics.median(measured.peak):.1f} MiB"

    def goals(self):
        print("### Goals\n\n| goal | at | CPU | | wall | |\n| --- | ---: | ---: | --- | ---: | --- |")
        for what, ours, other, sizes, bound in GOALS:
            for size in sizes:
                ratios = [self.ratio(ours, other, size, kind) for kind in ("cpu", "wall")]
                cells = " | ".join(f"{shown(ratio)} | {verdict(ratio, bound)}" for ratio in ratios)
                print(f"| {what} | {f'{size:,}' if size else 'start-up'} | {cells} |")
        for what, ours, size, bound in MEMORY_GOALS:
            measured = self.results.get((ours, size))
            peak = statistics.median(measured.peak) if measured and measured.peak and not measured.fault else None
            print(f"| {what} | {size:,} | {shown(peak)} MiB | {verdict(peak, bound)} | | |")
        print("\nOur CPU or wall time divided by the other's.\n")


def verdict(value, bound):
    if value is None:
        return "not measured"
    return "met" if value <= bound else f"**missed** (goal {shown(bound)})"


def shown(ratio):
    if ratio is None:
        return "–"
    return f"{ratio:.3g}" if ratio < 10 else f"{ratio:,.0f}"


def time(seconds):
    for unit, scale in (("s", 1), ("ms", 1e3)):
        if seconds * scale >= 1:
            return f"{seconds * scale:.2f} {unit}"
    return f"{seconds * 1e6:.0f} µs"


def machine():
    """Describes the machine and the compiler."""
    models = [line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    rust = subprocess.run(["rustc", "--version"], capture_output=True, text=True).stdout.strip()
    return f"{len(models)} × {models[0] if models else 'unknown CPU'}, load {os.getloadavg()[0]:.1f} at the start, {rust}"


def progress(message):
    print(message, file=sys.stderr, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=REPOSITORY / "target/bench-data")
    parser.add_argument("--peers", default=None, help="folder that install-peers.sh filled")
    parser.add_argument("--bin", default=REPOSITORY / "target/release/bedrock-check")
    parser.add_argument("--limit", default=HERE / "limit/target/release/limit")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--sizes", default=",".join(map(str, workload.SIZES)))
    parser.add_argument("--only", default="start,validate,replay")
    options = parser.parse_args()
    if options.peers:
        os.environ["PATH"] = f"{Path(options.peers).resolve() / 'bin'}{os.pathsep}{os.environ['PATH']}"
    Bench(options).run(options.only.split(","))


if __name__ == "__main__":
    main()
