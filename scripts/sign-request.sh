#!/usr/bin/env bash
# A member's step: looks at a newcomer's request and signs, with its own key, that the channel takes it in; no more.
#   scripts/sign-request.sh --request REQUEST --file SIGNATURE [--member MSPID] [--state DIRECTORY]
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/help.sh
. scripts/dotnet.sh
. scripts/build.sh
. scripts/operate.sh
operate sign-request "$@"
