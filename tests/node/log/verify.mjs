// Verifies a log's head, and that leaves lie in it, by the code that sigstore verifies its own logs with, unmodified:
// node verify.mjs <input>. The input is { "checkpoint", "name", "keyId", "publicKey", "leaves": [{ "index", "data",
// "path" }] }. Writes a line of JSON with { "origin", "size" } or { "error" } for each leaf.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const require = createRequire(import.meta.url);
const { crypto } = require('@sigstore/core');
const { verifyCheckpoint } = require('@sigstore/verify/dist/tlog/checkpoint.js');
const { verifyMerkleInclusion } = require('@sigstore/verify/dist/tlog/merkle.js');

const input = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const log = {
  logID: Buffer.from(input.keyId, 'hex'),
  baseURL: input.name,
  publicKey: crypto.createPublicKey(Buffer.from(input.publicKey, 'base64')),
};

const results = input.leaves.map((leaf) => {
  const entry = {
    canonicalizedBody: Buffer.from(leaf.data, 'base64'),
    inclusionProof: {
      logIndex: leaf.index,
      hashes: leaf.path.map((hash) => Buffer.from(hash, 'base64')),
      checkpoint: { envelope: input.checkpoint },
    },
  };
  try {
    const head = verifyCheckpoint(entry, [log]);
    verifyMerkleInclusion(entry, head);
    return { origin: head.origin, size: head.logSize.toString() };
  } catch (error) {
    return { error: `${error.code}: ${error.message}` };
  }
});
console.log(JSON.stringify(results));
