using System.Text;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Protocol;

namespace Samples;

[FabricContract("assets")]
public interface ITypedAssets
{
    [Evaluate]
    Task<string?> ReadAsync(string id);

    [Evaluate]
    Task TouchAsync(string id);

    [Evaluate]
    Task<int> CountAsync();

    [Submit]
    Task<int> CountAllAsync();

    [Submit]
    Task<int> CountRichAsync();
}

/// <summary>A contract as a class: the interface says which of its methods may write.</summary>
internal sealed class TypedAssets(TransactionContext context) : ITypedAssets
{
    private int _reads;

    public async Task<string?> ReadAsync(string id)
    {
        _reads++;
        byte[]? value = await context.Stub.GetStateAsync(id);
        await context.Stub.PutStateAsync(id + ".read", "1"u8.ToArray()); // MCF0016
        context.Stub.SetEvent("read"); // MCF0016
        return value is null ? null : Encoding.UTF8.GetString(value);
    }

    async Task ITypedAssets.TouchAsync(string id)
    {
        await CountAsync();
        await WriteAsync(id); // MCF0016
    }

    public async Task<int> CountAsync()
    {
        int count = 0;
        await foreach (var item in context.Stub.GetStateByRangeAsync("a", "")) count += item.Value.Length;
        await foreach (var item in context.Stub.GetQueryResultAsync("{}")) count += item.Value.Length;
        return count;
    }

    public async Task<int> CountAllAsync()
    {
        int count = 0;
        await foreach (var item in context.Stub.GetStateByRangeAsync("a", "")) count += item.Value.Length; // MCF0012
        return count;
    }

    public async Task<int> CountRichAsync()
    {
        int count = await CountAsync(); // MCF0012 MCF0013
        await WriteAsync("count");
        return count;
    }

    /// <summary>Of no transaction by itself.</summary>
    public async Task<int> CountForItselfAsync()
    {
        int count = 0;
        await foreach (var item in context.Stub.GetStateByRangeAsync("a", "")) count += item.Value.Length;
        return count;
    }

    private ValueTask WriteAsync(string id) => context.Stub.PutStateAsync(id, "1"u8.ToArray());
}
