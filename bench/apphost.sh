# For start.sh and rest.sh: an AppHost as a user starts it, whose processes carry a mark.

data=$(mktemp -d)
ours=(8000/health 8083/health 8082/health 9090/-/ready 9093/-/ready 3000/api/health 8081/healthz)

# Starts the project $1; the variables mark and leader say which it is.
start() {
  mark=$RANDOM$RANDOM
  BENCH_MARK=$mark env --default-signal setsid dotnet run --no-build --project "$1" -- --DataDirectory="$data" --Tools:Run=executables --Parameters:grafana-admin-password=bench --Parameters:grafana-secret-key=bench >"$data/log" 2>&1 &
  leader=$!
}

# Waits until PORT/PATH… answer.
await() {
  local endpoint began=$SECONDS
  for endpoint; do
    until curl -fs -o /dev/null --max-time 1 "http://localhost:$endpoint"; do
      kill -0 "$leader" 2>/dev/null || { cat "$data/log" >&2; return 1; }
      (( SECONDS - began < 120 )) || { echo "$endpoint does not answer." >&2; return 1; }
      sleep 0.05
    done
  done
}

# What is alive of it: a process that has ended has no environment to read.
family() { grep -lsa "BENCH_MARK=$mark" /proc/[0-9]*/environ | cut -d/ -f3; }

# Ctrl+C, until nothing is left.
interrupt() {
  kill -INT $(family | while read -r pid; do tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qE "dotnet run|/(Transcendence\.|Empty)AppHost " && echo "$pid"; done)
  while [ -n "$(family)" ]; do sleep 0.05; done
}
