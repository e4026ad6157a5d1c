#!/usr/bin/env bash
# Makes the images that the application names, where none can be pulled: Prometheus and Alertmanager are the real programs, of this distribution's packages,
# laid out as in the official images; Grafana and cAdvisor are stand-ins (standin.sh); the last one is what Aspire builds its tunnel upon.
# Images that are there already and are made of the same are left alone. Works on whichever engine docker leads to: only a test engine's, or they would stand in for real ones.
#   images.sh PROMETHEUS ALERTMANAGER GRAFANA CADVISOR TUNNEL_BASE    each a name with its tag
set -euo pipefail
here=$(realpath "$(dirname "$0")")
[ $# -eq 5 ] || { echo "Usage: $0 PROMETHEUS ALERTMANAGER GRAFANA CADVISOR TUNNEL_BASE" >&2; exit 2; }

cadvisor=$here/../Recordings/cadvisor-0.60.6-cgroup-v2-docker20.10.txt
made_of=$(cat "$here"/{images.sh,standin.sh} "$cadvisor" | sha256sum | cut -c1-16)
[ "$(docker image inspect --format '{{index .Config.Labels "made-of"}}' "$@" 2>/dev/null | grep -cx "$made_of" || true)" -ne $# ] || exit 0

w=$(mktemp -d)
trap 'rm -rf "$w"' EXIT

# Where nothing is installed by it, apt needs no root, unless its lists are missing.
mkdir "$w/packages" "$w/debian"
packages() { apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances prometheus prometheus-alertmanager | grep -E '^(prometheus|prometheus-alertmanager|promtool|(libjs|fonts)-.*)$' | sort -u; }
download() { (cd "$w/packages" && apt-get -qq -o APT::Sandbox::User=root download busybox-static $(packages)); }
download 2>/dev/null || { apt-get -qq update; download; }
for package in "$w"/packages/*.deb; do
  # Not 200 MB of time zones that no page loads.
  dpkg-deb --fsys-tarfile "$package" | tar -x -C "$w/debian" --exclude './usr/share/javascript/moment-timezone/data' --exclude './usr/share/doc'
done

# What every image has: a shell with its commands, the C library, names of users.
mkdir -p "$w/base/bin" "$w/base/etc" "$w/base/lib64" "$w/base/tmp" "$w/base/usr/local/bin"
chmod 1777 "$w/base/tmp"
cp "$w/debian/bin/busybox" "$w/base/bin/"
for command in $("$w/base/bin/busybox" --list); do ln -s busybox "$w/base/bin/$command" 2>/dev/null || true; done
libraries=$(ldd "$w/debian/usr/bin/prometheus" | grep -o '/[^ ]*/libc.so.6')
mkdir -p "$w/base${libraries%/*}"
cp -L "${libraries%/*}"/lib{c,m,dl,pthread,resolv}.so.? "$w/base${libraries%/*}/"
cp -L --parents "$(ldd "$w/debian/usr/bin/prometheus" | grep -o '/lib[^ ]*/ld-linux[^ ]*')" "$w/base"
printf 'root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\ngrafana:x:472:0:grafana:/:/bin/false\n' >"$w/base/etc/passwd"
printf 'root:x:0:\nnobody:x:65534:\n' >"$w/base/etc/group"
printf 'hosts: files dns\n' >"$w/base/etc/nsswitch.conf"

# image NAME TREE OWNER "PATH..." CHANGE...: TREE over the base. The paths are OWNER's, all else is root's.
image() {
  local name=$1 tree=$w/$2 owner=$3 paths=$4 path change changes=(--change "LABEL made-of=$made_of") excludes=()
  shift 4
  for change in "$@"; do changes+=(--change "$change"); done
  for path in $paths; do excludes+=(--exclude "./$path"); done
  mkdir -p "$tree"
  cp -an "$w/base/." "$tree/"
  tar -C "$tree" --owner 0 --group 0 "${excludes[@]}" -cf "$tree.tar" .
  [ -z "$paths" ] || (cd "$tree" && tar --owner "$owner" --group "${owner/472/0}" -rf "$tree.tar" ${paths// / ./})
  docker import "${changes[@]}" "$tree.tar" "$name" >/dev/null
}

cd "$w"
mkdir -p prometheus/{bin,usr/share/prometheus,prometheus,etc/prometheus} alertmanager/{bin,usr/share/prometheus,alertmanager,etc/alertmanager} \
  grafana/{bin,etc/grafana/provisioning/{alerting,dashboards,datasources,plugins},var/lib/grafana} cadvisor/bin

cp debian/usr/bin/{prometheus,promtool} prometheus/bin/
cp -R debian/usr/share/prometheus/web prometheus/usr/share/prometheus/
cp -R debian/usr/share/{fonts*,javascript,nodejs} prometheus/usr/share/ # The pages' links lead there.
printf 'scrape_configs:\n  - job_name: prometheus\n    static_configs:\n      - targets: ["localhost:9090"]\n' >prometheus/etc/prometheus/prometheus.yml
image "$1" prometheus 65534 'prometheus etc/prometheus' 'USER 65534' 'WORKDIR /prometheus' 'VOLUME /prometheus' 'EXPOSE 9090' \
  'ENTRYPOINT ["/bin/prometheus"]' 'CMD ["--config.file=/etc/prometheus/prometheus.yml","--storage.tsdb.path=/prometheus"]'

cp debian/usr/bin/prometheus-alertmanager alertmanager/bin/alertmanager
cp debian/usr/bin/amtool alertmanager/bin/
cp -R debian/usr/share/prometheus/alertmanager alertmanager/usr/share/prometheus/
cp -R alertmanager/usr/share/prometheus/alertmanager/{no-ui/.,ui/} # As Debian's package does when it is installed.
printf 'route:\n  receiver: none\nreceivers:\n  - name: none\n' >alertmanager/etc/alertmanager/alertmanager.yml
image "$2" alertmanager 65534 'alertmanager etc/alertmanager' 'USER 65534' 'WORKDIR /alertmanager' 'VOLUME /alertmanager' 'EXPOSE 9093' \
  'ENTRYPOINT ["/bin/alertmanager"]' 'CMD ["--config.file=/etc/alertmanager/alertmanager.yml","--storage.path=/alertmanager"]'

cp "$here/standin.sh" grafana/bin/standin
printf '# The defaults of the image.\n' >grafana/etc/grafana/grafana.ini
chmod 777 grafana/var/lib/grafana
image "$3" grafana 472 'var/lib/grafana' 'USER 472' 'EXPOSE 3000' 'ENTRYPOINT ["/bin/standin","grafana"]' \
  "ENV STANDIN_PORT=3000 STANDIN_VERSION=${3##*:} GF_PATHS_CONFIG=/etc/grafana/grafana.ini GF_PATHS_DATA=/var/lib/grafana GF_PATHS_PROVISIONING=/etc/grafana/provisioning"

cp "$here/standin.sh" cadvisor/bin/standin
cp "$cadvisor" cadvisor/cadvisor-metrics.txt
image "$4" cadvisor 0 '' 'EXPOSE 8080' 'ENV STANDIN_PORT=8080' 'ENTRYPOINT ["/bin/standin","cadvisor"]'

# The tunnel wants OpenSSL, as .NET does here.
mkdir -p "tunnel${libraries%/*}"
cp -L "$(PATH=$PATH:/sbin ldconfig -p | grep -om1 '/.*/libcrypto\.so\.3$')" "tunnel${libraries%/*}/"
image "$5" tunnel 0 ''
