using MicroCreds.Fabric.Chaincode;

namespace Samples;

internal static class AllAssets
{
    public static ContractDefinition Define() => new ContractDefinition("assets")
        .Submit("DeleteAll", async (TransactionContext context) =>
        {
            await foreach (var asset in context.Stub.GetStateByRangeAsync("", "")) // MCF0012
            {
                await context.Stub.DeleteStateAsync(asset.Key);
            }
        })
        .Evaluate("Count", async (TransactionContext context) =>
        {
            int count = 0;
            await foreach (var _ in context.Stub.GetStateByRangeAsync("", "")) count++;
            return count;
        });

    public static async Task RetireAsync(TransactionContext context)
    {
        await foreach (var asset in context.Stub.GetStateByPartialCompositeKeyAsync("asset")) // MCF0012
        {
            await context.Stub.PutStateAsync(asset.Key, "retired"u8.ToArray());
        }
    }

    public static async Task RetireOfAsync(TransactionContext context, string owner)
    {
        await foreach (var asset in context.Stub.GetStateByPartialCompositeKeyAsync("asset", owner))
        {
            await context.Stub.PutStateAsync(asset.Key, "retired"u8.ToArray());
        }
    }
}
