using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Contract;

// Chaincode as a service: each organisation runs its own copy beside its own peer, with the environment that Fabric's
// operators know (CHAINCODE_SERVER_ADDRESS, CORE_CHAINCODE_ID_NAME, CORE_PEER_TLS_ENABLED …).
#pragma warning disable RS0030 // Where traces go is the machine's; no transaction sees it.
using var traces = ContractTraces.Export(Environment.GetEnvironmentVariable);
#pragma warning restore RS0030
await ChaincodeServer.RunAsync(CredentialContract.CreateChaincode(), ChaincodeServerOptions.FromEnvironment());
