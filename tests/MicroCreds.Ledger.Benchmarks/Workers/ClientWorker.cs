using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using MicroCreds.Fabric.Client;

namespace MicroCreds.Ledger.Benchmarks.Workers;

/// <summary>
/// A process that does nothing but call the network through our client library, as commanded line by line; the one for
/// the official Node client (tests/node/bench/client.mjs) takes the same commands.
/// </summary>
internal static class ClientWorker
{
    /// <summary>The variable that is set where every call is to be traced, and every figure taken.</summary>
    public const string TracedVariable = "TRACED";

    private static readonly ActivitySource Requests = new("MicroCreds.Ledger.Benchmarks");

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
        using var telemetry = Environment.GetEnvironmentVariable(TracedVariable) is null ? null : new Listening();
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var command = JsonSerializer.Deserialize<ClientCommand>(line, JsonSerializerOptions.Web)!;
            var contract = network.GetContract(command.Chaincode);
            var result = await ClosedLoop.RunAsync(
                command.Calls, command.InFlight, (n, _) => CallAsync(contract, command, n));
            Console.WriteLine(JsonSerializer.Serialize(result, JsonSerializerOptions.Web));
        }

        return 0;
    }

    private static async Task CallAsync(FabricContract contract, ClientCommand command, int number)
    {
        // None where nobody listens, and then no trace goes along.
        using var request = Requests.StartActivity();
        var options = new ProposalOptions
        {
            Arguments = command.Submit
                ? [$"{command.Prefix}-{number}", command.Value]
                : [$"{command.Prefix}-0"],
            CarriesTrace = true,
        };
        await (command.Submit ? contract.SubmitAsync("put", options) : contract.EvaluateAsync("get", options));
    }

    /// <summary>Takes every span and figure, and does nothing with them.</summary>
    private sealed class Listening : IDisposable
    {
        private readonly MeterListener _figures = new();

        private readonly ActivityListener _spans = new()
        {
            ShouldListenTo = source => source.Name == FabricTelemetry.Name || source == Requests,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };

        public Listening()
        {
            ActivitySource.AddActivityListener(_spans);
            _figures.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == FabricTelemetry.Name) listener.EnableMeasurementEvents(instrument);
            };
            _figures.SetMeasurementEventCallback<double>(static (_, _, _, _) => { });
            _figures.Start();
        }

        public void Dispose()
        {
            _spans.Dispose();
            _figures.Dispose();
        }
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
