#!/usr/bin/env bash
# Makes one-time links that sign a person in as a registrar, on this machine: one for each institution, or for one.
#   scripts/sign-in.sh [--institution MSPID] [--state DIRECTORY]
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/help.sh
. scripts/operate.sh
operate sign-in "$@"
