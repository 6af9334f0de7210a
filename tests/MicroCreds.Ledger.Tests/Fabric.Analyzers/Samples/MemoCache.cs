using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Runtime.CompilerServices;
using System.Text;
using MicroCreds.Fabric.Chaincode;

namespace Samples;

internal sealed class MemoCache(List<string> seen)
{
    private static readonly IDictionary<string, int> Shared = new Dictionary<string, int>(); // MCF0010
    private static readonly object Hidden = new List<string>(); // MCF0010
    private static readonly Lazy<Dictionary<string, int>> Late = new(() => []); // MCF0010
    private static readonly StrongBox<int> Box = new(); // MCF0010
    private static readonly Statistics Counts = new(); // MCF0010
    private static readonly IStatistics Behind = new Statistics(); // MCF0010
    private static readonly ImmutableArray<List<string>> Lists = []; // MCF0010
    private static readonly object Lock = new();
    private static readonly IReadOnlyDictionary<string, int> Table = new Dictionary<string, int> { ["a"] = 1 };
    private static readonly IDictionary<string, int> Frozen = FrozenDictionary<string, int>.Empty;
    private static readonly IList<int> Fixed = new ReadOnlyCollection<int>([1]);
    private static readonly Lazy<FrozenSet<string>> LateAndFixed = new(() => FrozenSet<string>.Empty);
    private static readonly Rate Standard = new("standard", 1);

    private readonly ConcurrentDictionary<string, int> _cache = new();
    private readonly Statistics _statistics = new();
    private readonly int[] _sums = new int[4];
    private ImmutableList<string> _names = [];

    private static IList<string> Names { get; } = []; // MCF0010

    public ContractDefinition Define()
    {
        var cache = new Dictionary<string, string>(StringComparer.Ordinal);
        var order = new StringBuilder();
        var fees = new Dictionary<string, int>(StringComparer.Ordinal) { ["a"] = 1 };
        fees.Add("b", 2);
        return new ContractDefinition("memo")
            .Submit("Put", async (TransactionContext context, string key) =>
            {
                cache["a"] = key; // MCF0010
                cache.Add(key, key); // MCF0010
                cache.TryAdd(key, key); // MCF0010
                order.Append(key); // MCF0010
                seen.Remove(key); // MCF0010
                _cache.GetOrAdd(key, 1); // MCF0010
                _statistics.Total += 1; // MCF0010
                _sums[0]++; // MCF0010
                var own = new Dictionary<string, string>(StringComparer.Ordinal) { { "b", key } };
                own["c"] = key;
                own.Add("d", cache[key]);
                var rate = new Rate(key, fees[key]) { Note = key };
                var counts = new Statistics { Total = 1 };
                counts.Total++;
                var longer = _names.Add(key);
                await context.Stub.PutStateAsync(key, new byte[longer.Count + own.Count + rate.Share + counts.Total]);
            })
            .Evaluate("Get", GetAsync);
    }

    private async Task<int> GetAsync(TransactionContext context, string key, List<string> given)
    {
        given.Add(key);
        if (!_cache.TryGetValue(key, out int length))
        {
            length = (await context.Stub.GetStateAsync(key))?.Length ?? 0;
            _cache[key] = length; // MCF0010
            _cache.TryAdd(key, length); // MCF0010
        }

        return length + given.Count;
    }
}

/// <summary>One object answers one transaction, so its fields end with it.</summary>
internal sealed class OneTransaction(TransactionContext context)
{
    private readonly Dictionary<string, byte[]?> _read = new(StringComparer.Ordinal);

    public async Task<byte[]?> ReadAsync(string key) => _read[key] = await context.Stub.GetStateAsync(key);
}

internal interface IStatistics;

internal sealed class Statistics : IStatistics
{
    public int Total { get; set; }
}

internal sealed record Rate(string Name, int Share)
{
    public string? Note { get; init; }
}
