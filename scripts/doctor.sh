#!/usr/bin/env bash
# Explains what Fabric's errors don't: chains, MSPs, node OUs, keys, expiry, clocks, endpoints, TLS, packages, policies.
#   scripts/doctor.sh [--state DIRECTORY]     exits 2 if something was found; each finding says how to mend it
# It looks at what it is given instead, of whichever Fabric network:
#   scripts/doctor.sh --msp FOLDER [--ca ORGANISATIONS-MSP-FOLDER] [--unit client] [--role issuer]
#   scripts/doctor.sh --cert FILE --ca FILE [--key FILE] [--unit admin] [--role registrar]
#   scripts/doctor.sh --peer HOST:PORT --tls-ca FILE [--tls-name NAME]
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/help.sh
. scripts/operate.sh
operate doctor "$@"
