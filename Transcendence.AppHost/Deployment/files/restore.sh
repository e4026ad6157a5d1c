#!/bin/sh
# Brings back what backup.sh has copied, on a machine where this directory has kept nothing yet: sh restore.sh DIRECTORY
set -eu
umask 077
here=$(cd "$(dirname "$0")" && pwd)
from=${1:?Name the directory that backup.sh has made: sh restore.sh DIRECTORY}
from=$(cd "$from" && pwd)
database=backend.db
! grep -q '^  postgres:$' "$here/docker-compose.yaml" || database=backend.dump
for file in env "$database" alerts.db prometheus.tar alertmanager.tar grafana.tar SHA256SUMS; do
  if [ ! -s "$from/$file" ]; then
    echo "$from is no whole backup: $file is not in it. Nothing was changed." >&2
    exit 1
  fi
done
if ! damaged=$(cd "$from" && sha256sum --check SHA256SUMS 2>/dev/null); then
  echo "$from is damaged: $(printf '%s\n' "$damaged" | sed -n 's/: FAILED.*//p' | tr '\n' ' ')not as it was written. Take another backup. Nothing was changed." >&2
  exit 1
fi

compose() { (cd "$here" && if docker compose version >/dev/null 2>&1; then docker compose "$@"; else docker-compose "$@"; fi); }
refuse() {
  echo "$1 is here already, and what it keeps would be mixed with the backup. To give that up: docker compose down -v. Nothing was changed." >&2
  exit 1
}

for name in backend postgres alerts prometheus alertmanager grafana; do
  ! docker container inspect "$name" >/dev/null 2>&1 || refuse "The container $name"
done
# Compose calls its project as the directory is called, but for what it leaves out; unless the environment or .env, which will be the backup's, says otherwise.
project=${COMPOSE_PROJECT_NAME:-$(sed -n "s/^COMPOSE_PROJECT_NAME=[\"']\{0,1\}\([A-Za-z0-9_-]*\).*/\1/p" "$from/env" | tail -n 1)}
project=${project:-$(basename "$here" | tr '[:upper:]' '[:lower:]' | tr -cd 'a-z0-9_-')}
for volume in $(docker volume ls -q --filter "label=com.docker.compose.project=$project"); do
  refuse "The volume $volume"
done

finished=
trap '[ -n "$finished" ] || echo "The restore has not come to its end, for the reason above. Mend it; then docker compose down -v, and once more: sh restore.sh $from" >&2' EXIT

# The passwords are those of the backup.
if [ -e "$here/.env" ] && ! cmp -s "$here/.env" "$from/env"; then
  kept=$here/.env.before-restore-$(date -u +%Y%m%dT%H%M%SZ)
  mv "$here/.env" "$kept"
  echo "The .env that was here is now $kept" >&2
fi
cp "$from/env" "$here/.env"
[ ! -e "$from/docker-compose.override.yaml" ] || [ -e "$here/docker-compose.override.yaml" ] || cp "$from/docker-compose.override.yaml" "$here/"

if [ "$database" = backend.db ]; then
  compose run --rm -T --no-deps backend --restore <"$from/backend.db"
else
  compose up -d postgres
  tries=60
  until docker exec postgres pg_isready -q -U postgres -h 127.0.0.1; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { echo "PostgreSQL does not start: docker logs postgres." >&2; exit 1; }
    sleep 1
  done
  docker exec -i postgres sh -c 'PGPASSWORD=$POSTGRES_PASSWORD exec pg_restore -U postgres -d postgres --create --exit-on-error' <"$from/backend.dump"
fi
compose run --rm -T --no-deps alerts --restore <"$from/alerts.db"

compose up --no-start
docker cp - prometheus:/prometheus <"$from/prometheus.tar"
docker cp - alertmanager:/alertmanager <"$from/alertmanager.tar"
docker cp - grafana:/var/lib/grafana <"$from/grafana.tar"
! { [ -e "$from/caddy.tar" ] && docker container inspect caddy >/dev/null 2>&1; } || docker cp - caddy:/data <"$from/caddy.tar"
compose up -d
finished=yes
