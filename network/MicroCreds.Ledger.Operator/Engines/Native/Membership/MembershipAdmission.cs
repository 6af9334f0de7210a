using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator.Engines.Native.Membership;

/// <summary>What the members send a newcomer that they have taken in: where the channel is, what runs on it.</summary>
internal sealed record MembershipAdmission
{
    public const string MadeBy = "scripts/admit-institution.sh";

    /// <summary>Who was taken in.</summary>
    public required string MspId { get; init; }

    /// <summary>The consortium as a newcomer sees it: everybody in it runs elsewhere.</summary>
    public required Consortium Consortium { get; init; }

    /// <summary>The TLS authorities of the orderers, in PEM.</summary>
    public required IReadOnlyList<string> OrdererTlsAuthorities { get; init; }

    /// <summary>How many definitions of each chaincode the channel has seen.</summary>
    public required IReadOnlyDictionary<string, int> Sequences { get; init; }

    /// <summary>What a member tells.</summary>
    /// <param name="mspId">The newcomer.</param>
    /// <param name="known">The network as the member knows it.</param>
    /// <param name="rules">The channel's configuration.</param>
    public static MembershipAdmission Of(string mspId, NetworkState known, ChannelRules rules)
    {
        var consortium = known.Consortium;
        return new MembershipAdmission
        {
            MspId = mspId,
            Consortium = consortium with
            {
                Orderer = consortium.Orderer with { RunsElsewhere = true },
                Organizations = [.. consortium.Organizations.Where(o => o.MspId != mspId)
                    .Select(organization => organization with { RunsElsewhere = true })],
                Chaincodes = [.. consortium.Chaincodes.Select(chaincode =>
                    chaincode with { Servers = new Dictionary<string, string>() })],
            },
            OrdererTlsAuthorities = rules.OrdererTlsAuthorities,
            Sequences = DeployedChaincode.ReadAll(new NativeFiles(known.State).Deployment).ToDictionary(
                deployed => deployed.Key, deployed => deployed.Value.Sequence),
        };
    }
}
