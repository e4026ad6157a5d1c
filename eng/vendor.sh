#!/usr/bin/env bash
# The files of npm packages that this repository contains, so that building and testing it needs no node.
#   eng/vendor.sh           writes them anew, from the versions below
#   eng/vendor.sh --check   says whether the committed files are those of the packages, and fails if not
set -euo pipefail
cd "$(dirname "$0")/.."

packages=$(mktemp -d)
trap 'rm -rf "$packages"' EXIT

# vendor PACKAGE@VERSION FOLDER COMMAND...: FOLDER gets what COMMAND copies from the package's folder to $target.
vendor() {
  local package=$1 folder=$2 source target
  shift 2
  source=$(mktemp -d -p "$packages")
  target=$(mktemp -d -p "$packages")
  tar -xz -C "$source" --strip-components=1 -f "$packages/$(npm pack "$package" --silent --pack-destination "$packages")"
  (cd "$source" && "$@" "$target")
  if [ "$mode" = --check ]; then
    diff -r "$target" "$folder" && echo "$folder: $package" || { echo "$folder is not $package" >&2; differs=1; }
  else
    rm -rf "$folder" && mkdir -p "$folder" && cp -R "$target/." "$folder" && echo "$folder: $package"
  fi
}

uplot() { cp dist/uPlot.esm.js dist/uPlot.min.css LICENSE "$1"; }

# The types of a dashboard and of the panels that ours use.
grafana_schema() {
  local types=dist/types file
  for file in package.json LICENSE_APACHE2 \
    $types/index.d.ts $types/index.gen.d.ts $types/common/*.d.ts $types/veneer/*.d.ts $types/raw/dashboard/x/*.d.ts \
    $types/raw/composable/{bargauge,gauge,stat,table,text,timeseries}/panelcfg/x/*.d.ts; do
    mkdir -p "$1/$(dirname "$file")"
    cp "$file" "$1/$file"
  done
}

mode=${1:-} differs=0
case $mode in '' | --check) ;; *) echo "Usage: $0 [--check]" >&2; exit 2 ;; esac
vendor uplot@1.6.32 Transcendence.Viewer/wwwroot/lib/uplot uplot
vendor @grafana/schema@13.2.3 Transcendence.Tests/Monitoring/Dashboards/grafana-schema grafana_schema
exit $differs
