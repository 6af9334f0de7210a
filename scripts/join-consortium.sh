#!/usr/bin/env bash
# A newcomer's last step: its peer joins the channel, its contract is approved, its gateway answers; again, it follows.
#   scripts/join-consortium.sh --admission ADMISSION --state OWN
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/help.sh
. scripts/dotnet.sh
. scripts/build.sh
. scripts/operate.sh
operate join-consortium "$@"
