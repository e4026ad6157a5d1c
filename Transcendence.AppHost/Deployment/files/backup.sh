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

mkdir -p "$(dirname "$to")"
mkdir "$to.part" # Fails where another backup is at it.
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

if [ -n "$(docker ps -aq --filter name='^postgres$')" ]; then
  docker exec postgres sh -c 'PGPASSWORD=$POSTGRES_PASSWORD exec pg_dump -U postgres -F custom backend' >"$to.part/backend.dump"
else
  docker exec backend ./Transcendence.Backend --backup >"$to.part/backend.db"
fi
docker exec alerts ./Transcendence.Alerts --backup >"$to.part/alerts.db"
[ -z "$(docker ps -q --filter name='^caddy$')" ] || docker cp caddy:/data/. - >"$to.part/caddy.tar"

copy() {
  stopped=$1
  compose stop "$1"
  docker cp "$1:$2/." - >"$to.part/$1.tar"
  compose start "$1"
  stopped=
}
copy prometheus /prometheus
copy alertmanager /alertmanager
copy grafana /var/lib/grafana

mv "$to.part" "$to"
echo "$to"

others=$(compose config --volumes | grep -vxE '(backend|postgres|alerts|prometheus|alertmanager|grafana|caddy)-data' || true)
if [ -n "$others" ]; then
  echo "Not in the backup, as this script does not know them: $others. Copy these volumes yourself." >&2
  exit 1
fi
