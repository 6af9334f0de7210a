#!/usr/bin/env bash
# Renews the certificates that expire soon, each for its own key, and restarts one by one what serves by them.
#   scripts/renew.sh [--within DAYS] [--state DIRECTORY]     (30 days unless said otherwise)
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/help.sh
. scripts/dotnet.sh
. scripts/build.sh
. scripts/operate.sh
operate renew "$@"
