// SPDX-License-Identifier: Apache-2.0
// Serves the smallest useful chaincode through the official library; the benchmarks' PutGetWorker is the same through
// ours.
'use strict';

const shim = require('fabric-shim');

class PutGet {
  async Init() {
    return shim.success();
  }

  async Invoke(stub) {
    const { fcn, params } = stub.getFunctionAndParameters();
    switch (fcn) {
      case 'put':
        await stub.putState(params[0], Buffer.from(params[1]));
        return shim.success();
      case 'get':
        return shim.success(Buffer.from(await stub.getState(params[0])));
      default:
        return shim.error(Buffer.from(`There is no function ${fcn}: it is put or get.`));
    }
  }
}

const { CHAINCODE_SERVER_ADDRESS: address, CORE_CHAINCODE_ID_NAME: ccid } = process.env;
shim.server(new PutGet(), { ccid, address }).start();
process.stdin.resume().on('end', () => process.exit());
