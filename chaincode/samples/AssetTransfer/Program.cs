using AssetTransfer;
using MicroCreds.Fabric.Chaincode;

// As a service that peers dial; or, given a peer's address, dialling it: dotnet run -- -peer.address 127.0.0.1:7052
if (args.Length == 0)
    await ChaincodeServer.RunAsync(SampleChaincode.Create(), ChaincodeServerOptions.FromEnvironment());
else
    await ChaincodeClient.RunAsync(SampleChaincode.Create(), ChaincodeClientOptions.FromEnvironment(args));
