// The filter of all that is not in force: log.md has its form.
import { Fault, Reader, base64, sha256, textOf, unbase64 } from "./bytes.js";
import { findHead, readHead } from "./heads.js";
import { ofFilter, openStanding, readStanding } from "./trees.js";

const largest = 16 * 1024 * 1024;
const mostBits = 24;

/** Reads bits as Rice codes numbers: ones, a zero, and as many bits as are said. */
function bitsOf(bytes) {
  let at = 0;
  const bit = () => {
    if (at >= 8 * bytes.length) throw new Fault("The filter's bits are cut off.");
    return (bytes[at >> 3] >> (7 - (at++ & 7))) & 1;
  };
  const read = (count) => {
    let value = 0;
    while (bit()) value++;
    for (let i = 0; i < count; i++) value = 2 * value + bit();
    return value;
  };
  const isAtEnd = () => at > 8 * (bytes.length - 1) && (at === 8 * bytes.length || !(bytes.at(-1) & (255 >> (at & 7))));
  return { read, isAtEnd };
}

/** Reads a segment of a filter: each leaf that it lists something of, with the indexes; -1 is all of the issuance. */
function readSegment(number, bytes) {
  const reader = new Reader(bytes);
  const count = reader.number();
  const [high, low] = reader.take(2);
  const parameters = 256 * high + low;
  const [ofGaps, ofCounts, ofIndexes] = [parameters >> 10, (parameters >> 5) & 31, parameters & 31];
  if (Math.max(ofGaps, ofCounts, ofIndexes) > mostBits || count > 65536)
    throw new Fault("A segment of the filter says how its numbers are written as none does.");
  const bits = bitsOf(bytes.slice(reader.at));
  const leaves = new Map();
  let leaf = number * 65536;
  for (let i = 0; i < count; i++) {
    leaf += bits.read(ofGaps);
    const code = bits.read(ofCounts);
    const indexes = code === 1 || (code > 1 && code % 2 === 0) ? [-1] : [];
    let [left, index] = [code === 0 ? 1 : code === 1 ? 0 : Math.floor((code + 1) / 2), 0];
    if (left > 1048576) throw new Fault("The filter goes beyond an issuance.");
    for (; left > 0; left--) {
      index += bits.read(ofIndexes);
      indexes.push(index++);
    }
    leaves.set(leaf++, indexes);
  }
  if (leaf > (number + 1) * 65536 || !bits.isAtEnd()) throw new Fault("A segment of the filter is none.");
  return leaves;
}

/** Opens the file with the filter: gives what tells whether it lists a credential, only if its head commits to it. */
async function readFilter(file) {
  const end = file.indexOf("\n\n");
  const [first, proof, filter, ...more] = file.slice(0, Math.max(end, 0)).split("\n");
  if (first !== "status-filter/v1" || more.length || !proof?.startsWith("proof ") || !filter?.startsWith("filter "))
    throw new Fault("It is no filter.");
  const head = readHead(file.slice(end + 2));
  const proven = new Reader(unbase64(proof.slice(6)));
  const named = await openStanding(readStanding(proven), head.issuers, ["filter"], ofFilter);
  if (!proven.isAtEnd) throw new Fault("Something stands behind the proof of the filter.");
  const reader = new Reader(unbase64(filter.slice(7)));
  if (!named || reader.take(1)[0] !== 1) throw new Fault("It is none that its head names.");
  const [segments, hashed] = [new Map(), []];
  for (let number = 0; !reader.isAtEnd; number++) {
    number += reader.number();
    const bytes = reader.counted();
    const place = new Uint8Array(8);
    new DataView(place.buffer).setBigUint64(0, BigInt(number));
    hashed.push(place, await sha256(bytes));
    segments.set(number, bytes);
  }
  if (named.value === undefined ? segments.size : named.value.hash !== base64(await sha256(...hashed)))
    throw new Fault("It is another one than its head names.");

  // A bit may be an entry: only what a head that counts commits to is read, and only where it is asked for.
  return (leaf, index) => {
    const number = Math.floor(leaf / 65536);
    return segments.has(number)
      && (readSegment(number, segments.get(number)).get(leaf) ?? []).some((one) => one === -1 || one === index);
  };
}

/** Judges the filter; null where there is none, or the proof is newer and says itself what stands. */
export async function judgeFilter(file, proof, trust) {
  if (file === undefined) return null;
  let text, head;
  try {
    text = textOf(file);
    if (text.length > largest) throw new Fault("The filter is too large.");
    head = readHead(text.slice(text.indexOf("\n\n") + 2));
  } catch {
    return { found: { members: [], witnesses: [], asOf: null }, isProven: false };
  }
  if (head.origin === trust.ledger && proof.origin === trust.ledger && head.size < proof.size) return null;
  const found = await findHead(head, trust);
  try {
    // One that too few signed neither takes a credential's standing away nor gives it.
    const lists = await readFilter(text);
    return { found, isProven: true, lists: found.asOf === null ? null : lists };
  } catch {
    return { found, isProven: false };
  }
}
