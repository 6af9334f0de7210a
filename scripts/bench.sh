#!/usr/bin/env bash
# Measures everything against its targets, on a network of its own that is gone afterwards; prints a table.
#   scripts/bench.sh [--engine embedded|native] [--only NAME]… [--quick] [--soak MINUTES]
#     [--database 'Host=…'] [--json FILE]     (--database: an empty PostgreSQL, for --only stores)
#     [--go-client FILE] [--go-chaincode FILE]   (the programs made of tests/go/bench and tests/go/chaincode)
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/help.sh
. scripts/dotnet.sh
. scripts/build.sh
if ! output=$(dotnet build tests/MicroCreds.Ledger.Benchmarks --configuration Release --nologo -v quiet 2>&1); then
  printf '%s\n' "$output" >&2
  exit 1
fi

state=$(mktemp -d)
clean() {
  for network in "$state"/*/run; do
    [ ! -d "$network" ] || scripts/down.sh --state "${network%/run}" --wipe >/dev/null || true
  done
  rm -rf "$state"
}
trap clean EXIT
dotnet tests/MicroCreds.Ledger.Benchmarks/bin/Release/net10.0/MicroCreds.Ledger.Benchmarks.dll --state "$state" "$@"
