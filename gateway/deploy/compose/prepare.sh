#!/usr/bin/env bash
# Makes what the Compose file beside it needs and is not there yet; run again, it changes nothing that is there.
#   ./prepare.sh [--version VERSION] [--registry REGISTRY/]
# It makes .env, secrets/ and data/. What only you have it names: the Fabric identities and the peer's address.
set -euo pipefail
case "${1:-}" in --help | -h) sed -n '2,${/^#/!q;s/^# \{0,1\}//p}' "$0"; exit 0 ;; esac
version=0.1.0 registry=''
while [ $# -gt 0 ]; do
  case "$1" in
    --version) version="${2:?--version needs one after it}"; shift 2 ;;
    --registry) registry="${2:?--registry needs one after it}"; shift 2 ;;
    *) echo "prepare does not know $1: it takes --version and --registry." >&2; exit 1 ;;
  esac
done
cd "$(dirname "$0")"
umask 077

# Who runs the gateway inside is who may read its keys outside: you, or the image's own user if you are root.
run_as="$(id -u):$(id -g)"
if [ "$(id -u)" = 0 ]; then run_as=1654:1654; fi
mkdir -p secrets/gateway secrets/postgres secrets/sign-on data/gateway

secret() { [ -s "$1" ] || openssl rand -hex 32 | tr -d '\n' > "$1"; }
secret secrets/gateway/database-password
secret secrets/gateway/oidc-client-secret
cp secrets/gateway/database-password secrets/postgres/database-password
if [ ! -s secrets/sign-on.env ]; then
  cat > secrets/sign-on.env <<ENV
KC_DB_PASSWORD=$(cat secrets/gateway/database-password)
KC_BOOTSTRAP_ADMIN_USERNAME=admin
KC_BOOTSTRAP_ADMIN_PASSWORD=$(openssl rand -hex 16)
CLIENT_SECRET=$(cat secrets/gateway/oidc-client-secret)
ENV
fi

# A certificate for trying, of an authority of its own that is gone afterwards: replace it by your institution's.
if [ ! -s secrets/sign-on/tls.crt ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 397 -subj /CN=sign-on.localhost \
    -addext subjectAltName=DNS:sign-on.localhost -addext basicConstraints=critical,CA:FALSE \
    -keyout secrets/sign-on/tls.key -out secrets/sign-on/tls.crt 2>/dev/null
  cp secrets/sign-on/tls.crt secrets/gateway/sign-on-ca.crt
fi

if [ ! -s .env ]; then
  cat > .env <<ENV
VERSION=$version
REGISTRY=$registry
RUN_AS=$run_as
MSP_ID=AuroraMSP
CHANNEL=credentials
PEER_ENDPOINT=peer0.aurora.example:7051
PEER_TLS_NAME=
PUBLIC_URL=http://127.0.0.1:5101
OIDC_AUTHORITY=https://sign-on.localhost:8443/realms/institution
TRUSTED_PROXIES=
ENV
  echo "Look through .env: MSP_ID, PEER_ENDPOINT and PUBLIC_URL are examples."
fi

missing=0
for file in peer-tls-ca.crt user.crt user.key admin.crt admin.key; do
  [ -s "secrets/gateway/$file" ] || { echo "Bring secrets/gateway/$file (README.md says what it is)."; missing=1; }
done
if [ "$(id -u)" = 0 ]; then
  # PostgreSQL's image reads its secret as root; Keycloak's user has the number 1000.
  chown -R "$run_as" secrets/gateway data/gateway
  chown -R 1000:1000 secrets/sign-on
else
  chmod 755 secrets/sign-on && chmod 644 secrets/sign-on/tls.crt secrets/sign-on/tls.key
fi
[ "$missing" = 0 ] && echo "Ready: docker compose up --detach --wait"
