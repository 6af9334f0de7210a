using System.Text.Json;
using AssetTransfer.Interfaces;
using MicroCreds.Fabric.Chaincode;

namespace AssetTransfer;

/// <summary>
/// A contract of delegates whose every change is told in an event: a transaction has one event at most, which whoever
/// listens gets when the block is committed.
/// </summary>
internal static class AssetEvents
{
    public static ContractDefinition Define() => new ContractDefinition("events")
        .Submit("CreateAsset", async (TransactionContext context, Asset asset) =>
        {
            if (await context.Stub.GetStateAsync(asset.Id) is not null)
                throw new ChaincodeException($"The asset {asset.Id} already exists: choose another id.", 409);

            return await WriteAsync(context, asset);
        })
        .Submit("TransferAsset", async (TransactionContext context, string id, string newOwner) =>
            await WriteAsync(context, await ReadAsync(context, id) with { Owner = newOwner }))
        .Submit("DeleteAsset", async (TransactionContext context, string id) =>
        {
            var asset = await ReadAsync(context, id);
            await context.Stub.DeleteStateAsync(id);
            return asset;
        })
        .Evaluate("ReadAsset", ReadAsync)
        .After(TellAsync);

    /// <summary>Every transaction that writes returns the asset that it changed.</summary>
    private static ValueTask TellAsync(TransactionContext context, object? result)
    {
        if (context.TransactionName != "ReadAsset")
        {
            context.Stub.SetEvent(
                context.TransactionName, JsonSerializer.SerializeToUtf8Bytes((Asset)result!, AssetJson.Default.Asset));
        }

        return ValueTask.CompletedTask;
    }

    private static async Task<Asset> WriteAsync(TransactionContext context, Asset asset)
    {
        await context.Stub.PutStateAsync(
            asset.Id, JsonSerializer.SerializeToUtf8Bytes(asset, AssetJson.Default.Asset));
        return asset;
    }

    private static async Task<Asset> ReadAsync(TransactionContext context, string id) =>
        await context.Stub.GetStateAsync(id) is { } stored
            ? JsonSerializer.Deserialize(stored, AssetJson.Default.Asset)!
            : throw new ChaincodeException($"The asset {id} does not exist: create it first.", 404);
}
