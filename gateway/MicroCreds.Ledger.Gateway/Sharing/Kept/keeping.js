// What lies in this browser: in IndexedDB, each document encrypted under a key that no script can read out.
import { Told, fault, say } from "./words.js";

const database = "microcreds-kept";
const utf8 = new TextEncoder();

let db = null;
let key = null;

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});
const ended = (transaction) => new Promise((resolve, reject) => {
  transaction.oncomplete = () => resolve();
  transaction.onabort = () => reject(transaction.error);
});

export async function open() {
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
  if (["keys", "documents"].every((name) => opened.objectStoreNames.contains(name))) {
    db = opened;
    return;
  }
  opened.close();
  throw new Told(say("broken"));
}

async function readKey() {
  const found = await done(db.transaction("keys").objectStore("keys").get("documents"));
  if (found && !(found instanceof CryptoKey)) throw new Told(say("broken"));
  return found;
}

// Another tab may have made one meanwhile: then that one is it.
export async function ownKey() {
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
export async function write(one) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const { at, document, read } = one;
  const data = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv, additionalData: utf8.encode(one.id) }, await ownKey(),
    utf8.encode(JSON.stringify({ at, document, read: { ...read, document: undefined } })));
  const transaction = db.transaction("documents", "readwrite");
  transaction.objectStore("documents").put({ id: one.id, iv, data });
  await ended(transaction);
}

export async function erase(id) {
  const transaction = db.transaction("documents", "readwrite");
  transaction.objectStore("documents").delete(id);
  await ended(transaction);
}

// { kept: what could be read, the oldest first; broken: how many could not }
export async function load() {
  key = await readKey();
  const records = await done(db.transaction("documents").objectStore("documents").getAll());
  const kept = [];
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
  return { kept, broken };
}

// All of it, with its key; what is kept from then on begins anew.
export async function forget() {
  db?.close();
  const request = indexedDB.deleteDatabase(database);
  request.onblocked = () => fault(say("otherTab"));
  await done(request);
  key = null;
}
