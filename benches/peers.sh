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
# Groups share their variance: one of them must have two series, which three in all are sure of.
for file in "$work"/evidence/pools/*.csv; do
  [ "$(wc -l < "$file")" -gt 3 ] || rm "$file"
done
mkdir "$work/figures"
cat > "$work/ours.sh" <<END
$FORESTABLE pool $work/evidence/pools/*.csv --measure GEN --interval mKH --prediction HK --group timing --subgroup-tau2 common --format markdown --forest '$work/figures/{}.svg' > $work/tables.md
END

# Prints a row: what, wall time (fastest and median of the runs), processor time, memory, lines of user code.
row() {
  what=$1 lines=$2
  shift 2
  hyperfine --shell none --warmup 1 --runs "$runs" --ignore-failure --export-json "$work/time.json" "$*" > "$work/log" 2>&1
  /usr/bin/time -f %M -o "$work/memory" "$@" > /dev/null 2>&1 || true
  python3 - "$work/time.json" "$work/memory" "$what" "$lines" <<'END'
import json, sys
result = json.load(open(sys.argv[1]))["results"][0]
memory = int(open(sys.argv[2]).read().split()[-1]) / 1024
wall = [1000 * result[key] for key in ("min", "median")]
processor = 1000 * (result["user"] + result["system"])
print(f"| {sys.argv[3]} | {wall[0]:.0f} ms | {wall[1]:.0f} ms | {processor:.0f} ms | {memory:.0f} MB | {sys.argv[4]} |")
END
}

# Lines of a package's part of the script that are neither blank nor a remark.
lines() {
  sed -n "/^# user code: $1/,/^# \(user code\|end\)/p" "$root/benches/peers.R" | grep -cvE '^[[:space:]]*(#|$)'
}

r() { row "$1" "$2" Rscript --vanilla "$root/benches/peers.R" "$3" "$work/evidence" "$work/$3"; }

{
  echo "| the whole job | fastest | median | processor | memory | lines of user code |"
  echo "|---|---:|---:|---:|---:|---:|"
  row "forestable: all pools, forest plots and tables" 1 sh "$work/ours.sh"
  r "R with metafor: the same" "$(lines metafor)" metafor
  if Rscript --vanilla "$root/benches/peers.R" meta "$work/evidence" "$work/meta" > /dev/null 2>&1; then
    r "R with meta: the same" "$(lines meta)" meta
  else
    echo "| R with meta: not installed here | – | – | – | – | $(lines meta) |"
  fi
  r "R alone, started and ended" 0 nothing
  row "R alone, metafor loaded" 1 Rscript --vanilla -e 'library(metafor)'
} > "$work/table"
printf '\n%s pools of three series or more, each with its two groups, a table and a forest plot; %s runs each.\n' "$(ls "$work/figures" | wc -l)" "$runs" >> "$work/table"
python3 - "$root/benches/README.md" "$work/table" <<'END'
import sys
path, table = sys.argv[1], open(sys.argv[2]).read()
rows = [[cell.strip().removesuffix(" ms") for cell in line.split("|")[1:-1]] for line in table.splitlines() if line.startswith("| ")]
figures = {row[0]: (float(row[1]), float(row[3])) for row in rows if row[1].isdigit()}
ours, theirs, start = (next(value for name, value in figures.items() if name.startswith(word)) for word in ("forestable", "R with metafor", "R alone, started"))
table += f"R with metafor takes {theirs[0] / ours[0]:.0f} times our wall time (fastest runs) and {theirs[1] / ours[1]:.0f} times our processor time; R alone, "
table += f"to start and do nothing, {start[0] / ours[0]:.1f} and {start[1] / ours[1]:.1f} times.\n"
text = open(path).read()
start, end = "<!-- peers -->\n", "<!-- /peers -->\n"
head, rest = text.split(start)
open(path, "w").write(head + start + table + end + rest.split(end)[1])
END
cat "$work/table"
