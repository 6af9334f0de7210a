#!/usr/bin/env bash
# One member's step for all: checks the members' signatures, submits, and writes what the newcomer needs to know.
#   scripts/admit-institution.sh --request REQUEST --signatures DIRECTORY --file ADMISSION [--member MSPID]
#     [--state DIRECTORY]
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/help.sh
. scripts/dotnet.sh
. scripts/build.sh
. scripts/operate.sh
operate admit-institution "$@"
