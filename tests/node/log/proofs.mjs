// Verifies the cases of a file by the reader that the page uses: node proofs.mjs verifying.js cases.json
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const [reader, file] = process.argv.slice(2);
const { verify } = await import(pathToFileURL(reader));
const found = [];
for (const { credential, proof, trust, now, maxAge, filter } of JSON.parse(await readFile(file, "utf8"))) {
  const { verdict, checks, asOf, members, witnesses } = await verify(
    credential, proof ?? undefined, trust, { now, maxAge: maxAge ?? undefined, filter: filter ?? undefined });
  found.push({
    verdict, asOf, members, witnesses, details: checks.map((one) => one.detail ?? ""),
    codes: checks.map((one) => `${one.check} ${one.outcome} ${one.code}`),
  });
}
console.log(JSON.stringify(found));
