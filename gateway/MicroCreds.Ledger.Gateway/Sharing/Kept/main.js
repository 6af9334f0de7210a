// What a learner keeps in this browser. The service reads it at each visit, since only it can say whether it stands.
import { ask, askAll } from "./asking.js";
import { jsonOf, locked, maxKept, opened, presentationOf } from "./files.js";
import * as keeping from "./keeping.js";
import { Told, begin, element, fault, number, say, section, tell } from "./words.js";

const maxNamed = 5;
const minPassphrase = 12;

let kept = []; // { id, at, document, read }: what lies here since when, and what was read of it last.
let isSure = false;

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
  for (const one of twice) await keeping.erase(one.id);
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
    await keeping.erase(one.id);
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
    await keeping.ownKey();
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
      await keeping.write(one);
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
  const all = presentationOf(kept.map((one) => one.document));
  const text = word ? await locked(all, word) : all;
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
  await keeping.forget();
  kept = [];
  begin();
  await keeping.open();
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
    await keeping.open();
    const found = await keeping.load();
    kept = found.kept;
    if (found.broken) {
      fault(kept.length ? say("brokenSome", { count: number(found.broken) }) : say("broken"));
      element("kept-end").hidden = false;
    }
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
