// SPDX-License-Identifier: Apache-2.0
// Calls the network through the official client library, as commanded line by line; MicroCreds.Ledger.BenchmarkClient is
// the same through ours.
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import * as grpc from '@grpc/grpc-js';
import { connect, hash, signers } from '@hyperledger/fabric-gateway';

const { PEER, PEER_TLS_CA, PEER_TLS_NAME, MSP_ID, CERTIFICATE, PRIVATE_KEY, CHANNEL } = process.env;
const client = new grpc.Client(
  PEER, grpc.credentials.createSsl(readFileSync(PEER_TLS_CA)), { 'grpc.ssl_target_name_override': PEER_TLS_NAME });
const gateway = connect({
  client,
  identity: { mspId: MSP_ID, credentials: readFileSync(CERTIFICATE) },
  signer: signers.newPrivateKeySigner(createPrivateKey(readFileSync(PRIVATE_KEY))),
  hash: hash.sha256,
});
const network = gateway.getNetwork(CHANNEL);
const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];

async function run({ submit, chaincode, calls, inFlight, prefix, value }) {
  const contract = network.getContract(chaincode);
  const milliseconds = [];
  let next = 0;
  const begin = performance.now();
  await Promise.all(Array.from({ length: Math.min(inFlight, calls) }, async () => {
    while (next < calls) {
      const n = next++;
      const start = performance.now();
      await (submit
        ? contract.submitTransaction('put', `${prefix}-${n}`, value)
        : contract.evaluateTransaction('get', `${prefix}-0`));
      milliseconds.push(performance.now() - start);
    }
  }));
  const seconds = (performance.now() - begin) / 1000;
  milliseconds.sort((a, b) => a - b);
  return {
    calls, seconds, p50Milliseconds: percentile(milliseconds, 0.5), p99Milliseconds: percentile(milliseconds, 0.99),
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await run(JSON.parse(line))));
}
gateway.close();
client.close();
