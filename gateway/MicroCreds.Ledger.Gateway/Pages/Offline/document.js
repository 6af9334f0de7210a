// The credential as its open document, read as strictly as the library's CredentialReader does: what that refuses is
// none here either.
import { Fault, base64, bytesOf, canonical, sha256, textOf } from "./bytes.js";
import { achievementOf, listOf } from "./credential.js";
import { isObject, isWhole, momentOf, need, readJson } from "./json.js";

const largest = 256 * 1024;
const largestProof = 512 * 1024;
const contexts = ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"];
const ownPath = "/contexts/micro-credential/1";
const ownDigest = "sha256-FT1lxh76gvyuYXuWezcvCkh1ZObFYONzaj6h+30i1e0="; // Of our own terms, by themselves.
const listPath = "/v1/status-lists/";
const digits58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const hash = /^[0-9a-f]{64}$/;

function textAt(object, name, place) {
  need(typeof object[name] === "string" && object[name], `${place}/${name}`, "It must be a text that is not empty.");
  return object[name];
}

function objectAt(object, name, place) {
  need(isObject(object[name]), `${place}/${name}`, "It must be an object.");
  return object[name];
}

function timeAt(object, name, place) {
  const time = momentOf(object[name]);
  need(time !== undefined, `${place}/${name}`, "It must be a time with a zone, such as 2026-01-31T12:00:00Z.");
  return time;
}

const is = (object, name, place, value) =>
  need(textAt(object, name, place) === value, `${place}/${name}`, `It must be ${value}.`);
const only = (object, place, names) =>
  need(Object.keys(object).every((name) => names.includes(name)), place, `It may hold only ${names.join(", ")}.`);
const typed = (object, place, ...anyOf) =>
  need(Array.isArray(object.type) && object.type.some((one) => anyOf.includes(one)), `${place}/type`,
    `It must be a list that holds ${anyOf.join(" or ")}.`);

function checkAnchor(anchor) {
  const place = "/ledgerAnchor";
  only(anchor, place, ["type", "ledger", "mspId", "root", "index", "size", "path", "transactionId", "keyId"]);
  is(anchor, "type", place, "LedgerAnchor");
  for (const name of ["index", "size"])
    need(isWhole(anchor, name), `${place}/${name}`, "It must be a whole number from 0.");
  need(anchor.size <= 2 ** 20, `${place}/size`, "It is beyond what an issuance has.");
  need(anchor.index < anchor.size, `${place}/index`, "It lies outside the tree: it must be below size.");
  for (const name of ["ledger", "mspId", "keyId"]) textAt(anchor, name, place);
  for (const name of ["root", ..."transactionId" in anchor ? ["transactionId"] : []])
    need(hash.test(textAt(anchor, name, place)), `${place}/${name}`, "It must be 64 lower-case hexadecimal digits.");
  need(Array.isArray(anchor.path) && anchor.path.length <= 20
    && anchor.path.every((one) => typeof one === "string" && hash.test(one)), `${place}/path`,
    "It must be a list of at most 20 hashes.");
}

/** Whether a text is z and 64 bytes in base58 (Bitcoin's alphabet). */
function isSignature(text) {
  if (!/^z[1-9A-HJ-NP-Za-km-z]{1,88}$/.test(text)) return false;
  let number = 0n;
  for (const digit of text.slice(1)) number = 58n * number + BigInt(digits58.indexOf(digit));
  const bytes = number === 0n ? 0 : Math.ceil(number.toString(16).length / 2);
  return /^z(1*)/.exec(text)[1].length + bytes === 64;
}

const suites = ["ecdsa-jcs-2019", "eddsa-jcs-2022"];

/** Of several proofs the first counts that its issuer could have made; no signature is verified here. */
function checkProof({ proof, issuer }, signed) {
  const list = isObject(proof) ? [proof] : proof;
  need(Array.isArray(list) && list.length >= 1 && list.length <= 8 && list.every(isObject), "/proof",
    "It must be a proof, or a list of 1 to 8.");
  const own = list.length === 1 ? list[0] : list.find((one) => suites.includes(one.cryptosuite)
    && typeof one.verificationMethod === "string" && one.verificationMethod.startsWith(`${issuer.id}#`));
  need(own, "/proof", "None of its proofs is its issuer's.");
  const place = isObject(proof) ? "/proof" : `/proof/${list.indexOf(own)}`;
  only(own, place,
    ["@context", "type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"]);
  is(own, "type", place, "DataIntegrityProof");
  is(own, "proofPurpose", place, "assertionMethod");
  need(suites.includes(own.cryptosuite), `${place}/cryptosuite`, `It must be ${suites.join(" or ")}.`);
  need(/^[^#]+#./s.test(textAt(own, "verificationMethod", place)), `${place}/verificationMethod`,
    "It must be a DID, # and the name of a key.");
  timeAt(own, "created", place);
  need(isSignature(textAt(own, "proofValue", place)), `${place}/proofValue`, "It must be z and 64 bytes in base58.");
  need(own["@context"] !== undefined && canonical(own["@context"]) === canonical(signed), `${place}/@context`,
    "It must be the document's.");
}

/** Gives the address of the gateway that a status entry names. */
function checkStatus(entry) {
  const place = "/credentialStatus";
  only(entry, place, ["id", "type", "statusPurpose", "statusListIndex", "statusListCredential"]);
  is(entry, "type", place, "BitstringStatusListEntry");
  is(entry, "statusPurpose", place, "revocation");
  const [index, url] = ["statusListIndex", "statusListCredential"].map((name) => textAt(entry, name, place));
  need(/^(0|[1-9]\d{0,6})$/.test(index) && Number(index) < 2 ** 20, `${place}/statusListIndex`,
    "It must be a number below 1048576, as a text.");
  const slash = url.lastIndexOf("/") + 1;
  let isList = /^https?:\/\/[^/?#@]+\//.test(url) && !/[?#\s]/.test(url);
  try {
    isList &&= new URL(url) && /^.+~[^~]+~revocation$/s.test(listOf(entry));
  } catch {
    isList = false;
  }
  need(isList && url.slice(0, slash).endsWith(listPath), `${place}/statusListCredential`,
    `It must be a gateway's address, ${listPath}, and the name of a list of revocations.`);
  is(entry, "id", place, `${url}#${index}`);
  return url.slice(0, slash - listPath.length);
}

/** Contexts give every term its meaning, so they must be ours to the letter. Gives those that the proof covers. */
async function checkContexts(document, gateway) {
  const all = document["@context"];
  const [first, second, own] = Array.isArray(all) ? all : [];
  const fault = "It must be the W3C's and Open Badges' contexts and our own, unchanged and in this order.";
  need(all?.length === 3 && first === contexts[0] && second === contexts[1], "/@context", fault);
  if (isObject(own)) {
    const digest = base64(await sha256(bytesOf(canonical({ "@context": own }))));
    need(`sha256-${digest}` === ownDigest, "/@context", fault);
    return contexts;
  }
  need(gateway !== undefined && own === gateway + ownPath, "/@context", fault);
  const named = [{ digestSRI: ownDigest, id: own, mediaType: "application/ld+json" }];
  need(canonical(document.relatedResource ?? null) === canonical(named), "/relatedResource",
    "It must be the address of our own context with its digest, and no other.");
  return all;
}

function checkHolder(binding) {
  const { jwk } = isObject(binding) ? binding : {};
  need(isObject(jwk) && Object.keys(binding).length === 1 && !("d" in jwk), "/cnf",
    "It must be an object with jwk alone, a public key.");
  const coordinates = { "EC P-256": ["x", "y"], "OKP Ed25519": ["x"] }[`${jwk.kty} ${jwk.crv}`];
  const isCoordinate = (one) => typeof one === "string" && /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/.test(one);
  need(coordinates?.every((name) => isCoordinate(jwk[name])), "/cnf",
    "A JSON Web Key here is on P-256 (EC) or of Ed25519 (OKP).");
}

function checkSubject(subject, issuer) {
  const place = "/credentialSubject/achievement";
  const achievement = objectAt(subject, "achievement", "/credentialSubject");
  typed(subject, "/credentialSubject", "AchievementSubject");
  need(!("_sd" in subject), "/credentialSubject/_sd", "Digests stand only in an SD-JWT.");
  textAt(subject, "name", "/credentialSubject");
  textAt(achievement, "name", place);
  typed(achievement, place, "Achievement");
  const named = achievementOf(issuer, subject);
  need(named, `${place}/id`, "It must be the issuer's DID, /achievements/, an id, / and a version.");
  is(achievement, "version", place, String(named.version));
}

const proofBeginning = /^[ \t\r\n]*c2sp\.org\/tlog-proof@/;
const isProven = (read) => isObject(read) && isObject(read.credential) && typeof read.proof === "string"
  && proofBeginning.test(read.proof);

/** Reads a file with a credential, strictly; one may hold its proof, too: gives both. */
export async function readBrought(file) {
  const text = textOf(file).replace(/^\ufeff/, "");
  const length = text.length > largest + largestProof ? text.length : bytesOf(text).length;
  const read = length <= largest + largestProof ? readJson(text) : undefined;
  if (isProven(read)) return { document: await readCredential(read.credential), brought: read.proof };
  if (length > largest) throw new Fault("The document is too large.");
  return { document: await readCredential(read) };
}

async function readCredential(document) {
  need(isObject(document), "", "A credential is a JSON object.");
  need(!("_sd" in document), "/_sd", "Digests stand only in an SD-JWT.");
  const issuer = objectAt(document, "issuer", "");
  need(textAt(issuer, "id", "/issuer").startsWith("did:"), "/issuer/id", "It must be a DID.");
  textAt(issuer, "name", "/issuer");
  const gateway = "credentialStatus" in document ? checkStatus(objectAt(document, "credentialStatus", "")) : undefined;
  checkProof(document, await checkContexts(document, gateway));
  typed(document, "", "VerifiableCredential");
  typed(document, "", "AchievementCredential", "OpenBadgeCredential");
  need(/^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(textAt(document, "id", "")), "/id",
    "It must be urn:uuid: and a UUID in lower case.");
  need(/^[A-Za-z0-9_-]{22,88}$/.test(textAt(document, "leafSalt", "")), "/leafSalt",
    "It must be 16 to 66 bytes in base64url.");
  checkSubject(objectAt(document, "credentialSubject", ""), issuer);
  const from = timeAt(document, "validFrom", "");
  need(!("validUntil" in document) || timeAt(document, "validUntil", "") >= from, "/validUntil",
    "It lies before validFrom.");
  if ("cnf" in document) checkHolder(document.cnf);
  checkAnchor(objectAt(document, "ledgerAnchor", ""));
  return document;
}
