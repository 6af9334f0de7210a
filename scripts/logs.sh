#!/usr/bin/env bash
# Shows the last lines of every process, or of those whose name begins with NAME; --follow goes on showing.
#   scripts/logs.sh [NAME] [--follow] [--lines NUMBER] [--state DIRECTORY]
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/help.sh

state=.microcreds name='' follow='' lines=20
while [ $# -gt 0 ]; do
  case "$1" in
    --state) state="${2:?--state needs a directory after it}"; shift 2 ;;
    --lines) lines="${2:?--lines needs a number after it}"; shift 2 ;;
    --follow) follow=-f; shift ;;
    -*) echo "logs does not know $1: it takes NAME, --follow, --lines, --state." >&2; exit 1 ;;
    *) name="$1"; shift ;;
  esac
done

if [ -f "$state/docker/compose.yaml" ]; then
  compose='docker compose'
  docker compose version >/dev/null 2>&1 || compose=docker-compose
  cd "$state/docker"
  names=$($compose config --services | { grep "^$name" || true; })
  [ -n "$names" ] || { echo "There is no container of \"$name\"." >&2; exit 1; }
  exec $compose logs --tail "$lines" ${follow:+--follow} $names
fi

if [ ! -d "$state/logs" ]; then
  echo "$state holds no network's logs: say with --state where scripts/up.sh brought it up." >&2
  exit 1
fi
shopt -s nullglob
files=("$state"/logs/"$name"*.log)
if [ ${#files[@]} -eq 0 ]; then
  echo "$state/logs has no log of \"$name\"; there are: $(cd "$state/logs" && ls | tr '\n' ' ')" >&2
  exit 1
fi
exec tail -n "$lines" $follow -- "${files[@]}"
