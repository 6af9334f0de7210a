using System.Text.Json;
using AssetTransfer.Interfaces;
using MicroCreds.Fabric.Chaincode;

namespace AssetTransfer;

/// <summary>A contract as a class that implements its interface: one object answers one transaction.</summary>
internal sealed class BasicAssets(TransactionContext context) : IBasicAssets
{
    public async Task InitLedgerAsync()
    {
        await WriteAsync(new Asset("asset1", "blue", 5, "Tomoko", 300));
        await WriteAsync(new Asset("asset2", "red", 5, "Brad", 400));
        await WriteAsync(new Asset("asset3", "green", 10, "Jin Soo", 500));
    }

    public async Task CreateAssetAsync(Asset asset)
    {
        if (await AssetExistsAsync(asset.Id))
            throw new ChaincodeException($"The asset {asset.Id} already exists: choose another id.", 409);

        await WriteAsync(asset);
    }

    public async Task<Asset> ReadAssetAsync(string id) => await context.Stub.GetStateAsync(id) is { } stored
        ? JsonSerializer.Deserialize(stored, AssetJson.Default.Asset)!
        : throw new ChaincodeException($"The asset {id} does not exist: create it first.", 404);

    public async Task UpdateAssetAsync(Asset asset)
    {
        await ReadAssetAsync(asset.Id);
        await WriteAsync(asset);
    }

    public async Task DeleteAssetAsync(string id)
    {
        await ReadAssetAsync(id);
        await context.Stub.DeleteStateAsync(id);
    }

    public async Task<bool> AssetExistsAsync(string id) => await context.Stub.GetStateAsync(id) is not null;

    public async Task<string> TransferAssetAsync(string id, string newOwner)
    {
        var asset = await ReadAssetAsync(id);
        await WriteAsync(asset with { Owner = newOwner });
        return asset.Owner;
    }

    public async Task<Asset[]> GetAllAssetsAsync()
    {
        var assets = new List<Asset>();
        await foreach (var item in context.Stub.GetStateByRangeAsync("", ""))
            assets.Add(JsonSerializer.Deserialize(item.Value, AssetJson.Default.Asset)!);

        return [.. assets];
    }

    private ValueTask WriteAsync(Asset asset) => context.Stub.PutStateAsync(
        asset.Id, JsonSerializer.SerializeToUtf8Bytes(asset, AssetJson.Default.Asset));
}
