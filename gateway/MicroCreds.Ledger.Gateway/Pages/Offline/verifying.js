// Verifies a credential by the proof that goes along with it, without asking anybody, as the library's LogProofVerifier
// does. The codes are the same; it runs in browsers and in Node.
import { bytesOf, canonical, leafHash, unhex } from "./bytes.js";
import { credentialLeaf, isAtItsPlace, isAttested, isIssuance } from "./credential.js";
import { readBrought } from "./document.js";
import { judgeFilter } from "./filter.js";
import { findHead } from "./heads.js";
import { momentOf } from "./json.js";
import { readProof } from "./proof.js";
import { isInTree, ofCredential, ofIssuer, openStanding } from "./trees.js";
import { readTrust } from "./trust.js";

const clockSkew = 15 * 60 * 1000; // What the contract lets the clock of a transaction's creator be off.
const issuerSkew = 2 * 60 * 1000; // How far an issuer's clock may be ahead of ours.

const line = (check, outcome, code, detail) => ({ check, outcome, code, detail });

// Of a key that stands there twice the first report counts.
function isStolen({ stolen = [] }, keyId, moment) {
  const since = stolen.find((one) => one.keyId === keyId)?.since;
  return since !== undefined && momentOf(moment, 16) >= momentOf(since, 16);
}

function headLine({ asOf }, now, maxAge, check = "head") {
  if (asOf === null) return line(check, "unknown", "tooFewSigned");
  if (asOf > now + clockSkew) return line(check, "fail", "fromTheFuture");
  return maxAge !== undefined && now - asOf > maxAge
    ? line(check, "unknown", "tooOld") : line(check, "pass", "cosigned");
}

// The proof may be of any age where a filter says what is in force.
function headLines(found, filter, now, maxAge) {
  if (!filter) return [headLine(found, now, maxAge)];
  return [headLine(found, now), filter.isProven
    ? headLine(filter.found, now, maxAge, "filter") : line("filter", "unknown", "filterNotProven")];
}

async function anchorLine(credential, { head, index, path, evidence }, trust) {
  const anchor = credential.ledgerAnchor;
  const fail = (code) => line("anchor", "fail", code);
  if (anchor.ledger !== trust.ledger) return fail("otherLedger");
  const hash = await credentialLeaf(credential);
  if (!await isInTree(unhex(anchor.root), hash, anchor.index, anchor.size, anchor.path.map(unhex)))
    return fail("inclusionMismatch");
  const { type, statement } = evidence.leaf;
  const said = ["ledger", "mspId", "root", "size", "keyId"];
  if (type !== "Issuance" || !isIssuance(statement) || said.some((name) => statement[name] !== anchor[name]))
    return fail("anchorMismatch");
  if ((anchor.transactionId ?? evidence.leaf.transactionId) !== evidence.leaf.transactionId)
    return fail("anchorMismatch");
  if (!isAttested(credential, statement)) return fail("achievementNotIssued");
  const leaf = await leafHash(bytesOf(canonical(evidence.leaf)));
  return head.origin === trust.ledger && await isInTree(head.root, leaf, index, head.size, path)
    ? line("anchor", "pass", "anchored") : fail("notInTheLog");
}

function issuerLine(credential, leaf, issuer) {
  const { names = [] } = issuer;
  if (!names.length) return line("issuerKey", "unknown", "issuerUnconfirmed");
  const { id, name } = credential.issuer;
  if (!names.some((one) => one.did === id && one.name === name))
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
  if (momentOf(validFrom) > now + issuerSkew) return line("validityPeriod", "fail", "notYetValid");
  return validUntil !== undefined && !(now < momentOf(validUntil))
    ? line("validityPeriod", "fail", "expired") : line("validityPeriod", "pass", "withinPeriod");
}

async function standingLines(credential, { head, index: leaf, evidence }, filter) {
  const { mspId, root, index } = credential.ledgerAnchor;
  const said = await openStanding(evidence.credential, head.credentials, ["credential", mspId, root, index],
    ofCredential);
  const issuer = said && await openStanding(evidence.issuer, head.issuers, ["issuer", mspId], ofIssuer);
  const notProven = ["issuerKey", "status"].map((check) => line(check, "fail", "standingNotProven"));
  if (!said) return notProven;
  if (!issuer)
    return evidence.issuer.isAsNamed ? [line("issuerKey", "fail", "issuerMismatch"), notProven[1]] : notProven;
  const standing = issuer.value ?? {};
  const issued = issuerLine(credential, evidence.leaf, standing);
  if (!await isAtItsPlace(credential, evidence.leaf.statement))
    return [issued, line("status", "fail", "statusEntryMismatch")];
  if (!filter?.lists) return [issued, statusLine(said.value, standing)];
  const isListed = filter.lists(leaf, index);
  return [issued, isListed ? line("status", "fail", "notInForce") : line("status", "pass", "inForce")];
}

/**
 * Verifies a credential (the open JSON document; its file may hold the proof, too) by its proof and a trust file, all of
 * them texts or their bytes; and by a filter of what is not in force, if there is one: then the proof may be of any age.
 * Gives `verdict` (valid, invalid, indeterminate), `checks`, `asOf` (milliseconds, or null), `members`, `witnesses`.
 */
export async function verify(credential, proof, trust, { now = Date.now(), maxAge, filter } = {}) {
  const whole = (checks, found) => ({
    verdict: checks.some((one) => one.outcome === "fail") ? "invalid"
      : checks.every((one) => one.outcome === "pass") ? "valid" : "indeterminate",
    checks, asOf: null, members: [], witnesses: [], ...found,
  });
  let document, brought, whom;
  try {
    ({ document, brought } = await readBrought(credential));
  } catch (fault) {
    return whole([line("format", "fail", "notACredential", fault.message)]);
  }
  try {
    whom = await readTrust(trust);
  } catch (fault) {
    return whole([line("trust", "unknown", "notATrustFile", fault.message)]);
  }
  if ((proof ?? brought) === undefined)
    return whole([line("proof", "unknown", "notAProof", "There is none beside the credential.")]);
  try {
    const file = readProof(proof ?? brought, document);
    const found = await findHead(file.head, whom);
    const judged = await judgeFilter(filter, file.head, whom);
    const anchor = await anchorLine(document, file, whom);
    const standing = anchor.outcome === "pass" ? await standingLines(document, file, judged)
      : ["issuerKey", "status"].map((check) => line(check, "unknown", "notChecked"));
    return whole([
      line("format", "pass", "wellFormed"), ...headLines(found, judged, now, maxAge), anchor, ...standing,
      periodLine(document, now),
    ], { ...(judged?.found ?? found), credential: document });
  } catch (fault) {
    return whole([line("proof", "fail", "notAProof", fault.message)]);
  }
}
