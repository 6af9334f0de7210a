using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Protocol.Common;

namespace MicroCreds.Ledger.Operator.Engines.Native.Membership;

/// <summary>The channel's configuration as a member's own peer has it: who is in, and how many must agree.</summary>
internal sealed class ChannelRules
{
    private const string Application = "Application";
    private const string Admins = "Admins";

    private readonly ConfigGroup _channel;

    private ChannelRules(ConfigGroup channel) => _channel = channel;

    /// <summary>The members' MSP ids.</summary>
    public IReadOnlyList<string> Members =>
        [.. _channel.Groups[Application].Groups.Keys.Order(StringComparer.Ordinal)];

    /// <summary>A member's part of the configuration.</summary>
    public ConfigGroup this[string mspId] => _channel.Groups[Application].Groups[mspId];

    /// <summary>The TLS authorities of the orderers, in PEM.</summary>
    public IReadOnlyList<string> OrdererTlsAuthorities => [.. _channel.Groups["Orderer"].Groups.Values
        .SelectMany(organization => MembershipRequest.ReadMsp(organization).TlsRootCerts)
        .Select(root => root.ToStringUtf8()).Distinct()];

    /// <summary>How many members' admins must sign a change of who is in.</summary>
    /// <exception cref="OperatorException">The channel has a policy that this program does not count.</exception>
    public int NeededSignatures
    {
        get
        {
            var policy = _channel.Groups[Application].Policies[Admins].Policy;
            var rule = policy.Type == (int)Policy.Types.PolicyType.ImplicitMeta
                ? ImplicitMetaPolicy.Parser.ParseFrom(policy.Value).Rule
                : throw new OperatorException(
                    $"The channel's policy /Channel/{Application}/{Admins} is not one of ANY, ALL and MAJORITY: "
                    + "collect the signatures by Fabric's own peer channel signconfigtx.");
            return rule switch
            {
                ImplicitMetaPolicy.Types.Rule.Any => 1,
                ImplicitMetaPolicy.Types.Rule.All => Members.Count,
                _ => (Members.Count / 2) + 1,
            };
        }
    }

    /// <summary>Reads the newest configuration from the peer that a connection goes to.</summary>
    public static async Task<ChannelRules> ReadAsync(FabricNetwork network, CancellationToken cancellation)
    {
        var newest = await ReadBlockAsync(
            network, await network.GetNewestBlockNumberAsync(cancellation), cancellation);
        var metadata = Metadata.Parser.ParseFrom(
            newest.Metadata.Metadata[(int)BlockMetadataIndex.Signatures]);
        ulong last = OrdererBlockMetadata.Parser.ParseFrom(metadata.Value).LastConfig.Index;
        var block = last == newest.Header.Number ? newest : await ReadBlockAsync(network, last, cancellation);
        return Of(Envelope.Parser.ParseFrom(block.Data.Data[0]));
    }

    /// <summary>What a configuration block carries.</summary>
    public static ChannelRules Of(Envelope configuration)
    {
        var payload = Payload.Parser.ParseFrom(configuration.Payload);
        return new ChannelRules(ConfigEnvelope.Parser.ParseFrom(payload.Data).Config.ChannelGroup);
    }

    /// <summary>The authorities that issue a member's identities.</summary>
    public X509Certificate2Collection AuthoritiesOf(string mspId)
    {
        var msp = MembershipRequest.ReadMsp(this[mspId]);
        return [.. msp.RootCerts.Concat(msp.IntermediateCerts)
            .Select(root => X509Certificate2.CreateFromPem(root.ToStringUtf8()))];
    }

    /// <summary>
    /// The change that takes a newcomer in, and nothing else. Whoever makes it of the same configuration and the same
    /// request makes the same bytes, so that members need to send each other nothing but signatures.
    /// </summary>
    public byte[] ComputeAdmission(string channel, MembershipRequest request)
    {
        var application = _channel.Groups[Application];
        var next = VersionsOf(application);
        next.Version++;
        next.ModPolicy = application.ModPolicy;
        next.Groups[request.Organization.MspId] = request.ReadGroup();
        return new ConfigUpdate
        {
            ChannelId = channel,
            ReadSet = new ConfigGroup
            {
                Version = _channel.Version,
                Groups = { [Application] = VersionsOf(application) },
            },
            WriteSet = new ConfigGroup { Version = _channel.Version, Groups = { [Application] = next } },
        }.ToByteArray();
    }

    /// <summary>What stays as it is, is named by its version alone; in one order, since maps have none.</summary>
    private static ConfigGroup VersionsOf(ConfigGroup group)
    {
        var versions = new ConfigGroup { Version = group.Version };
        foreach (var (name, inner) in group.Groups.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            versions.Groups[name] = new ConfigGroup { Version = inner.Version };
        }

        foreach (var (name, value) in group.Values.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            versions.Values[name] = new ConfigValue { Version = value.Version };
        }

        foreach (var (name, policy) in group.Policies.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            versions.Policies[name] = new ConfigPolicy { Version = policy.Version };
        }

        return versions;
    }

    private static async Task<Block> ReadBlockAsync(
        FabricNetwork network, ulong number, CancellationToken cancellation)
    {
        await foreach (var block in network.GetBlockEvents(new EventOptions { StartBlock = number }, cancellation))
        {
            return block;
        }

        throw new OperatorException($"The peer ended the stream of blocks before block {number}: try again.");
    }
}
