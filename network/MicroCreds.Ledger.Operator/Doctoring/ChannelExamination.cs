using System.Security.Cryptography.X509Certificates;
using MicroCreds.Fabric.Client;
using MicroCreds.Ledger.Operator.Engines.Native.Membership;

namespace MicroCreds.Ledger.Operator.Doctoring;

/// <summary>Whether the channel knows an organisation by the authorities that it has now.</summary>
internal static class ChannelExamination
{
    /// <summary>Asks the organisation's own peer.</summary>
    public static async Task<IReadOnlyList<Finding>> ExamineAsync(
        NetworkState known, string mspId, CancellationToken cancellation)
    {
        var entry = known.Network.Institutions.Single(institution => institution.MspId == mspId);
        string msp = Path.Combine(known.State, "organizations", "peerOrganizations", entry.Domain, "msp");
        try
        {
            using var connection = new InstitutionConnection(known.Network, entry);
            return [.. Examine(await ChannelRules.ReadAsync(connection.Network, cancellation), mspId, msp)];
        }
        catch (Exception exception) when (exception is FabricException or OperatorException)
        {
            return [new Finding(
                mspId,
                $"its user does not get the configuration of the channel {known.Network.Channel}: {exception.Message}",
                "see what was found about its user and its peer; if nothing was, scripts/logs.sh peer says more.")];
        }
    }

    /// <param name="rules">The channel's configuration.</param>
    /// <param name="mspId">The organisation.</param>
    /// <param name="organizationMsp">Its folder, with cacerts and tlscacerts.</param>
    public static IEnumerable<Finding> Examine(ChannelRules rules, string mspId, string organizationMsp)
    {
        if (!rules.Members.Contains(mspId))
        {
            yield return new Finding(
                mspId,
                $"the channel has no such member, but {string.Join(", ", rules.Members)}; Fabric answers \"creator org "
                    + "unknown, creator is malformed\".",
                "correct the MSP id, or have it taken in: scripts/add-institution.sh.");
            yield break;
        }

        var msp = MembershipRequest.ReadMsp(rules[mspId]);
        (string Folder, IEnumerable<string> Known)[] kinds =
        [
            ("cacerts", msp.RootCerts.Concat(msp.IntermediateCerts).Select(root => root.ToStringUtf8())),
            ("tlscacerts", msp.TlsRootCerts.Concat(msp.TlsIntermediateCerts).Select(root => root.ToStringUtf8())),
        ];
        foreach (var (folder, known) in kinds)
        {
            string directory = Path.Combine(organizationMsp, folder);
            var prints = known.Select(ThumbprintOf).ToHashSet();
            var strangers = Directory.Exists(directory)
                ? Directory.GetFiles(directory).Where(file => !prints.Contains(ThumbprintOf(File.ReadAllText(file))))
                : [];
            foreach (string file in strangers)
            {
                yield return new Finding(
                    mspId,
                    $"the channel does not know the authority in {file}; whatever it issued is foreign there: Fabric "
                        + "answers \"certificate signed by unknown authority\".",
                    "bring the authority back that the channel knows, or update the channel with the new one while the "
                        + "old one's admin can still sign.");
            }
        }
    }

    private static string ThumbprintOf(string pem)
    {
        using var certificate = X509Certificate2.CreateFromPem(pem);
        return certificate.Thumbprint;
    }
}
