// What the page's part says: the texts stand in its markup, in the page's language. What the service or a file says
// becomes text here, and never markup.
export const element = (id) => document.getElementById(id);
export const section = element("kept");

// All at once, so that no title is taken for a placeholder.
export const say = (what, facts = {}) =>
  section.dataset[what.toLowerCase()].replace(/\{(\w+)\}/g, (all, name) => facts[name] ?? all);
export const number = (value) =>
  new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 4 }).format(value);

// An error whose message is a sentence for whoever looks at the page.
export class Told extends Error {}

export function tell(text) {
  element("kept-told").textContent = text;
}

export function fault(text) {
  const line = document.createElement("p");
  line.className = "fault";
  line.textContent = text;
  element("kept-faults").append(line);
}

export function begin() {
  element("kept-faults").replaceChildren();
  tell("");
}
