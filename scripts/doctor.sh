#!/usr/bin/env bash
# Explains what Fabric's errors don't: chains, MSPs, node OUs, keys, expiry, clocks, endpoints, TLS, packages, policies.
#   scripts/doctor.sh [--state DIRECTORY]     exits 2 if something was found; each finding says how to mend it
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/operate.sh
operate doctor "$@"
