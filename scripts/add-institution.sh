#!/usr/bin/env bash
# Takes an institution into a network of Fabric's own peers while it runs: request, signatures, peer, gateway.
#   scripts/add-institution.sh --institution FILE [--state DIRECTORY]     (such as network/newcomer.json)
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/help.sh
. scripts/dotnet.sh
. scripts/build.sh
. scripts/operate.sh
operate add-institution "$@"
