"use strict";

// Only textContent is ever written: a credential is a stranger's text.
const maxBytes = 256 * 1024;
const element = (id) => document.getElementById(id);
const names = {
  format: "Format", signature: "Signature", anchor: "Anchor on the ledger", issuerKey: "Issuer's key",
  status: "Status", validityPeriod: "Validity period", accreditation: "Accreditation", recognition: "Recognition",
};
const signs = { pass: "✓", fail: "✕", unknown: "?" };
const titles = {
  valid: ["✓", "Valid", "Issued by the institution named below, unchanged, and in force."],
  invalid: ["✕", "Not valid", "At least one check failed. Do not rely on this credential."],
  indeterminate: ["?", "Could not be verified", "Nothing failed, but not everything could be checked."],
};

function add(parent, tag, text, className) {
  const child = document.createElement(tag);
  child.textContent = text;
  if (className) child.className = className;
  parent.append(child);
  return child;
}

function when(text) {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? text : time.toLocaleString(undefined, { dateStyle: "long", timeStyle: "short" });
}

function showSummary(credential) {
  const summary = element("summary");
  summary.replaceChildren();
  element("summary-title").hidden = !credential;
  if (!credential) return;
  const lines = [
    ["Learner", credential.recipient], ["Micro-credential", credential.title], ["Issued by", credential.issuerName],
    ["Issuer's identifier", credential.issuer], ["Valid from", credential.validFrom && when(credential.validFrom)],
    ["Valid until", credential.validUntil && when(credential.validUntil)], ["Identifier", credential.id],
  ];
  for (const [name, value] of lines) {
    if (!value) continue;
    add(summary, "dt", name);
    add(summary, "dd", value);
  }
}

function showChecks(checks) {
  const list = element("checks");
  list.replaceChildren();
  element("checks-title").hidden = checks.length === 0;
  for (const check of checks) {
    const line = add(list, "li", "", check.outcome);
    add(line, "span", signs[check.outcome] || "?", "sign").title = check.outcome;
    add(line, "span", names[check.check] || check.check, "name");
    add(line, "span", check.detail, "detail");
    if (check.nextStep) add(line, "span", check.nextStep, "next");
  }
}

function show(kind, verdict, text) {
  const [sign, title, standard] = titles[kind];
  const result = element("result");
  result.className = kind;
  result.querySelector("#verdict .sign").textContent = sign;
  element("verdict-title").textContent = title;
  element("verdict-text").textContent = text || standard;
  showSummary(verdict.credential);
  showChecks(verdict.checks || []);
  const notices = element("notices");
  notices.replaceChildren();
  for (const notice of verdict.notices || []) add(notices, "li", notice.detail);
  if (verdict.replacedBy) add(notices, "li", `It was replaced by the credential ${verdict.replacedBy.id}.`);
  notices.hidden = notices.children.length === 0;
  element("as-of").textContent = verdict.asOf
    ? `As of block ${verdict.asOf.block} of the ledger, ${when(verdict.asOf.time)}.` : "";
  result.hidden = false;
  result.focus({ preventScroll: true });
  result.scrollIntoView({ behavior: "smooth", block: "start" });
}

async function verify() {
  const text = element("credential").value.trim();
  if (!text) {
    show("indeterminate", {}, "Paste the credential, drop its file, or choose one first.");
    return;
  }
  if (new Blob([text]).size > maxBytes) {
    show("indeterminate", {}, "This is larger than any credential: choose the credential's own file.");
    return;
  }
  const button = element("verify");
  button.disabled = true;
  try {
    const answer = await fetch("/v1/verifications", {
      method: "POST", headers: { "Content-Type": "application/json" }, body: text,
    });
    const verdict = await answer.json();
    if (titles[verdict.verdict]) show(verdict.verdict, verdict);
    else show("indeterminate", {}, verdict.detail || "The service gave no verdict. Try again later.");
  } catch {
    show("indeterminate", {}, "The service did not answer. Try again in a moment.");
  } finally {
    button.disabled = false;
  }
}

async function take(file) {
  if (!file) return;
  if (file.size > maxBytes) {
    show("indeterminate", {}, "This file is larger than any credential: choose the credential's own file.");
    return;
  }
  element("credential").value = await file.text();
  await verify();
}

element("host").textContent = location.host;
element("form").addEventListener("submit", (event) => { event.preventDefault(); verify(); });
element("choose").addEventListener("click", () => element("file").click());
element("file").addEventListener("change", (event) => take(event.target.files[0]));
const drop = element("drop");
for (const kind of ["dragenter", "dragover"]) {
  drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("over"); });
}
for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => { event.preventDefault(); take(event.dataTransfer.files[0]); });
