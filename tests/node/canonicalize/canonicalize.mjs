// Usage: node canonicalize.mjs INPUT OUTPUT. Each line of INPUT is a JSON document; OUTPUT gets its canonical form.
import { readFileSync, writeFileSync } from 'node:fs';
import canonicalize from 'canonicalize';

const [input, output] = process.argv.slice(2);
const documents = readFileSync(input, 'utf8').split('\n').filter((line) => line.length > 0);
writeFileSync(output, documents.map((line) => canonicalize(JSON.parse(line)) + '\n').join(''));
