using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Msp;
using MicroCreds.Ledger.Operator.Doctoring;

namespace MicroCreds.Ledger.Operator.Engines.Native.Membership;

/// <summary>What a newcomer sends the members: who it is and by which certificates it is known, and no key.</summary>
internal sealed record MembershipRequest
{
    public const string MadeBy = "scripts/request-membership.sh";

    private const string Admins = "Admins";
    private const string Msp = "MSP";
    private const string AnchorPeers = "AnchorPeers";

    private static readonly string[] Policies = [Admins, "Endorsement", "Readers", "Writers"];

    /// <summary>As an entry of "organizations" in consortium.json.</summary>
    public required OrganizationSettings Organization { get; init; }

    /// <summary>Its part of the channel's configuration, as Fabric writes it (common.ConfigGroup).</summary>
    public required byte[] Definition { get; init; }

    /// <summary>Reads a request and looks at everything that a member would sign by it.</summary>
    /// <exception cref="OperatorException">It is no request, or asks for what it must not; all is named.</exception>
    public static MembershipRequest Read(string file)
    {
        var request = ExchangeFile.Read<MembershipRequest>(file, MadeBy);
        var faults = request.FindFaults(TimeProvider.System.GetUtcNow()).ToList();
        return faults.Count == 0 ? request : throw new OperatorException(
            $"{file} is nothing to sign:\n{string.Join('\n', faults.Select(fault => $"- {fault}"))}\n"
            + $"Ask the newcomer for a request that {MadeBy} made.");
    }

    /// <summary>Its part of the channel's configuration.</summary>
    public ConfigGroup ReadGroup() => ConfigGroup.Parser.ParseFrom(Definition);

    /// <summary>Says what a member should compare with the newcomer by another way than the request came.</summary>
    public IEnumerable<string> Describe()
    {
        var msp = ReadMsp(ReadGroup());
        yield return $"{Organization.MspId}, {Organization.Name}, {Organization.Domain}, peer at {Organization.Peer}";
        foreach (var (use, root) in msp.RootCerts.Select(root => ("identities", root))
            .Concat(msp.TlsRootCerts.Select(root => ("TLS", root))))
        {
            using var certificate = X509Certificate2.CreateFromPem(root.ToStringUtf8());
            string print = certificate.GetCertHashString(HashAlgorithmName.SHA256);
            yield return $"its authority for {use}: {certificate.Subject}, SHA-256 {print}";
        }
    }

    /// <summary>The definition of an organisation in the channel's configuration.</summary>
    public static FabricMSPConfig ReadMsp(ConfigGroup organization) => FabricMSPConfig.Parser.ParseFrom(
        MSPConfig.Parser.ParseFrom(organization.Values[Msp].Value).Config);

    private IEnumerable<string> FindFaults(DateTimeOffset now)
    {
        try
        {
            var group = ReadGroup();
            return group.Values.ContainsKey(Msp)
                ? [.. FindShapeFaults(group), .. FindMspFaults(ReadMsp(group), now), .. FindPolicyFaults(group)]
                : ["its definition has no MSP"];
        }
        catch (InvalidProtocolBufferException exception)
        {
            return [$"its definition is no part of a channel's configuration: {exception.Message}"];
        }
    }

    private IEnumerable<string> FindShapeFaults(ConfigGroup group)
    {
        if (Encoding.UTF8.GetString(Definition).Contains("PRIVATE KEY", StringComparison.Ordinal))
        {
            yield return "it holds a private key, which must never leave its owner: make new keys";
        }

        if (group.Groups.Count > 0)
        {
            yield return "its definition has groups of its own";
        }

        foreach (string value in group.Values.Keys.Except([Msp, AnchorPeers]))
        {
            yield return $"its definition has a value {value}, which is no newcomer's";
        }

        if (!group.Values.TryGetValue(AnchorPeers, out var anchors)
            || Fabric.Protocol.Peer.AnchorPeers.Parser.ParseFrom(anchors.Value).AnchorPeers_.Count == 0)
        {
            yield return "it names no anchor peer, so that nobody's peer would find its own";
        }

        if (group.ModPolicy != Admins || group.Values.Values.Any(value => value.ModPolicy != Admins)
            || group.Policies.Values.Any(policy => policy.ModPolicy != Admins))
        {
            yield return $"its definition is not changed by its own {Admins} alone";
        }
    }

    private IEnumerable<string> FindMspFaults(FabricMSPConfig msp, DateTimeOffset now)
    {
        if (msp.Name != Organization.MspId)
        {
            yield return $"its definition is that of {msp.Name}, not of {Organization.MspId}";
        }

        if (msp.SigningIdentity is not null)
        {
            yield return "its definition has a signing identity, which belongs to its owner alone";
        }

        if (msp.FabricNodeOus is not { Enable: true })
        {
            yield return "its definition does not switch node OUs on, by which peers and admins are told apart";
        }

        if (msp.RootCerts.Count == 0 || msp.TlsRootCerts.Count == 0)
        {
            yield return "its definition names no authority for identities, or none for TLS";
        }

        foreach (var root in msp.RootCerts.Concat(msp.TlsRootCerts))
        {
            foreach (string fault in FindFaults(root, now))
            {
                yield return fault;
            }
        }
    }

    private static IEnumerable<string> FindFaults(ByteString root, DateTimeOffset now)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(root.ToStringUtf8());
            return [.. CertificateExamination.ExamineTime(certificate.Subject, certificate, now)
                .Select(finding => $"{finding.Subject}: {finding.Fault}")];
        }
        catch (CryptographicException exception)
        {
            return [$"one of its authorities is no certificate in PEM: {exception.Message}"];
        }
    }

    /// <summary>Its policies may ask for nobody but itself: an Admins of others would vote twice.</summary>
    private IEnumerable<string> FindPolicyFaults(ConfigGroup group)
    {
        foreach (string name in Policies.Except(group.Policies.Keys))
        {
            yield return $"its definition has no policy {name}";
        }

        foreach (var (name, policy) in group.Policies)
        {
            bool own = policy.Policy.Type == (int)Policy.Types.PolicyType.Signature
                && SignaturePolicyEnvelope.Parser.ParseFrom(policy.Policy.Value).Identities.All(IsOwn);
            if (!own)
            {
                yield return $"its policy {name} asks for others than {Organization.MspId} itself";
            }
        }
    }

    private bool IsOwn(MSPPrincipal principal) =>
        principal.PrincipalClassification == MSPPrincipal.Types.Classification.Role
        && MSPRole.Parser.ParseFrom(principal.Principal).MspIdentifier == Organization.MspId;
}
