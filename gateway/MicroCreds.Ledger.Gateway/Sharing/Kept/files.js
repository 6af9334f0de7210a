// What is brought in as files, and taken away as one: a presentation of all, encrypted if a passphrase is given.
import { maxAtOnce } from "./asking.js";
import { Told, element, fault, number, say } from "./words.js";

const maxBytes = 12 * 1024 * 1024;
export const maxKept = 500;
const minRounds = 600000;
const maxRounds = 10000000; // A file that asks for more would only hold up whoever opens it.
const envelopeType = "MicroCredsEncryptedExport";
const utf8 = new TextEncoder();

// The parts of a file that are sent to be read, each { name, blob }.
export async function opened(file) {
  if (file.size > maxBytes) throw new Told(say("tooLarge", { name: file.name }));
  let bytes;
  try {
    bytes = await file.arrayBuffer();
  } catch {
    throw new Told(say("unreadable", { name: file.name }));
  }
  if (!bytes.byteLength) throw new Told(say("fault", { name: file.name, reason: say("noCredential") }));
  const envelope = parsed(bytes);
  if (envelope?.type !== envelopeType) return partsOf(file.name, bytes, envelope);
  const clear = await unlock(file.name, envelope);
  return partsOf(file.name, clear, parsed(clear));
}

function parsed(bytes) {
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes));
    return value && typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}

// The service opens a presentation of some credentials by itself; of many each is sent alone.
function partsOf(name, bytes, json) {
  const list = json?.verifiableCredential;
  if (!Array.isArray(list) || list.length <= maxAtOnce) return [{ name, blob: new Blob([bytes]) }];
  if (list.length > maxKept) fault(say("tooMany", { name, max: number(maxKept) }));
  return list.slice(0, maxKept)
    .map((one) => ({ name, blob: new Blob([typeof one === "string" ? one : JSON.stringify(one)]) }));
}

const toBase64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

export function jsonOf(document, otherwise) {
  try {
    const value = JSON.parse(document);
    if (value && typeof value === "object" && !Array.isArray(value)) return document;
  } catch { /* A token, or a text from paper. */ }
  return otherwise(document);
}

function enveloped(document) {
  const isToken = /^ey[\w-]+\.[\w-]+\.[\w-]+(~\S*)?$/.test(document);
  const type = !isToken ? "text/plain;charset=utf-8"
    : document.includes("~") ? "application/dc+sd-jwt" : "application/vc+jwt";
  return JSON.stringify({
    "@context": "https://www.w3.org/ns/credentials/v2",
    type: "EnvelopedVerifiableCredential",
    id: `data:${type},${isToken ? document : encodeURIComponent(document)}`,
  });
}

// Each document goes in letter by letter: written anew it would be another text.
export const presentationOf = (documents) =>
  '{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiablePresentation"],'
  + `"verifiableCredential":[${documents.map((one) => jsonOf(one, enveloped)).join(",\n")}]}`;

async function keyFrom(passphrase, salt, iterations, use) {
  const word = await crypto.subtle.importKey(
    "raw", utf8.encode(passphrase.normalize("NFKC")), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations }, word, { name: "AES-GCM", length: 256 }, false, [use]);
}

export async function locked(text, passphrase) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const own = await keyFrom(passphrase, salt, minRounds, "encrypt");
  const data = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, own, utf8.encode(text)));
  return JSON.stringify({
    type: envelopeType, version: 1, kdf: "PBKDF2-SHA256", iterations: minRounds, salt: toBase64(salt),
    cipher: "AES-256-GCM", iv: toBase64(iv), data: toBase64(data),
  }, null, 2);
}

async function unlock(name, envelope) {
  let salt, iv, data;
  const { version, kdf, cipher, iterations } = envelope;
  try {
    [salt, iv, data] = [envelope.salt, envelope.iv, envelope.data].map(fromBase64);
  } catch {
    throw new Told(say("unknown", { name }));
  }
  if (version !== 1 || kdf !== "PBKDF2-SHA256" || cipher !== "AES-256-GCM" || salt.length < 16 || iv.length !== 12
    || !Number.isInteger(iterations) || iterations < minRounds || iterations > maxRounds) {
    throw new Told(say("unknown", { name }));
  }
  element("unlock-text").textContent = say("unlock", { name });
  for (;;) {
    const word = await passphraseOf();
    if (word === null) throw new Told(say("notOpened", { name }));
    try {
      const own = await keyFrom(word, salt, iterations, "decrypt");
      const clear = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, own, data);
      element("unlock-fault").textContent = "";
      return clear;
    } catch {
      element("unlock-fault").textContent = say("wrong");
    }
  }
}

// The dialog closes at each try; it opens again with what is wrong.
function passphraseOf() {
  const dialog = element("unlock");
  const word = element("unlock-word");
  dialog.returnValue = "";
  word.value = "";
  dialog.showModal();
  word.focus();
  return new Promise((resolve) => dialog.addEventListener("close", () => {
    const isGiven = dialog.returnValue === "open";
    if (!isGiven) element("unlock-fault").textContent = "";
    resolve(isGiven ? word.value : null);
    word.value = "";
  }, { once: true }));
}
