#!/usr/bin/env bash
# Sets the log files of a network's processes aside once they are large: NAME.log.1 is the newest, the oldest ones go.
#   scripts/rotate-logs.sh [--size MEGABYTES] [--kept COUNT] [--state DIRECTORY]     default: 16 MB each, 5 kept
#   scripts/rotate-logs.sh --every SECONDS …     goes on doing so; scripts/up.sh starts that beside the processes
# No line is lost and nothing is started anew: the process stands still for the moment in which its file is emptied.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/help.sh

state=.microcreds size=16 kept=5 every=''
while [ $# -gt 0 ]; do
  case "$1" in
    --state) state="${2:?--state needs a directory after it}"; shift 2 ;;
    --size) size="${2:?--size needs a number after it}"; shift 2 ;;
    --kept) kept="${2:?--kept needs a number after it}"; shift 2 ;;
    --every) every="${2:?--every needs a number after it}"; shift 2 ;;
    *) echo "rotate-logs does not know $1: it takes --size, --kept, --every, --state." >&2; exit 1 ;;
  esac
done
for number in "$size" "$kept" "${every:-1}"; do
  case "$number" in '' | *[!0-9]* | 0*) echo "$number must be a whole number from 1." >&2; exit 1 ;; esac
done
if [ ! -d "$state/logs" ]; then
  echo "$state holds no network's logs: say with --state where scripts/up.sh brought it up." >&2
  exit 1
fi

# The process that writes NAME.log, if it is still the one that was started: numbers are given again.
writer() {
  local file="$state/run/$1.pid" pid started stat
  [ -f "$file" ] || return 0
  read -r pid started < "$file" || true
  case "$pid" in '' | *[!0-9]*) return 0 ;; esac # damaged, as a full disk leaves it
  if [ -r "/proc/$pid/stat" ]; then
    read -r stat < "/proc/$pid/stat" || return 0
    set -- ${stat##*) }
    [ "${20}" = "$started" ] || return 0
    [ "$1" != T ] || return 0 # somebody else has stopped it, and will have it go on
  fi
  kill -0 "$pid" 2>/dev/null && echo "$pid"
}

# Whether every thread stands still: only then is nothing on its way into the file.
stands_still() {
  local task stat
  [ -d "/proc/$1/task" ] || { case "$(ps -o state= -p "$1")" in T* | '') return 0 ;; *) return 1 ;; esac; }
  for task in "/proc/$1/task/"*/stat; do
    read -r stat < "$task" 2>/dev/null || continue
    case "${stat##*) }" in T* | t* | Z* | X*) ;; *) return 1 ;; esac
  done
}

# The rest of the file after what was copied while the process went on; then the file is empty.
finish() {
  tail -c "+$(($(wc -c < "$2") + 1))" "$1" >> "$2" && : > "$1"
}

rotate() { # log file, process or nothing
  local log="$1" pid="$2" aside="$1.aside" n
  cp "$log" "$aside"
  if [ -z "$pid" ]; then
    finish "$log" "$aside"
  else
    ( trap 'kill -CONT "$pid" 2>/dev/null || true' EXIT
      trap '' TERM INT HUP
      kill -STOP "$pid"
      for ((n = 0; n < 5000; n++)); do
        if stands_still "$pid"; then finish "$log" "$aside"; exit; fi
      done
      echo "$log: process $pid does not stand still; nothing was set aside." >&2
      exit 3 ) || { rm -f "$aside"; return 0; }
  fi
  rm -f "$log.$kept"
  for ((n = kept - 1; n >= 1; n--)); do
    [ ! -f "$log.$n" ] || mv "$log.$n" "$log.$((n + 1))"
  done
  mv "$aside" "$log.1"
}

rotate_all() {
  local log
  while IFS= read -r log; do
    rotate "$log" "$(writer "$(basename "$log" .log)")"
  done < <(find "$state/logs" -maxdepth 1 -name '*.log' -size "+$((size * 1024 - 1))k" 2>/dev/null)
}

[ -n "$every" ] || { rotate_all; exit; }
trap 'kill "$!" 2>/dev/null; exit 0' TERM INT
while [ -d "$state/logs" ]; do
  rotate_all
  sleep "$every" &
  wait "$!"
done
