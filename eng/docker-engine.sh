#!/usr/bin/env bash
# A Docker engine for the tests, beside any other of this machine: its data, its socket and its processes are its own.
#   eng/docker-engine.sh start DIR    starts one that keeps all it has in DIR; `. DIR/env` leads docker to it
#   eng/docker-engine.sh stop DIR     ends it, with its containers, networks and images, and removes DIR
# Needs dockerd (Debian: docker.io), root or sudo, and a docker CLI that Aspire takes (25 or newer).
set -euo pipefail

[ "$(id -u)" -eq 0 ] || exec sudo env PATH="$PATH" "$0" "$@"
fail() { echo "$0: $*" >&2; exit 1; }
# Those of PATH, in its order. Aspire calls the first.
mapfile -t clis < <(type -aP docker)

# Aspire builds an image of its own, and the classic builder cannot. Where the first CLI lacks BuildKit (it is in the plugin buildx), another may have it in it, as Debian's.
builder() {
  local cli
  for cli in "${clis[@]}"; do
    if DOCKER_BUILDKIT=1 "$cli" build --help 2>/dev/null | grep -q -- --progress; then echo "$cli"; return; fi
  done
  fail "no docker on PATH builds with BuildKit (found: ${clis[*]}). Install the plugin buildx (Debian: docker-buildx)."
}

start() {
  local builder version socket=$dir/docker.sock
  [ ${#clis[@]} -gt 0 ] && command -v dockerd >/dev/null || fail "docker or dockerd is not on PATH. Install an engine (Debian: apt-get install docker.io)."
  version=$("${clis[0]}" --version | grep -oE '[0-9]+' | head -1)
  [ "$version" -ge 25 ] || fail "${clis[0]} is version $version, and Aspire takes 25 or newer. Put a newer docker before it on PATH."
  builder=$(builder)

  mkdir -p "$dir/bin"
  # In namespaces of its own: when its first process has ended, the kernel ends all others and takes its mounts away. Nor does it see a containerd of this machine.
  # It touches no firewall and no sysctl, as another engine would notice: ports are published by its proxy, and containers of one network see each other without.
  # It has no default network, which would be the interface of another engine: containers name one, as Aspire's do.
  mkdir -p /run/containerd
  setsid unshare --mount --pid --fork --kill-child --mount-proc sh -c 'mount -t tmpfs tmpfs /run/containerd && exec dockerd "$@"' dockerd \
    --data-root "$dir/data" --exec-root "$dir/exec" --pidfile "$dir/pid-inside" --host "unix://$socket" --group "${SUDO_GID:-0}" \
    --iptables=false --ip6tables=false --ip-forward=false --bridge=none --label transcendence.tests=yes </dev/null >"$dir/log" 2>&1 &
  echo $! >"$dir/pid"
  for ((tries = 0; ; tries++)); do
    docker --host "unix://$socket" version >/dev/null 2>&1 && break
    [ $tries -lt 150 ] && kill -0 "$(<"$dir/pid")" 2>/dev/null || { tail -n 20 "$dir/log" >&2; stop; fail "dockerd did not answer in 30 seconds. Its last words are above."; }
    sleep 0.2
  done

  echo "export DOCKER_HOST=unix://$socket" >"$dir/env"
  if [ "$builder" != "${clis[0]}" ]; then
    printf '#!/bin/sh\n[ "$1" != build ] || DOCKER_BUILDKIT=1 exec %q "$@"\nexec %q "$@"\n' "$builder" "${clis[0]}" >"$dir/bin/docker"
    chmod +x "$dir/bin/docker"
    echo "export PATH=$dir/bin:\$PATH" >>"$dir/env"
  fi
}

stop() {
  [ -f "$dir/pid" ] || fail "$dir has no engine that this script started."
  local pid inside
  pid=$(<"$dir/pid")
  if inside=$(cat "/proc/$pid/task/$pid/children" 2>/dev/null) && [ -n "$inside" ]; then
    # Bridges are the one thing that would stay.
    export DOCKER_HOST=unix://$dir/docker.sock
    docker ps -aq | xargs -r timeout 30 docker rm -f >/dev/null || true
    timeout 30 docker network prune -f >/dev/null || true
    kill -TERM $inside
    for ((tries = 0; tries < 75; tries++)); do kill -0 "$pid" 2>/dev/null || break; sleep 0.2; done
  fi
  ! kill -0 "$pid" 2>/dev/null || kill -KILL "$pid"
  rm -rf "$dir"
}

[ $# -eq 2 ] || { echo "Usage: $0 start|stop DIR" >&2; exit 2; }
dir=$(realpath -m "$2")
case $1 in start | stop) "$1" ;; *) echo "Usage: $0 start|stop DIR" >&2; exit 2 ;; esac
