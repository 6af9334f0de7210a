using System.Text.Json;
using MicroCreds.Fabric.Chaincode;

namespace Samples;

internal static class Memberships
{
    public static async Task SetAsync(TransactionContext context, string[] names)
    {
        var members = new HashSet<string>(names, StringComparer.Ordinal);
        string line = string.Join(",", members); // MCF0006
        string[] all = [.. members, line]; // MCF0006
        string[] some = [.. members.Where(name => name.Length > 2)]; // MCF0006
        IEnumerable<string> passed = members; // MCF0006
        string[] sorted = [.. members.Where(name => name.Length > 2).Order(StringComparer.Ordinal)];
        var again = new SortedSet<string>(members, StringComparer.Ordinal);
        await context.Stub.PutStateAsync("members", JsonSerializer.SerializeToUtf8Bytes(members)); // MCF0006
        await context.Stub.PutStateAsync("others", JsonSerializer.SerializeToUtf8Bytes(
            new[] { all, some, [.. passed], sorted, [.. again] }));
        if (members.Contains("")) throw new ChaincodeException($"There are only {string.Join(", ", members)}.");
    }
}
