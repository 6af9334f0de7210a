#!/usr/bin/env bash
# Brings a further chaincode, in any language, to Fabric's own peers: package, install, approve by each, commit.
#   scripts/deploy.sh --chaincode FILE [--state DIRECTORY]     FILE: as an entry of "chaincodes" in consortium.json
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/help.sh
. scripts/operate.sh
operate deploy "$@"
