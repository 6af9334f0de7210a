// Presents credentials as software does that others wrote: node present.mjs <input>. The input is a list of { "name",
// "way" ("did-jwt-vc", "jose", "@digitalbazaar/vc"), "credential", "jwk", "audience", "nonce" }: a credential, the
// private key that presents it, and for whom. Writes a line of JSON for each: { "name", "presentation" }.
import {readFileSync} from 'node:fs';
import {contexts} from '@digitalbazaar/credentials-context';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as ecdsaJcs2019 from '@digitalbazaar/ecdsa-jcs-2019-cryptosuite';
import * as eddsaJcs2022 from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import {EdDSASigner, ES256Signer} from 'did-jwt';
import {createVerifiablePresentationJwt} from 'did-jwt-vc';
import {importJWK, SignJWT} from 'jose';

const bytesOf = text => new Uint8Array(Buffer.from(text, 'base64url'));
const algorithmOf = ({kty}) => kty === 'EC' ? 'ES256' : 'EdDSA';
const didOf = ({d, ...jwk}) => 'did:jwk:' + Buffer.from(JSON.stringify(jwk)).toString('base64url');

// The data model 1.1, whose claim vp OpenID4VP's jwt_vc_json names.
async function byDidJwtVc({credential, jwk, audience, nonce}) {
  const alg = algorithmOf(jwk);
  const seed = bytesOf(jwk.d);
  const signer = alg === 'ES256' ? ES256Signer(seed) : EdDSASigner(new Uint8Array([...seed, ...bytesOf(jwk.x)]));
  const vp = {
    '@context': ['https://www.w3.org/2018/credentials/v1'], type: ['VerifiablePresentation'],
    verifiableCredential: [credential]
  };
  return createVerifiablePresentationJwt(
    {vp}, {did: didOf(jwk), signer, alg}, {challenge: nonce, domain: audience, header: {kid: `${didOf(jwk)}#0`}});
}

// The data model 2.0 (VC-JOSE-COSE).
async function byJose({credential, jwk, audience, nonce}) {
  const payload = {
    '@context': ['https://www.w3.org/ns/credentials/v2'], type: ['VerifiablePresentation'],
    verifiableCredential: [{
      '@context': 'https://www.w3.org/ns/credentials/v2', type: 'EnvelopedVerifiableCredential',
      id: `data:application/vc+jwt,${credential}`
    }],
    nonce
  };
  return new SignJWT(payload).setProtectedHeader({alg: algorithmOf(jwk), typ: 'vp+jwt', kid: `${didOf(jwk)}#0`})
    .setIssuer(didOf(jwk)).setAudience(audience).setIssuedAt().sign(await importJWK(jwk, algorithmOf(jwk)));
}

async function byDigitalBazaar({credential, jwk, audience, nonce}) {
  const [Multikey, cryptosuite] = jwk.kty === 'EC'
    ? [EcdsaMultikey, ecdsaJcs2019] : [Ed25519Multikey, eddsaJcs2022];
  const key = await Multikey.fromJwk({jwk, secretKey: true});
  const {publicKeyMultibase} = await key.export({publicKey: true});
  key.controller = `did:key:${publicKeyMultibase}`;
  key.id = `${key.controller}#${publicKeyMultibase}`;
  const documentLoader = async url => {
    if(!contexts.has(url)) throw new Error(`Nothing is fetched here: ${url}`);
    return {contextUrl: null, documentUrl: url, document: contexts.get(url)};
  };
  const presentation = vc.createPresentation({verifiableCredential: JSON.parse(credential), holder: key.controller});
  const suite = new DataIntegrityProof({signer: key.signer(), cryptosuite: cryptosuite.createSignCryptosuite()});
  return vc.signPresentation({presentation, suite, challenge: nonce, domain: audience, documentLoader});
}

const ways = {'did-jwt-vc': byDidJwtVc, jose: byJose, '@digitalbazaar/vc': byDigitalBazaar};
for(const asked of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
  const presentation = await ways[asked.way](asked);
  process.stdout.write(JSON.stringify({name: asked.name, presentation}) + '\n');
}
