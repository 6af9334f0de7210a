// Whether something lies in the log, and what stands under a name.
import { Fault, base64, bytesOf, canonical, leafHash, nodeHash, same, sha256, unbase64 } from "./bytes.js";
import { listOf, moment, orNull, readRecord, record, text, whole } from "./json.js";

// What stands under the names of a credential, of an issuer and of the filter.
export const ofCredential = record({ state: text, keyId: text, moment }, {
  reason: orNull(text), replacedBy: orNull(record({ root: text, index: whole(), id: text })),
});
export const ofIssuer = record({}, {
  names: listOf(record({ number: whole(), did: text, name: text })),
  stolen: listOf(record({ keyId: text, since: moment })),
});
export const ofFilter = record({ entries: whole(Number.MAX_SAFE_INTEGER), hash: text });

const nothing = () => new Uint8Array(32);

/** Tells whether a leaf lies in a tree (RFC 9162, 2.1.3.2). */
export async function isInTree(root, leaf, index, size, path) {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  let [hash, node, last] = [leaf, BigInt(index), BigInt(size) - 1n];
  for (const sibling of path) {
    if (last === 0n || sibling.length !== 32) return false;
    if (node % 2n === 1n || node === last) {
      hash = await nodeHash(sibling, hash);
      while (node % 2n === 0n && node !== 0n) [node, last] = [node / 2n, last / 2n];
    } else {
      hash = await nodeHash(hash, sibling);
    }
    [node, last] = [node / 2n, last / 2n];
  }
  return last === 0n && same(hash, root);
}

/**
 * Opens a proof of what stands under a name: gives `{ value }`, which is undefined if nothing is said; null if that is
 * not proven, or what stands there is of another form.
 */
export async function openStanding(proof, root, name, form) {
  const key = await sha256(bytesOf(canonical(name)));
  const isRight = (bytes, depth) => (bytes[depth >> 3] >> (7 - (depth & 7))) & 1;
  const { siblings, value, other } = proof;
  if (!Array.isArray(siblings) || siblings.length > 256 || (value !== undefined && other !== undefined)) return null;
  let hash = nothing();
  if (value !== undefined) hash = await leafHash(key, await sha256(bytesOf(value)));
  if (other !== undefined) {
    // Another's leaf ends this way only if it lies on it, and says nothing of this key.
    const leaf = unbase64(other, 64);
    const parting = Array.from({ length: 256 }, (_, depth) => depth)
      .find((depth) => isRight(key, depth) !== isRight(leaf, depth));
    if (parting === undefined || parting < siblings.length) return null;
    hash = await leafHash(leaf);
  }
  for (let depth = siblings.length - 1; depth >= 0; depth--) {
    const sibling = siblings[depth] === "" ? nothing() : unbase64(siblings[depth], 32);
    hash = await (isRight(key, depth) ? nodeHash(sibling, hash) : nodeHash(hash, sibling));
  }
  if (!same(hash, root)) return null;
  try {
    return { value: value === undefined ? undefined : readRecord(value, form) };
  } catch {
    return null;
  }
}

/** Reads a proof of what stands; `known` is the value, as a text, where it is left out. */
export function readStanding(reader, known) {
  const depth = reader.number();
  if (depth > 256) throw new Fault("No tree is as deep.");
  const present = reader.take(Math.ceil(depth / 8));
  if (depth % 8 && (present.at(-1) << (depth % 8)) & 255)
    throw new Fault("Behind the siblings of a way others are said to be present.");
  const siblings = Array.from({ length: depth }, (_, i) =>
    present[i >> 3] & (128 >> (i & 7)) ? base64(reader.take(32)) : "");
  const [end] = reader.take(1);
  if (end === 0) return { siblings };
  if (end === 1) return { siblings, value: reader.text() };
  if (end === 2) return { siblings, other: base64(reader.take(64)) };
  if (end === 3 && known !== undefined) return { siblings, value: known, isAsNamed: true };
  throw new Fault("A way ends in a form that is not known here.");
}
