using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MicroCreds.Fabric.Chaincode;

// A program's start runs before there is a transaction: it may read what it likes.
Console.WriteLine($"Started at {DateTime.Now} on {Environment.MachineName}");
var assets = new ContractDefinition(Environment.GetEnvironmentVariable("CONTRACT") ?? "assets");
assets.Submit("Put", Assets.PutAsync);
assets.Submit("Move", async (TransactionContext context, string from, string to) =>
{
    byte[] asset = await context.Stub.GetStateAsync(from)
        ?? throw new ChaincodeException($"There is no '{from}'.", 404);
    await context.Stub.DeleteStateAsync(from);
    await context.Stub.PutStateAsync(to, asset);
});
assets.Evaluate("List", async (TransactionContext context, string from, int count) =>
{
    var page = await context.Stub.GetStateByRangeWithPaginationAsync(from, "", count);
    return page.Items.Select(item => item.Key).ToArray();
});
await ChaincodeServer.RunAsync(new ContractChaincode(assets), ChaincodeServerOptions.FromEnvironment());

internal static class Assets
{
    private const int MaxParts = 100;

    private static readonly FrozenSet<string> Kinds = FrozenSet.ToFrozenSet(["book", "disc"], StringComparer.Ordinal);

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static async Task PutAsync(TransactionContext context, string id, Asset asset)
    {
        if (!Kinds.Contains(asset.Kind)) throw Refuse($"'{asset.Kind}' is none of {string.Join(", ", Kinds)}.");
        if (asset.Parts.Count > MaxParts)
        {
            throw new ChaincodeException($"It has {asset.Parts.Count} parts: {MaxParts} at most.", 400);
        }

        var totals = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var part in asset.Parts)
        {
            totals[part.Name] = totals.GetValueOrDefault(part.Name) + part.Weight;
        }

        var lines = new StringBuilder();
        foreach (var (name, weight) in totals.OrderBy(total => total.Key, StringComparer.Ordinal))
        {
            lines.Append(name).Append(weight.ToString(CultureInfo.InvariantCulture)).Append('\n');
        }

        string stamp = context.Timestamp.ToString("O");
        bool isNamed = asset.Kind.StartsWith("b", StringComparison.Ordinal);
        var record = new { asset, Lines = lines.ToString(), stamp, isNamed, Sum = totals.Values.Sum() };
        await context.Stub.PutStateAsync(id, JsonSerializer.SerializeToUtf8Bytes(record, Options));
        context.Stub.SetEvent("put", Encoding.UTF8.GetBytes(id));
    }

    private static ChaincodeException Refuse(string why) => new(why, 400);
}

internal sealed record Asset(string Kind, IReadOnlyList<Part> Parts);

internal sealed record Part(string Name, decimal Weight);
