#!/usr/bin/env python3
"""Each job by itself, beside R's metafor where it does the same: writes the table of benches/README.md between its two marks.

    benches/jobs.py            (from anywhere; about ten minutes, most of them compiling and R's GOSH)

Ours is the fastest of divan's samples, in wall time: whatever else the machine does can only lengthen it. R's is the mean of its runs,
in processor time (engine.R). A bound that is missed is marked, and ends the command with an error after the table is written.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MARKS = "<!-- jobs -->\n", "<!-- end of jobs -->\n"

# What is done, its name among the benches (and in engine.R), and the most that it may take.
JOBS = [
    ("One REML fit of 13 studies, with HKSJ, prediction and Q-profile intervals; metafor's without the last two", "reml_of_13_studies", "5 µs"),
    ("REML, 1,000 studies", "reml_of_many_studies 1000", None),
    ("REML, 10,000 studies", "reml_of_many_studies 10000", None),
    ("REML, 100,000 studies", "reml_of_many_studies 100000", "50 ms"),
    ("… memory beside the input (1.6 MB)", "memory: reml_of_many_studies 100000", "30 MB"),
    ("Leave-one-out, 13 studies", "leave_one_out_of_13", "100 µs"),
    ("Cumulative, 13 studies", "cumulative_of_13", None),
    ("Influence, 13 studies", "influence_of_13", None),
    ("GOSH, all 2¹³ subsets, REML, 2 threads", "gosh_of_2_to_the_13", "50 ms"),
    ("GOSH, all 2²⁰ subsets, REML, 2 threads", "gosh_of_2_to_the_20", "10 s"),
    ("Binomial-normal fit by 21-point quadrature, 14 studies", "binomial_normal_of_14", "1 ms"),
    ("Bayesian posterior with its summary, 8 studies", "posterior_of_8", "3 ms"),
    ("Exact permutation test, 10 studies in two groups of 5 (252 orders), 2 threads", "exact_permutation_of_10", "20 ms"),
    ("… of 8 studies with 8 different values (40,320 orders)", "exact_permutation_of_8_numbers", None),
    ("Egger's test (mixed), 13 studies", "egger_of_13", None),
    ("Trim and fill, 13 studies", "trim_and_fill_of_13", None),
    ("Selection model, 13 studies", "selection_model_of_13", None),
    ("Henmi and Copas' interval, 13 studies", "henmi_copas_of_13", None),
    ("Profile likelihood interval of τ², 13 studies", "profile_likelihood_of_13", None),
    ("Jackson's interval of τ², 13 studies", "generalised_q_of_13", None),
    ("Bootstrap prediction interval, 13 studies, 25,000 draws, 2 threads", "bootstrap_prediction_of_13", None),
    ("A forest of 60 rows, laid out and written as SVG", "svg", "5 ms"),
    ("… drawn as PNG at 300 dpi", "png", "150 ms"),
    ("… written as PDF", "pdf", None),
    ("`check` of the review in this repository, without starting the program", "check", "50 ms"),
    ("… of 1,000 made-up studies", "check_1000_studies", "500 ms"),
    ("The choice grid of 2-year progression-free survival, about 3,000 combinations", "choice_grid_of_pfs_2y", "150 ms"),
    ("`build` of this review without PNG and without writing, as `watch` makes the first", "build_without_png", "500 ms"),
    ("… with PNG and PDF", "build_with_png", "2 s"),
]
TIME = {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1.0}
MEMORY = {"B": 1.0, "kB": 1e3, "MB": 1e6, "GB": 1e9}


def size(words):
    """In seconds or bytes."""
    number, unit = words.replace("KB", "kB").split()
    return float(number) * (TIME | MEMORY)[unit]


def shown(value, units):
    """In the unit that reads best."""
    if value is None:
        return ""
    unit = next((unit for unit, one in reversed(units.items()) if value >= one), next(iter(units)))
    value /= units[unit]
    return f"{value:.0f} {unit}" if value >= 10 else f"{value:.1f} {unit}"


def run(*command):
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def benched():
    """The fastest sample of each bench, in seconds, by name; after `memory: ` the most bytes that it holds."""
    found, parent, last, to_size = {}, "", "", None
    for line in run("cargo", "bench", "-p", "forestable-benches", "--bench", "engine", "--bench", "figures", "--bench", "review").splitlines():
        name = re.match(r"(│  |   )?[├╰]─ (\S+) +([\d.]+ (?:ns|µs|ms|s) )?", line)
        if name:
            nested, job, time = name.groups()
            parent = parent if nested else job
            last = f"{parent} {job}" if nested else job
            if time:
                found[last] = size(time)
        elif "max alloc:" in line:
            # Its number of blocks stands in the next line, its bytes in the one after that.
            to_size = 2
        elif to_size:
            to_size -= 1
            if not to_size:
                found[f"memory: {last}"] = size(re.search(r"[\d.]+ [KMG]?B", line)[0])
    return found


def by_r():
    """R's version line, and the time of each job that it has, in seconds."""
    try:
        lines = run("Rscript", "--vanilla", "benches/engine.R").splitlines()
    except FileNotFoundError:
        lines = []
    times = {name: float(number) * 1e-3 for name, number in (re.match(r"(.*?) +([\d.]+) ms$", line).groups() for line in lines[1:])}
    return lines[0] if lines else None, times


def table():
    ours, (version, theirs) = benched(), by_r()
    rows, missed = ["| job | bound | ours | metafor | ratio |", "|---|---:|---:|---:|---:|"], []
    for words, name, bound in JOBS:
        time, other = ours[name], theirs.get(name)
        units = MEMORY if name.startswith("memory: ") else TIME
        late = bound and time > size(bound)
        if late:
            missed.append(f"{name}: {shown(time, units)}, not {bound}")
        ratio = f"{float(f'{other / time:.2g}'):,.0f}".replace(",", " ") if other else ""
        mark = " (missed)" if late else ""
        rows.append(f"| {words} | {bound or ''} | {shown(time, units)}{mark} | {shown(other, units)} | {ratio} |")
    processor = next((line.split(":")[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "unknown processor")
    rustc = " ".join(run("rustc", "--version").split()[:2])
    with_r = version or "without R: no times of metafor"
    return "\n".join(rows) + f"\n\nMeasured on: {processor}, {rustc}, {with_r}.\n", missed


def main():
    rows, missed = table()
    path = ROOT / "benches/README.md"
    before, rest = path.read_text().split(MARKS[0])
    path.write_text(before + MARKS[0] + rows + MARKS[1] + rest.split(MARKS[1])[1])
    print(rows, end="")
    if missed:
        sys.exit("missed: " + "; ".join(missed))


main()
