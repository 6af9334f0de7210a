#!/usr/bin/env bash
# Registers and enrols a user of an institution at its running Fabric CA (a network made with scripts/up.sh --ca).
#   scripts/enroll.sh --institution MSPID --user NAME [--role issuer|registrar] [--state DIRECTORY]
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/help.sh
. scripts/dotnet.sh
. scripts/build.sh
. scripts/operate.sh
operate enroll "$@"
