// Resolves trust chains with the library of the OpenWallet Foundation Labs, unmodified:  node resolve.mjs <input>
// The input is { "hosts", "asked" }: gateways by the address that an entity's identifier stands for, and a list of
// { "name", "entity", "anchors" }. Writes a line of JSON for each: { "name", "chains": [{ "anchor", "metadata" }] }, or
// { "name", "error" }.
import {readFileSync} from 'node:fs';
import {resolveTrustChains} from '@openid-federation/core';
import {compactVerify, importJWK} from 'jose';

const {hosts, asked} = JSON.parse(readFileSync(process.argv[2], 'utf8'));

// Entities are https addresses, which lead to gateways on this machine here; nothing else is reached.
const reach = globalThis.fetch;
globalThis.fetch = (address, options) => {
  const url = new URL(address);
  const host = hosts[url.origin];
  if(!host && !Object.values(hosts).includes(url.origin)) throw new Error(`Nothing is fetched here: ${url.origin}`);
  return reach(host ? new URL(url.pathname + url.search, host) : url, options);
};

async function verifyJwtCallback({jwt, jwk}) {
  try {
    await compactVerify(jwt, await importJWK(jwk, jwk.alg), {algorithms: ['ES256', 'EdDSA']});
    return true;
  } catch {
    return false;
  }
}

for(const {name, entity, anchors} of asked) {
  const result = {name};
  try {
    const chains = await resolveTrustChains({entityId: entity, trustAnchorEntityIds: anchors, verifyJwtCallback});
    result.chains = chains.map(chain => ({
      anchor: chain.trustAnchorEntityConfiguration.sub,
      metadata: chain.resolvedLeafMetadata
    }));
  } catch(e) {
    result.error = e.message;
  }
  process.stdout.write(JSON.stringify(result) + '\n');
}
