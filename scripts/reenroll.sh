#!/usr/bin/env bash
# Gets a user's next certificate, for the key that it has, from its institution's running Fabric CA.
#   scripts/reenroll.sh --institution MSPID --user NAME [--state DIRECTORY]
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/help.sh
. scripts/dotnet.sh
. scripts/build.sh
. scripts/operate.sh
operate reenroll "$@"
