using System.Diagnostics;
using System.Text.Json;
using MicroCreds.Fabric.Client;
using MicroCreds.Ledger.BenchmarkClient;

// The one for the official Node client (tests/node/bench/client.mjs), and that for Go's (tests/go/bench), take the same
// commands.
static string Variable(string name) => Environment.GetEnvironmentVariable(name)
    ?? throw new InvalidOperationException($"{name} is not set: the benchmarks, which start this program, set it.");

using var channel = PeerChannel.Open(new PeerChannelOptions
{
    Endpoint = Variable("PEER"),
    TlsCaPem = await File.ReadAllTextAsync(Variable("PEER_TLS_CA")),
    HostNameOverride = Variable("PEER_TLS_NAME"),
});
using var signer = PrivateKeySigner.FromPemFile(Variable("PRIVATE_KEY"));
using var gateway = FabricGateway.Connect(new GatewayOptions
{
    Channel = channel,
    Identity = X509Identity.FromPemFile(Variable("MSP_ID"), Variable("CERTIFICATE")),
    Signer = signer,
});
var network = gateway.GetNetwork(Variable("CHANNEL"));
using var requests = new ActivitySource(TelemetryListening.Requests);
using var telemetry = TelemetryListening.IfTold();
while (await Console.In.ReadLineAsync() is { } line)
{
    var command = JsonSerializer.Deserialize(line, ClientJson.Default.ClientCommand)!;
    var contract = network.GetContract(command.Chaincode);
    var result = await ClosedLoop.RunAsync(command.Calls, command.InFlight, (n, _) => CallAsync(contract, command, n));
    Console.WriteLine(JsonSerializer.Serialize(result, ClientJson.Default.LoopResult));
}

async Task CallAsync(FabricContract contract, ClientCommand command, int number)
{
    // None where nobody listens, and then no trace goes along.
    using var request = requests.StartActivity();
    var options = new ProposalOptions
    {
        Arguments = command.Submit ? [$"{command.Prefix}-{number}", command.Value] : [$"{command.Prefix}-0"],
        CarriesTrace = true,
    };
    await (command.Submit ? contract.SubmitAsync("put", options) : contract.EvaluateAsync("get", options));
}
