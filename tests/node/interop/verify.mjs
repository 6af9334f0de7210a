// Asks verifiers and wallets that others wrote, offline: node verify.mjs <input>. The input is a list of { "name",
// "form", "credential", "did", "web", "audience"?, "nonce"?, "roots"? }: a credential in one of the forms
// dataIntegrity, vcJwt, vcJwtByCertificate and sdJwtVc, its issuer's DID, what lies on the web as { address: { media type: base64 } }, for
// an SD-JWT with key binding what its verifier asked for, and the roots that are trusted where keys come from
// certificates. Writes a line of JSON for each verifier of that form: { "name", "verifier", "accepts", "why"? }.
import {createHash, X509Certificate} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {Algorithms, Headers, Sign1} from '@auth0/cose';
import {W3cV2CredentialsApi, W3cV2JwtVerifiableCredential} from '@credo-ts/core';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as ecdsaJcs2019 from '@digitalbazaar/ecdsa-jcs-2019-cryptosuite';
import * as eddsaJcs2022 from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import {checkStatus, decodeList} from '@digitalbazaar/vc-bitstring-status-list';
import {getListFromStatusListJWT, StatusList} from '@sd-jwt/jwt-status-list';
import {SDJwtVcInstance} from '@sd-jwt/sd-jwt-vc';
import {decode as decodeCbor} from 'cbor-x';
import {verifyJWT} from 'did-jwt';
import {verifyCredential as verifyVc11} from 'did-jwt-vc';
import {compactVerify, createLocalJWKSet, decodeJwt, decodeProtectedHeader, importJWK, jwtVerify} from 'jose';
import {agentOf} from './credo.mjs';
import {Web} from './web.mjs';

const algorithms = ['ES256', 'EdDSA'];

// --- Digital Bazaar

async function digitalBazaar({credential, web}) {
  const suite = [ecdsaJcs2019, eddsaJcs2022].map(cryptosuite =>
    new DataIntegrityProof({cryptosuite: cryptosuite.createVerifyCryptosuite()}));
  const {verified, error, statusResult} = await vc.verifyCredential({
    credential: JSON.parse(credential), suite, documentLoader: web.loader, checkStatus});
  if(!verified) throw new Error([error, ...(error?.errors ?? [])].map(e => e?.message).join(' '));
  if(statusResult?.results?.some(one => one.status)) throw new Error('Its status is set.');
}

// --- jose, which leaves the status to whoever uses it

const keyByDid = (jws, web) => keyNamed(decodeProtectedHeader(jws), web);

async function keyNamed({kid, alg}, web) {
  const document = await web.didDocument(kid.split('#')[0]);
  const method = document.verificationMethod.find(one => one.id === kid);
  if(!method || !document.assertionMethod.includes(kid)) throw new Error(`${kid} is no assertion method.`);
  return importJWK(method.publicKeyJwk, alg);
}

async function jose({credential, did, web}) {
  const {payload} = await jwtVerify(
    credential, await keyByDid(credential, web), {algorithms, issuer: did, typ: 'vc+jwt'});
  return payload;
}

async function joseWithTokenList(sample) {
  const {status: {status_list: {uri, idx}}} = await jose(sample);
  const list = await sample.web.text(uri, 'application/statuslist+jwt');
  await jwtVerify(list, await keyByDid(list, sample.web), {algorithms, subject: uri, typ: 'statuslist+jwt'});
  const status = getListFromStatusListJWT(list).getStatus(idx);
  if(status !== 0) throw new Error(`Its status is ${status}.`);
}

// The same list as a CWT: COSE by one library, the list in it by another.
async function joseWithCwtList(sample) {
  const {status: {status_list: {uri, idx}}} = await jose(sample);
  const message = Sign1.decode(await sample.web.bytes(uri, 'application/statuslist+cwt'));
  const kid = new TextDecoder().decode(message.unprotectedHeaders.get(Headers.KeyID));
  const alg = message.protectedHeaders.get(Headers.Algorithm);
  const key = await keyNamed({kid, alg: Algorithms[alg]}, sample.web);
  await message.verify(key, {algorithms: [Algorithms.ES256, Algorithms.EdDSA]});
  if(message.protectedHeaders.get(16) !== 'application/statuslist+cwt') throw new Error('It is no list.');
  const {2: subject, 4: end, 65533: {bits, lst}} = decodeCbor(message.payload);
  if(subject !== uri) throw new Error('It is another list.');
  if(end < Date.now() / 1000) throw new Error('The list has ended.');
  const status = StatusList.decompressStatusList(Buffer.from(lst).toString('base64url'), bits).getStatus(idx);
  if(status !== 0) throw new Error(`Its status is ${status}.`);
}

async function joseWithW3cList(sample) {
  const {credentialStatus: {statusListCredential: url, statusListIndex}} = await jose(sample);
  const list = await sample.web.text(url, 'application/vc+jwt');
  const {payload} = await jwtVerify(
    list, await keyByDid(list, sample.web), {algorithms, issuer: sample.did, typ: 'vc+jwt'});
  if(payload.id !== url) throw new Error('It is another list.');
  const {encodedList} = payload.credentialSubject;
  if((await decodeList({encodedList})).getStatus(Number(statusListIndex))) throw new Error('Its status is set.');
}

// --- jose, with Node's own X.509

// The key of a token's certificates, as far as a root stands behind them that is trusted, and for its issuer's host.
function keyByChain(jws, roots, host) {
  const sent = decodeProtectedHeader(jws).x5c.map(der => new X509Certificate(Buffer.from(der, 'base64')));
  const trusted = roots.map(der => new X509Certificate(Buffer.from(der, 'base64')));
  const root = trusted.find(one => sent.at(-1).checkIssued(one));
  if(!root) throw new Error('No root that is trusted has issued its certificates.');
  [...sent.slice(1), root].forEach((issuer, i) => {
    if(!sent[i].checkIssued(issuer) || !sent[i].verify(issuer.publicKey)) throw new Error('It is no chain.');
  });
  if(sent.some(one => Date.parse(one.validFrom) > Date.now() || Date.parse(one.validTo) < Date.now())) {
    throw new Error('A certificate is not valid now.');
  }
  if(!sent[0].checkHost(host)) throw new Error(`Its certificate is not for ${host}.`);
  return sent[0].publicKey;
}

async function joseByCertificate({credential, did, web, roots}) {
  const host = did.slice('did:web:'.length);
  const options = {algorithms, typ: 'vc+jwt', issuer: did};
  const {payload} = await jwtVerify(credential, keyByChain(credential, roots, host), options);
  const {uri, idx} = payload.status.status_list;
  const list = await web.text(uri, 'application/statuslist+jwt');
  await jwtVerify(list, keyByChain(list, roots, host), {algorithms, subject: uri, typ: 'statuslist+jwt'});
  const status = getListFromStatusListJWT(list).getStatus(idx);
  if(status !== 0) throw new Error(`Its status is ${status}.`);
}

// --- did-jwt, and did-jwt-vc, which knows version 1.1 alone

function resolverOf(web) {
  return {resolve: async did => ({
    didResolutionMetadata: {}, didDocumentMetadata: {}, didDocument: await web.didDocument(did.split('#')[0])})};
}

async function didJwt({credential, web}) {
  await verifyJWT(credential, {resolver: resolverOf(web), proofPurpose: 'assertionMethod', policies: {aud: false}});
}

async function didJwtVc({credential, web}) {
  await verifyVc11(credential, resolverOf(web));
}

// --- sd-jwt-js

async function verifyWith(key, data, signature) {
  try {
    await compactVerify(`${data}.${signature}`, key, {algorithms});
    return true;
  } catch {
    return false;
  }
}

// Follows x5c, or iss as SD-JWT VC has it: an address to its metadata, or else the DID.
async function issuerKey(data, web, roots) {
  const {iss} = decodeJwt(`${data}.`);
  if(roots) return keyByChain(`${data}.`, roots, new URL(iss).hostname);
  if(!iss.startsWith('https://')) return keyByDid(`${data}.`, web);
  const metadata = await web.json(`${iss}/.well-known/jwt-vc-issuer`, 'application/json');
  if(metadata.issuer !== iss) throw new Error('It is the metadata of another issuer.');
  return createLocalJWKSet(metadata.jwks);
}

async function sdJwtJs({credential, web, nonce, roots}) {
  const sdjwt = new SDJwtVcInstance({
    hashAlg: 'sha-256',
    hasher: (data, alg) => new Uint8Array(createHash(alg.replace('-', '')).update(data).digest()),
    verifier: async (data, signature) => verifyWith(await issuerKey(data, web, roots), data, signature),
    statusListFetcher: uri => web.text(uri, 'application/statuslist+jwt'),
    kbVerifier: async (data, signature, payload) =>
      verifyWith(await importJWK(payload.cnf.jwk, keyAlgorithm(payload)), data, signature)
  });
  await sdjwt.verify(credential, {keyBindingNonce: nonce});
}

function keyAlgorithm({cnf}) {
  return cnf.jwk.kty === 'EC' ? 'ES256' : 'EdDSA';
}

// --- Credo

async function credoSdJwt({credential, web, audience, nonce, roots}) {
  const agent = await agentOf(web, roots ?? []);
  const {isValid, error} = await agent.sdJwtVc.verify({
    compactSdJwtVc: credential, keyBinding: audience ? {audience, nonce} : undefined, fetchTypeMetadata: true});
  if(!isValid) throw error;
}

async function credoVcJwt({credential, web}) {
  const agent = await agentOf(web, []);
  const {isValid, error, validations} = await agent.dependencyManager.resolve(W3cV2CredentialsApi).verifyCredential({
    credential: W3cV2JwtVerifiableCredential.fromCompact(credential)});
  if(!isValid) throw error ?? Object.values(validations).find(one => !one.isValid)?.error;
}

const verifiers = {
  dataIntegrity: {'@digitalbazaar/vc': digitalBazaar},
  vcJwt: {
    'jose': jose, 'jose + @sd-jwt/jwt-status-list': joseWithTokenList,
    'jose + @digitalbazaar/vc-bitstring-status-list': joseWithW3cList,
    'jose + @auth0/cose + @sd-jwt/jwt-status-list': joseWithCwtList,
    'did-jwt': didJwt, 'did-jwt-vc': didJwtVc, '@credo-ts/core': credoVcJwt
  },
  vcJwtByCertificate: {'jose + node:crypto + @sd-jwt/jwt-status-list': joseByCertificate},
  sdJwtVc: {'@sd-jwt/sd-jwt-vc': sdJwtJs, '@credo-ts/core': credoSdJwt}
};

for(const sample of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
  for(const [verifier, ask] of Object.entries(verifiers[sample.form])) {
    const said = {name: sample.name, verifier, accepts: true};
    try {
      await ask({...sample, web: new Web(sample.web)});
    } catch(e) {
      said.accepts = false;
      said.why = e?.message ?? String(e);
      if(process.env.VERBOSE) console.error(verifier, e);
    }
    process.stdout.write(JSON.stringify(said) + '\n');
  }
}
process.exit(0);
