#!/bin/sh
# Copies what this server keeps into one new directory: sh backup.sh [DIRECTORY]
# The services go on; each tool stops for the seconds that its copy takes, one after the other.
set -eu
umask 077
here=$(cd "$(dirname "$0")" && pwd)
to=${1:-$here/backup-$(date -u +%Y%m%dT%H%M%SZ)}
to=${to%/}
if [ -e "$to" ]; then
  echo "$to is there already. Name a directory that is not: sh backup.sh DIRECTORY" >&2
  exit 1
fi

compose() { (cd "$here" && if docker compose version >/dev/null 2>&1; then docker compose "$@"; else docker-compose "$@"; fi); }

fail() {
  echo "$1" >&2
  exit 1
}

# One backup at a time: two would start each other's tools in the middle of a copy. The lock goes with this process, however it ends.
exec 9<"$here/docker-compose.yaml"
! command -v flock >/dev/null || flock -n 9 || fail "Another backup of $here is running. Wait for it to end."
if [ -e "$to.part" ]; then
  fail "$to.part is there: a backup that was killed. It has the passwords of .env in it: rm -r '$to.part', and docker compose up -d, as it may have stopped a tool."
fi

# The containers' names are the same for every directory: these have to be of this one.
database=postgres
[ -n "$(docker ps -aq --filter name='^postgres$')" ] || database=backend
own=$(compose ps -a -q)
for name in "$database" alerts prometheus alertmanager grafana; do
  id=$(docker ps -aq --no-trunc --filter name="^$name\$")
  [ -n "$id" ] || fail "There is no container $name. This copies what Docker Compose runs: docker compose up -d. (Of a Swarm, docs/deploy.md says how.)"
  project=$(docker inspect --format '{{index .Config.Labels "com.docker.compose.project"}}' "$id")
  case $own in *"$id"*) ;; *) fail "The container $name is of the Compose project '$project', and this directory is another: Compose calls a project as its directory is called. Run the script of that one." ;; esac
done
for name in "$database" alerts; do
  [ "$(docker inspect --format '{{.State.Running}}' "$name")" = true ] || fail "$name does not run, and it copies its own data: docker compose start $name. Nothing was copied."
done

mkdir -p "$(dirname "$to")"
mkdir "$to.part"
stopped=
end() {
  [ -z "$stopped" ] || compose start "$stopped" || true
  rm -rf "$to.part"
}
trap end EXIT
trap 'exit 1' HUP INT TERM

# The key in .env is needed to read Grafana's database.
cp "$here/.env" "$to.part/env"
[ ! -e "$here/docker-compose.override.yaml" ] || cp "$here/docker-compose.override.yaml" "$to.part/"

if [ "$database" = postgres ]; then
  docker exec postgres sh -c 'PGPASSWORD=$POSTGRES_PASSWORD exec pg_dump -U postgres -F custom backend' >"$to.part/backend.dump"
else
  docker exec backend ./Transcendence.Backend --backup >"$to.part/backend.db"
fi
docker exec alerts ./Transcendence.Alerts --backup >"$to.part/alerts.db"
[ -z "$(docker ps -q --filter name='^caddy$')" ] || docker cp caddy:/data/. - >"$to.part/caddy.tar"

copy() {
  # What was stopped on purpose stays so.
  if [ "$(docker inspect --format '{{.State.Running}}' "$1")" = true ]; then
    stopped=$1
    compose stop "$1"
  fi
  docker cp "$1:$2/." - >"$to.part/$1.tar"
  [ -z "$stopped" ] || compose start "$1"
  stopped=
}
copy prometheus /prometheus
copy alertmanager /alertmanager
copy grafana /var/lib/grafana

(cd "$to.part" && sha256sum -- * >.sums && mv .sums SHA256SUMS)
mv "$to.part" "$to"
echo "$to"

others=$(compose config --volumes | grep -vxE '(backend|postgres|alerts|prometheus|alertmanager|grafana|caddy)-data' || true)
if [ -n "$others" ]; then
  echo "Not in the backup, as this script does not know them: $others. Copy these volumes yourself." >&2
  exit 1
fi
