#!/usr/bin/env bash
# The command line: verify, issue, revoke, suspend, reinstate, status, bundle, trust. See --help.
#   scripts/microcreds.sh verify credential.json --gateway http://127.0.0.1:5101
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
project="$root/gateway/MicroCreds.Ledger.CommandLine"
program="$project/bin/Release/net10.0/microcreds.dll"

# Names of files are the caller's, so that the folder stays as it is but for looking for the SDK.
pushd "$root" >/dev/null
. scripts/dotnet.sh
if [ ! -f "$program" ]; then
  # What it says is the program's alone: the build speaks only where it fails.
  if ! output=$(dotnet build "$project" -c Release -v q --nologo 2>&1); then
    printf '%s\n' "$output" >&2
    exit 1
  fi
fi
popd >/dev/null
exec dotnet "$program" "$@"
