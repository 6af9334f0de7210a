// Verifies messages by the library of the specification's own authors: reads samples from a file, prints what it found.
import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';

const samples = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const found = Object.fromEntries(samples.map(({ name, secret, body, headers }) => {
  try {
    new Webhook(secret).verify(body, headers);
    return [name, true];
  } catch (error) {
    return [name, error.message];
  }
}));
console.log(JSON.stringify(found));
