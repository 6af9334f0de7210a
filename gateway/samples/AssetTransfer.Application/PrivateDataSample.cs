using System.Text;
using MicroCreds.Fabric.Client;

namespace AssetTransfer.Application;

/// <summary>Sends what is secret as transient data, to the peers of one's own organisation alone.</summary>
public static class PrivateDataSample
{
    /// <summary>Creates an asset with its worth, reads both, is refused a transfer that nobody agreed to, and deletes
    /// it.
    /// </summary>
    /// <param name="contract">The contract.</param>
    /// <param name="mspId">One's own organisation.</param>
    /// <param name="buyer">The other one.</param>
    /// <param name="output">Where it says what happens.</param>
    public static async Task RunAsync(FabricContract contract, string mspId, string buyer, TextWriter output)
    {
        const string Id = "asset-in-private";
        const string Asset =
            $$"""{ "id": "{{Id}}", "color": "red", "size": 20, "owner": "", "appraisedValue": 0 }""";
        await contract.SubmitAsync("CreateAsset", Private(mspId, [], ("asset", Asset), ("value", "7000")));
        output.WriteLine($"Both know: {await ReadAsync(contract, "ReadAsset", mspId, Id)}");
        string worth = await ReadAsync(contract, "ReadAppraisal", mspId, Id);
        output.WriteLine($"Only {mspId} knows that it is worth {worth}");

        try
        {
            await contract.SubmitAsync("TransferAsset", Private(mspId, [Id, buyer]));
        }
        catch (EndorseException e) when (e.ChaincodeAnswer is { } answer)
        {
            output.WriteLine($"Refused with {answer.Status}: {answer.Message}");
        }

        await contract.SubmitAsync("DeleteAsset", Private(mspId, [Id]));
        output.WriteLine("Deleted, and its worth purged");
    }

    private static async Task<string> ReadAsync(FabricContract contract, string name, string mspId, string id) =>
        Encoding.UTF8.GetString(await contract.EvaluateAsync(name, Private(mspId, [id])));

    private static ProposalOptions Private(
        string mspId, IReadOnlyList<TransactionArgument> arguments, params (string Name, string Value)[] transient) =>
        new()
        {
            Arguments = arguments,
            Transient = transient.ToDictionary(
                one => one.Name, one => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(one.Value)),
            EndorsingOrganizations = [mspId],
        };
}
