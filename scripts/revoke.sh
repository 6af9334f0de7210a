#!/usr/bin/env bash
# Revokes a user at its institution's Fabric CA, and has every peer refuse it: the list goes into the channel.
#   scripts/revoke.sh --institution MSPID --user NAME [--reason keycompromise] [--state DIRECTORY]
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/help.sh
. scripts/dotnet.sh
. scripts/build.sh
. scripts/operate.sh
operate revoke "$@"
