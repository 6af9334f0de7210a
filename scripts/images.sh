#!/usr/bin/env bash
# Makes the images of gateway and contract, a bill of materials (CycloneDX) in and beside each. Needs no Docker.
#   scripts/images.sh [--out DIRECTORY]    OCI archives, for docker load, podman load, skopeo; default: artifacts/images
#   scripts/images.sh --push REGISTRY      to a registry (registry.example/credentials) that docker login has opened
#     [--tag TAG]                          default: the version, and the version with the commit
#     [--base IMAGE] [--arch x64|arm64]    default: gateway/deploy/images.env names the base; x64
#     [--no-build]                         of what scripts/up.sh or scripts/test.sh has built already
# A registry without TLS is used if DOTNET_CONTAINER_INSECURE_REGISTRIES names it.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/help.sh
. scripts/dotnet.sh
. gateway/deploy/images.env

out=artifacts/images push='' tag='' arch=x64 build=''
base="$BASE_IMAGE${BASE_DIGEST:+@$BASE_DIGEST}"
while [ $# -gt 0 ]; do
  case "$1" in
    --out) out="${2:?--out needs a directory after it}"; shift 2 ;;
    --push) push="${2:?--push needs a registry after it}"; shift 2 ;;
    --tag) tag="${2:?--tag needs one after it}"; shift 2 ;;
    --base) base="${2:?--base needs an image after it}"; shift 2 ;;
    --arch) arch="${2:?--arch needs x64 or arm64 after it}"; shift 2 ;;
    --no-build) build=--no-build; shift ;;
    *) echo "images does not know $1: it takes --out, --push, --tag, --base, --arch, --no-build." >&2; exit 1 ;;
  esac
done

version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)
revision=$(git rev-parse HEAD)
changed=$(git status --porcelain)
if [ -n "$push" ] && [ -n "$changed" ]; then
  echo "Nothing is pushed that cannot be found again: commit these first, or make an archive." >&2
  printf '%s\n' "$changed" >&2
  exit 1
fi
tags="${tag:-$version;$version-${revision:0:12}${changed:+-changed}}"
mkdir -p "$out"
out=$(cd "$out" && pwd)

quietly() { # runs a command, whose output is shown only if it fails
  local said
  if ! said=$("$@" 2>&1); then printf '%s\n' "$said" >&2; exit 1; fi
}

image() { # project, name
  local project="$1" name="$2" published="$out/$2" repository="$2" goal where made
  rm -rf "$published"
  quietly dotnet publish "$project" --configuration Release $build --nologo --verbosity quiet --output "$published"
  find "$published/runtimes" -mindepth 1 -maxdepth 1 ! -name "linux-$arch" ! -name linux ! -name unix \
    -exec rm -rf {} + 2>/dev/null || true # an image is for one machine
  quietly dotnet tool run dotnet-CycloneDX "$project/$(basename "$project").csproj" --disable-package-restore \
    --output "$published" --filename sbom.cdx.json --output-format Json --set-version "$version" \
    --set-name "$name" --include-project-references
  cp "$published/sbom.cdx.json" "$out/$name.cdx.json"
  if [ -n "$push" ]; then
    case "$push" in */*) repository="${push#*/}/$name" ;; esac
    goal="-p:ContainerRegistry=${push%%/*}" where="$push/$name"
  else
    goal="-p:ContainerArchiveOutputPath=$out/$name.tar" where="$out/$name.tar: $name"
  fi
  if ! made=$(dotnet msbuild "$project" -target:PublishContainer -nologo -verbosity:minimal \
      -getTargetResult:PublishContainer -p:Configuration=Release -p:PublishDir="$published/" \
      -p:ContainerBaseImage="$base" -p:ContainerRepository="$repository" -p:ContainerImageTags="\"$tags\"" \
      -p:ContainerUser="$RUN_AS" -p:ContainerRuntimeIdentifier="linux-$arch" -p:ContainerImageFormat=OCI \
      -p:ImageRevision="$revision" "$goal" 2>&1); then
    printf '%s\n' "$made" >&2
    exit 1
  fi
  rm -rf "$published"
  echo "$where:${tags//;/, }  $(sed -n 's/.*"ManifestDigest": "\(sha256:[0-9a-f]*\)".*/\1/p' <<< "$made" | head -n 1)"
}

. scripts/cyclonedx.sh
image gateway/MicroCreds.Ledger.Gateway "$GATEWAY_IMAGE"
image chaincode/MicroCreds.Ledger.Contract "$CONTRACT_IMAGE"
echo "Bills of materials: $out/*.cdx.json"
