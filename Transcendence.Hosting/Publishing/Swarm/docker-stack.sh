#!/bin/sh
# Deploys this directory on a Swarm, from one of its managers; after a change, once more: sh docker-stack.sh
# It makes the secrets that docker-stack.yaml names, as Swarm reads no .env: each by a name of its value, so that another value is another secret.
# (Who can list names on a manager can read the secrets too.)
set -eu
umask 077
cd "$(dirname "$0")"
fail() {
  echo "$1" >&2
  exit 1
}

# What the environment says stands, and of two lines the last.
[ -f .env ] || fail "$(pwd)/.env is not there. Copy it from where this directory was published."
_number=0 _own=' ' _quote="'" _return=$(printf '\r')
while IFS= read -r _line || [ -n "$_line" ]; do
  _number=$((_number + 1))
  _line=${_line%"$_return"} _line=${_line#"${_line%%[! 	]*}"} _line=${_line#export } # As Windows ends lines, too.
  case $_line in '' | '#'*) continue ;; esac
  _name=${_line%%=*} _value=${_line#*=}
  case $_name in "$_line" | '' | [0-9]* | *[!A-Za-z0-9_]*) fail "Line $_number of .env is no NAME=VALUE. Mend it." ;; esac
  case $_value in
    "'"*"'") _value=${_value#"'"} _value=${_value%"'"} ;;
    '"'*'"') _value=${_value#'"'} _value=${_value%'"'} ;;
    "'"* | '"'* | *' #'*) fail "Line $_number of .env has more than a value. Put the value into quotation marks ($_quote), and a comment on a line of its own." ;;
  esac
  case $_own in *" $_name "*) ;; *)
    if eval "[ -n \"\${$_name+set}\" ]"; then continue; fi
    _own="$_own$_name "
    ;;
  esac
  export "$_name=$_value"
done <.env

stack=${STACK_NAME:-@STACK@}
[ ${#stack} -le 20 ] || fail "STACK_NAME is $stack, and it may have 20 characters: what Swarm keeps is named after it."
case ${PUBLIC_ADDRESS:-0.0.0.0} in 0.0.0.0 | ::) ;; *) fail "PUBLIC_ADDRESS is $PUBLIC_ADDRESS, and Swarm listens on all addresses. Take it out of .env, and close the ports by a firewall." ;; esac
state=$(docker info --format '{{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}}') || exit 1
[ "$state" = 'active true' ] || fail 'This engine is no manager of a Swarm. Make it one: docker swarm init --advertise-addr ADDRESS'
nodes=$(docker node ls --quiet --filter node.label=data=true | wc -l)
[ "$nodes" -eq 1 ] || fail "$nodes nodes have the label data=true, and it must be one: what is kept once is kept there. docker node update --label-add data=true NODE"
[ -f SHA256SUMS ] || fail "$(pwd)/SHA256SUMS is not there, and without it nobody knows what was changed here. Publish again."
changed=$(sha256sum -c SHA256SUMS 2>/dev/null | grep -v ': OK$' || true)
[ -z "$changed" ] || fail "What was published was changed here, and Swarm replaces no file of the same name: $changed. Change the application and publish again, or say what differs in docker-stack.override.yaml."

for file in stack/secrets/*; do
  [ -f "$file" ] || continue
  name=${file##*/}
  value=$(eval "cat <<THE_VALUE_ENDS_HERE
$(cat "$file")
THE_VALUE_ENDS_HERE
")
  secret=${stack}_$(printf %.24s "$name")-$(printf '%s\n%s' "$name" "$value" | sha256sum | cut -c1-8)
  docker secret inspect "$secret" >/dev/null 2>&1 || printf %s "$value" | docker secret create --label "com.docker.stack.namespace=$stack" "$secret" - >/dev/null
  export "$(printf %s "$name" | tr 'a-z.-' 'A-Z__')_SECRET=$secret"
done

set -- --compose-file docker-stack.yaml
[ ! -f docker-stack.override.yaml ] || set -- "$@" --compose-file docker-stack.override.yaml
docker stack deploy --with-registry-auth --prune "$@" "$stack"
