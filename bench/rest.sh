#!/usr/bin/env bash
# What the whole application takes while nobody asks anything of it: memory of our services, CPU of all. bench/rest.sh [SECONDS]
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-120}
. bench/apphost.sh
dotnet build -v q Transcendence.AppHost >/dev/null
start Transcendence.AppHost
trap 'interrupt; rm -rf "$data"' EXIT
await "${ours[@]}"
sleep 60 # What a start leaves behind is compiled and collected.

# PID NAME TICKS of each.
cpu() { for pid in $(family); do [ -r "/proc/$pid/stat" ] && awk -v name="$(basename "$(tr '\0' '\n' <"/proc/$pid/cmdline" | head -1)")" '{ sub(/^.*\) /, ""); print '"$pid"', name, $12 + $13 }' "/proc/$pid/stat" 2>/dev/null || true; done | sort; } # What has ended meanwhile is left out.
cpu >"$data/before"; sleep "$seconds"; cpu >"$data/after"
echo "| process | CPU, % of a core | resident, MB | its share of what is shared counted once (PSS), MB |"
echo "|---|---|---|---|"
join -j 1 "$data/before" "$data/after" | while read -r pid name before _ after; do
  [ -r "/proc/$pid/smaps_rollup" ] && printf '| %s | %s | %s | %s |\n' "$name" "$(bc <<<"scale=2; ($after - $before) / $seconds")" \
    "$(awk '/^Rss/ { print int($2 / 1024) }' "/proc/$pid/smaps_rollup")" "$(awk '/^Pss:/ { print int($2 / 1024) }' "/proc/$pid/smaps_rollup")"
done
