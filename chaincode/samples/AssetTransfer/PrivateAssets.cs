using System.Text;
using System.Text.Json;
using AssetTransfer.Interfaces;
using MicroCreds.Fabric.Chaincode;

namespace AssetTransfer;

/// <summary>
/// Assets that only two organisations know, in the collection <see cref="Shared"/>; and what each thinks that one is
/// worth, which stays with it: in its implicit collection, of which the others' peers have hashes.
/// </summary>
/// <remarks>
/// What is secret comes as transient data, since arguments are on the ledger for good; and is endorsed by the peers of
/// those alone who may know it, whom the client names.
/// </remarks>
internal static class PrivateAssets
{
    /// <summary>The collection of both; the chaincode's definition names its members.</summary>
    public const string Shared = "assetCollection";

    public static ContractDefinition Define() => new ContractDefinition("private")
        .Submit("CreateAsset", CreateAsync)
        .Submit("AgreeToTransfer", AgreeAsync)
        .Submit("TransferAsset", TransferAsync)
        .Submit("DeleteAsset", DeleteAsync)
        .Evaluate("ReadAsset", ReadAsync)
        .Evaluate("ReadAppraisal", ReadAppraisalAsync);

    /// <summary>Takes the asset from the transient data "asset", and what it is worth from "value".</summary>
    private static async Task CreateAsync(TransactionContext context)
    {
        var given = JsonSerializer.Deserialize(Transient(context, "asset"), AssetJson.Default.Asset)!;
        if (await context.Stub.GetPrivateDataAsync(Shared, given.Id) is not null)
            throw new ChaincodeException($"The asset {given.Id} already exists: choose another id.", 409);

        var asset = new PrivateAsset(given.Id, given.Color, given.Size, context.ClientIdentity.MspId);
        await WriteAsync(context, asset);
        await WriteAppraisalAsync(context, given.Id);
    }

    /// <summary>Keeps what the buyer would pay, with the buyer.</summary>
    private static async Task AgreeAsync(TransactionContext context, string id)
    {
        await ReadAsync(context, id);
        await WriteAppraisalAsync(context, id);
    }

    /// <summary>Hands an asset over if both think the same of its worth, which no peer needs to know for
    /// that.</summary>
    private static async Task TransferAsync(TransactionContext context, string id, string buyer)
    {
        var asset = await RequireOwnAsync(context, id);
        var sellers = await context.Stub.GetPrivateDataHashAsync(Of(asset.Owner), id);
        var buyers = await context.Stub.GetPrivateDataHashAsync(Of(buyer), id);
        if (buyers is null) throw new ChaincodeException($"{buyer} has not agreed to take {id}: it must first.", 409);

        if (sellers is null || !sellers.AsSpan().SequenceEqual(buyers))
            throw new ChaincodeException($"{buyer} and {asset.Owner} think otherwise of what {id} is worth.", 409);

        await WriteAsync(context, asset with { Owner = buyer });
    }

    /// <summary>Deletes an asset, and purges what its owner thought of it: its history too.</summary>
    private static async Task DeleteAsync(TransactionContext context, string id)
    {
        var asset = await RequireOwnAsync(context, id);
        await context.Stub.DeletePrivateDataAsync(Shared, id);
        await context.Stub.PurgePrivateDataAsync(Of(asset.Owner), id);
    }

    private static async Task<PrivateAsset> ReadAsync(TransactionContext context, string id) =>
        await context.Stub.GetPrivateDataAsync(Shared, id) is { } stored
            ? JsonSerializer.Deserialize<PrivateAsset>(stored, ContractDefinition.DefaultSerializerOptions)!
            : throw new ChaincodeException($"The asset {id} does not exist: create it first.", 404);

    private static async Task<string> ReadAppraisalAsync(TransactionContext context, string id) =>
        await context.Stub.GetPrivateDataAsync(Of(context.ClientIdentity.MspId), id) is { } stored
            ? Encoding.UTF8.GetString(stored)
            : throw new ChaincodeException($"{context.ClientIdentity.MspId} has not said what {id} is worth.", 404);

    private static async Task<PrivateAsset> RequireOwnAsync(TransactionContext context, string id)
    {
        var asset = await ReadAsync(context, id);
        return asset.Owner == context.ClientIdentity.MspId
            ? asset
            : throw new ChaincodeException($"{id} belongs to {asset.Owner}: only its owner can do that.", 403);
    }

    private static ValueTask WriteAsync(TransactionContext context, PrivateAsset asset) =>
        context.Stub.PutPrivateDataAsync(
            Shared, asset.Id, JsonSerializer.SerializeToUtf8Bytes(asset, ContractDefinition.DefaultSerializerOptions));

    private static ValueTask WriteAppraisalAsync(TransactionContext context, string id) =>
        context.Stub.PutPrivateDataAsync(Of(context.ClientIdentity.MspId), id, Transient(context, "value"));

    private static byte[] Transient(TransactionContext context, string name) =>
        context.Stub.Transient.TryGetValue(name, out var value) && !value.IsEmpty
            ? value.ToArray()
            : throw new ChaincodeException($"The transient data '{name}' is missing: send it along.", 400);

    /// <summary>The implicit collection of an organisation, which every channel has.</summary>
    private static string Of(string mspId) => $"_implicit_org_{mspId}";

    /// <summary>An asset as both organisations know it.</summary>
    internal sealed record PrivateAsset(string Id, string Color, int Size, string Owner);
}
