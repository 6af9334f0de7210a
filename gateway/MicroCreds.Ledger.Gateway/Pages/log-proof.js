// Verifies a credential by the proof that goes along with it, without asking anybody: log.md has each byte, and what the
// library's LogProofVerifier looks at besides. The codes are the same; it runs in browsers and in Node.
const bytesOf = (text) => new TextEncoder().encode(text);
const textOf = (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);
const nothing = () => new Uint8Array(32);
const clockSkew = 15 * 60 * 1000; // What the contract lets the clock of a transaction's creator be off.
const issuerSkew = 2 * 60 * 1000; // How far an issuer's clock may be ahead of ours.

class Fault extends Error {}

const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", join(parts)));
const leafHash = (...parts) => sha256(Uint8Array.of(0), ...parts);
const nodeHash = (left, right) => sha256(Uint8Array.of(1), left, right);
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const same = (one, other) => hex(one) === hex(other);

function join(parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}

function unhex(text) {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) throw new Fault("There is no hexadecimal number where a hash belongs.");
  return Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
}

// Arguments are few: a filter has more bytes than a call may have of them.
const letters = (bytes) => Array.from({ length: Math.ceil(bytes.length / 8192) }, (_, part) =>
  String.fromCharCode(...bytes.subarray(part * 8192, (part + 1) * 8192))).join("");
const base64 = (bytes) => btoa(letters(Uint8Array.from(bytes)));
const base64url = (bytes) => base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

function unbase64(text, length) {
  let bytes;
  try {
    bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    throw new Fault("There is no base64 where it belongs.");
  }
  if ((length !== undefined && bytes.length !== length) || base64(bytes) !== text)
    throw new Fault("There is no base64 of the right length, in its one spelling, where it belongs.");
  return bytes;
}

/** Writes JSON in its one canonical form (RFC 8785). */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const members = Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`);
    return `{${members.join(",")}}`;
  }
  return JSON.stringify(value);
}

/** The leaf of a credential in its issuance: what is the learner's to withhold stands in it as digests. */
export async function credentialLeaf(credential) {
  const { proof, ledgerAnchor, leafSalt, evidence, credentialSubject, ...rest } = credential;
  if (typeof leafSalt !== "string" || !leafSalt || credentialSubject === null || typeof credentialSubject !== "object")
    throw new Fault("It has no salt, or no subject.");
  const key = await crypto.subtle.importKey(
    "raw", bytesOf(JSON.stringify(leafSalt).slice(1, -1)), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const derive = async (purpose) => new Uint8Array(await crypto.subtle.sign("HMAC", key, bytesOf(purpose)));
  const digest = async (path, name, value) => {
    const salt = base64url((await derive(`${path}/${name}`)).slice(0, 16));
    const disclosure = base64url(bytesOf(`["${salt}",${JSON.stringify(name)},${canonical(value)}]`));
    return base64url(await sha256(bytesOf(disclosure)));
  };
  const decoy = async (path, name) => base64url(await derive(`decoy:${path}/${name}`));
  const visible = ["achievement", "creditsEarned", "type"];
  const subject = {};
  const digests = [];
  for (const [name, value] of Object.entries(credentialSubject)) {
    if (visible.includes(name)) subject[name] = value;
    else digests.push(await digest("/credentialSubject", name, value));
  }
  for (const name of ["id", "identifier", "name", "result"])
    if (!(name in credentialSubject)) digests.push(await decoy("/credentialSubject", name));
  subject._sd = digests.sort();
  const own = evidence === undefined ? await decoy("", "evidence") : await digest("", "evidence", evidence);
  return leafHash(bytesOf(canonical({ ...rest, credentialSubject: subject, _sd: [own] })));
}

/** Tells whether a leaf lies in a tree (RFC 9162, 2.1.3.2). */
export async function isInTree(root, leaf, index, size, path) {
  if (!(index >= 0 && index < size)) return false;
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

/** Opens a proof of what stands under a name: gives `{ value }`, which is undefined if nothing is said. */
export async function openStanding(proof, root, name) {
  const key = await sha256(bytesOf(canonical(name)));
  const isRight = (bytes, depth) => (bytes[depth >> 3] >> (7 - (depth & 7))) & 1;
  const { siblings, value, other } = proof;
  if (!Array.isArray(siblings) || siblings.length > 256 || (value !== undefined && other !== undefined)) return null;
  let hash = nothing();
  if (value !== undefined) hash = await leafHash(key, await sha256(bytesOf(canonical(value))));
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
  return same(hash, root) ? { value } : null;
}

/** Reads bytes from the front on; numbers lie in seven bits a byte, the lowest first. */
class Reader {
  constructor(bytes) {
    [this.bytes, this.at] = [bytes, 0];
  }
  get isAtEnd() {
    return this.at === this.bytes.length;
  }
  take(count) {
    if (count > this.bytes.length - this.at) throw new Fault("Bytes are cut off.");
    return this.bytes.slice(this.at, (this.at += count));
  }
  number() {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 49; scale *= 128) {
      const [byte] = this.take(1);
      value += (byte & 127) * scale;
      if (byte >= 128) continue;
      if (byte === 0 && scale > 1) break;
      return value;
    }
    throw new Fault("A number is too large, or not in its one spelling.");
  }
  counted() {
    return this.take(this.number());
  }
  text() {
    return textOf(this.counted());
  }
}

/** Reads a proof of what stands; `known` is the value where it is left out. */
function readStanding(reader, known) {
  const depth = reader.number();
  if (depth > 256) throw new Fault("No tree is as deep.");
  const present = reader.take(Math.ceil(depth / 8));
  const siblings = Array.from({ length: depth }, (_, i) =>
    present[i >> 3] & (128 >> (i & 7)) ? base64(reader.take(32)) : "");
  const [end] = reader.take(1);
  if (end === 0) return { siblings };
  if (end === 1) return { siblings, value: JSON.parse(reader.text()) };
  if (end === 2) return { siblings, other: base64(reader.take(64)) };
  if (end === 3 && known !== undefined) return { siblings, value: known, isAsNamed: true };
  throw new Fault("A way ends in a form that is not known here.");
}

/** The name of the status list that a credential names: institution, list and purpose. */
const listOf = (status) => decodeURIComponent(String(status?.statusListCredential).split("/").at(-1));

/** The achievement that a credential names: its id and version; none if it is not its issuer's. */
function achievementOf(issuer, subject) {
  const prefix = `${issuer.id}/achievements/`;
  const named = subject?.achievement?.id;
  if (typeof named !== "string" || !named.startsWith(prefix)) return undefined;
  const [, id, version] = /^([a-z0-9][a-z0-9-]{0,63})\/([1-9][0-9]{0,5})$/.exec(named.slice(prefix.length)) ?? [];
  return id && { id, version: Number(version) };
}

/** Makes up the leaf of the credential's issuance of what the proof has and the credential says. */
function readLeaf(reader, { ledgerAnchor: anchor, issuer, credentialSubject, credentialStatus }) {
  const [form] = reader.take(1);
  if (form === 0) return JSON.parse(reader.text());
  if (form !== 1 && !(form === 2 && anchor.transactionId && credentialStatus)) throw new Fault("The leaf is in a form that is not known here.");
  const [block, position, moment] = [reader.number(), reader.number(), reader.number()];
  const isOfAnchor = hex(reader.take(4)) === anchor.root.slice(0, 8);
  const [signature, statusOffset] = [base64url(reader.counted()), reader.number()];
  const transactionId = form === 1 ? hex(reader.take(32)) : anchor.transactionId;
  const statusList = form === 1 ? reader.text() : listOf(credentialStatus).split("~").at(-2);
  const achievements = form === 2 ? [achievementOf(issuer, credentialSubject)]
    : Array.from({ length: Math.min(reader.number(), 64) }, () => ({ id: reader.text(), version: reader.number() }));
  const { ledger, mspId, root, size, keyId } = anchor;
  const statement = { type: "Issuance", ledger, mspId, root, size, keyId, achievements, statusList, statusOffset };
  return {
    block, position, moment: new Date(moment).toISOString(), transactionId, type: "Issuance", signature,
    ...(isOfAnchor && { statement }),
  };
}

function unpack(packed, credential) {
  const { issuer } = credential;
  const reader = new Reader(packed);
  if (reader.take(1)[0] !== 6) throw new Fault("Its extra data are in another form.");
  const known = { names: [{ did: issuer.id, name: issuer.name, number: 0 }], stolen: [] };
  const evidence = {
    credential: readStanding(reader), issuer: readStanding(reader, known), leaf: readLeaf(reader, credential),
  };
  if (!reader.isAtEnd) throw new Fault("Behind its extra data stands something else.");
  return evidence;
}

function readHead(note) {
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

/** Reads a proof's file, which leaves to the credential what that says itself. */
export function readProof(file, credential) {
  const end = file.indexOf("\n\n");
  const [first, extra, index, ...path] = file.slice(0, Math.max(end, 0)).split("\n");
  if (first !== "c2sp.org/tlog-proof@v1" || !extra?.startsWith("extra ")
    || !/^index (0|[1-9]\d*)$/.test(index || "")) throw new Fault("It is no proof of such a log.");
  return {
    index: Number(index.slice(6)), path: path.map((line) => unbase64(line, 32)),
    evidence: unpack(unbase64(extra.slice(6)), credential), head: readHead(file.slice(end + 2)),
  };
}

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

/** Opens the file with the filter of all that is not in force: gives it only if its head commits to it. */
export async function readFilter(file) {
  const end = file.indexOf("\n\n");
  const [first, proof, filter, ...more] = file.slice(0, Math.max(end, 0)).split("\n");
  if (first !== "status-filter/v1" || more.length || !proof?.startsWith("proof ") || !filter?.startsWith("filter "))
    throw new Fault("It is no filter.");
  const head = readHead(file.slice(end + 2));
  const proven = new Reader(unbase64(proof.slice(6)));
  const named = await openStanding(readStanding(proven), head.issuers, ["filter"]);
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
    segments.set(number, readSegment(number, bytes));
  }
  const entries = [...segments.values()].flatMap((leaves) => [...leaves.values()])
    .reduce((sum, indexes) => sum + indexes.length, 0);
  const hash = base64(await sha256(...hashed));
  if (named.value === undefined ? entries : named.value.entries !== entries || named.value.hash !== hash)
    throw new Fault("It is another one than its head names.");
  const lists = (leaf, index) => (segments.get(Math.floor(leaf / 65536))?.get(leaf) ?? [])
    .some((one) => one === -1 || one === index);
  return { head, lists };
}

async function timesOf(head, trusted) {
  const [name, id, ...rest] = trusted.key.split("+");
  const key = unbase64(rest.join("+"));
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

async function findHead(head, trust) {
  if (trust.type !== "LogTrust" || !Array.isArray(trust.members) || !trust.members.length)
    throw new Fault("It is no trust file.");
  const members = await signersOf(head, trust.members);
  const witnesses = await signersOf(head, trust.witnesses || []);
  const needed = trust.membersNeeded ?? Math.floor(trust.members.length / 2) + 1;
  const witnessesNeeded = trust.witnessesNeeded ?? 0;
  const names = { members: members.map((one) => one.name), witnesses: witnesses.map((one) => one.name) };
  if (head.origin !== trust.ledger || needed < 1 || members.length < needed || witnesses.length < witnessesNeeded)
    return { ...names, asOf: null };
  const newest = (signers, count) => signers.map((one) => one.time).sort((a, b) => b - a).slice(0, count);
  return { ...names, asOf: Math.min(...newest(members, needed), ...newest(witnesses, witnessesNeeded)) };
}

const line = (check, outcome, code) => ({ check, outcome, code });
const isStolen = (issuer, keyId, moment) =>
  issuer.stolen.some((one) => one.keyId === keyId && Date.parse(moment) >= Date.parse(one.since));

function headLine({ asOf }, now, maxAge, check = "head") {
  if (asOf === null) return line(check, "unknown", "tooFewSigned");
  if (asOf > now + clockSkew) return line(check, "fail", "fromTheFuture");
  return maxAge !== undefined && now - asOf > maxAge
    ? line(check, "unknown", "tooOld") : line(check, "pass", "cosigned");
}

/** Judges the filter; null where there is none, or the proof is newer and says itself what stands. */
async function judgeFilter(text, proof, trust) {
  if (text === undefined) return null;
  let head;
  try {
    head = readHead(text.slice(text.indexOf("\n\n") + 2));
  } catch {
    return { found: { members: [], witnesses: [], asOf: null }, isProven: false };
  }
  if (head.origin === trust.ledger && proof.origin === trust.ledger && head.size < proof.size) return null;
  const found = await findHead(head, trust);
  try {
    // One that too few signed neither takes a credential's standing away nor gives it.
    const { lists } = await readFilter(text);
    return { found, isProven: true, lists: found.asOf === null ? null : lists };
  } catch {
    return { found, isProven: false };
  }
}

// The proof may be of any age where a filter says what is in force.
function headLines(found, filter, now, maxAge) {
  if (!filter) return [headLine(found, now, maxAge)];
  return [headLine(found, now), filter.isProven
    ? headLine(filter.found, now, maxAge, "filter") : line("filter", "unknown", "filterNotProven")];
}

/** Whether the issuance attests what the credential says that was achieved. */
function isAttested({ issuer, credentialSubject }, { achievements }) {
  const own = achievementOf(issuer, credentialSubject);
  return achievements.some((one) => one.id === own?.id && one.version === own?.version);
}

/** Whether the place in a status list that the credential names is the one of its issuance: status.md says where. */
async function isAtItsPlace({ credentialStatus, ledgerAnchor }, { mspId, statusList, statusOffset }) {
  if (credentialStatus === undefined) return true;
  const name = listOf(credentialStatus);
  const ordinal = statusOffset + ledgerAnchor.index;
  if (name !== `${mspId}~${statusList}~revocation` || !(ordinal >= 0 && ordinal < 2 ** 20)) return false;
  let [left, right] = [ordinal >> 10, ordinal & 1023];
  for (let round = 0; round < 4; round++) {
    const input = join([bytesOf(`${mspId}\n${statusList}\n`), Uint8Array.of(round, right >> 8, right & 255)]);
    const [high, low] = await sha256(input);
    [left, right] = [right, left ^ ((256 * high + low) & 1023)];
  }
  return credentialStatus.statusListIndex === String((left << 10) | right);
}

async function anchorLine(credential, { head, index, path, evidence }, trust) {
  const anchor = credential.ledgerAnchor;
  const fail = (code) => line("anchor", "fail", code);
  if (anchor.ledger !== trust.ledger) return fail("otherLedger");
  const hash = await credentialLeaf(credential);
  if (!await isInTree(unhex(anchor.root), hash, anchor.index, anchor.size, anchor.path.map(unhex)))
    return fail("inclusionMismatch");
  const { type, statement } = evidence.leaf;
  if (type !== "Issuance" || ["ledger", "mspId", "root", "size", "keyId"].some((name) => statement?.[name] !== anchor[name]))
    return fail("anchorMismatch");
  if (!isAttested(credential, statement)) return fail("achievementNotIssued");
  const leaf = await leafHash(bytesOf(canonical(evidence.leaf)));
  return head.origin === trust.ledger && await isInTree(head.root, leaf, index, head.size, path)
    ? line("anchor", "pass", "anchored") : fail("notInTheLog");
}

function issuerLine(credential, leaf, issuer) {
  if (!issuer.names.length) return line("issuerKey", "unknown", "issuerUnconfirmed");
  const { id, name } = credential.issuer;
  if (!issuer.names.some((one) => one.did === id && one.name === name))
    return line("issuerKey", "fail", "issuerMismatch");
  return isStolen(issuer, leaf.statement.keyId, leaf.moment)
    ? line("issuerKey", "fail", "keyCompromised") : line("issuerKey", "pass", "keyInForce");
}

function statusLine(said, issuer) {
  if (said === undefined) return line("status", "pass", "inForce");
  if (said.state === "revoked") return line("status", "fail", said.reason === "superseded" ? "superseded" : "revoked");
  if (said.state === "suspended") return line("status", "fail", "suspended");
  if (said.state !== "inForce") return line("status", "unknown", "statusUnknown");
  return isStolen(issuer, said.keyId, said.moment)
    ? line("status", "unknown", "statusKeyCompromised") : line("status", "pass", "inForce");
}

function periodLine({ validFrom, validUntil }, now) {
  if (Date.parse(validFrom) > now + issuerSkew) return line("validityPeriod", "fail", "notYetValid");
  return validUntil !== undefined && !(now < Date.parse(validUntil))
    ? line("validityPeriod", "fail", "expired") : line("validityPeriod", "pass", "withinPeriod");
}

async function standingLines(credential, { head, index: leaf, evidence }, filter) {
  const { mspId, root, index } = credential.ledgerAnchor;
  const said = await openStanding(evidence.credential, head.credentials, ["credential", mspId, root, index]);
  const issuer = said && await openStanding(evidence.issuer, head.issuers, ["issuer", mspId]);
  const notProven = ["issuerKey", "status"].map((check) => line(check, "fail", "standingNotProven"));
  if (!said) return notProven;
  if (!issuer)
    return evidence.issuer.isAsNamed ? [line("issuerKey", "fail", "issuerMismatch"), notProven[1]] : notProven;
  const standing = issuer.value ?? { names: [], stolen: [] };
  const issued = issuerLine(credential, evidence.leaf, standing);
  if (!await isAtItsPlace(credential, evidence.leaf.statement))
    return [issued, line("status", "fail", "statusEntryMismatch")];
  if (!filter?.lists) return [issued, statusLine(said.value, standing)];
  const isListed = filter.lists(leaf, index);
  return [issued, isListed ? line("status", "fail", "notInForce") : line("status", "pass", "inForce")];
}

/**
 * Verifies a credential (the open JSON document) by its proof and a trust file, all of them texts; and by a filter of
 * what is not in force, if there is one: then the proof may be of any age.
 * Gives `verdict` (valid, invalid, indeterminate), `checks`, `asOf` (milliseconds, or null), `members`, `witnesses`.
 */
export async function verify(credential, proof, trust, { now = Date.now(), maxAge, filter } = {}) {
  const whole = (checks, found) => ({
    verdict: checks.some((one) => one.outcome === "fail") ? "invalid"
      : checks.every((one) => one.outcome === "pass") ? "valid" : "indeterminate",
    checks, asOf: null, members: [], witnesses: [], ...found,
  });
  let document;
  try {
    document = JSON.parse(credential);
    if (!document.ledgerAnchor || !document.issuer) throw new Fault("It has no anchor.");
  } catch {
    return whole([line("format", "fail", "notACredential")]);
  }
  try {
    const file = readProof(proof, document);
    const whom = JSON.parse(trust);
    const found = await findHead(file.head, whom);
    const judged = await judgeFilter(filter, file.head, whom);
    const anchor = await anchorLine(document, file, whom);
    const standing = anchor.outcome === "pass" ? await standingLines(document, file, judged)
      : ["issuerKey", "status"].map((check) => line(check, "unknown", "notChecked"));
    return whole([
      line("format", "pass", "wellFormed"), ...headLines(found, judged, now, maxAge), anchor, ...standing,
      periodLine(document, now),
    ], { ...(judged?.found ?? found), credential: document });
  } catch {
    return whole([line("proof", "fail", "notAProof")]);
  }
}
