// Heads of the log, and who signed them.
import { Fault, bytesOf, hex, sha256, unbase64 } from "./bytes.js";

export function readHead(note) {
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n")) throw new Fault("The head has no signatures.");
  const text = note.slice(0, end + 1);
  const signatures = note.slice(end + 2, -1).split("\n").map((line) => {
    const [dash, name, base, ...more] = line.split(" ");
    if (dash !== "\u2014" || !name || !base || more.length) throw new Fault("A line of the head's signatures is none.");
    const bytes = unbase64(base);
    return { name, id: hex(bytes.slice(0, 4)), bytes: bytes.slice(4) };
  });
  const [origin, size, root, credentials, issuers, ...more] = text.slice(0, -1).split("\n");
  const tree = (line, word) => {
    const [first, count, base] = (line || "").split(" ");
    if (first !== word || !/^(0|[1-9]\d*)$/.test(count)) throw new Fault(`The head has no line on ${word}.`);
    return unbase64(base, 32);
  };
  if (!/^(0|[1-9]\d*)$/.test(size) || more.length) throw new Fault("The head is none of a ledger's log.");
  return {
    text, signatures, origin, size: Number(size), root: unbase64(root, 32),
    credentials: tree(credentials, "credentials"), issuers: tree(issuers, "issuers"),
  };
}

async function timesOf(head, trusted) {
  const [name, id, ...rest] = trusted.key.split("+");
  const key = unbase64(rest.join("+"));
  // Browsers do not verify ML-DSA-44 everywhere yet: what is not verified never counts.
  if (key[0] === 6 || key[0] === 255) return [];
  if (key[0] !== 4 || key.length !== 33) throw new Fault(`The key of ${name} is none of cosignatures.`);
  if (hex((await sha256(bytesOf(`${name}\n`), key)).slice(0, 4)) !== id)
    throw new Fault(`A character of the key of ${name} was changed.`);
  const publicKey = await crypto.subtle.importKey("raw", key.slice(1), "Ed25519", false, ["verify"]);
  const times = [];
  for (const signature of head.signatures.filter((one) => one.name === name && one.id === id)) {
    if (signature.bytes.length !== 72) continue;
    const seconds = new DataView(signature.bytes.buffer, signature.bytes.byteOffset).getBigUint64(0);
    const signed = bytesOf(`cosignature/v1\ntime ${seconds}\n${head.text}`);
    const time = Number(seconds) * 1000;
    if (seconds < 8640000000000n && await crypto.subtle.verify("Ed25519", publicKey, signature.bytes.slice(8), signed)
      && !(trusted.from && time < Date.parse(trusted.from)) && !(trusted.until && time >= Date.parse(trusted.until)))
      times.push(time);
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

export async function findHead(head, trust) {
  if (trust.type !== "LogTrust" || !Array.isArray(trust.members) || !trust.members.length)
    throw new Fault("It is no trust file.");
  if (trust.mlDsaNeeded)
    throw new Fault("The trust file asks for signatures of ML-DSA-44, which are not read here: use microcreds verify.");
  const members = await signersOf(head, trust.members);
  const witnesses = await signersOf(head, trust.witnesses || []);
  const needed = trust.membersNeeded ?? Math.floor((trust.membersInAll ?? trust.members.length) / 2) + 1;
  const witnessesNeeded = trust.witnessesNeeded ?? 0;
  const names = { members: members.map((one) => one.name), witnesses: witnesses.map((one) => one.name) };
  if (head.origin !== trust.ledger || needed < 1 || members.length < needed || witnesses.length < witnessesNeeded)
    return { ...names, asOf: null };
  const newest = (signers, count) => signers.map((one) => one.time).sort((a, b) => b - a).slice(0, count);
  return { ...names, asOf: Math.min(...newest(members, needed), ...newest(witnesses, witnessesNeeded)) };
}
