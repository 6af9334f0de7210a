#!/usr/bin/env bash
# Makes the packages of the Fabric libraries, each with its symbols and a bill of materials (CycloneDX).
#   scripts/pack.sh [--out DIRECTORY]    default: artifacts/packages
#     [--repository URL]                 where the repository is published; default: its remote, if it has one
#     [--no-build]                       of what scripts/up.sh or scripts/test.sh has built already
# They are published by `dotnet nuget push DIRECTORY/*.nupkg`, which takes the symbols along.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/help.sh
. scripts/dotnet.sh

out=artifacts/packages build='' more=() repository=''
while [ $# -gt 0 ]; do
  case "$1" in
    --out) out="${2:?--out needs a directory after it}"; shift 2 ;;
    --repository) repository="${2:?--repository needs an address after it}"; shift 2 ;;
    --no-build) build=--no-build; shift ;;
    *) echo "pack does not know $1: it takes --out, --repository, --no-build." >&2; exit 64 ;;
  esac
done

# Told to all projects at once: the analyzers' help names it, too.
repository=${repository:-$(scripts/repository.sh)}
[ -z "$repository" ] || more+=("-p:RepositoryUrl=$repository")

projects=(network/MicroCreds.Fabric.Protocol gateway/MicroCreds.Fabric.Client chaincode/MicroCreds.Fabric.Chaincode
  network/MicroCreds.Fabric.DevNetwork network/MicroCreds.Fabric.Templates gateway/MicroCreds.Fabric.Extensions
  network/MicroCreds.Fabric.Testing network/MicroCreds.Fabric.Aspire)
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)
mkdir -p "$out"
out=$(cd "$out" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

quietly() { # runs a command, whose output is shown only if it fails
  local said
  if ! said=$("$@" 2>&1); then printf '%s\n' "$said" >&2; exit 1; fi
}

# A build of packages is one of its own, beside that of the programs, and the same on every machine. A source that
# lacks a version which another package asks for gives the next (NU1603): here that is no error.
if [ -z "$build" ]; then
  more+=(-p:ContinuousIntegrationBuild=true -p:RestorePackagesWithLockFile=false -p:WarningsNotAsErrors=NU1603
    "-p:ArtifactsPath=$PWD/artifacts/packing")
fi

. scripts/cyclonedx.sh
[ -n "$build" ] || quietly dotnet restore MicroCreds.Ledger.sln --verbosity quiet
named=''
for project in "${projects[@]}"; do
  name=$(basename "$project")
  quietly dotnet tool run dotnet-CycloneDX "$project/$name.csproj" --disable-package-restore --output "$work" \
    --filename "$name.cdx.json" --output-format Json --set-version "$version" --set-name "$name" \
    --include-project-references
  rm -f "$out/$name".[0-9]*.*nupkg
  named="$named${named:+, }\"$project/$name.csproj\""
done

# All at once, as what they share is read and built once.
echo "{ \"solution\": { \"path\": \"$PWD/MicroCreds.Ledger.sln\", \"projects\": [$named] } }" >"$work/packages.slnf"
quietly dotnet pack "$work/packages.slnf" --configuration Release $build --nologo --verbosity quiet \
  "-p:PackageOutputPath=$out/" -p:Packing=true "-p:BillOfMaterials=$work" "${more[@]}"
for project in "${projects[@]}"; do echo "$out/$(basename "$project").$version.nupkg"; done
