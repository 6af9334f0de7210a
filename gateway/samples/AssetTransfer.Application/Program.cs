using AssetTransfer.Application;

// What is set in the environment stands in README.md; the samples are independent of each other.
string sample = args.FirstOrDefault() ?? "basic";
using var connection = SampleConnection.FromEnvironment();
var network = connection.Gateway.GetNetwork(connection.ChannelName);
await (sample switch
{
    "basic" => BasicSample.RunAsync(network.GetContract(connection.ChaincodeName, "basic"), Console.Out),
    "events" => EventsSample.RunAsync(network, connection.ChaincodeName, Console.Out),
    "private" => PrivateDataSample.RunAsync(
        network.GetContract(connection.ChaincodeName, "private"), connection.MspId, connection.BuyerMspId, Console.Out),
    "offline" => OfflineSample.RunAsync(
        connection.Gateway, network.GetContract(connection.ChaincodeName, "basic"), connection.Signer, Console.Out),
    _ => throw new ArgumentException($"There is no sample '{sample}': basic, events, private or offline."),
});
