#!/bin/sh
# Deploys this directory on a Swarm, from one of its managers; after a change, once more: sh docker-stack.sh
# It makes the secrets that docker-stack.yaml names, as Swarm reads no .env: each by a name of its value, so that another value is another secret.
set -eu
umask 077
cd "$(dirname "$0")"
fail() {
  echo "$1" >&2
  exit 1
}

# As Compose reads it: what the environment says already stands, and of two lines the last.
[ -f .env ] || fail "$(pwd)/.env is not there. Copy it from where this directory was published."
number=0 own=' '
while IFS= read -r line || [ -n "$line" ]; do
  number=$((number + 1))
  case $line in '' | '#'*) continue ;; esac
  name=${line%%=*} value=${line#*=}
  case $name in "$line" | '' | [0-9]* | *[!A-Za-z0-9_]*) fail "Line $number of .env is no NAME=VALUE. Mend it." ;; esac
  case $value in "'"*"'") value=${value#"'"} value=${value%"'"} ;; '"'*'"') value=${value#'"'} value=${value%'"'} ;; esac
  case $own in *" $name "*) ;; *)
    if eval "[ -n \"\${$name+set}\" ]"; then continue; fi
    own="$own$name "
    ;;
  esac
  export "$name=$value"
done <.env
stack=${STACK_NAME:-transcendence}

state=$(docker info --format '{{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}}') || exit 1
[ "$state" = 'active true' ] || fail 'This engine is no manager of a Swarm. Make it one: docker swarm init --advertise-addr ADDRESS'
nodes=$(docker node ls --quiet --filter node.label=data=true | wc -l)
[ "$nodes" -eq 1 ] || fail "$nodes nodes have the label data=true, and it must be one: what is kept once is kept there. docker node update --label-add data=true NODE"
sha256sum --check --quiet SHA256SUMS || fail 'What was published was changed here, and Swarm replaces no file of the same name. Change the application and publish again, or say what differs in docker-stack.override.yaml.'

for file in stack/secrets/*; do
  [ -f "$file" ] || continue
  name=${file##*/}
  value=$(eval "cat <<THE_VALUE_ENDS_HERE
$(cat "$file")
THE_VALUE_ENDS_HERE
")
  secret=${stack}_$(printf %.40s "$name")-$(printf '%s\n%s' "$name" "$value" | sha256sum | cut -c1-8)
  docker secret inspect "$secret" >/dev/null 2>&1 || printf %s "$value" | docker secret create --label "com.docker.stack.namespace=$stack" "$secret" - >/dev/null
  export "$(printf %s "$name" | tr 'a-z.-' 'A-Z__')_SECRET=$secret"
done

set -- --compose-file docker-stack.yaml
[ ! -f docker-stack.override.yaml ] || set -- "$@" --compose-file docker-stack.override.yaml
docker stack deploy --with-registry-auth --prune "$@" "$stack"
