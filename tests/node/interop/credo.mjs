// Credo as a wallet has it, with a store in memory and Node's own crypto in place of a native key store.
import 'reflect-metadata';
import {EventEmitter} from 'node:events';
import {createPublicKey, randomBytes, verify} from 'node:crypto';
import {Agent, InjectionSymbols, DidsModule, WebDidResolver, Kms, SdJwtVcModule, X509Module} from '@credo-ts/core';

const hashes = {ES256: 'sha256', EdDSA: null, Ed25519: null};

class VerifyingKeys {
  backend = 'node';

  isOperationSupported(_context, {operation}) {
    return operation === 'verify' || operation === 'randomBytes';
  }

  async getPublicKey() {
    return null;
  }

  async verify(_context, {key, algorithm, data, signature}) {
    const verified = verify(
      hashes[algorithm], data, {key: createPublicKey({key: key.publicJwk, format: 'jwk'}), dsaEncoding: 'ieee-p1363'},
      signature);
    return verified ? {verified, publicJwk: key.publicJwk} : {verified};
  }

  randomBytes(_context, {length}) {
    return new Uint8Array(randomBytes(length));
  }
}

class NoFiles {
  dataPath = '/nowhere';
  cachePath = '/nowhere';
  tempPath = '/nowhere';
}

// An agent only reads here, and so keeps nothing.
const store = {
  findByQuery: async () => [],
  findById: async () => null,
  getById: async () => { throw new Error('Nothing is kept.'); },
  save: async () => {},
  update: async () => {},
  delete: async () => {},
  supportsCursorPagination: false
};

export async function agentOf(web, trustedCertificates) {
  const agent = new Agent({
    config: {autoUpdateStorageOnStartup: false},
    dependencies: {FileSystem: NoFiles, EventEmitterClass: EventEmitter, WebSocketClass: class {}, fetch: web.fetch},
    modules: {
      kms: new Kms.KeyManagementModule({backends: [new VerifyingKeys()]}),
      dids: new DidsModule({resolvers: [new LocalWebDids(web)]}),
      sdJwtVc: new SdJwtVcModule(),
      x509: new X509Module({trustedCertificates}),
      store: {register: manager => manager.registerInstance(InjectionSymbols.StorageService, store)}
    }
  });
  return agent;
}

// Credo's own resolver takes its fetch from a package that cannot be given another.
class LocalWebDids extends WebDidResolver {
  constructor(web) {
    super();
    this.web = web;
    this.allowsCaching = false;
  }

  async resolve(agentContext, did) {
    const {DidDocument, JsonTransformer} = await import('@credo-ts/core');
    return {
      didResolutionMetadata: {},
      didDocumentMetadata: {},
      didDocument: JsonTransformer.fromJSON(await this.web.didDocument(did), DidDocument)
    };
  }
}
