#!/usr/bin/env bash
# Backs one institution's peer, gateway and keys up in a file; both stop while they are packed.
#   scripts/backup.sh --institution MSPID --file FILE [--state DIRECTORY]
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/help.sh
. scripts/dotnet.sh
. scripts/build.sh
. scripts/operate.sh
operate backup "$@"
