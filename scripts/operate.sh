# Sourced by the other scripts, from the repository's root: operate VERB [OPTIONS]
. scripts/dotnet.sh
operate() {
  operator=network/MicroCreds.Ledger.Operator/bin/Release/net10.0/MicroCreds.Ledger.Operator.dll
  [ -f "$operator" ] || . scripts/build.sh
  exec dotnet "$operator" "$@"
}
