#!/usr/bin/env bash
# Takes an institution out of a network of Fabric's own peers while it runs: the others sign, its credentials verify.
#   scripts/remove-institution.sh --institution MSPID [--state DIRECTORY]
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/help.sh
. scripts/dotnet.sh
. scripts/build.sh
. scripts/operate.sh
operate remove-institution "$@"
