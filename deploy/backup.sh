#!/bin/sh
# Copies all that this server keeps into one new directory: sh backup.sh [DIRECTORY]
# The services go on; each tool stops for the seconds that its copy takes, one after the other.
set -eu
umask 077
here=$(cd "$(dirname "$0")" && pwd)
to=${1:-$here/backup-$(date -u +%Y%m%dT%H%M%SZ)}
if [ -e "$to" ]; then
  echo "$to is there already. Name a directory that is not: sh backup.sh DIRECTORY" >&2
  exit 1
fi

compose() { (cd "$here" && if docker compose version >/dev/null 2>&1; then docker compose "$@"; else docker-compose "$@"; fi); }

mkdir -p "$to.part"
stopped=
end() {
  [ -z "$stopped" ] || compose start "$stopped"
  rm -rf "$to.part"
}
trap end EXIT
trap 'exit 1' HUP INT TERM

# The key in .env is needed to read Grafana's database.
cp "$here/.env" "$to.part/env"

docker exec backend ./Transcendence.Backend --backup >"$to.part/backend.db"
docker exec alerts ./Transcendence.Alerts --backup >"$to.part/alerts.db"

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
