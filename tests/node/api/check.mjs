// Reads an OpenAPI document from the file that is named, and says what others' tools make of it, as JSON.
import { readFile, writeFile } from "node:fs/promises";
import { lintFromString, createConfig } from "@redocly/openapi-core";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const [file, folder] = process.argv.slice(2);
const text = await readFile(file, "utf8");
const document = JSON.parse(text);

// Who is asked at a loopback address has a server there, and no licence to tell.
const config = await createConfig({
  extends: ["recommended-strict"],
  rules: { "no-server-example.com": "off", "info-license": "off", "operation-4xx-response": "off" },
});
const problems = await lintFromString({ source: text, config });
const lint = problems.map((one) => `${one.ruleId}: ${one.location[0]?.pointer}: ${one.message}`);

const client = astToString(await openapiTS(document, { alphabetize: true }));
await writeFile(`${folder}/schema.d.ts`, client);
const unknowns = client.split("\n").map((line) => line.trim())
  .filter((line) => /\bunknown\b/.test(line.replace(/"[^"]*"/g, "")) && !/^(\*|\/\*\*) (?!@enum)/.test(line));

const program = ts.createProgram([`${folder}/uses.ts`], {
  strict: true, noEmit: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext, skipLibCheck: false, types: [],
});
const compiled = ts.getPreEmitDiagnostics(program)
  .map((one) => `${one.file?.fileName.split("/").pop()}:${one.start}: ${ts.flattenDiagnosticMessageText(one.messageText, " ")}`);

const ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
const examples = { count: 0, faults: [] };
for (const [path, methods] of Object.entries(document.paths)) {
  for (const [method, operation] of Object.entries(methods)) {
    for (const [type, body] of Object.entries(operation.requestBody?.content ?? {})) {
      if (!("example" in body)) continue;
      examples.count++;
      const validate = ajv.compile({ ...body.schema, components: document.components });
      if (!validate(body.example)) examples.faults.push(`${method} ${path}: ${ajv.errorsText(validate.errors)}`);
    }
  }
}

console.log(JSON.stringify({ lint, unknowns, compiled, examples }, null, 1));
