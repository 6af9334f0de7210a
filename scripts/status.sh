#!/usr/bin/env bash
# Says what runs, how far each node is, who is behind, which certificates expire; exits 2 if something does not work,
# and 0 if all does, also where something is to be looked into.
#   scripts/status.sh [--state DIRECTORY]
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/help.sh
. scripts/operate.sh
operate status "$@"
