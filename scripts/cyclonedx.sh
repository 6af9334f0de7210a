# Sourced by the other scripts: makes the tool that writes bills of materials ready.
# What the SDK remembers of where a tool lies outlives that folder of packages, and a restore does not look anew.
quietly dotnet tool restore
if ! dotnet tool run dotnet-CycloneDX --version >/dev/null 2>&1; then
  rm -f "${DOTNET_CLI_HOME:-$HOME}"/.dotnet/toolResolverCache/*/cyclonedx
  quietly dotnet tool restore
fi
