STATE=${STATE:-.microcreds}                                                 # where up.sh wrote network.json
A=${A:-http://127.0.0.1:5101} B=${B:-http://127.0.0.1:5102}                 # a university, and a partner abroad
KEY=$(sed -n 's/.*"apiKey": "\(.*\)",/\1/p' "$STATE/network.json" | head -n 1) # the registrar's login at A

# A's registrar issues a micro-credential; the document is what the learner gets.
curl -sS --fail-with-body "$A/v1/credentials" -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \
  -d '{ "achievement": "data-literacy", "recipient": { "name": "Aino Virtanen" } }' -o "$STATE/credential.json"

# The partner abroad verifies it at its own gateway, without a login: valid.
curl -sS --fail-with-body "$B/v1/verifications" -H 'Content-Type: application/json' \
  --data-binary "@$STATE/credential.json"; echo

# The registrar revokes it.
ID=$(sed -n 's/.*"id":"urn:uuid:\([0-9a-f-]*\)".*/\1/p' "$STATE/credential.json")
curl -sS --fail-with-body "$A/v1/credentials/$ID/revocation" -H "Authorization: Bearer $KEY" \
  -H 'Content-Type: application/json' -d '{ "reason": "issuedInError" }'; echo

# The partner sees it revoked: invalid, for its status. On real Fabric its peer has the block a moment later.
sleep 1
curl -sS --fail-with-body "$B/v1/verifications" -H 'Content-Type: application/json' \
  --data-binary "@$STATE/credential.json"; echo
