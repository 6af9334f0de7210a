// Stands where the W3C's suite on tokens looks for an implementation in a container (docker compose run … <name>
// <function> --input … --key … --feature … --output …), and asks the adapter of our tests at SUITE_ADAPTER instead.
import {readFileSync, writeFileSync} from 'node:fs';

const words = process.argv.slice(2);
const option = name => words[words.indexOf(`--${name}`) + 1];
const local = path => `.${path}`;
const answer = await fetch(process.env.SUITE_ADAPTER, {
  method: 'POST',
  body: JSON.stringify({
    function: words.find(word => word === 'issue' || word === 'verify'),
    feature: option('feature'),
    input: readFileSync(local(option('input')), 'utf8'),
    key: JSON.parse(readFileSync(local(option('key')), 'utf8'))
  })
});
writeFileSync(local(option('output')), await answer.text());
