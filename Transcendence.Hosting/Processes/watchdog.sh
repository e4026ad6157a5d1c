# shellcheck shell=sh
# The watchdog of one application: ends the processes that it left when it has ended, in whatever way.
#
#   WATCHDOG=$(cat watchdog.sh) sh -c 'eval "$WATCHDOG"' watchdog RUN GRACE
#
# RUN    the run's id; every process of the run has it, followed by a dot, in its environment (Linux, macOS)
# GRACE  seconds from SIGTERM to SIGKILL
#
# Standard input tells what happens: "+ PID" a process was started, "- PID" it has ended, "end" nothing follows.
# Only the application holds its other end, so end of file means that the application is gone.
# A registered process is known by its start time too: a process id may be used again.

run=$1
grace=$2
registered='|' # pid start|pid start|

trap '' HUP INT QUIT TERM TSTP # Ctrl+C and a closed terminal reach the whole process group.
exec >/dev/null 2>&1           # A reader of the application's output is not kept waiting.
unset WATCHDOG

# All processes, or the one given: "pid parent start", without those that only wait to be reaped.
processes() {
  if [ -e /proc/self/stat ]; then
    for stat in /proc/${1:-[0-9]*}/stat; do
      if read -r line <"$stat"; then # unless it has ended meanwhile
        pid=${line%% *}
        # shellcheck disable=SC2086 # To split is the purpose; after the name in brackets, which may hold anything.
        set -- ${line##*) }
        [ "$1" = Z ] || echo "$pid $2 ${20}"
      fi
    done
  else
    if [ "$1" ]; then set -- -p "$1"; else set -- -A; fi
    ps "$@" -o pid= -o ppid= -o state= -o lstart= | while read -r pid parent state start; do
      case $state in Z*) ;; *) echo "$pid $parent $start" ;; esac
    done
  fi
}

# The processes that carry the run's id, also those that nobody registered.
marked() {
  if [ -e /proc/self/environ ]; then
    grep -lsF "$run." /proc/[0-9]*/environ | while IFS=/ read -r _ _ pid _; do echo "$pid"; done
  else
    ps -A -E -ww -o pid= -o command= | while read -r pid command; do
      case $command in *"$run".*) echo "$pid" ;; esac
    done
  fi
}

# Sets "found" to the registered, the marked, and all their descendants: " pid pid ".
find_processes() {
  found=' '
  for pid in $(marked); do found="$found$pid "; done
  table=$(processes)

  before=
  while [ "$found" != "$before" ]; do
    before=$found
    while read -r pid parent start; do
      case $found in
        *" $pid "*) continue ;;
        *" $parent "*) found="$found$pid " ;;
      esac
      case $registered in *"|$pid $start|"*) found="$found$pid " ;; esac
    done <<EOF
$table
EOF
  done
}

orderly=
while read -r verb pid; do
  case $verb in
    +)
      process=$(processes "$pid")
      [ "$process" ] && registered="$registered$pid ${process#* * }|"
      ;;
    -)
      case $registered in
        *"|$pid "*)
          after=${registered#*"|$pid "}
          registered="${registered%%"|$pid "*}|${after#*|}"
          ;;
      esac
      ;;
    end) orderly=1 ;;
  esac
done

# A process that was being started when the application was killed shows its environment an instant later,
# so one look that finds nothing is enough only after an orderly end.
asked=' '
quiet=0
end=$(date +%s)
while [ "$(date +%s)" -lt "$((end + grace + 10))" ]; do
  find_processes
  if [ "$found" != ' ' ]; then
    quiet=0
  elif [ "$orderly" ] || [ "$quiet" -ge 5 ]; then
    break
  else
    quiet=$((quiet + 1))
  fi

  for pid in $found; do
    case $asked in
      *" $pid "*) [ "$(date +%s)" -lt "$((end + grace))" ] || kill -KILL "$pid" ;;
      *)
        kill -TERM "$pid"
        asked="$asked$pid "
        ;;
    esac
  done

  sleep 0.1 || sleep 1
done
