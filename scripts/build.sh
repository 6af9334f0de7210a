# Sourced by the other scripts: builds the programs if a source is newer than the last build.
stamp=network/MicroCreds.Ledger.Operator/obj/built
if [ ! -f "$stamp" ] || [ -n "$(find network chaincode gateway ./*.props global.json \
    \( -name bin -o -name obj \) -prune -o -type f -newer "$stamp" -print -quit)" ]; then
  echo "Building (a minute the first time)…" >&2
  for project in network/MicroCreds.Ledger.Operator chaincode/MicroCreds.Ledger.Contract \
      gateway/MicroCreds.Ledger.Gateway; do
    if ! output=$(dotnet build "$project" --configuration Release --nologo --verbosity quiet 2>&1); then
      printf '%s\n' "$output" >&2
      exit 1
    fi
  done
  touch "$stamp"
fi
