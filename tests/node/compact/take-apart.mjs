// Takes texts in our compact form apart by libraries that others wrote, as gateway/docs/compact-form.md describes it:
// node take-apart.mjs texts.json. Knows nothing of our code, and prints one line of JSON for each.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import base45 from 'base45';
import { decode, encode } from 'cborg';

const hex = (bytes) => Buffer.from(bytes).toString('hex');
const sha256 = (bytes) => createHash('sha256').update(bytes).digest();
const uuid = (bytes) => hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

// The path of RFC 9162, 2.1.3.2, from a leaf to the root.
function rootOf(leaf, index, size, path) {
  let [at, last, hash] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (last === 0) throw new Error('The path is too long.');
    if (at % 2 === 1 || at === last) {
      hash = sha256(Buffer.concat([Buffer.of(1), sibling, hash]));
      while (at % 2 === 0 && at !== 0) [at, last] = [at >> 1, last >> 1];
    } else {
      hash = sha256(Buffer.concat([Buffer.of(1), hash, sibling]));
    }
    [at, last] = [at >> 1, last >> 1];
  }
  if (last !== 0) throw new Error('The path is too short.');
  return hash;
}

for (const { name, text, leaf, size, ledger } of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
  if (!/^MC[12]:/.test(text)) throw new Error(`${name} is of another version.`);
  const cbor = base45.decode(text.slice(4));
  const members = decode(cbor, { strict: true, useMaps: true });
  const [tag, mspId, root, index, path, achievement, issuer, gateway, validFrom, keyId, signature, seed] = members;
  const hashes = [];
  for (let at = 0; at < path.length; at += 32) hashes.push(path.slice(at, at + 32));
  const id = seed.get(1);
  const milliseconds = Buffer.from(id).readUIntBE(0, 6);
  console.log(JSON.stringify({
    name,
    cbor: hex(cbor),
    isDeterministic: Buffer.from(encode(members)).equals(Buffer.from(cbor)),
    isThisLedger: Buffer.from(sha256(ledger).subarray(0, 4)).equals(Buffer.from(tag)),
    mspId,
    root: hex(root),
    index,
    path: hashes.map(hex),
    rootOfPath: hex(rootOf(Buffer.from(leaf, 'hex'), index, size, hashes)),
    achievement,
    issuer: hex(issuer),
    gateway: gateway.includes('://') ? gateway : `https://${gateway}`,
    validFrom: validFrom ?? Math.floor(milliseconds / 1000),
    keyId,
    signature: hex(signature),
    seedVersion: seed.get(0),
    id: uuid(id),
    salt: Buffer.from(seed.get(2)).toString('base64url'),
    learner: seed.get(3),
  }));
}
