using MicroCreds.Fabric.Chaincode;

namespace Samples;

internal static class ForgottenDeletions
{
    public static async Task DeleteAsync(TransactionContext context, string[] keys, CancellationToken token)
    {
        var writing = context.Stub.PutStateAsync("a", new byte[1]); // MCF0009
        var all = keys.Select(key => context.Stub.DeleteStateAsync(key).AsTask()).ToArray(); // MCF0009
        keys.Select(key => context.Stub.DeleteStateAsync(key)).ToList(); // MCF0009
        _ = keys.Select(key => context.Stub.DeleteStateAsync(key)).ToList(); // MCF0009
        Array.ForEach(keys, key => context.Stub.DeleteStateAsync(key)); // MCF0009
        var later = context.Stub.DeleteStateAsync("b");
        await later;
        await Task.WhenAll(keys.Select(key => context.Stub.DeleteStateAsync(key).AsTask()));
        var several = keys.Select(key => context.Stub.DeleteStateAsync(key)).ToList();
        foreach (var one in several) await one;
        await context.Stub.GetStateAsync("c").AsTask().WaitAsync(TimeSpan.FromSeconds(1)); // MCF0008
        await context.Stub.GetStateAsync("d").AsTask().WaitAsync(token);
        using var source = new CancellationTokenSource(TimeSpan.FromSeconds(1)); // MCF0008
        source.CancelAfter(100); // MCF0008
        using var plain = CancellationTokenSource.CreateLinkedTokenSource(token);
        using var other = new CancellationTokenSource();
    }

    public static async Task<int> CountAsync(TransactionContext context, string key)
    {
        int count = 0;
        await context.Stub.DeleteStateAsync(key);
        await foreach (var item in context.Stub.GetStateByRangeAsync("a", string.Empty)) count++; // MCF0012
        await foreach (var item in context.Stub.GetStateByRangeAsync("a", null!)) count++; // MCF0012
        await foreach (var item in context.Stub.GetStateByRangeAsync("a", default!)) count++; // MCF0012
        await foreach (var item in context.Stub.GetStateByPartialCompositeKeyAsync("asset", [])) count++; // MCF0012
        await foreach (var item in context.Stub.GetStateByPartialCompositeKeyAsync( // MCF0012
            "asset", Array.Empty<string>())) count++;
        await foreach (var item in context.Stub.GetStateByPartialCompositeKeyAsync("asset", [key])) count++;
        await foreach (var item in context.Stub.GetStateByRangeAsync("a", key)) count++;
        byte[]? gone = await context.Stub.GetStateAsync(key); // MCF0014
        await context.Stub.DeletePrivateDataAsync("all", key);
        gone ??= await context.Stub.GetPrivateDataAsync("all", key); // MCF0014
        gone ??= await context.Stub.GetPrivateDataAsync("others", key);
        return count + (gone?.Length ?? 0);
    }
}
