#!/usr/bin/env bash
# Takes the contract of a running network to its next version or policy, while clients go on; data is kept.
#   scripts/upgrade.sh [--version VERSION] [--policy "OutOf(3, 'AuroraMSP.peer', …)"] [--state DIRECTORY]
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/help.sh
. scripts/dotnet.sh
. scripts/build.sh
. scripts/operate.sh
operate upgrade "$@"
