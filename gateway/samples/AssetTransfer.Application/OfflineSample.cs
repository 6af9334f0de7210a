using System.Text;
using System.Text.Json;
using AssetTransfer.Interfaces;
using MicroCreds.Fabric.Client;

namespace AssetTransfer.Application;

/// <summary>
/// Submits a transaction whose every message is signed elsewhere: what goes to the key is a digest, what comes back a
/// signature, and the messages travel as bytes.
/// </summary>
public static class OfflineSample
{
    /// <summary>Takes a transaction from its proposal to the outcome, by a gateway that could have no key.</summary>
    public static async Task RunAsync(FabricGateway gateway, FabricContract contract, ISigner signer, TextWriter output)
    {
        var asset = new Asset("asset-signed-elsewhere", "blue", 1, "Eve", 1);
        var proposal = contract.NewProposal("CreateAsset", new ProposalOptions
        {
            Arguments = [JsonSerializer.Serialize(asset, AssetJson.Default.Asset)],
        });
        proposal = gateway.NewProposal(proposal.ToBytes(), await SignAsync(signer, proposal.Digest()));
        output.WriteLine($"Signed off-line: the proposal of {proposal.TransactionId.Length} hexadecimal digits");

        var transaction = await proposal.EndorseAsync();
        transaction = gateway.NewTransaction(transaction.ToBytes(), await SignAsync(signer, transaction.Digest()));
        var commit = await transaction.SubmitAsync();
        commit = gateway.NewCommit(commit.ToBytes(), await SignAsync(signer, commit.Digest()));
        var status = await commit.GetStatusAsync();
        status.EnsureSuccessful();
        output.WriteLine($"Committed: {status.Code}");

        byte[] there = await contract.EvaluateAsync("AssetExists", [asset.Id]);
        output.WriteLine($"It is there: {Encoding.UTF8.GetString(there)}");
    }

    /// <summary>Stands for a device with the key, to which only the digest goes.</summary>
    private static async Task<byte[]> SignAsync(ISigner signer, byte[] digest) =>
        await signer.SignAsync(digest, CancellationToken.None);
}
