#!/usr/bin/env bash
# Says where the repository is published, by its remote: an address for browsers, without a name or a password in it.
# Says nothing where there is no remote, or only a folder.
#   scripts/repository.sh [DIRECTORY]    default: this repository
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/help.sh
case "${1:-}" in
  '') ;;
  /*) cd "$1" ;;
  *) cd "$OLDPWD/$1" ;;
esac

name=$(git remote | head -n 1)
[ -n "$name" ] || exit 0
[ -z "$(git remote | grep -x origin)" ] || name=origin
address=$(git remote get-url "$name")
case "$address" in
  http://* | https://*) ;;
  ssh://*) address="https://${address#ssh://}" ;;
  /* | ./* | ../* | file:*) exit 0 ;;
  *@*:*) host=${address%%:*} address="https://${host#*@}/${address#*:}" ;;
  *) exit 0 ;;
esac
scheme=${address%%://*} rest=${address#*://}
host=${rest%%/*} path=${rest#*/}
path=${path%/}
# A name with a password before the host is nobody's business, and ssh's port is not the browser's.
host=${host##*@}
[ "$(git remote get-url "$name")" = "${address}" ] || host=${host%%:*}
printf '%s://%s/%s\n' "$scheme" "$host" "${path%.git}"
