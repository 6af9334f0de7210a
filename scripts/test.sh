#!/usr/bin/env bash
# Builds everything without warnings, checks the format and runs every test in a random order; the last line is the sum
# over all suites, and above it stands what was skipped and why.
#   scripts/test.sh [--engine embedded|native|docker] [--no-format] [runner options, such as -class "*MerkleTree*"]
#   TEST_SEED=N repeats an order; CHROMIUM= (set to nothing) does without a browser, NODE= without Node.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/help.sh
. scripts/dotnet.sh

format=yes
while [ $# -gt 0 ]; do
  case "$1" in
    --engine) export TEST_ENGINE="$2"; shift 2 ;;
    --no-format) format=no; shift ;;
    *) break ;;
  esac
done

dotnet restore MicroCreds.Ledger.sln --verbosity quiet
dotnet build MicroCreds.Ledger.sln --configuration Release --no-restore --nologo --verbosity quiet \
  -consoleLoggerParameters:NoSummary
[ "$format" = no ] || dotnet format whitespace MicroCreds.Ledger.sln --no-restore --verify-no-changes --verbosity quiet

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
code=0
export TEST_SEED="${TEST_SEED:-$(od -An -N4 -tu4 /dev/urandom | awk '{print $1 % 2147483647}')}"
echo "The tests' order comes from TEST_SEED=$TEST_SEED."
dotnet tests/MicroCreds.Ledger.Tests/bin/Release/net10.0/MicroCreds.Ledger.Tests.dll \
  -noColor -noLogo -result-ctrf "$results/tests.json" "$@" || code=$?

# The counts come from the runner's own report, so that the sum cannot disagree with what ran.
count() { grep -aoE "\"$1\": *[0-9]+" "$results/tests.json" | head -n 1 | grep -oE '[0-9]+$'; }
passed=$(count passed) failed=$(count failed) skipped=$(count skipped)
[ "${passed:-0}" -gt 0 ] || code=1
[ "${failed:-0}" -eq 0 ] || code=1
if [ "${skipped:-0}" -gt 0 ]; then
  echo "Skipped, and why:"
  grep -aoE '"status": *"skipped"[^}]*"message": *"([^"\\]|\\.)*"' "$results/tests.json" \
    | sed -E 's/.*"message": *"(([^"\\]|\\.)*)"$/\1/' | sort | uniq -c | sort -rn
fi
echo "TEST_SEED=$TEST_SEED repeats this order."
echo "${passed:-0} passed, ${failed:-0} failed, ${skipped:-0} skipped"
exit "$code"
