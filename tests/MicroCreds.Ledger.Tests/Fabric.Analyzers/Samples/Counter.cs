using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using MicroCreds.Fabric.Chaincode;

namespace Samples;

internal static class Counter
{
    private static readonly ConcurrentDictionary<string, byte[]> Cache = new(); // MCF0010

    private static readonly FrozenSet<string> Kinds = FrozenSet.ToFrozenSet(["a", "b"], StringComparer.Ordinal);

    private static int _count; // MCF0010

    public static string? Last { get; set; } // MCF0010

    public static async Task<string> NextAsync(TransactionContext context, string kind)
    {
        Last = kind;
        Cache[kind] = await context.Stub.GetStateAsync(kind) ?? [];
        return Kinds.Contains(kind) ? (++_count).ToString(CultureInfo.InvariantCulture) : "";
    }
}
