// What a credential commits to, and what it names.
import { base64url, bytesOf, canonical, join, leafHash, sha256 } from "./bytes.js";
import { listOf as list, record, text, whole } from "./json.js";

const issuance = record({
  ledger: text, mspId: text, root: text, size: whole(), keyId: text, statusList: text, statusOffset: whole(),
  achievements: list(record({ id: text, version: whole() })),
}, { type: text });

/** Whether a leaf's statement says what was issued, in the form that is known here. */
export function isIssuance(statement) {
  try {
    issuance({ statement }, "statement", "");
    return true;
  } catch {
    return false;
  }
}

/** The leaf of a credential in its issuance: what is the learner's to withhold stands in it as digests. */
export async function credentialLeaf(credential) {
  const { proof, ledgerAnchor, leafSalt, evidence, credentialSubject, ...rest } = credential;
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

/** The name of the status list that a credential names: institution, list and purpose. */
export const listOf = (status) => decodeURIComponent(String(status?.statusListCredential).split("/").at(-1));

/** The achievement that a credential names: its id and version; none if it is not its issuer's. */
export function achievementOf(issuer, subject) {
  const prefix = `${issuer.id}/achievements/`;
  const named = subject?.achievement?.id;
  if (typeof named !== "string" || !named.startsWith(prefix)) return undefined;
  const [, id, version] = /^([a-z0-9][a-z0-9-]{0,63})\/([1-9][0-9]{0,5})$/.exec(named.slice(prefix.length)) ?? [];
  return id && { id, version: Number(version) };
}

/** Whether the issuance attests what the credential says that was achieved. */
export function isAttested({ issuer, credentialSubject }, { achievements }) {
  const own = achievementOf(issuer, credentialSubject);
  return achievements.some((one) => one.id === own?.id && one.version === own?.version);
}

/** Whether the place in a status list that the credential names is the one of its issuance: status.md says where. */
export async function isAtItsPlace({ credentialStatus, ledgerAnchor }, { mspId, statusList, statusOffset }) {
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
