#!/usr/bin/env bash
# Makes the image of PostgreSQL, where it cannot be pulled: the real server, of this distribution's package, laid out and started as in the official image.
# An image that is there already and is made of the same is left alone.
#   postgres.sh IMAGE    its name with its tag; the official one keeps data in a directory that is named after the major version
set -euo pipefail
[ $# -eq 1 ] || { echo "Usage: $0 IMAGE" >&2; exit 2; }
image=$1 tag=${1##*:}
made_of=$(sha256sum "$0" | cut -c1-16)
[ "$(docker image inspect --format '{{index .Config.Labels "made-of"}}' "$image" 2>/dev/null || true)" != "$made_of" ] || exit 0

w=$(mktemp -d)
trap 'rm -rf "$w"' EXIT
mkdir "$w/packages" "$w/root"
version=$(apt-cache depends postgresql 2>/dev/null | grep -om1 'postgresql-[0-9]*' || { apt-get -qq update; apt-cache depends postgresql | grep -om1 'postgresql-[0-9]*'; })

# Its libraries, but for those of the compiler that it uses where it is there, and of other languages.
packages() { apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances "$version" | grep -E '^(lib|postgresql-(client-)?[0-9]|tzdata$|zlib)' | grep -vE '^(libllvm|libz3|libelogind|libperl|libdebian|lib.*-perl$)' | sort -u; }
download() { (cd "$w/packages" && apt-get -qq -o APT::Sandbox::User=root download busybox-static $(packages)); }
download 2>/dev/null || { apt-get -qq update; download; }
for package in "$w"/packages/*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -x -C "$w/root" --exclude './usr/share/doc' --exclude './usr/share/man' --exclude './usr/share/locale' --exclude '*/bitcode'
done

cd "$w/root"
mkdir -p bin etc tmp usr/local/bin var/lib/postgresql var/run/postgresql
chmod 1777 tmp
chmod 3777 var/run/postgresql # As in the official image: whoever has the right to its files may be its user.
for command in $(bin/busybox --list); do [ -e "bin/$command" ] || ln -s busybox "bin/$command"; done
printf 'root:x:0:0:root:/:/bin/sh\npostgres:x:999:999:postgres:/var/lib/postgresql:/bin/sh\n' >etc/passwd
printf 'root:x:0:\npostgres:x:999:\n' >etc/group
printf 'hosts: files dns\n' >etc/nsswitch.conf
cat >usr/local/bin/docker-entrypoint.sh <<'END'
#!/bin/sh
set -e
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA"
  chown -R postgres "$PGDATA" /var/run/postgresql
  exec su -m -s /bin/sh postgres -c 'exec "$0" "$@"' "$0" "$@"
fi
[ -z "$POSTGRES_PASSWORD_FILE" ] || POSTGRES_PASSWORD=$(cat "$POSTGRES_PASSWORD_FILE")
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  [ -n "$POSTGRES_PASSWORD" ] || { echo "Error: Database is uninitialized and superuser password is not specified." >&2; exit 1; }
  mkdir -p "$PGDATA"
  printf '%s\n' "$POSTGRES_PASSWORD" >/tmp/password
  eval "initdb --username=${POSTGRES_USER:-postgres} --pwfile=/tmp/password $POSTGRES_INITDB_ARGS"
  rm /tmp/password
  printf '\nhost all all all %s\n' "${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >>"$PGDATA/pg_hba.conf"
fi
exec "$@" -c 'listen_addresses=*'
END
chmod 755 usr/local/bin/docker-entrypoint.sh
tar --owner 0 --group 0 --exclude ./var/lib/postgresql --exclude ./var/run/postgresql -cf "$w/root.tar" .
tar --owner 999 --group 999 -rf "$w/root.tar" ./var/lib/postgresql ./var/run/postgresql
docker import --change "LABEL made-of=$made_of" --change "ENV PATH=/usr/lib/postgresql/${version#*-}/bin:/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 PGDATA=/var/lib/postgresql/${tag%%.*}/docker" \
  --change 'VOLUME /var/lib/postgresql' --change 'EXPOSE 5432' --change 'ENTRYPOINT ["docker-entrypoint.sh"]' --change 'CMD ["postgres"]' "$w/root.tar" "$image" >/dev/null
