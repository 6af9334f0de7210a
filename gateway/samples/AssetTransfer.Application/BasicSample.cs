using AssetTransfer.Interfaces;
using MicroCreds.Fabric.Client;

namespace AssetTransfer.Application;

/// <summary>Calls a contract by its interface, as if it were here.</summary>
public static class BasicSample
{
    /// <summary>Creates, reads, hands over and deletes assets, and shows what a refusal says.</summary>
    public static async Task RunAsync(FabricContract contract, TextWriter output)
    {
        var assets = contract.As<IBasicAssets>();
        await assets.InitLedgerAsync();
        var all = await assets.GetAllAssetsAsync();
        output.WriteLine($"At first: {string.Join(", ", all.Select(asset => $"{asset.Id} of {asset.Owner}"))}");

        await assets.CreateAssetAsync(new Asset("asset9", "green", 15, "Tom", 1300));
        string before = await assets.TransferAssetAsync("asset9", "Mark");
        var asset = await assets.ReadAssetAsync("asset9");
        output.WriteLine($"Handed over from {before}: {asset}");

        try
        {
            await assets.UpdateAssetAsync(asset with { Id = "asset70" });
        }
        catch (EndorseException e) when (e.ChaincodeAnswer is { } answer)
        {
            output.WriteLine($"Refused with {answer.Status}: {answer.Message}");
        }

        await assets.DeleteAssetAsync("asset9");
        output.WriteLine($"asset9 is there: {await assets.AssetExistsAsync("asset9")}");
    }
}
