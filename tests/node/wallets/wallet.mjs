// A Credo wallet that fetches what it is offered:  node wallet.mjs <input>
// The input is { "offer" or "issuer", "issuerDocument" or "documents", "txCode"?, "forms"?, "copies"?, "algorithm"?, "binding"? ("jwk",
// "did:jwk", "did:key"), "between"? ({ "url", "key", "body"? }: what the institution does meanwhile), "again"? (refresh
// and fetch once more), "later"? (ask again for what was deferred), "client"?, "redirect"?, "cookie"?, "credential"?
// (authorization code: consent as the browser of that cookie), "present"? (links of requests that it then answers, in
// their order), "trusted"? (certificates that it trusts, PEM), "attester"? ({ "key", "chain", "storage", "authentication", "isFresh" }: who
// attests its keys, a private JWK with its certificates, and whether for the issuer's nonce) }. Writes one line of JSON: { "credentials": [[…]],
// "again"?, "deferred", "keys", "notified"?, "tokenType", "presented"? }, or { "error" }.
import {readFileSync} from 'node:fs';
import {createPrivateKey, sign} from 'node:crypto';
import {
  Agent, CredoError, DidDocument, DidsModule, InjectionSymbols, JsonTransformer, JwkDidRegistrar, JwkDidResolver,
  KeyDidRegistrar, KeyDidResolver, Kms, ConsoleLogger, LogLevel, X509Module
} from '@credo-ts/core';
import {agentDependencies, NodeInMemoryKeyManagementStorage, NodeKeyManagementService} from '@credo-ts/node';
import {OpenId4VcModule} from '@credo-ts/openid4vc';
import {createKeyAttestationJwt} from '@openid4vc/openid4vci';
import {MemoryStorage} from './storage.mjs';

const input = JSON.parse(readFileSync(process.argv[2], 'utf8'));

// did:web is https by its method, and a test's gateway is http: so the document is brought along. All else is Credo's.
class BroughtDocument {
  supportedMethods = ['web'];
  allowsCaching = false;
  allowsLocalDidRecord = false;
  async resolve(_context, did) {
    const brought = input.documents ?? [input.issuerDocument];
    const document = brought.find(one => one.id === did);
    if(!document) throw new CredoError(`${did} was not brought along, but ${brought.map(one => one.id)}.`);
    return {
      didDocument: JsonTransformer.fromJSON(document, DidDocument), didDocumentMetadata: {}, didResolutionMetadata: {}
    };
  }
}

const agent = new Agent({
  config: {allowInsecureHttpUrls: true, autoUpdateStorageOnStartup: true, logger: new ConsoleLogger(LogLevel.off)},
  dependencies: agentDependencies,
  modules: {
    kms: new Kms.KeyManagementModule({
      backends: [new NodeKeyManagementService(new NodeInMemoryKeyManagementStorage())]
    }),
    dids: new DidsModule({
      resolvers: [new BroughtDocument(), new JwkDidResolver(), new KeyDidResolver()],
      registrars: [new JwkDidRegistrar(), new KeyDidRegistrar()]
    }),
    openid4vc: new OpenId4VcModule(),
    x509: new X509Module({trustedCertificates: input.trusted}),
    storage: {
      register: manager => manager.registerInstance(InjectionSymbols.StorageService, new MemoryStorage())
    }
  }
});

const holder = () => agent.openid4vc.holder;
const keysUsed = [];

async function bind({supportsJwk, supportedDidMethods, proofTypes, cNonce}) {
  const algorithm = input.algorithm ?? 'ES256';
  if(!proofTypes.jwt.supportedSignatureAlgorithms.includes(algorithm)) throw new Error(`${algorithm} is not taken.`);
  const made = [];
  for(let i = 0; i < (input.copies ?? 1); i++) {
    const key = await agent.kms.createKeyForSignatureAlgorithm({algorithm});
    made.push(Kms.PublicJwk.fromPublicJwk(key.publicJwk));
    keysUsed.push(key.publicJwk);
  }
  if(input.attester) return {method: 'attestation', keyAttestationJwt: await attest(cNonce)};
  const binding = input.binding ?? 'jwk';
  if(binding === 'jwk') {
    if(!supportsJwk) throw new Error('The issuer binds to no jwk.');
    return {method: 'jwk', keys: made};
  }
  if(!supportedDidMethods.includes(binding)) throw new Error(`The issuer binds to no ${binding}.`);
  const dids = await Promise.all(made.map(async jwk => {
    const created = await agent.dids.create({method: binding.slice('did:'.length), options: {keyId: jwk.keyId}});
    return created.didState.didDocument.verificationMethod[0].id;
  }));
  return {method: 'did', didUrls: dids};
}

// What the wallet's provider says of its keys.
function attest(nonce) {
  const {key, chain, storage, authentication, isFresh} = input.attester;
  const part = content => Buffer.from(JSON.stringify(content)).toString('base64url');
  return createKeyAttestationJwt({
    attestedKeys: keysUsed, keyStorage: storage, userAuthentication: authentication, issuedAt: new Date(),
    expiresAt: new Date(Date.now() + 60_000),
    nonce: isFresh ? nonce : undefined, use: isFresh ? 'proof_type.attestation' : 'proof_type.jwt',
    signer: {method: 'x5c', alg: 'ES256', x5c: chain},
    callbacks: {
      signJwt: async (_signer, {header, payload}) => {
        const text = `${part(header)}.${part(payload)}`;
        const privateKey = {key: createPrivateKey({key, format: 'jwk'}), dsaEncoding: 'ieee-p1363'};
        return {jwt: `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`};
      }
    }
  });
}

async function authorize(resolved) {
  const {clientId, redirectUri} = {clientId: input.client, redirectUri: input.redirect};
  const asked = await holder().resolveOpenId4VciAuthorizationRequest(resolved, {clientId, redirectUri});
  const headers = {cookie: input.cookie, accept: 'text/html'};
  const page = await (await fetch(asked.authorizationRequestUrl, {headers})).text();
  const request = /name="request" value="([^"]+)"/.exec(page)[1];
  const answered = await fetch(asked.authorizationRequestUrl.split('?')[0], {
    method: 'POST', redirect: 'manual', headers,
    body: new URLSearchParams({request, credential: input.credential, answer: 'allow'})
  });
  const url = new URL(answered.headers.get('location'));
  return {
    code: url.searchParams.get('code'), state: url.searchParams.get('state'), iss: url.searchParams.get('iss'),
    asked, clientId, redirectUri
  };
}

async function fetchAll() {
  await agent.initialize();
  let resolved = input.offer ? await holder().resolveCredentialOffer(input.offer) : await offerOf(input.issuer);
  const said = {issuerDisplay: resolved.metadata.credentialIssuer.display?.map(one => one.name)};
  let token;
  if(input.client) {
    const {code, asked, clientId, redirectUri} = await authorize(resolved);
    token = await holder().requestToken({
      resolvedCredentialOffer: resolved, code, clientId, redirectUri, codeVerifier: asked.codeVerifier, dpop: asked.dpop
    });
  } else {
    token = await holder().requestToken({resolvedCredentialOffer: resolved, txCode: input.txCode});
  }
  said.tokenType = token.accessTokenResponse?.token_type ?? token.tokenType;
  let got = await request(resolved, token);
  said.deferred = got.deferredCredentials.length;
  if(input.later && said.deferred > 0) {
    await meanwhile();
    got = {credentials: [await laterOf(resolved, token, got.deferredCredentials[0])], deferredCredentials: []};
  }
  said.credentials = got.credentials.map(textsOf);
  for(const one of got.credentials.filter(one => one.notificationId)) {
    await holder().sendNotification({
      metadata: resolved.metadata, accessToken: token.accessToken, dpop: token.dpop,
      notificationId: one.notificationId, notificationEvent: 'credential_accepted'
    });
    said.notified = (said.notified ?? 0) + 1;
  }
  if(input.again) {
    await meanwhile();
    const refreshed = await holder().refreshToken({
      issuerMetadata: resolved.metadata, refreshToken: token.refreshToken, dpop: token.dpop,
      authorizationServer: resolved.metadata.authorizationServers[0].issuer, clientId: input.client
    });
    said.again = (await request(resolved, refreshed)).credentials.map(textsOf);
  }
  said.keys = keysUsed;
  if(input.present) said.presented = await present(got.credentials);
  return said;
}

async function present(fetched) {
  for(const one of fetched) await agent.sdJwtVc.store({record: one.record});
  const presented = [];
  for(const link of input.present) {
    const resolved = await holder().resolveOpenId4VpAuthorizationRequest(link);
    if(!resolved.dcql.queryResult.can_be_satisfied) throw new Error(JSON.stringify(resolved.dcql.queryResult));
    const credentials = holder().selectCredentialsForDcqlRequest(resolved.dcql.queryResult);
    const answer = await holder().acceptOpenId4VpAuthorizationRequest({
      authorizationRequestPayload: resolved.authorizationRequestPayload, dcql: {credentials}
    });
    presented.push({
      ok: answer.ok, server: answer.serverResponse, verifier: resolved.verifier, redirect: answer.redirectUri,
      mode: resolved.authorizationRequestPayload.response_mode
    });
  }
  return presented;
}

async function meanwhile() {
  const {url, key, body} = input.between;
  const answer = await fetch(url, {
    method: 'POST', headers: {authorization: `Bearer ${key}`, 'content-type': 'application/json'},
    body: body && JSON.stringify(body)
  });
  if(!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
}

const request = (resolved, token) => holder().requestCredentials({
  resolvedCredentialOffer: resolved, ...token, credentialConfigurationIds: input.forms,
  credentialBindingResolver: bind, verifyCredentialStatus: false, clientId: input.client
});

async function laterOf(resolved, token, deferred) {
  for(;;) {
    const answer = await holder().requestDeferredCredentials({...deferred, ...token, issuerMetadata: resolved.metadata});
    if(answer.credentials.length > 0) return answer.credentials[0];
    await new Promise(resolve => setTimeout(resolve, 200));
  }
}

const textsOf = one => one.record.credentialInstances.map(
  instance => instance.compactSdJwtVc ?? instance.credential);

// A wallet that was offered nothing asks by itself: with a code, and for what the issuer can give.
async function offerOf(issuer) {
  const offer = {
    credential_issuer: issuer, credential_configuration_ids: input.forms, grants: {authorization_code: {}}
  };
  return holder().resolveCredentialOffer(
    'openid-credential-offer://?credential_offer=' + encodeURIComponent(JSON.stringify(offer)));
}

try {
  console.log(JSON.stringify(await fetchAll()));
  process.exit(0);
} catch(error) {
  console.log(JSON.stringify({error: `${error.message}`, cause: `${error.cause?.message ?? ''}`, stack: error.stack,
    response: error.errorResponse ?? error.response?.credentialErrorResponseResult?.data}));
  process.exit(0);
}
