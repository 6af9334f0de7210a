using System.Text.Json;
using MicroCreds.Fabric.Client;

namespace MicroCreds.Ledger.Benchmarks.Workers;

/// <summary>
/// A process that does nothing but call the network through our client library, as commanded line by line; the one for
/// the official Node client (tests/node/bench/client.mjs) takes the same commands.
/// </summary>
internal static class ClientWorker
{
    public static async Task<int> RunAsync()
    {
        static string Variable(string name) => Environment.GetEnvironmentVariable(name)
            ?? throw new BenchmarkException($"{name} is not set.");

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
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var command = JsonSerializer.Deserialize<ClientCommand>(line, JsonSerializerOptions.Web)!;
            var contract = network.GetContract(command.Chaincode);
            var result = await ClosedLoop.RunAsync(command.Calls, command.InFlight, (n, _) => command.Submit
                ? contract.SubmitAsync("put", [$"{command.Prefix}-{n}", command.Value])
                : contract.EvaluateAsync("get", [$"{command.Prefix}-0"]));
            Console.WriteLine(JsonSerializer.Serialize(result, JsonSerializerOptions.Web));
        }

        return 0;
    }
}

/// <summary>What a client process is to do.</summary>
/// <param name="Submit">Whether to submit puts; else gets of the first key are evaluated.</param>
/// <param name="Chaincode">The chaincode to call.</param>
/// <param name="Calls">How many calls.</param>
/// <param name="InFlight">How many at once.</param>
/// <param name="Prefix">What the keys begin with: no two commands write the same.</param>
/// <param name="Value">The value to put.</param>
internal sealed record ClientCommand(
    bool Submit, string Chaincode, int Calls, int InFlight, string Prefix, string Value);
