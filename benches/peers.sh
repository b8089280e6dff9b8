#!/bin/sh
# The whole job, forestable against R, on the same evidence: writes the table of benches/README.md between its two marks.
#
#   benches/peers.sh            (from the root of the repository; RUNS=3 for a quick look, FORESTABLE=PATH for a program that is built already, REVIEW=DIR for another review)
#
# Needs hyperfine, GNU time and R with metafor; R's meta is measured where it is installed, and said to be missing where it is not.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
runs=${RUNS:-10}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -z "${FORESTABLE:-}" ]; then
  cargo build --release --quiet --manifest-path "$root/Cargo.toml"
  FORESTABLE=$root/target/release/forestable
fi
"$FORESTABLE" -C "${REVIEW:-$root}" --quiet export --r "$work/evidence"
# Groups share their variance: one of them must have two series, which three in all are sure of. Two are pooled without groups, one is no pool.
mkdir "$work/evidence/small" "$work/figures"
single=0 small=0
for file in "$work"/evidence/pools/*.csv; do
  case $(wc -l < "$file") in
    0|1|2) rm "$file"; single=$((single + 1)) ;;
    3) cp "$file" "$work/evidence/small"; small=$((small + 1)) ;;
  esac
done
all=$(ls "$work/evidence/pools" | wc -l)
mkdir "$work/evidence/large"
for file in "$work"/evidence/pools/*.csv; do
  [ -e "$work/evidence/small/${file##*/}" ] || cp "$file" "$work/evidence/large"
done
how="--measure GEN --interval mKH --prediction HK --format markdown --forest '$work/figures/{}.svg'"
{
  echo "$FORESTABLE pool $work/evidence/large/*.csv $how --group timing --subgroup-tau2 common > $work/tables.md"
  [ "$small" = 0 ] || echo "$FORESTABLE pool $work/evidence/small/*.csv $how >> $work/tables.md"
} > "$work/ours.sh"
ours_lines=$(wc -l < "$work/ours.sh")

# Names a job, to be measured: what it is, lines of user code, the command.
jobs=0
row() {
  jobs=$((jobs + 1))
  mkdir "$work/job$jobs"
  printf '%s\n' "$1" > "$work/job$jobs/what"
  echo "$2" > "$work/job$jobs/lines"
  shift 2
  printf '%s\0' "$@" > "$work/job$jobs/command"
}

# Measures all jobs by turns, so that a machine that slows down does so for each, and prints a row for each: wall time (fastest and
# median of the runs), processor time, memory.
measure() {
  for turn in 1 2 3 4 5; do
    for job in $(seq "$jobs"); do
      [ -e "$work/job$job/command" ] || continue
      hyperfine --shell none --warmup 1 --runs "$(((runs + 4) / 5))" --ignore-failure --export-json "$work/job$job/time$turn.json" \
        "$(tr '\0' ' ' < "$work/job$job/command")" > "$work/log" 2>&1
    done
  done
  for job in $(seq "$jobs"); do
    if [ -e "$work/job$job/command" ]; then
      xargs -0 /usr/bin/time -f %M -o "$work/job$job/memory" < "$work/job$job/command" > /dev/null 2>&1 || true
    fi
    python3 - "$work/job$job" <<'END'
import glob, json, statistics, sys
read = lambda name: open(f"{sys.argv[1]}/{name}").read().strip()
results = [json.load(open(path))["results"][0] for path in glob.glob(f"{sys.argv[1]}/time*.json")]
if results:
    wall = [1000 * time for result in results for time in result["times"]]
    processor = 1000 * statistics.mean(result["user"] + result["system"] for result in results)
    memory = int(read("memory").split()[-1]) / 1024
    figures = f"{min(wall):.0f} ms | {statistics.median(wall):.0f} ms | {processor:.0f} ms | {memory:.0f} MB"
else:
    figures = "– | – | – | –"
print(f"| {read('what')} | {figures} | {read('lines')} |")
END
  done
}

# Lines of a package's part of the script that are neither blank nor a remark.
lines() {
  sed -n "/^# user code: $1\$/,/^# \(user code\|end\)/p" "$root/benches/peers.R" | grep -cvE '^[[:space:]]*(#|$)'
}

r() { row "$1" "$2" Rscript --vanilla "$root/benches/peers.R" "$3" "$work/evidence" "$work/$3"; }

row "forestable: all pools, forest plots and tables" "$ours_lines" sh "$work/ours.sh"
r "R with metafor: the same" "$(lines metafor)" metafor
if Rscript --vanilla "$root/benches/peers.R" meta "$work/evidence" "$work/meta" > /dev/null 2>&1; then
  r "R with meta: the same" "$(lines meta)" meta
else
  row "R with meta: not installed here" "$(lines meta)"
  rm "$work/job$jobs/command"
fi
r "R alone, started and ended" 0 nothing
row "R alone, metafor loaded" 1 Rscript --vanilla -e 'library(metafor)'
{
  echo "| the whole job | fastest | median | processor | memory | lines of user code |"
  echo "|---|---:|---:|---:|---:|---:|"
  measure
} > "$work/table"
# What both say must be the same, or a time is worth nothing.
agreed=$(python3 - "$FORESTABLE" "$work/evidence/pools" "$work/metafor" <<'END'
import csv, glob, json, math, os, re, subprocess, sys
program, pools, theirs = sys.argv[1:]
back = {"cloglog": lambda y: math.exp(-math.exp(y)), "logit": lambda y: 1 / (1 + math.exp(-y))}
for path in sorted(glob.glob(f"{pools}/*.csv")):
    scale = back[next(csv.DictReader(open(path)))["scale"]]
    answer = json.loads(subprocess.run([program, "pool", path, "--measure", "GEN", "--interval", "mKH", "--format", "json"], check=True, capture_output=True).stdout)
    values = [100 * scale(answer[key]) for key in ("estimate", "ci_lower", "ci_upper")]
    ours = [values[0], *sorted(values[1:])]
    name = os.path.basename(path)[:-4]
    row = next(line for line in open(f"{theirs}/{name}.md") if line.startswith("| pooled |"))
    metafor = [float(number) for number in re.findall(r"\d+\.\d", row)]
    # Half a unit of the last printed digit, and what the two iterations leave.
    if any(abs(one - other) > 0.0505 for one, other in zip(ours, metafor)):
        sys.exit(f"{name}: {ours} here, {metafor} by metafor")
print(len(glob.glob(f"{pools}/*.csv")))
END
)
[ "$all" = "$(ls "$work/figures" | wc -l)" ] && [ "$all" = "$(ls "$work/metafor/"*.svg | wc -l)" ] && [ "$all" = "$agreed" ]
printf '\n%s pools, each with a table and a forest plot; those of three series or more with their two groups, the %s of two without, and %s of a single series left out by both. %s runs each, by turns.\n' \
  "$all" "$small" "$single" "$runs" >> "$work/table"
printf 'All %s pooled values and their intervals are the same in both, to the digits that R printed.\n' "$agreed" >> "$work/table"
python3 - "$root/benches/README.md" "$work/table" <<'END'
import sys
path, table = sys.argv[1], open(sys.argv[2]).read()
rows = [[cell.strip().removesuffix(" ms") for cell in line.split("|")[1:-1]] for line in table.splitlines() if line.startswith("| ")]
figures = {row[0]: (float(row[1]), float(row[3])) for row in rows if row[1].isdigit()}
ours, theirs, start, loaded = (next(value for name, value in figures.items() if name.startswith(word)) for word in ("forestable", "R with metafor", "R alone, started", "R alone, metafor"))
table += f"R with metafor takes {theirs[0] / ours[0]:.0f} times our wall time (fastest runs) and {theirs[1] / ours[1]:.0f} times our processor time; R alone, with metafor "
table += f"loaded and no figure read yet, {loaded[0] / ours[0]:.0f} and {loaded[1] / ours[1]:.0f} times; to start and do nothing, {start[0] / ours[0]:.1f} and {start[1] / ours[1]:.1f} times.\n"
text = open(path).read()
start, end = "<!-- peers -->\n", "<!-- /peers -->\n"
head, rest = text.split(start)
open(path, "w").write(head + start + table + end + rest.split(end)[1])
END
cat "$work/table"
