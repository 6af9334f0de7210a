using MicroCreds.Fabric.Chaincode;

namespace Samples;

internal static class RichQueries
{
    public static async Task TakeAllAsync(TransactionContext context, byte[] owner)
    {
        await foreach (var asset in context.Stub.GetQueryResultAsync("""{"selector":{"free":true}}""")) // MCF0013
        {
            await context.Stub.PutStateAsync(asset.Key, owner);
        }

        await foreach (var change in context.Stub.GetHistoryForKeyAsync("a")) // MCF0013
        {
            if (change.IsDelete) return;
        }

        var page = await context.Stub.GetStateByRangeWithPaginationAsync("a", "", 10); // MCF0013
        await context.Stub.DeleteStateAsync(page.Items[0].Key);
    }
}
