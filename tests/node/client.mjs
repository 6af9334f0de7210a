// SPDX-License-Identifier: Apache-2.0
// Drives the official client library through a network, and fails loudly where it is not what a real one would be.
import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as grpc from '@grpc/grpc-js';
import { connect, hash, signers } from '@hyperledger/fabric-gateway';

const { PEER, PEER_TLS_CA, MSP_ID, CERTIFICATE, PRIVATE_KEY, CHANNEL, CHAINCODE } = process.env;
const client = new grpc.Client(PEER, grpc.credentials.createSsl(readFileSync(PEER_TLS_CA)));
const identity = { mspId: MSP_ID, credentials: readFileSync(CERTIFICATE) };
const signer = signers.newPrivateKeySigner(createPrivateKey(readFileSync(PRIVATE_KEY)));
const gateway = connect({
  client,
  identity,
  signer,
  hash: hash.sha256,
  evaluateOptions: () => ({ deadline: Date.now() + 15_000 }),
  endorseOptions: () => ({ deadline: Date.now() + 15_000 }),
  submitOptions: () => ({ deadline: Date.now() + 15_000 }),
  commitStatusOptions: () => ({ deadline: Date.now() + 15_000 }),
});
const network = gateway.getNetwork(CHANNEL);
const contract = network.getContract(CHAINCODE, 'official');
const utf8 = new TextDecoder();
const submit = async (name, ...args) => utf8.decode(await contract.submitTransaction(name, ...args));
const evaluate = async (name, ...args) => utf8.decode(await contract.evaluateTransaction(name, ...args));
const evaluateJson = async (name, ...args) => JSON.parse(await evaluate(name, ...args));

const steps = {
  async 'a value is written, read and removed'() {
    assert.equal(await submit('put', 'a', '1'), '1');
    assert.equal(await evaluate('get', 'a'), '1');
    await submit('put', 'a', '2');
    await submit('remove', 'a');
    assert.equal(await evaluate('get', 'a'), '');
    assert.deepEqual(await evaluateJson('history', 'a'), [null, '2', '1']);
  },

  async 'ranges come in batches and in pages'() {
    await submit('fill', 'k', '250');
    assert.equal((await evaluateJson('range', 'k', 'l')).length, 250);
    const first = await evaluateJson('page', 'k', 'l', '200', '');
    assert.deepEqual([first.count, first.bookmark], [200, 'k00200']);
    const last = await evaluateJson('page', 'k', 'l', '200', first.bookmark);
    assert.deepEqual([last.count, last.bookmark], [50, '']);
  },

  async 'composite keys sort together'() {
    await submit('putPair', 'pair', 'b', '2');
    await submit('putPair', 'pair', 'a', '1');
    assert.deepEqual(await evaluateJson('pairs', 'pair'), [['a', '1'], ['b', '2']]);
  },

  async 'the contract knows its caller, and transient data'() {
    const caller = await evaluateJson('caller');
    assert.equal(caller.mspId, MSP_ID);
    assert.equal(caller.role, 'issuer');
    const secret = await contract.submit('secret', { transientData: { secret: 'hidden' } });
    assert.equal(utf8.decode(secret), 'hidden');
  },

  async 'chaincodes call each other, but not themselves'() {
    const missing = await contract.evaluateTransaction('call', 'nope', '["get","a"]').catch((error) => error);
    assert.match(missing.details[0].message, /chaincode nope not found/);
    const itself = await contract.evaluateTransaction('call', CHAINCODE, '["get","a"]').catch((error) => error);
    assert.match(itself.details[0].message, /error sending: txid: .* exists/);
  },

  async 'events and blocks arrive, and replay'() {
    // Without a block to start from, a request that is slower than the next transaction misses it, here as on any peer.
    const before = await (await contract.submitAsync('put', { arguments: ['before', '1'] })).getStatus();
    const live = await network.getChaincodeEvents(CHAINCODE, { startBlock: before.blockNumber + 1n });
    const commit = await contract.submitAsync('raise', { arguments: ['Raised', 'payload'] });
    const status = await commit.getStatus();
    assert.ok(status.successful);
    for await (const event of live) {
      assert.deepEqual(
        [event.eventName, utf8.decode(event.payload), event.transactionId, event.blockNumber],
        ['Raised', 'payload', commit.getTransactionId(), status.blockNumber]);
      break;
    }
    live.close();

    const replayed = await network.getChaincodeEvents(CHAINCODE, { startBlock: 0n });
    for await (const event of replayed) {
      assert.equal(event.transactionId, commit.getTransactionId());
      break;
    }
    replayed.close();

    const blocks = await network.getBlockEvents({ startBlock: status.blockNumber });
    for await (const block of blocks) {
      assert.equal(BigInt(block.getHeader().getNumber()), status.blockNumber);
      break;
    }
    blocks.close();
  },

  async 'a transaction can be signed elsewhere'() {
    const offline = connect({ client, identity, hash: hash.sha256 });
    const unsigned = offline.getNetwork(CHANNEL).getContract(CHAINCODE, 'official')
      .newProposal('put', { arguments: ['offline', 'yes'] });
    const proposal = offline.newSignedProposal(unsigned.getBytes(), await signer(unsigned.getDigest()));
    const endorsed = await proposal.endorse();
    const transaction = offline.newSignedTransaction(endorsed.getBytes(), await signer(endorsed.getDigest()));
    const submitted = await transaction.submit();
    const commit = offline.newSignedCommit(submitted.getBytes(), await signer(submitted.getDigest()));
    assert.ok((await commit.getStatus()).successful);
    assert.equal(await evaluate('get', 'offline'), 'yes');
    offline.close();
  },

  async 'errors carry the status and the details of a real peer'() {
    const evaluated = await contract.evaluateTransaction('refuse', 'because').catch((error) => error);
    assert.equal(evaluated.code, grpc.status.UNKNOWN);
    assert.match(evaluated.details[0].message, /^chaincode response 500, .*because/);
    const endorsed = await contract.submitTransaction('refuse', 'because').catch((error) => error);
    assert.equal(endorsed.name, 'EndorseError');
    assert.equal(endorsed.code, grpc.status.ABORTED);
    assert.equal(endorsed.details[0].address, PEER);
    assert.equal(endorsed.details[0].mspId, MSP_ID);
    const queried = await contract.evaluateTransaction('query', '{}').catch((error) => error);
    assert.match(queried.details[0].message, /ExecuteQuery not supported for leveldb/);
  },

  async 'system chaincodes answer'() {
    const info = await network.getContract('qscc').evaluateTransaction('GetChainInfo', CHANNEL);
    assert.ok(info.length > 0);
    const metadata = await network.getContract(CHAINCODE).evaluateTransaction('org.hyperledger.fabric:GetMetadata');
    assert.ok(JSON.parse(utf8.decode(metadata)).contracts.official);
  },
};

for (const [name, step] of Object.entries(steps)) {
  await step().catch((error) => {
    console.error(`FAILED: ${name}`);
    throw error;
  });
  console.log(`ok: ${name}`);
}
gateway.close();
client.close();
