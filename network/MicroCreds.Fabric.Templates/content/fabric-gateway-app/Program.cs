using MicroCreds.Fabric.Client;

// Where the network is: the defaults are those of the development network of fabric-chaincode's template.
string Setting(string name, string value) => Environment.GetEnvironmentVariable(name) ?? value;
string organization = Setting("ORGANIZATION_PATH", ".devnet/organizations/peerOrganizations/org1.example");
string user = Directory.GetDirectories(Path.Combine(organization, "users"), "User1@*").Single();

using var channel = PeerChannel.Open(new PeerChannelOptions
{
    Endpoint = Setting("PEER_ENDPOINT", "127.0.0.1:7051"),
    TlsCaPem = File.ReadAllText(Directory.GetFiles(Path.Combine(organization, "tlsca"), "*.pem").Single()),
});
using var signer = PrivateKeySigner.FromPemFile(
    Directory.GetFiles(Path.Combine(user, "msp", "keystore")).Single());
using var gateway = FabricGateway.Connect(new GatewayOptions
{
    Channel = channel,
    Identity = X509Identity.FromPemFile(
        Setting("MSP_ID", "Org1MSP"), Directory.GetFiles(Path.Combine(user, "msp", "signcerts")).Single()),
    Signer = signer,
});

var greetings = gateway.GetNetwork(Setting("CHANNEL_NAME", "mychannel"))
    .GetContract(Setting("CHAINCODE_NAME", "hello"))
    .As<IGreetings>();
await greetings.KeepAsync("world", "Hello, ledger");
Console.WriteLine(await greetings.ReadAsync("world"));
