using AssetTransfer.Application;
using MicroCreds.Fabric.Client;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.SampleApplications;

/// <summary>What the samples say, on the embedded network or on real Fabric.</summary>
public sealed class SampleTests(SampleNetwork network) : IClassFixture<SampleNetwork>
{
    private LedgerMember Member => network[SampleNetwork.Aurora];

    [Fact]
    public async Task Basic_CallsTheContractByItsInterface()
    {
        string said = await RunAsync(output => BasicSample.RunAsync(Contract("basic"), output));
        Assert.Contains("asset1 of Tomoko", said, StringComparison.Ordinal);
        Assert.Contains(
            "Handed over from Tom: Asset { Id = asset9, Color = green, Size = 15, Owner = Mark, ",
            said, StringComparison.Ordinal);
        Assert.Contains(
            "Refused with 404: The asset asset70 does not exist: create it first.", said, StringComparison.Ordinal);
        Assert.EndsWith("asset9 is there: False\n", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_AreHeard_AndHeardAgain() =>
        Assert.Equal(
            """
            Heard: CreateAsset asset-of-events of Sam
            Heard: TransferAsset asset-of-events of Mary
            Heard: DeleteAsset asset-of-events of Mary
            Heard again: CreateAsset asset-of-events of Sam
            Heard again: TransferAsset asset-of-events of Mary
            Heard again: DeleteAsset asset-of-events of Mary

            """,
            await RunAsync(output => EventsSample.RunAsync(Member.Network, Contract("x").ChaincodeName, output)));

    [Fact]
    public async Task PrivateData_StaysWithItsOrganization()
    {
        string said = await RunAsync(
            output => PrivateDataSample.RunAsync(
                Contract("private"), Member.MspId, SampleNetwork.Tejo, output));
        Assert.Equal(
            """
            Both know: {"id":"asset-in-private","color":"red","size":20,"owner":"AuroraMSP"}
            Only AuroraMSP knows that it is worth 7000
            Refused with 409: TejoMSP has not agreed to take asset-in-private: it must first.
            Deleted, and its worth purged

            """,
            said);
    }

    [Fact]
    public async Task Offline_EverySignatureIsMadeElsewhere()
    {
        using var signer = PrivateKeySigner.FromPemFile(Member.FilesOf("User1").Key);
        string said = await RunAsync(
            output => OfflineSample.RunAsync(Member.UserGateway, Contract("basic"), signer, output));
        Assert.EndsWith("Committed: Valid\nIt is there: true\n", said, StringComparison.Ordinal);
    }

    private FabricContract Contract(string name) =>
        Member.Network.GetContract(Member.User.ChaincodeName, name);

    private static async Task<string> RunAsync(Func<TextWriter, Task> sample)
    {
        await using var output = new StringWriter { NewLine = "\n" };
        await sample(output);
        return output.ToString();
    }
}
