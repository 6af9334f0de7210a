// Verifies and makes signatures of ML-DSA-44 by noble's implementation, unmodified, and puts together itself what a
// cosignature of tlog-cosignature signs: node mldsa.mjs <input>. The input is { "statement": { "publicKey", "message",
// "signature" }, "heads": [{ "key", "note", "origin" }] }, bytes in base64; origin is what the signature is made for.
// Writes { "statement", "heads", "theirs": { "publicKey", "message", "signature" } }.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ml_dsa44 } from '@noble/post-quantum/ml-dsa.js';

const input = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const bytes = (base64) => new Uint8Array(Buffer.from(base64, 'base64'));

function number(value) {
  const eight = Buffer.alloc(8);
  eight.writeBigUInt64BE(BigInt(value));
  return eight;
}

function text(value) {
  const utf8 = Buffer.from(value, 'utf8');
  return Buffer.concat([Buffer.from([utf8.length]), utf8]);
}

function verifyHead({ key, note, origin }) {
  const [name, id, ...rest] = key.split('+');
  const material = Buffer.from(rest.join('+'), 'base64');
  const expected = createHash('sha256').update(`${name}\n`).update(material).digest().subarray(0, 4).toString('hex');
  if (expected !== id) return 'The id of the key is another one.';
  const end = note.lastIndexOf('\n\n');
  const [, size, root] = note.slice(0, end).split('\n');
  const line = note.slice(end + 2, -1).split('\n').map((one) => one.split(' '))
    .map(([, signer, base64]) => ({ signer, all: Buffer.from(base64, 'base64') }))
    .find((one) => one.signer === name && one.all.subarray(0, 4).toString('hex') === id);
  const signed = Buffer.concat([
    Buffer.from('subtree/v1\n\0'), text(name), line.all.subarray(4, 12), text(origin), number(0), number(size),
    Buffer.from(root, 'base64'),
  ]);
  return ml_dsa44.verify(
    new Uint8Array(line.all.subarray(12)), new Uint8Array(signed), new Uint8Array(material.subarray(-1312)));
}

const { publicKey, secretKey } = ml_dsa44.keygen(new Uint8Array(32).fill(7));
const message = new Uint8Array(Buffer.from('said by another implementation'));
const { statement } = input;
console.log(JSON.stringify({
  statement: ml_dsa44.verify(bytes(statement.signature), bytes(statement.message), bytes(statement.publicKey)),
  heads: input.heads.map(verifyHead),
  theirs: {
    publicKey: Buffer.from(publicKey).toString('base64'),
    message: Buffer.from(message).toString('base64'),
    signature: Buffer.from(ml_dsa44.sign(message, secretKey)).toString('base64'),
  },
}));
