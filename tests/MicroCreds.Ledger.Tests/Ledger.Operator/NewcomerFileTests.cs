using MicroCreds.Ledger.Operator;
using MicroCreds.Ledger.Operator.Engines.Native;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

public sealed class NewcomerFileTests
{
    [Fact]
    public void Newcomer_OfTheRepository_FitsTheSampleConsortium()
    {
        var newcomer = NewcomerFile.Read(Path.Combine(Repository.Root, "network", "newcomer.json"));
        var consortium = SampleConsortium.Read();
        Assert.DoesNotContain(newcomer.Organization.MspId, consortium.Organizations.Select(o => o.MspId));
        var all = NativePorts.NextTo(
            consortium with { Organizations = [.. consortium.Organizations, newcomer.Organization] });
        string[] endpoints =
        [
            .. consortium.Organizations.Append(newcomer.Organization).SelectMany(o => (string[])[o.Peer, o.Gateway!]),
            .. consortium.Chaincodes[0].Servers.Values, newcomer.ChaincodeServer,
            .. NativePorts.OrderersOf(consortium).Select(orderer => orderer.Endpoint),
            .. all.Chaincode.Values, .. all.PeerOperations.Values,
            .. all.OrdererAdmin.Values, .. all.OrdererOperations.Values,
        ];
        Assert.Equal(endpoints.Length, endpoints.Distinct().Count());
    }

    [Theory]
    [InlineData("{", "no description of an institution")]
    [InlineData("{}", "organization")]
    [InlineData("""{"organization":{"mspId":"X"},"chaincodeServer":"127.0.0.1:1"}""", "name")]
    public void Newcomer_ThatIsNone_IsRefusedWithTheForm(string json, string fault)
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, json);
        var exception = Assert.Throws<OperatorException>(() => NewcomerFile.Read(file));
        File.Delete(file);
        Assert.Contains(fault, exception.Message, StringComparison.Ordinal);
        Assert.Contains("\"chaincodeServer\": \"127.0.0.1:9105\"", exception.Message, StringComparison.Ordinal);
    }
}
