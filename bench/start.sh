#!/usr/bin/env bash
# How long the second start takes, to the last healthy resource, and the end: ours and an AppHost of five empty web projects, in turns.
# bench/start.sh [RUNS]
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${1:-5}
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT
dotnet build -v q Transcendence.AppHost >/dev/null
dotnet build -v q bench/EmptyAppHost >/dev/null

ours=(8000/health 8083/health 8082/health 9090/-/ready 9093/-/ready 3000/api/health 8081/healthz)
empty=(28001/health 28002/health 28003/health 28004/health 28005/health)

# Of everything that carries the mark, what is alive.
family() { grep -lsa "BENCH_MARK=$1" /proc/[0-9]*/environ | cut -d/ -f3 | while read -r pid; do grep -qs '^State:.*[^Z]' <(grep '^State' "/proc/$pid/status" 2>/dev/null | grep -v zombie) && echo "$pid"; done; }

# PROJECT ENDPOINT…: prints the seconds to healthy, and from Ctrl+C to nothing left.
measure() {
  local project=$1 mark=$RANDOM$RANDOM began ready ended; shift
  began=$EPOCHREALTIME
  BENCH_MARK=$mark env --default-signal setsid dotnet run --no-build --project "$project" -- --DataDirectory="$data" --Tools:Run=executables --Parameters:grafana-admin-password=bench --Parameters:grafana-secret-key=bench >"$data/log" 2>&1 &
  local leader=$!
  for endpoint; do
    until curl -fs -o /dev/null --max-time 1 "http://localhost:$endpoint"; do
      kill -0 $leader 2>/dev/null || { cat "$data/log" >&2; return 1; }
      (( ${EPOCHREALTIME%.*} - ${began%.*} < 120 )) || { echo "$endpoint does not answer." >&2; return 1; }
      sleep 0.05
    done
  done
  ready=$EPOCHREALTIME
  sleep 3
  ended=$EPOCHREALTIME
  kill -INT $(family "$mark" | while read -r pid; do tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qE "dotnet run|/(Transcendence|Empty)\.?AppHost " && echo "$pid"; done)
  while [ -n "$(family "$mark")" ]; do sleep 0.05; done
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
