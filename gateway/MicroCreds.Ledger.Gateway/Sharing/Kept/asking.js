// What the service says of documents: only it knows whether they stand, and it keeps nothing of them.
import { Told, say } from "./words.js";

const maxSent = 11 * 1024 * 1024; // Of one request, which has a frame around its files, too.
export const maxAtOnce = 20;

export async function ask(files, fields = {}) {
  const data = new FormData();
  data.append("lang", document.documentElement.lang);
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  for (const { name, blob } of files) data.append("file", blob, name);
  let answer;
  try {
    answer = await fetch(new URL("../me/reading", import.meta.url), { method: "POST", body: data, headers: { Accept: "application/json" } });
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

export async function askAll(files) {
  const all = { credentials: [], faults: [] };
  for (const group of groups(files)) {
    const { credentials, faults } = await ask(group);
    all.credentials.push(...credentials);
    all.faults.push(...faults);
  }
  return all;
}
