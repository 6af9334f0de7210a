using System.Text.Json;
using System.Text.Json.Serialization;
using MicroCreds.Fabric.Protocol;

namespace AssetTransfer.Interfaces;

/// <summary>Assets that are created, read, changed, handed over and deleted.</summary>
[FabricContract("basic", JsonContext = typeof(AssetJson), Title = "Asset transfer")]
public interface IBasicAssets
{
    /// <summary>Writes some assets to begin with.</summary>
    [Submit]
    Task InitLedgerAsync();

    /// <summary>Creates an asset that is not there yet.</summary>
    [Submit]
    Task CreateAssetAsync(Asset asset);

    /// <summary>Reads an asset that is there.</summary>
    [Evaluate]
    Task<Asset> ReadAssetAsync(string id);

    /// <summary>Writes an asset anew that is there.</summary>
    [Submit]
    Task UpdateAssetAsync(Asset asset);

    /// <summary>Deletes an asset that is there.</summary>
    [Submit]
    Task DeleteAssetAsync(string id);

    /// <summary>Tells whether an asset is there.</summary>
    [Evaluate]
    Task<bool> AssetExistsAsync(string id);

    /// <summary>Gives an asset another owner, and returns the one before.</summary>
    [Submit]
    Task<string> TransferAssetAsync(string id, string newOwner);

    /// <summary>Reads all assets, in the order of their ids.</summary>
    [Evaluate]
    Task<Asset[]> GetAllAssetsAsync();
}

/// <summary>An asset.</summary>
public sealed record Asset(string Id, string Color, int Size, string Owner, int AppraisedValue);

/// <summary>The types that go as JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Asset))]
[JsonSerializable(typeof(Asset[]))]
public sealed partial class AssetJson : JsonSerializerContext;
