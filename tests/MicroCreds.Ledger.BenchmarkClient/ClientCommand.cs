using System.Text.Json;
using System.Text.Json.Serialization;

namespace MicroCreds.Ledger.BenchmarkClient;

/// <summary>What a client process is to do.</summary>
/// <param name="Submit">Whether to submit puts; else gets of the first key are evaluated.</param>
/// <param name="Chaincode">The chaincode to call.</param>
/// <param name="Calls">How many calls.</param>
/// <param name="InFlight">How many at once.</param>
/// <param name="Prefix">What the keys begin with: no two commands write the same.</param>
/// <param name="Value">The value to put.</param>
internal sealed record ClientCommand(
    bool Submit, string Chaincode, int Calls, int InFlight, string Prefix, string Value);

/// <summary>What is read and written line by line.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ClientCommand))]
[JsonSerializable(typeof(LoopResult))]
internal sealed partial class ClientJson : JsonSerializerContext;
