// The trust file: whose word is taken, read as strictly as the library's LogTrust does.
import { Fault, bytesOf, hex, sha256, textOf, unbase64 } from "./bytes.js";
import { isSoundPoint } from "./curve.js";
import { flag, listOf, moment, momentOf, need, orNull, readRecord, record, text, whole } from "./json.js";

const mostCosigners = 1000;
const longestKey = 4096;
const mlDsaBytes = 1312;
const ofHeads = "\u00ffmicrocreds-ledger/ml-dsa-44-head/v1\n";

const cosigners = listOf(record({
  name: text, keys: listOf(record({ key: text }, { from: orNull(moment), until: orNull(moment) })),
}));
const form = record({ ledger: text, members: cosigners }, {
  type: text, size: orNull(whole(Number.MAX_SAFE_INTEGER)), membersNeeded: orNull(whole()),
  membersInAll: orNull(whole()), witnesses: cosigners, witnessesNeeded: whole(), mlDsaNeeded: orNull(flag),
});

/** Reads a verifier key of cosignatures. */
async function readKey({ key, from, until }, place) {
  const found = /^([^+]+)\+([^+]*)\+(.*)$/s.exec(key);
  need(found && key.length <= longestKey && !/[\s\u0085\p{Cc}]/u.test(found[1]), place,
    "A verifier key looks like example.org/log+530d903a+AekyeRrm…: name, id and key, with plus signs between them.");
  const [, name, id, base] = found;
  let bytes;
  try {
    bytes = unbase64(base);
  } catch (fault) {
    need(false, place, fault.message);
  }
  const isHead = String.fromCharCode(...bytes.slice(0, ofHeads.length)) === ofHeads;
  const publicKey = bytes.slice(isHead ? ofHeads.length : 1);
  const isEd25519 = bytes[0] === 4;
  need(isEd25519 || bytes[0] === 6 || isHead, place, "It must be a key of cosignatures (type 04, 06 or ff).");
  need(isEd25519 ? isSoundPoint(publicKey) : publicKey.length === mlDsaBytes, place, "Its key is none of its type.");
  need(hex((await sha256(bytesOf(`${name}\n`), bytes)).slice(0, 4)) === id, place, "A character of it was changed.");
  return {
    name, id, publicKey, isEd25519, coversLines: bytes[0] !== 6,
    from: momentOf(from, 16) ?? -Infinity, until: momentOf(until, 16) ?? Infinity,
  };
}

async function readCosigners(list, name, seen) {
  const read = [];
  for (const [i, cosigner] of list.entries()) {
    const place = `/${name}/${i}`;
    need(cosigner.keys.length, place, "It needs a name and at least one key.");
    need(!seen.has(`name ${cosigner.name}`), place, `${cosigner.name} stands in another place of the file, too.`);
    seen.add(`name ${cosigner.name}`);
    const keys = [];
    for (const [number, one] of cosigner.keys.entries()) {
      const at = `${place}/keys/${number}/key`;
      const key = await readKey(one, at);
      // Who has one key twice would count twice.
      need(!seen.has(hex(key.publicKey)), at, "The same key stands in another place of the file.");
      seen.add(hex(key.publicKey));
      keys.push(key);
    }
    read.push({ name: cosigner.name, keys });
  }
  return read;
}

/** Reads a trust file; refuses one by which no head could count, or somebody would count twice. */
export async function readTrust(file) {
  const trust = readRecord(textOf(file), form);
  const { members, witnesses = [], witnessesNeeded = 0 } = trust;
  const inAll = trust.membersInAll ?? members.length;
  const threshold = trust.membersNeeded ?? Math.floor(inAll / 2) + 1;
  need((trust.type ?? "LogTrust") === "LogTrust", "/type", "It must be LogTrust.");
  need(members.length > 0 && members.length <= mostCosigners, "/members", `There must be 1 to ${mostCosigners}.`);
  need(inAll >= members.length && inAll <= mostCosigners, "/membersInAll",
    `It must be ${members.length}, the number of members in the file, to ${mostCosigners}.`);
  need(witnesses.length <= mostCosigners, "/witnesses", `There may be ${mostCosigners} at most.`);
  need(threshold >= 1 && threshold <= members.length, "/membersNeeded",
    `It must be 1 to ${members.length}, the number of members.`);
  need(witnessesNeeded <= witnesses.length, "/witnessesNeeded",
    `It must be 0 to ${witnesses.length}, the number of witnesses.`);
  const seen = new Set();
  const read = {
    ledger: trust.ledger, threshold, witnessesNeeded,
    members: await readCosigners(members, "members", seen),
    witnesses: await readCosigners(witnesses, "witnesses", seen),
  };
  if (trust.mlDsaNeeded)
    throw new Fault("It asks for signatures of ML-DSA-44, which are not read here: use microcreds verify.");
  need(read.members.filter((one) => one.keys.some((key) => key.coversLines)).length >= threshold, "/members",
    "Too few have a key of a kind that counts.");
  return read;
}
