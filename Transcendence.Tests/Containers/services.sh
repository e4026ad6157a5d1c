#!/usr/bin/env bash
# Makes the images of our services as docs/deploy.md says, with a base and a registry of our own where Microsoft's cannot be had. The base is as theirs:
# the runtime of this machine, a user 1654 that owns /home/app, no shell. Also Caddy's, of this distribution's package.
#   services.sh PORT TAG CADDY    the registry listens on the loopback port for as long as this runs; the services are localhost:PORT/transcendence-NAME:TAG
set -euo pipefail
root=$(realpath "$(dirname "$0")/../..")
[ $# -eq 3 ] || { echo "Usage: $0 PORT TAG CADDY" >&2; exit 2; }
registry=localhost:$1 tag=$2 caddy=$3

w=$(mktemp -d)
printf 'version: 0.1\nstorage: { filesystem: { rootdirectory: %s/registry } }\nhttp: { addr: "127.0.0.1:%s" }\nlog: { level: error }\n' "$w" "$1" >"$w/registry.yml"
docker-registry serve "$w/registry.yml" >"$w/log" 2>&1 &
pid=$!
trap 'kill $pid 2>/dev/null || true; wait $pid 2>/dev/null || true; rm -rf "$w"' EXIT

# Its libraries come along with the runtime's own, whatever the architecture.
dotnet=$(dirname "$(realpath "$(command -v dotnet)")")
mkdir -p "$w/base"/{etc,tmp,usr/bin,usr/share/dotnet,home/app}
chmod 1777 "$w/base/tmp"
cp -R "$dotnet"/{dotnet,host,shared} "$w/base/usr/share/dotnet/"
ln -s /usr/share/dotnet/dotnet "$w/base/usr/bin/dotnet"
native=$(find "$dotnet/shared/Microsoft.NETCore.App" -name libSystem.Native.so | head -1)
{ ldd "$dotnet/dotnet" "$native"; PATH=$PATH:/sbin ldconfig -p | grep -E 'lib(ssl|crypto)\.so\.3 '; } | grep -oE '/[^ ]*\.so[^ :]*$|/[^ ]*\.so[^ :]* ' | sort -u | while read -r library; do cp -L --parents "$library" "$w/base"; done
printf 'root:x:0:0:root:/root:/bin/false\napp:x:1654:1654::/home/app:/bin/false\n' >"$w/base/etc/passwd"
printf 'root:x:0:\napp:x:1654:\n' >"$w/base/etc/group"
{ tar -C "$w/base" --owner 0 --group 0 --exclude ./home/app -c . ; } >"$w/base.tar"
tar -C "$w/base" --owner 1654 --group 1654 --no-recursion -rf "$w/base.tar" ./home/app
docker import --change 'USER 1654' --change 'ENV ASPNETCORE_HTTP_PORTS=8080 DOTNET_RUNNING_IN_CONTAINER=true PATH=/usr/bin:/bin' "$w/base.tar" "$registry/aspnet:tests" >/dev/null

for ((tries = 0; ; tries++)); do
  docker push "$registry/aspnet:tests" >"$w/push" 2>&1 && break
  [ $tries -lt 50 ] && kill -0 $pid 2>/dev/null || { cat "$w/push" "$w/log" >&2; exit 1; }
  sleep 0.2
done

# Their own output, and no node that outlives them: other builds may run meanwhile.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0
for service in Backend Gateway Alerts; do
  dotnet publish "$root/Transcendence.$service" -t:PublishContainer --artifacts-path "$w/artifacts" -p:RunAnalyzers=false \
    -p:ContainerRegistry="$registry" -p:ContainerBaseImage="$registry/aspnet:tests" -p:ContainerImageTag="$tag" -v:quiet >"$w/publish" || { cat "$w/publish" >&2; exit 1; }
  docker pull --quiet "$registry/transcendence-${service,,}:$tag" >/dev/null
done

mkdir -p "$w/caddy/usr/bin" "$w/caddy/etc/caddy" "$w/caddy/data" "$w/caddy/config" "$w/caddy/tmp"
cp "$(command -v caddy)" "$w/caddy/usr/bin/"
ldd "$(command -v caddy)" | grep -oE '/[^ ]*' | while read -r library; do cp -L --parents "$library" "$w/caddy"; done
tar -C "$w/caddy" --owner 0 --group 0 -c . | docker import --change 'ENV XDG_CONFIG_HOME=/config XDG_DATA_HOME=/data' \
  --change 'CMD ["/usr/bin/caddy","run","--config","/etc/caddy/Caddyfile","--adapter","caddyfile"]' - "$caddy" >/dev/null
