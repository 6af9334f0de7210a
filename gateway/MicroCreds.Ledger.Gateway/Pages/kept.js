"use strict";

// What a learner keeps in this browser. Documents lie in IndexedDB, each encrypted under a key that no script can read
// out; the service reads them at each visit, since only it can say whether they stand, and keeps nothing. What the
// service or a file says becomes text here, and never markup.
const maxBytes = 12 * 1024 * 1024;
const maxSent = 11 * 1024 * 1024; // Of one request, which has a frame around its files, too.
const maxAtOnce = 20;
const maxKept = 500;
const maxNamed = 5;
const minRounds = 600000;
const maxRounds = 10000000; // A file that asks for more would only hold up whoever opens it.
const minPassphrase = 12;
const database = "microcreds-kept";
const envelopeType = "MicroCredsEncryptedExport";
const element = (id) => document.getElementById(id);
const section = element("kept");
const utf8 = new TextEncoder();

let db = null;
let key = null;
let kept = []; // { id, at, document, read }: what lies here since when, and what was read of it last.
let isSure = false;

// All at once, so that no title is taken for a placeholder.
const say = (what, facts = {}) =>
  section.dataset[what.toLowerCase()].replace(/\{(\w+)\}/g, (all, name) => facts[name] ?? all);
const number = (value) =>
  new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 4 }).format(value);

class Told extends Error {}

function tell(text) {
  element("kept-told").textContent = text;
}

function fault(text) {
  const line = document.createElement("p");
  line.className = "fault";
  line.textContent = text;
  element("kept-faults").append(line);
}

function begin() {
  element("kept-faults").replaceChildren();
  tell("");
}

// One after the other: two that write at once would each count what the other does not know of.
let waiting = Promise.resolve();
function run(work) {
  waiting = waiting.then(async () => {
    section.setAttribute("aria-busy", "true");
    try {
      await work();
    } catch (error) {
      tell("");
      fault(error instanceof Told ? error.message : say("failed", { reason: error?.message || error }));
    } finally {
      section.removeAttribute("aria-busy");
    }
  });
  return waiting;
}

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});
const ended = (transaction) => new Promise((resolve, reject) => {
  transaction.oncomplete = () => resolve();
  transaction.onabort = () => reject(transaction.error);
});

async function openDatabase() {
  const request = indexedDB.open(database, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("keys");
    request.result.createObjectStore("documents", { keyPath: "id" });
  };
  const opened = await done(request);
  opened.onversionchange = () => {
    opened.close();
    location.reload(); // Another tab forgets all of it.
  };
  if (["keys", "documents"].every((name) => opened.objectStoreNames.contains(name))) return opened;
  opened.close();
  throw new Told(say("broken"));
}

async function readKey() {
  const found = await done(db.transaction("keys").objectStore("keys").get("documents"));
  if (found && !(found instanceof CryptoKey)) throw new Told(say("broken"));
  return found;
}

// Another tab may have made one meanwhile: then that one is it.
async function ownKey() {
  if (key) return key;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const transaction = db.transaction("keys", "readwrite");
  const store = transaction.objectStore("keys");
  const found = await done(store.get("documents"));
  if (!found) store.put(made, "documents");
  await ended(transaction);
  return key = found || made;
}

// The record's name is authenticated, too, so that no record can be put in another's place.
async function write(one) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const { at, document, read } = one;
  const data = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv, additionalData: utf8.encode(one.id) }, await ownKey(),
    utf8.encode(JSON.stringify({ at, document, read: { ...read, document: undefined } })));
  const transaction = db.transaction("documents", "readwrite");
  transaction.objectStore("documents").put({ id: one.id, iv, data });
  await ended(transaction);
}

async function erase(id) {
  const transaction = db.transaction("documents", "readwrite");
  transaction.objectStore("documents").delete(id);
  await ended(transaction);
}

async function load() {
  key = await readKey();
  const records = await done(db.transaction("documents").objectStore("documents").getAll());
  kept = [];
  let broken = 0;
  for (const { id, iv, data } of records) {
    try {
      const clear = await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: utf8.encode(id) }, key, data);
      const { at, document, read } = JSON.parse(new TextDecoder().decode(clear));
      kept.push({ id, at, document, read });
    } catch {
      broken++;
    }
  }
  kept.sort((one, other) => one.at - other.at);
  if (broken) {
    fault(kept.length ? say("brokenSome", { count: number(broken) }) : say("broken"));
    element("kept-end").hidden = false;
  }
}

async function ask(files, fields = {}) {
  const data = new FormData();
  data.append("lang", document.documentElement.lang);
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  for (const { name, blob } of files) data.append("file", blob, name);
  let answer;
  try {
    answer = await fetch("/me/reading", { method: "POST", body: data, headers: { Accept: "application/json" } });
    if (answer.ok) return await answer.json();
  } catch { /* Nobody answered, or not with what was asked for. */ }
  throw new Told(say(answer?.status === 429 ? "busy" : "noAnswer"));
}

function* groups(files) {
  let [group, size] = [[], 0];
  for (const file of files) {
    if (group.length === maxAtOnce || (group.length && size + file.blob.size > maxSent)) {
      yield group;
      [group, size] = [[], 0];
    }
    group.push(file);
    size += file.blob.size;
  }
  if (group.length) yield group;
}

async function askAll(files) {
  const all = { credentials: [], faults: [] };
  for (const group of groups(files)) {
    const { credentials, faults } = await ask(group);
    all.credentials.push(...credentials);
    all.faults.push(...faults);
  }
  return all;
}

// The verdict is made anew at each visit; what cannot be asked is shown as it was read last, and said not to be known.
async function readAgain() {
  const files = kept.map((one, index) => ({ name: String(index), blob: new Blob([one.document]) }));
  for (const one of kept) {
    one.read = { ...one.read, held: null, stands: false, credits: 0, tone: "warn", state: say("unchecked"), told: [] };
  }
  const { credentials } = await askAll(files);
  for (const read of credentials) kept[Number(read.file)].read = read;

  // Two tabs may have kept the same at once.
  const twice = kept.filter((one, at) => kept.findIndex((other) => other.read.id === one.read.id) < at);
  kept = kept.filter((one) => !twice.includes(one));
  for (const one of twice) await erase(one.id);
}

function cardOf(one) {
  const card = element("kept-card").content.cloneNode(true).firstElementChild;
  const find = (what) => card.querySelector(what);
  const { read } = one;
  if (read.badge) [find("img").src, find("img").alt] = [read.badge.address, read.badge.alternative];
  else find("img").remove();
  find("bdi").textContent = read.title;
  find(".facts").textContent = read.facts;
  find(".tag").textContent = read.state;
  find(".tag").classList.add(read.tone);
  for (const sentence of read.told) {
    const line = document.createElement("p");
    line.className = "sub";
    line.textContent = sentence;
    find("form").before(line);
  }
  find("textarea").value = one.document;
  find(".open").setAttribute("aria-label", say("openNamed", { title: read.title }));
  bindRemove(find(".remove"), one);
  return card;
}

// What was claimed has its card already, which says that it is here, too.
const claimedCard = (one) =>
  one.read.held && document.querySelector(`.cards a[href="${CSS.escape(one.read.held)}"]`)?.closest("li");

function bindRemove(button, one) {
  button.setAttribute("aria-label", say("removeNamed", { title: one.read.title }));
  button.addEventListener("click", () => run(async () => {
    begin();
    await erase(one.id);
    const buttons = [...document.querySelectorAll("#kept-list .remove, .also .remove")];
    const at = buttons.indexOf(button);
    kept = kept.filter((other) => other !== one);
    render();
    tell(say("removed", { title: one.read.title }));
    const left = document.querySelectorAll("#kept-list .remove, .also .remove");
    (left[Math.min(at, left.length - 1)] || section).focus();
  }));
}

function render() {
  for (const old of document.querySelectorAll(".also")) old.remove();
  const own = [];
  for (const one of kept) {
    const claimed = claimedCard(one);
    if (!claimed) {
      own.push(one);
      continue;
    }
    const line = element("kept-also").content.cloneNode(true).firstElementChild;
    bindRemove(line.querySelector(".remove"), one);
    claimed.append(line);
  }
  element("kept-list").replaceChildren(...own.map(cardOf));
  const credits = own.reduce((sum, one) => sum + one.read.credits, Number(section.dataset.credits));
  const all = own.length + Number(section.dataset.claimed);
  element("kept-sum").textContent =
    say("sum", { count: number(kept.length), all: number(all), credits: number(credits) });
  for (const id of ["kept-sum", "kept-export", "kept-end"]) element(id).hidden = !kept.length;
  renderProgress(own);
}

function renderProgress(own) {
  const template = element("kept-progress");
  if (template && own.length && !element("progress")) section.after(template.content.cloneNode(true));
  if (template && !own.length) element("progress")?.remove();
  const form = element("progress");
  if (form) form.elements.kept.value = own.length ? `[${own.map((one) => jsonOf(one.document, JSON.stringify))}]` : "";
}

// What stands is better than what does not, and what names its learner than what withholds the name.
const isBetter = (one, other) =>
  one.stands !== other.stands ? one.stands : Boolean(one.learner) && !other.learner;

const namesOf = (titles) => titles.slice(0, maxNamed).join(", ") + (titles.length > maxNamed ? " …" : "");

async function keep(credentials) {
  try {
    await ownKey();
  } catch {
    throw new Told(say("unable"));
  }
  const [added, already] = [new Set(), new Set()];
  for (const read of credentials) {
    const name = read.file || read.title;
    const same = kept.find((one) => one.read.id === read.id);
    if (same && !isBetter(read, same.read)) {
      if (!added.has(read.title)) already.add(read.title);
      same.read = { ...read, document: undefined };
      continue;
    }
    if (!same && kept.length >= maxKept) {
      fault(say("tooMany", { name, max: number(maxKept) }));
      continue;
    }
    const at = same?.at || Math.max(Date.now(), (kept.at(-1)?.at || 0) + 1);
    const one = { id: same?.id || crypto.randomUUID(), at, document: read.document, read };
    try {
      await write(one);
    } catch {
      fault(say("full", { name }));
      continue;
    }
    kept = same ? kept.map((other) => other === same ? one : other) : [...kept, one];
    added.add(read.title);
  }
  render();
  const sentences = [["added", added], ["already", already]].filter(([, titles]) => titles.size)
    .map(([what, titles]) => say(what, { titles: namesOf([...titles]) }));
  tell(sentences.join(" ") || say("nothing"));

  // Asked of whoever keeps something, and not of everyone who looks.
  if (added.size) navigator.storage?.persist?.().catch(() => { });
}

async function opened(file) {
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

async function add(files) {
  begin();
  tell(say("working"));
  const parts = [];
  for (const file of files) {
    try {
      parts.push(...await opened(file));
    } catch (error) {
      if (!(error instanceof Told)) throw error;
      fault(error.message);
    }
  }
  const { credentials, faults } = await askAll(parts);
  for (const one of faults) fault(one.text);
  await keep(credentials);
}

const toBase64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

function jsonOf(document, otherwise) {
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
const presentation = () => '{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiablePresentation"],'
  + `"verifiableCredential":[${kept.map((one) => jsonOf(one.document, enveloped)).join(",\n")}]}`;

async function keyFrom(passphrase, salt, iterations, use) {
  const word = await crypto.subtle.importKey(
    "raw", utf8.encode(passphrase.normalize("NFKC")), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations }, word, { name: "AES-GCM", length: 256 }, false, [use]);
}

async function locked(text, passphrase) {
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

// As a person would call it; without what file systems refuse.
function nameOfExport(isEncrypted) {
  const learners = new Set(kept.map((one) => one.read.learner).filter(Boolean));
  const parts = [say("name"), ...(learners.size === 1 ? learners : []), new Date().toISOString().slice(0, 10)];
  if (isEncrypted) parts.push(say("encrypted"));
  return `${parts.join(" – ").replace(/[\\/:*?"<>|\u0000-\u001f\u007f]/g, " ").slice(0, 120)}.json`;
}

async function exportAll() {
  begin();
  const [word, again] = [element("passphrase").value, element("again").value];
  if (word && word.length < minPassphrase) throw new Told(say("tooShort"));
  if (word !== again) throw new Told(say("differ"));
  const text = word ? await locked(presentation(), word) : presentation();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = nameOfExport(Boolean(word));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  element("passphrase").value = element("again").value = "";
  tell(say("exported", { name: link.download, count: number(kept.length) }));
}

function unsure() {
  isSure = false;
  element("kept-forget").textContent = say("forget");
}

async function forgetAll() {
  begin();
  if (!isSure) {
    isSure = true;
    element("kept-forget").textContent = say("forgetSure");
    return tell(say("forgetAsk", { count: number(kept.length) }));
  }
  unsure();
  db?.close();
  const request = indexedDB.deleteDatabase(database);
  request.onblocked = () => fault(say("otherTab"));
  await done(request);
  [key, kept] = [null, []];
  begin();
  db = await openDatabase();
  element("kept-here").hidden = false;
  render();
  tell(say("forgotten"));
  section.focus();
}

function bind() {
  const file = element("file");
  file.addEventListener("change", () => {
    const files = [...file.files];
    file.value = "";
    if (files.length) run(() => add(files));
  });
  const drop = element("drop");
  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("over"); });
  }
  for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    const files = [...event.dataTransfer.files];
    if (files.length) run(() => add(files));
  });
  element("kept-copy")?.addEventListener("click", () => run(async () => {
    begin();
    tell(say("working"));
    await keep((await ask([], { mine: "yes" })).credentials);
  }));
  element("kept-export").querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    run(exportAll);
  });
  element("kept-forget").addEventListener("click", () => run(forgetAll));
  element("kept-forget").addEventListener("blur", unsure);
  element("unlock").querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    element("unlock").close("open");
  });
  element("unlock-end").addEventListener("click", () => element("unlock").close(""));
}

async function start() {
  bind();
  try {
    if (!crypto.subtle) throw new Error("Not a secure context.");
    db = await openDatabase();
    await load();
  } catch (error) {
    const isBroken = error instanceof Told || ["VersionError", "NotFoundError"].includes(error?.name);
    fault(say(isBroken ? "broken" : "unable"));
    element("kept-end").hidden = !isBroken;
    return;
  }
  element("kept-here").hidden = false;
  if (!kept.length) return;
  render();
  try {
    await readAgain();
  } finally {
    render();
  }
}

run(start);
