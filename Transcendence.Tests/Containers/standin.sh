#!/bin/sh
# Stands in for Grafana and for cAdvisor where their images cannot be pulled: a program of busybox, started as either, that says over HTTP what it was given.
# As Grafana it has its user, its directories, its addresses and its way to refuse a start; it draws nothing, reads no provisioning, lets nobody in, and keeps
# in its data directory nothing but the times at which it started.
# As cAdvisor it always answers with what cAdvisor 0.60.6 said once elsewhere: its containers are not ours, and no value of theirs changes.

crlf=$(printf '\r\n.')
crlf=${crlf%.}
answer() { # STATUS TYPE [HEADER], then the body from standard input
  printf 'HTTP/1.1 %s\r\nContent-Type: %s\r\n%sConnection: close\r\n\r\n' "$1" "$2" "$3"
  cat
}

grafana() {
  case $1 in
    /api/health) echo '{"database":"ok","version":"'"$STANDIN_VERSION"'","commit":"stand-in"}' | answer '200 OK' application/json ;;
    /metrics) printf '# TYPE grafana_build_info gauge\ngrafana_build_info{edition="stand-in",version="%s"} 1\n' "$STANDIN_VERSION" | answer '200 OK' 'text/plain; version=0.0.4' ;;
    /login) echo '<!DOCTYPE html><title>Grafana</title><p>This is a stand-in for Grafana.</p>' | answer '200 OK' text/html ;;
    /) echo | answer '302 Found' text/plain "Location: /login$crlf" ;;
    /standin/env) env | answer '200 OK' text/plain ;;
    /standin/files) find "$GF_PATHS_CONFIG" "$GF_PATHS_PROVISIONING" "$GF_PATHS_DATA" /etc/dashboards -type f | sort | answer '200 OK' text/plain ;;
    /standin/files/*) [ -f "${1#/standin/files}" ] && answer '200 OK' text/plain <"${1#/standin/files}" || echo missing | answer '404 Not Found' text/plain ;;
    *) echo missing | answer '404 Not Found' text/plain ;;
  esac
}

cadvisor() {
  case $1 in
    /healthz) printf ok | answer '200 OK' text/plain ;;
    # Without the recorded times: Prometheus takes no samples that old.
    /metrics) sed '/^[^#]/s/ [0-9]\{13\}$//' /cadvisor-metrics.txt | answer '200 OK' 'text/plain; version=0.0.4' ;;
    *) echo missing | answer '404 Not Found' text/plain ;;
  esac
}

case $1 in
  grafana)
    # As Grafana's own script does. So a mount that hides its files is seen.
    [ -r "$GF_PATHS_CONFIG" ] || { echo "GF_PATHS_CONFIG='$GF_PATHS_CONFIG' is not readable."; exit 1; }
    [ -w "$GF_PATHS_DATA" ] || { echo "GF_PATHS_DATA='$GF_PATHS_DATA' is not writable."; exit 1; }
    date +%s >>"$GF_PATHS_DATA/starts"
    ;;
  cadvisor) ;;
  *)
    # A connection, on standard input and output.
    read -r _ path _
    while read -r header && [ ${#header} -gt 1 ]; do :; done
    "$STANDIN" "$path"
    exit
    ;;
esac

# The first process of a container ignores a signal that it does not handle.
trap 'exit 0' TERM INT
export STANDIN=$1
nc -ll -p "$STANDIN_PORT" -e "$0" &
wait
