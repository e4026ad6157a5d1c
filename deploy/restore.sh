#!/bin/sh
# Brings back what backup.sh has copied, on a machine where this directory has kept nothing yet: sh restore.sh DIRECTORY
set -eu
umask 077
here=$(cd "$(dirname "$0")" && pwd)
from=${1:?Name the directory that backup.sh has made: sh restore.sh DIRECTORY}
from=$(cd "$from" && pwd)
for file in env backend.db alerts.db prometheus.tar alertmanager.tar grafana.tar; do
  if [ ! -s "$from/$file" ]; then
    echo "$from is no whole backup: $file is not in it. Nothing was changed." >&2
    exit 1
  fi
done

compose() { (cd "$here" && if docker compose version >/dev/null 2>&1; then docker compose "$@"; else docker-compose "$@"; fi); }

for name in backend alerts prometheus alertmanager grafana; do
  if docker container inspect "$name" >/dev/null 2>&1; then
    echo "The container $name is here already, and what it keeps would be mixed with the backup. To give that up: docker compose down -v. Nothing was changed." >&2
    exit 1
  fi
done

# The passwords are those of the backup.
if [ -e "$here/.env" ] && ! cmp -s "$here/.env" "$from/env"; then
  mv "$here/.env" "$here/.env.before-restore"
fi
cp "$from/env" "$here/.env"

# Refuses where a volume of an earlier time is left.
compose run --rm -T --no-deps backend --restore <"$from/backend.db"
compose run --rm -T --no-deps alerts --restore <"$from/alerts.db"

compose up --no-start
docker cp - prometheus:/prometheus <"$from/prometheus.tar"
docker cp - alertmanager:/alertmanager <"$from/alertmanager.tar"
docker cp - grafana:/var/lib/grafana <"$from/grafana.tar"
compose up -d
