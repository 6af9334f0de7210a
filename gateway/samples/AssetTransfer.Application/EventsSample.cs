using System.Text.Json;
using AssetTransfer.Interfaces;
using MicroCreds.Fabric.Client;

namespace AssetTransfer.Application;

/// <summary>Listens to what is submitted, and hears it again later.</summary>
public static class EventsSample
{
    /// <summary>Opens a stream, makes three events, reads them, and reads them once more from their block.</summary>
    public static async Task RunAsync(FabricNetwork network, string chaincode, TextWriter output)
    {
        var contract = network.GetContract(chaincode, "events");
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var events = network.GetChaincodeEvents(chaincode);
        await events.OpenAsync(deadline.Token);

        var asset = new Asset("asset-of-events", "blue", 5, "Sam", 100);
        string json = JsonSerializer.Serialize(asset, AssetJson.Default.Asset);
        await contract.SubmitAsync("CreateAsset", [json], deadline.Token);
        await contract.SubmitAsync("TransferAsset", [asset.Id, "Mary"], deadline.Token);
        await contract.SubmitAsync("DeleteAsset", [asset.Id], deadline.Token);

        ulong first = await ReadAsync(events, "Heard", output, deadline.Token);
        var again = network.GetChaincodeEvents(chaincode, new EventOptions { StartBlock = first });
        await ReadAsync(again, "Heard again", output, deadline.Token);
    }

    /// <summary>Reads until an asset is deleted, and returns the first event's block.</summary>
    private static async Task<ulong> ReadAsync(
        EventSubscription<ChaincodeEvent> events, string how, TextWriter output, CancellationToken cancellationToken)
    {
        ulong? first = null;
        await foreach (var item in events.WithCancellation(cancellationToken))
        {
            first ??= item.BlockNumber;
            var asset = JsonSerializer.Deserialize(item.Payload.Span, AssetJson.Default.Asset)!;
            output.WriteLine($"{how}: {item.EventName} {asset.Id} of {asset.Owner}");
            if (item.EventName == "DeleteAsset") break;
        }

        return first ?? 0;
    }
}
