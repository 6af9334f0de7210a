#!/usr/bin/env bash
# Stops everything and keeps the ledger; --wipe forgets it.
#   scripts/down.sh [--state DIRECTORY] [--wipe]
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/help.sh
. scripts/dotnet.sh
operator=network/MicroCreds.Ledger.Operator/bin/Release/net10.0/MicroCreds.Ledger.Operator.dll
[ -f "$operator" ] || . scripts/build.sh
exec dotnet "$operator" down "$@"
