#!/usr/bin/env bash
# A newcomer's first step, in a state directory of its own: makes its keys, and the request that its members-to-be sign.
#   scripts/request-membership.sh --institution FILE --file REQUEST --state OWN      (FILE: as network/newcomer.json)
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/help.sh
. scripts/dotnet.sh
. scripts/build.sh
. scripts/operate.sh
operate request-membership "$@"
