using MicroCreds.Fabric.Chaincode;

namespace Samples;

internal static class ParallelReads
{
    public static async Task<int> SumAsync(TransactionContext context, string[] keys)
    {
        int sum = 0;
        Parallel.ForEach(keys, key => sum += key.Length); // MCF0008
        await Task.Run(() => sum++); // MCF0008
        var first = await Task.WhenAny(keys.Select(key => context.Stub.GetStateAsync(key).AsTask())); // MCF0008
        await Task.Delay(10); // MCF0008
        return sum + (await first)!.Length + keys.AsParallel().Count(); // MCF0008 MCF0008
    }
}
