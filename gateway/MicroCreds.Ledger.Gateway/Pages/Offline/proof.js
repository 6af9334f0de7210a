// The file of a proof: log.md has each byte.
import { Fault, Reader, base64url, hex, unbase64 } from "./bytes.js";
import { achievementOf, listOf } from "./credential.js";
import { readHead } from "./heads.js";
import { readStanding } from "./trees.js";

/** Makes up the leaf of the credential's issuance of what the proof has and the credential says. */
function readLeaf(reader, { ledgerAnchor: anchor, issuer, credentialSubject, credentialStatus }) {
  const [form] = reader.take(1);
  if (form === 0) return JSON.parse(reader.text());
  if (form !== 1 && !(form === 2 && anchor.transactionId && credentialStatus))
    throw new Fault("The leaf is in a form that is not known here.");
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
