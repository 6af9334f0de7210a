using MicroCreds.Fabric.Chaincode;

var chaincode = new ContractChaincode(ContractDefinition.Of<IGreetings>(context => new Greetings(context)));

// As a service that its peer dials; or, given the peer's address, dialling it (-peer.address host:port).
if (args.Length == 0)
    await ChaincodeServer.RunAsync(chaincode, ChaincodeServerOptions.FromEnvironment());
else
    await ChaincodeClient.RunAsync(chaincode, ChaincodeClientOptions.FromEnvironment(args));
