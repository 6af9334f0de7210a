using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Contract;

// Chaincode as a service: each organisation runs its own copy beside its own peer, with the environment that Fabric's
// operators know (CHAINCODE_SERVER_ADDRESS, CORE_CHAINCODE_ID_NAME, CORE_PEER_TLS_ENABLED …).
using var traces = ContractTraces.Export();
_ = QuietHeap.KeepAsync(CancellationToken.None);
await ChaincodeServer.RunAsync(CredentialContract.CreateChaincode(), ChaincodeServerOptions.FromEnvironment());
