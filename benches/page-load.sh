#!/usr/bin/env bash
# How long the page takes to open from disk in a new Chromium, to its load event, beside an empty page: milliseconds, fastest and median.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mark='<script>addEventListener("load", () => { document.title = "RESULT" + performance.now() + "TLUSER" })</script>'
# The page's own policy forbids the script that measures it.
sed -e "s#<meta http-equiv=\"Content-Security-Policy\"[^>]*>#$mark#" output/index.html >"$folder/page.html"
printf '<!DOCTYPE html><title>empty</title>%s' "$mark" >"$folder/empty.html"
for page in page empty; do
  for _ in $(seq "${1:-15}"); do
    chromium --headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
      --disable-component-update --disable-sync --user-data-dir="$folder/profile" --dump-dom "file://$folder/$page.html" 2>/dev/null |
      grep -oE 'RESULT[0-9.]+TLUSER' | grep -oE '[0-9.]+' | head -1
  done | sort -n | awk -v page="$page" '{ t[NR] = $1 } END { printf "%s: %d runs, fastest %.0f ms, median %.0f ms\n", page, NR, t[1], t[int((NR + 1) / 2)] }'
done
