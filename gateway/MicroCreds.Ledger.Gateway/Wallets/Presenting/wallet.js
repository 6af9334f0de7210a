"use strict";

// The page works without this script: then its button looks whether a wallet has answered. The server holds each
// question for a while, so that none is asked again and again.
const element = (id) => document.getElementById(id);
const pause = 2000; // After a failure: the connection may be away for a moment.

async function wait() {
  const address = element("asking").dataset.state;
  element("waiting").textContent = element("waiting").dataset.said;
  for (;;) {
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      if (answer.ok && !(await answer.json()).waits) return location.reload();
      if (answer.ok) continue;
    } catch { /* As below. */ }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

// Browsers that know wallets themselves hand the request over, and bring the answer (Digital Credentials API). What it
// is, only the server judges.
async function ask() {
  const button = element("browser");
  button.disabled = true;
  try {
    const credential = await navigator.credentials.get({ ...JSON.parse(button.dataset.request), mediation: "required" });
    const form = element("brought");
    const data = credential.data;
    form.elements.answer.value = typeof data === "string" ? data : JSON.stringify(data);
    form.submit();
  } catch {
    button.disabled = false; // The learner has closed it, or no wallet has such a credential.
  }
}

const button = element("browser");
button.hidden = !("DigitalCredential" in window);
button.addEventListener("click", ask);
wait();
