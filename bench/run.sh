#!/bin/sh
# Makes the figures of README.md: bench/run.sh requests | allocation | gateway | scrape | growth | formats | lists | targets | alerts | threads
set -eu
cd "$(dirname "$0")"
[ -d fastify/node_modules ] || (cd fastify && npm ci --silent)
for project in Transcendence.Benchmarks ../Transcendence.Gateway ../Transcendence.Backend ../Transcendence.Alerts; do dotnet build -c Release -v q --nologo -clp:NoSummary "$project" >&2; done

# The servers have processor 0.
[ "${1-}" = threads ] && processors=0,1 || processors=1
exec taskset --cpu-list $processors Transcendence.Benchmarks/bin/Release/net10.0/Transcendence.Benchmarks "$@"
