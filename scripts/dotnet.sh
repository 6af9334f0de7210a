# Sourced by the other scripts: says in one line what is missing when the SDK is not there.
if ! command -v dotnet >/dev/null 2>&1 || ! dotnet --version >/dev/null 2>&1; then
  echo "The .NET SDK $(sed -n 's/.*"version": "\([0-9.]*\)".*/\1/p' global.json) or a later 10.0 one is missing:" \
    "install it from https://dotnet.microsoft.com/download/dotnet/10.0 and put dotnet on PATH." >&2
  exit 1
fi
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
