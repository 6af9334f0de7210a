using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Tests.EndToEnd;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

/// <summary>
/// A ledger of seven organisations, all registered and confirmed, on which three of them write what is new.
/// </summary>
public sealed class SevenMembers : LedgerFixture
{
    private static readonly string[] Further = ["Fjord", "Skerry", "Vesna"];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await RegisterAllAsync();
    }

    protected override MicroCreds.Fabric.DevNetwork.Consortium Describe()
    {
        var sample = base.Describe();
        OrganizationSettings[] all =
        [
            .. sample.Organizations,
            .. Further.Select(name => sample.Organizations[0] with
            {
                MspId = $"{name}MSP",
                Name = $"University of {name}",
                Domain = $"{name.ToLowerInvariant()}.example",
                Website = $"https://www.{name.ToLowerInvariant()}.example",
            }),
        ];
        string peers = string.Join(", ", all.Select(organization => $"'{organization.MspId}.peer'"));
        return sample with
        {
            Organizations = all,
            Chaincodes =
            [
                .. sample.Chaincodes.Select(chaincode => chaincode with
                {
                    EndorsementPolicy = $"OutOf(3, {peers})",
                    Servers = all.ToDictionary(organization => organization.MspId, _ => "127.0.0.1:0"),
                }),
            ],
        };
    }
}
