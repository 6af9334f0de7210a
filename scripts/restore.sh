#!/usr/bin/env bash
# Puts a backup in the place of an institution's peer and gateway, and waits until the peer has caught up.
#   scripts/restore.sh --institution MSPID --file FILE [--state DIRECTORY]
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/help.sh
. scripts/dotnet.sh
. scripts/build.sh
. scripts/operate.sh
operate restore "$@"
