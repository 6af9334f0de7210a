using MicroCreds.Fabric.Chaincode;

namespace Samples;

internal static class NamedHandlers
{
    public static ContractDefinition Define()
    {
        return new ContractDefinition("assets")
            .Evaluate("Touch", TouchAsync)
            .Evaluate("Count", Counting.CountAsync)
            .Submit("CountAll", Counting.CountAllAsync)
            .Submit("Write", WriteAsync)
            .Evaluate("Look", LookAsync)
            .Evaluate("LookAgain", (Func<TransactionContext, string, Task>)(async (context, key) =>
                await WriteAsync(context, key))); // MCF0016

        static async Task LookAsync(TransactionContext context, string key)
        {
            await context.Stub.DeleteStateAsync(key); // MCF0016
        }
    }

    private static async Task TouchAsync(TransactionContext context, string key)
    {
        await context.Stub.PutStateAsync(key, "1"u8.ToArray()); // MCF0016
        await WriteAsync(context, key); // MCF0016
    }

    private static async Task WriteAsync(TransactionContext context, string key) =>
        await context.Stub.PutStateAsync(key, "1"u8.ToArray());
}

internal static class Counting
{
    public static async Task<int> CountAsync(TransactionContext context)
    {
        int count = 0;
        await foreach (var item in context.Stub.GetStateByRangeAsync("a", "")) count += item.Value.Length;
        return count;
    }

    public static async Task<int> CountAllAsync(TransactionContext context)
    {
        int count = 0;
        await foreach (var item in context.Stub.GetQueryResultAsync("{}")) count += item.Value.Length; // MCF0013
        await foreach (var item in context.Stub.GetStateByRangeAsync("a", "")) count += item.Value.Length; // MCF0012
        return count;
    }
}

/// <summary>Not a contract's definition.</summary>
internal sealed class Forms
{
    public Forms Evaluate(string name, Delegate handler) => this;

    public Forms Define() => Evaluate("Put", PutAsync);

    private static async Task PutAsync(TransactionContext context, string key) =>
        await context.Stub.PutStateAsync(key, "1"u8.ToArray());
}
