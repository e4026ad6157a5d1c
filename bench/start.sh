#!/usr/bin/env bash
# How long the second start takes, to the last healthy resource, and the end: ours and an AppHost of five empty web projects, in turns.
# bench/start.sh [RUNS]
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/apphost.sh
runs=${1:-5}
trap 'rm -rf "$data"' EXIT
dotnet build -v q Transcendence.AppHost >/dev/null
dotnet build -v q bench/EmptyAppHost >/dev/null
empty=(28001/health 28002/health 28003/health 28004/health 28005/health)

# PROJECT ENDPOINT…: prints the seconds to healthy, and from Ctrl+C to nothing left.
measure() {
  local project=$1 began=$EPOCHREALTIME ready ended; shift
  start "$project"
  await "$@"
  ready=$EPOCHREALTIME
  sleep 3
  ended=$EPOCHREALTIME
  interrupt
  printf "%.1f %.1f\n" "$(bc <<<"$ready - $began")" "$(bc <<<"$EPOCHREALTIME - $ended")"
}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

measure Transcendence.AppHost "${ours[@]}" >/dev/null # The first start is none to count: tools are fetched, databases made.
for ((i = 0; i < runs; i++)); do
  read -r a x < <(measure Transcendence.AppHost "${ours[@]}")
  read -r b y < <(measure bench/EmptyAppHost "${empty[@]}")
  echo "ours $a s, ends in $x s; empty $b s, ends in $y s; ratio $(bc <<<"scale=2; $a / $b")"
done | tee "$data/rounds"
echo "median ratio of the start: $(grep -o 'ratio .*' "$data/rounds" | cut -d' ' -f2 | median), of our end: $(sed 's/.*ours [0-9.]* s, ends in \([0-9.]*\).*/\1/' "$data/rounds" | median) s"
