// Heads of the log, and who signed them.
import { Fault, bytesOf, hex, unbase64 } from "./bytes.js";

const mostSignatures = 512;
const longestText = 4096;
const latest = 253402300799n; // The last second of the year 9999.

/** Reads a number of leaves: digits, no zeros before them. */
export function sizeOf(digits) {
  const size = /^(0|[1-9]\d*)$/.test(digits) ? Number(digits) : NaN;
  if (!Number.isSafeInteger(size)) throw new Fault("There is no number of leaves where it belongs.");
  return size;
}

export function readHead(note) {
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n")) throw new Fault("The head has no signatures.");
  const text = note.slice(0, end + 1);
  const lines = note.slice(end + 2, -1).split("\n");
  if (text.length > longestText || lines.length > mostSignatures || /[\0-\x09\x0b-\x1f]/.test(text))
    throw new Fault("The head is too long, or holds what is no text.");
  const signatures = lines.map((line) => {
    const [dash, name, base, ...more] = line.split(" ");
    if (dash !== "\u2014" || !name || !base || more.length || /[+\s\p{Cc}]/u.test(name))
      throw new Fault("A line of the head's signatures is none.");
    const bytes = unbase64(base);
    if (bytes.length <= 4) throw new Fault("A line of the head's signatures is none.");
    return { name, id: hex(bytes.slice(0, 4)), bytes: bytes.slice(4) };
  });
  const [origin, size, root, credentials, issuers, ...more] = text.slice(0, -1).split("\n");
  const tree = (line, word) => {
    const [first, count, base, ...rest] = (line || "").split(" ");
    if (first !== word || rest.length) throw new Fault(`The head has no line on ${word}.`);
    sizeOf(count);
    return unbase64(base, 32);
  };
  if (!origin || more.length) throw new Fault("The head is none of a ledger's log.");
  return {
    text, signatures, origin, size: sizeOf(size), root: unbase64(root, 32),
    credentials: tree(credentials, "credentials"), issuers: tree(issuers, "issuers"),
  };
}

async function timesOf(head, { name, id, publicKey, isEd25519, from, until }) {
  // Browsers do not verify ML-DSA-44 everywhere yet: what is not verified never counts.
  if (!isEd25519) return [];
  const key = await crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
  const times = [];
  for (const signature of head.signatures.filter((one) => one.name === name && one.id === id)) {
    if (signature.bytes.length !== 72) continue;
    const seconds = new DataView(signature.bytes.buffer, signature.bytes.byteOffset).getBigUint64(0);
    const signed = bytesOf(`cosignature/v1\ntime ${seconds}\n${head.text}`);
    const time = Number(seconds) * 1000;
    if (seconds <= latest && time >= from && time < until
      && await crypto.subtle.verify("Ed25519", key, signature.bytes.slice(8), signed)) times.push(time);
  }
  return times;
}

async function signersOf(head, cosigners) {
  const signers = [];
  for (const cosigner of cosigners) {
    const times = (await Promise.all(cosigner.keys.map((key) => timesOf(head, key)))).flat();
    if (times.length) signers.push({ name: cosigner.name, time: Math.max(...times) });
  }
  return signers;
}

/** Finds who of those that a trust file names signed a head, and as of when enough did. */
export async function findHead(head, trust) {
  const members = await signersOf(head, trust.members);
  const witnesses = await signersOf(head, trust.witnesses);
  const names = { members: members.map((one) => one.name), witnesses: witnesses.map((one) => one.name) };
  if (head.origin !== trust.ledger || members.length < trust.threshold || witnesses.length < trust.witnessesNeeded)
    return { ...names, asOf: null };
  const newest = (signers, count) => signers.map((one) => one.time).sort((a, b) => b - a).slice(0, count);
  return { ...names, asOf: Math.min(...newest(members, trust.threshold), ...newest(witnesses, trust.witnessesNeeded)) };
}
