// SPDX-License-Identifier: Apache-2.0
// A contract that uses every part of the official chaincode library that the embedded network serves.
'use strict';

const { Contract } = require('fabric-contract-api');

async function collect(iterator) {
  const found = [];
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    found.push(next.value);
  }
  await iterator.close();
  return found;
}

const text = (bytes) => Buffer.from(bytes).toString();

class Official extends Contract {
  constructor() {
    super('official');
  }

  async put({ stub }, key, value) {
    await stub.putState(key, Buffer.from(value));
    return value;
  }

  async get({ stub }, key) {
    return text(await stub.getState(key));
  }

  async remove({ stub }, key) {
    await stub.deleteState(key);
  }

  async fill({ stub }, prefix, count) {
    for (let i = 0; i < Number(count); i++) {
      await stub.putState(prefix + String(i).padStart(5, '0'), Buffer.from(String(i)));
    }
  }

  async range({ stub }, start, end) {
    return (await collect(await stub.getStateByRange(start, end))).map(({ key }) => key);
  }

  async page({ stub }, start, end, size, bookmark) {
    const { iterator, metadata } = await stub.getStateByRangeWithPagination(start, end, Number(size), bookmark);
    const keys = (await collect(iterator)).map(({ key }) => key);
    return { keys, bookmark: metadata.bookmark, count: metadata.fetchedRecordsCount };
  }

  async history({ stub }, key) {
    return (await collect(await stub.getHistoryForKey(key)))
      .map(({ value, isDelete }) => (isDelete ? null : text(value)));
  }

  async putPair({ stub }, type, attribute, value) {
    await stub.putState(stub.createCompositeKey(type, [attribute]), Buffer.from(value));
  }

  async pairs({ stub }, type) {
    return (await collect(await stub.getStateByPartialCompositeKey(type, [])))
      .map(({ key, value }) => [stub.splitCompositeKey(key).attributes[0], text(value)]);
  }

  async raise({ stub }, name, payload) {
    stub.setEvent(name, Buffer.from(payload));
    await stub.putState('raised', Buffer.from(payload));
  }

  async secret({ stub }) {
    return text(stub.getTransient().get('secret'));
  }

  async call({ stub }, chaincode, callArguments) {
    const { status, payload } =
      await stub.invokeChaincode(chaincode, JSON.parse(callArguments), stub.getChannelID());
    return { status, payload: text(payload) };
  }

  async caller({ clientIdentity, stub }) {
    return {
      mspId: clientIdentity.getMSPID(),
      role: clientIdentity.getAttributeValue('microcreds.role'),
      transaction: stub.getTxID(),
    };
  }

  async refuse(_context, reason) {
    throw new Error(reason);
  }

  async query({ stub }, query) {
    return collect(await stub.getQueryResult(query));
  }
}

module.exports.contracts = [Official];
