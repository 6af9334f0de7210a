// The file of a proof: log.md has each byte.
import { Fault, Reader, base64url, bytesOf, canonical, hex, textOf, unbase64 } from "./bytes.js";
import { achievementOf, listOf } from "./credential.js";
import { readHead, sizeOf } from "./heads.js";
import { isObject, moment as timeOf, need, readRecord, record, text, whole } from "./json.js";
import { readStanding } from "./trees.js";

const largest = 512 * 1024;
const longestPath = 63;
const mostAchievements = 64;
const latest = 253402300799999; // The last moment of the year 9999.
const mostNumber = 2 ** 31 - 1;
const object = (holder, name, place) => need(isObject(holder[name]), place, "There must be an object.");
const anyLeaf = record(
  { block: whole(Number.MAX_SAFE_INTEGER), moment: timeOf, position: whole(), transactionId: text, type: text },
  { statement: object, digest: text, signature: text, record: object });

function readWholeLeaf(written) {
  const leaf = readRecord(written, anyLeaf);
  if (canonical(leaf) !== written) throw new Fault("The leaf is not in its one form.");
  return leaf;
}

function numberOf(reader, most = mostNumber) {
  const number = reader.number();
  if (number > most) throw new Fault("A number in the leaf is too large.");
  return number;
}

function readAchievements(reader) {
  const count = numberOf(reader, mostAchievements);
  return Array.from({ length: count }, () => ({ id: reader.text(), version: numberOf(reader) }));
}

/** Makes up the leaf of the credential's issuance of what the proof has and the credential says. */
function readLeaf(reader, { ledgerAnchor: anchor, issuer, credentialSubject, credentialStatus }) {
  const [form] = reader.take(1);
  if (form === 0) return readWholeLeaf(reader.text());
  if (form !== 1 && !(form === 2 && anchor.transactionId && credentialStatus))
    throw new Fault("The leaf is in a form that is not known here.");
  const [block, position, moment] = [reader.number(), numberOf(reader), numberOf(reader, latest)];
  const isOfAnchor = hex(reader.take(4)) === anchor.root.slice(0, 8);
  const [signature, statusOffset] = [base64url(reader.counted()), numberOf(reader)];
  const transactionId = form === 1 ? hex(reader.take(32)) : anchor.transactionId;
  const statusList = form === 1 ? reader.text() : listOf(credentialStatus).split("~").at(-2);
  const achievements = form === 2 ? [achievementOf(issuer, credentialSubject)] : readAchievements(reader);
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
  const known = canonical({ names: [{ did: issuer.id, name: issuer.name, number: 0 }], stolen: [] });
  const evidence = {
    credential: readStanding(reader), issuer: readStanding(reader, known), leaf: readLeaf(reader, credential),
  };
  if (!reader.isAtEnd) throw new Fault("Behind its extra data stands something else.");
  return evidence;
}

/** Reads a proof's file, which leaves to the credential what that says itself. */
export function readProof(content, credential) {
  const file = textOf(content);
  if (file.length > largest || bytesOf(file).length > largest) throw new Fault("The proof is too large.");
  const end = file.indexOf("\n\n");
  const [first, extra, index, ...path] = file.slice(0, Math.max(end, 0)).split("\n");
  if (first !== "c2sp.org/tlog-proof@v1" || !extra?.startsWith("extra ") || !index?.startsWith("index ")
    || path.length > longestPath) throw new Fault("It is no proof of such a log.");
  return {
    index: sizeOf(index.slice(6)), path: path.map((line) => unbase64(line, 32)),
    evidence: unpack(unbase64(extra.slice(6)), credential), head: readHead(file.slice(end + 2)),
  };
}
