#!/usr/bin/env bash
# Brings everything up and waits until it answers: network, one chaincode server and one gateway per institution.
#   scripts/up.sh [--engine embedded|native|docker] [--ca] [--consortium FILE] [--state DIRECTORY] [--free-ports]
#     [--no-seed] [--log-size MEGABYTES] [--logs-kept COUNT]
# --ca, not on embedded: identities by enrolment at running Fabric CA servers.
# Log files are set aside at 16 MB, and 5 are kept.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/help.sh
. scripts/dotnet.sh
. scripts/build.sh
exec dotnet network/MicroCreds.Ledger.Operator/bin/Release/net10.0/MicroCreds.Ledger.Operator.dll up "$@"
