#!/usr/bin/env bash
# Builds everything without warnings, checks the format and runs every test in a random order; the last line is the sum
# over all suites, and above it stands what was skipped and why.
#   scripts/test.sh [--engine embedded|native|docker] [--store sqlite|postgres|both] [--no-format]
#                   [runner options, such as -class "*MerkleTree*"]
#   --store both runs all on SQLite, and then what a gateway's store is part of on PostgreSQL as well.
#   TEST_SEED=N repeats an order; CHROMIUM= (set to nothing) does without a browser, NODE= without Node.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/help.sh
. scripts/dotnet.sh

format=yes stores=${TEST_STORE:-sqlite}
while [ $# -gt 0 ]; do
  case "$1" in
    --engine) export TEST_ENGINE="$2"; shift 2 ;;
    --store) stores="$2"; shift 2 ;;
    --no-format) format=no; shift ;;
    *) break ;;
  esac
done

# What is compiled while it runs is written to memory that may be run, and not through a second mapping of it: hundreds
# of processes that live for a second take a sixth less of the processors. No program is so started elsewhere.
export DOTNET_EnableWriteXorExecute=0

# Nor does a thread that has run out of work look for more while another process has some.
export DOTNET_ThreadPool_UnfairSemaphoreSpinLimit=0

dotnet restore MicroCreds.Ledger.sln --verbosity quiet
dotnet build MicroCreds.Ledger.sln --configuration Release --no-restore --nologo --verbosity quiet \
  -consoleLoggerParameters:NoSummary
# Of folders: how a line is indented does not take what the projects are made of.
[ "$format" = no ] || dotnet format whitespace . --folder --verify-no-changes --verbosity quiet \
  --include chaincode/ gateway/ network/ tests/

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
code=0
export TEST_SEED="${TEST_SEED:-$(od -An -N4 -tu4 /dev/urandom | awk '{print $1 % 2147483647}')}"
echo "The tests' order comes from TEST_SEED=$TEST_SEED."
case "$stores" in
  sqlite|postgres|both) ;;
  *) echo "--store is $stores: it must be sqlite, postgres or both." >&2; exit 64 ;;
esac

# The tests in which gateways keep something. Pages are drawn alike whatever keeps it: they are looked at once. So is
# what stands on the ledger, whose mirror is SQLite whatever the store is, what others' files and links are, and what
# comes before anything is kept: limits, forms, the sign-on server's word, keys in tokens; and what others' wallets and
# libraries say, where the store's part is asked by our own (PresentationTests, WalletRefusalTests); and what begins a
# PostgreSQL of its own whatever the store is: several instances, outages, restoring. And there it takes minutes until
# what a killed gateway had begun is given up: another may be at it.
on_postgres=(-namespace "MicroCreds.Ledger.Tests.Ledger.Gateway*" -class- "*PageTests")
for kind in Agreement AgreementTerms Accreditation RecognitionMatrix DeskRecognition DeskAgreement DeskVoting Pathway \
    PathwayProgress PathwayRecognition AwardedParts ForeignFile MemberLink SeveralAtOnce Projection BlockReader \
    MirrorAndPeer ForgedRecord UnreadableRecord WriterRule PeerTls InstitutionChange PublicAddress Event Parameter \
    CheckedImage SkillList HeadRequest Offering Goal Offers LearningPace Xapi Registry PageWeight ClientLimits \
    Protecting Telemetry CarefulAnswers UglyTable Form TokenKey SignOn OtherWebhookVerifiers PracticeCrash \
    ApiDescription CredoWallet WalletOffer CertifiedIssuer IssuerCertificates CredoPresentation \
    OtherPresenters PathIssuer Federation LogDerivation Instances InstanceCrash WebhookInstances WalletInstances \
    StoreOutage Restore FullFileSystem DiskFull Shapes KeyAttestation BadInput ForeignForm NeededAchievements \
    PracticeRecord TrustedClock XapiForm; do
  on_postgres+=(-class- "*.${kind}Tests")
done

run() {
  local store="$1"; shift
  [ "$stores" = sqlite ] || echo "Gateways keep their stores in $store."
  TEST_STORE="$store" dotnet tests/MicroCreds.Ledger.Tests/bin/Release/net10.0/MicroCreds.Ledger.Tests.dll \
    -noColor -noLogo -result-ctrf "$results/$store.json" "$@" || code=$?
}

# The counts come from the runner's own report, so that the sum cannot disagree with what ran.
count() { grep -aoE "\"$1\": *[0-9]+" "$results/$2.json" | head -n 1 | grep -oE '[0-9]+$'; }

passed=0 failed=0 skipped=0
add() {
  local ran
  ran=$(count passed "$1")
  [ "${ran:-0}" -gt 0 ] || code=1
  passed=$((passed + ${ran:-0}))
  ran=$(count failed "$1") failed=$((failed + ${ran:-0}))
  ran=$(count skipped "$1") skipped=$((skipped + ${ran:-0}))
}

if [ "$stores" != both ]; then
  run "$stores" "$@"
  add "$stores"
else
  run sqlite "$@"
  add sqlite
  run postgres "${on_postgres[@]}"
  add postgres
fi

[ "$failed" -eq 0 ] || code=1
if [ "$skipped" -gt 0 ]; then
  echo "Skipped, and why:"
  grep -ahoE '"status": *"skipped"[^}]*"message": *"([^"\\]|\\.)*"' "$results"/*.json \
    | sed -E 's/.*"message": *"(([^"\\]|\\.)*)"$/\1/' | sort | uniq -c | sort -rn
fi
echo "TEST_SEED=$TEST_SEED repeats this order."
echo "$passed passed, $failed failed, $skipped skipped"
exit "$code"
