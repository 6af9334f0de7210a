// What is chosen is read and verified here, and sent nowhere.
import { verify } from "./verifying.js";

const element = (id) => document.getElementById(id);
const say = (what) => element("form").dataset[what.toLowerCase()];
const read = async (id) => {
  const [file] = element(id).files;
  return file && new Uint8Array(await file.arrayBuffer());
};

function show({ verdict, checks, asOf, members, witnesses, credential }) {
  element("verdict").textContent = say(verdict);
  const names = [...members, ...witnesses].join(", ");
  const title = credential?.credentialSubject?.achievement?.name;
  const learner = credential?.credentialSubject?.name;
  const issuer = credential?.issuer?.name;
  const facts = [title, learner, issuer].filter((one) => typeof one === "string").join(" · ");
  const when = asOf === null ? ""
    : say("asOf").replace("{time}", new Date(asOf).toISOString().slice(0, 19) + "Z").replace("{names}", names);
  element("about").textContent = [when, verdict === "valid" ? facts : ""].filter(Boolean).join(" ");
  const reasons = checks.filter((one) => one.outcome !== "pass").map((one) => {
    const item = document.createElement("li");
    item.textContent = say(one.code) ?? one.code;
    if (one.detail) {
      const detail = document.createElement("span");
      [detail.className, detail.lang, detail.textContent] = ["hint", "en", one.detail];
      item.append(" ", detail);
    }
    return item;
  });
  element("reasons").replaceChildren(...reasons);
  element("result").hidden = false;
  element("result").focus();
}

element("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const [credential, proof, trust, filter] = await Promise.all(["credential", "proof", "trust", "filter"].map(read));
  show(await verify(credential, proof, trust, { filter }));
});
