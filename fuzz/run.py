#!/usr/bin/env python3
"""Fuzzes targets with AddressSanitizer, and writes what came of it into the table of fuzz/README.md, whose other rows stay.

    fuzz/run.py [--seconds 3600] [--jobs 2] [--target-dir DIR] [TARGET…]

Without names all seven. What is new is kept in target/fuzz/TARGET; a fault leaves its input there and ends the command with an error.
"""
import argparse
import concurrent.futures
import datetime
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MARKS = "<!-- runs -->\n", "<!-- end of runs -->\n"
ENVIRONMENT = os.environ | {"RUSTC_BOOTSTRAP": "1"}

# Each target's corpora, the longest input, and what else it is run with.
TARGETS = {
    "reader": (["fuzz/corpus/reader", "tests/checks", "studies"], 20_000, []),
    "review": (["fuzz/corpus/review", "tests/checks"], 20_000, []),
    "tables": (["fuzz/corpus/tables"], 6_000, []),
    "records": (["fuzz/corpus/records", "tests/records"], 20_000, []),
    "commands": (["fuzz/corpus/commands"], 6_000, ["-close_fd_mask=3"]),
    "templates": (["fuzz/corpus/templates"], 6_000, []),
    "manuscript": (["fuzz/corpus/manuscript"], 6_000, []),
}


def build(target, options):
    subprocess.run(["cargo", "fuzz", "build", target, *options], cwd=ROOT, env=ENVIRONMENT, check=True)


def fuzz(target, seconds, options):
    """How many inputs were tried, and how many kept as new; no numbers after a fault."""
    corpora, longest, flags = TARGETS[target]
    kept = ROOT / "target/fuzz" / target
    kept.mkdir(parents=True, exist_ok=True)
    # A run that is started anew counts afresh.
    for old in kept.iterdir():
        old.unlink()
    libfuzzer = [f"-max_total_time={seconds}", f"-max_len={longest}", f"-artifact_prefix={kept}/", "-print_final_stats=1", *flags]
    command = ["cargo", "fuzz", "run", *options, target, str(kept), *corpora, "--", *libfuzzer]
    with open(ROOT / f"target/fuzz/{target}.log", "w") as log:
        ended = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, stdout=log, stderr=log)
    text = (ROOT / f"target/fuzz/{target}.log").read_text(errors="replace")
    numbers = [re.search(rf"stat::{name}: +(\d+)", text) for name in ("number_of_executed_units", "new_units_added")]
    return None if ended.returncode or not all(numbers) else [int(number[1]) for number in numbers]


def written(rows):
    """Puts rows, by target, into the table."""
    path = ROOT / "fuzz/README.md"
    before, rest = path.read_text().split(MARKS[0])
    table, after = rest.split(MARKS[1])
    head, line, *old = table.splitlines()
    known = {row.split("`")[1]: row for row in old} | rows
    body = [known[target] for target in TARGETS if target in known]
    path.write_text(before + MARKS[0] + "\n".join([head, line, *body]) + "\n" + MARKS[1] + after)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--seconds", type=int, default=3600)
    arguments.add_argument("--jobs", type=int, default=2)
    arguments.add_argument("--target-dir")
    arguments.add_argument("targets", nargs="*", metavar="TARGET")
    chosen = arguments.parse_args()
    targets = chosen.targets or list(TARGETS)
    options = ["--target-dir", chosen.target_dir] if chosen.target_dir else []
    for target in targets:
        build(target, options)
    failed = []
    with concurrent.futures.ThreadPoolExecutor(chosen.jobs) as pool:
        for target, found in zip(targets, pool.map(lambda target: fuzz(target, chosen.seconds, options), targets)):
            if found is None:
                failed.append(target)
                continue
            inputs, new = found
            written({target: f"| `{target}` | {datetime.date.today()} | {chosen.seconds // 60} min | {inputs:,} | {new:,} |"})
    if failed:
        sys.exit(f"look into target/fuzz: {', '.join(failed)}")


main()
