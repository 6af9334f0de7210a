using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Msp;
using MicroCreds.Fabric.Protocol.Orderer;
using MicroCreds.Fabric.Protocol.Peer;
using Role = MicroCreds.Fabric.Protocol.Common.MSPRole.Types.MSPRoleType;

namespace MicroCreds.Fabric.DevNetwork.Orderer;

/// <summary>Writes the channel's configuration as configtxgen would for the same consortium.</summary>
/// <remarks>Source: Fabric's internal/configtxgen/encoder. Not thread-safe.</remarks>
internal sealed class ChannelConfiguration(Consortium consortium, IReadOnlyDictionary<string, MspDefinition> msps)
{
    private const string Admins = "Admins";

    /// <summary>Returns the configuration envelope that block 0 carries.</summary>
    public Envelope ToEnvelope(DateTimeOffset now)
    {
        var channelHeader = new ChannelHeader
        {
            Type = (int)HeaderType.Config,
            Version = 1,
            Timestamp = Timestamp.FromDateTimeOffset(now),
            ChannelId = consortium.Channel,
        };

        // configtxgen signs nothing: the first block has no creator, and its nonce only makes the id.
        byte[] nonce = TransactionId.NewNonce();
        channelHeader.TxId = TransactionId.Compute(nonce, []);
        var signatureHeader = new SignatureHeader { Nonce = ByteString.CopyFrom(nonce) };
        var payload = new Payload
        {
            Header = new Header
            {
                ChannelHeader = channelHeader.ToByteString(),
                SignatureHeader = signatureHeader.ToByteString(),
            },
            Data = new ConfigEnvelope { Config = new Config { ChannelGroup = ChannelGroup() } }.ToByteString(),
        };
        return new Envelope { Payload = payload.ToByteString() };
    }

    private static ConfigGroup Group() => new() { ModPolicy = Admins };

    private static void AddValue(ConfigGroup group, string name, IMessage value, string modPolicy = Admins) =>
        group.Values[name] = new ConfigValue { Value = value.ToByteString(), ModPolicy = modPolicy };

    private static void AddPolicy(ConfigGroup group, string name, SignaturePolicyEnvelope policy) =>
        group.Policies[name] = new ConfigPolicy
        {
            ModPolicy = Admins,
            Policy = new Policy { Type = (int)Policy.Types.PolicyType.Signature, Value = policy.ToByteString() },
        };

    private static void AddImplicit(
        ConfigGroup group, string name, string subPolicy, ImplicitMetaPolicy.Types.Rule rule) =>
        group.Policies[name] = new ConfigPolicy
        {
            ModPolicy = Admins,
            Policy = new Policy
            {
                Type = (int)Policy.Types.PolicyType.ImplicitMeta,
                Value = new ImplicitMetaPolicy { SubPolicy = subPolicy, Rule = rule }.ToByteString(),
            },
        };

    private static void AddAccessPolicies(ConfigGroup group)
    {
        AddImplicit(group, "Readers", "Readers", ImplicitMetaPolicy.Types.Rule.Any);
        AddImplicit(group, "Writers", "Writers", ImplicitMetaPolicy.Types.Rule.Any);
        AddImplicit(group, Admins, Admins, ImplicitMetaPolicy.Types.Rule.Majority);
    }

    private static Capabilities Capability(string name) => new() { Capabilities_ = { [name] = new Capability() } };

    private static SignaturePolicyEnvelope AnyOf(string mspId, params ReadOnlySpan<Role> roles)
    {
        var policies = new List<SignaturePolicyEnvelope>();
        foreach (var role in roles)
        {
            policies.Add(SignaturePolicies.SignedBy(mspId, role));
        }

        return SignaturePolicies.Or([.. policies]);
    }

    private ConfigGroup ChannelGroup()
    {
        var channel = Group();
        AddValue(channel, "HashingAlgorithm", new HashingAlgorithm { Name = "SHA256" });
        AddValue(channel, "BlockDataHashingStructure", new BlockDataHashingStructure { Width = uint.MaxValue });
        AddValue(
            channel, "OrdererAddresses", new OrdererAddresses { Addresses = { consortium.Orderer.Endpoint } },
            "/Channel/Orderer/Admins");
        AddValue(channel, "Capabilities", Capability("V2_0"));
        AddAccessPolicies(channel);
        channel.Groups["Orderer"] = OrdererGroup();
        channel.Groups["Application"] = ApplicationGroup();
        return channel;
    }

    private ConfigGroup OrdererGroup()
    {
        var orderer = Group();
        var batch = consortium.Batch;
        AddValue(orderer, "ConsensusType", new ConsensusType { Type = "etcdraft" });
        AddValue(orderer, "BatchSize", new BatchSize
        {
            MaxMessageCount = (uint)batch.MaxMessageCount,
            AbsoluteMaxBytes = (uint)batch.AbsoluteMaxBytes,
            PreferredMaxBytes = (uint)batch.PreferredMaxBytes,
        });
        string timeout = ((long)batch.Timeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) + "ms";
        AddValue(orderer, "BatchTimeout", new BatchTimeout { Timeout = timeout });
        AddValue(orderer, "Capabilities", Capability("V2_0"));
        AddAccessPolicies(orderer);
        AddImplicit(orderer, "BlockValidation", "Writers", ImplicitMetaPolicy.Types.Rule.Any);

        string mspId = consortium.Orderer.MspId;
        var organization = Group();
        AddMsp(organization, mspId);
        AddValue(organization, "Endpoints", new OrdererAddresses { Addresses = { consortium.Orderer.Endpoint } });
        AddPolicy(organization, "Readers", AnyOf(mspId, Role.Member));
        AddPolicy(organization, "Writers", AnyOf(mspId, Role.Member));
        AddPolicy(organization, Admins, AnyOf(mspId, Role.Admin));
        orderer.Groups[mspId] = organization;
        return orderer;
    }

    private ConfigGroup ApplicationGroup()
    {
        var application = Group();
        AddValue(application, "Capabilities", Capability("V2_5"));
        AddAccessPolicies(application);
        AddImplicit(application, "Endorsement", "Endorsement", ImplicitMetaPolicy.Types.Rule.Majority);
        AddImplicit(application, "LifecycleEndorsement", "Endorsement", ImplicitMetaPolicy.Types.Rule.Majority);
        foreach (var settings in consortium.Organizations)
        {
            string mspId = settings.MspId;
            var organization = Group();
            AddMsp(organization, mspId);
            AddPolicy(organization, "Readers", AnyOf(mspId, Role.Admin, Role.Peer, Role.Client));
            AddPolicy(organization, "Writers", AnyOf(mspId, Role.Admin, Role.Client));
            AddPolicy(organization, Admins, AnyOf(mspId, Role.Admin));
            AddPolicy(organization, "Endorsement", AnyOf(mspId, Role.Peer));
            var (host, port) = LoopbackEndpoint.Parse(settings.Peer);
            AddValue(organization, "AnchorPeers", new AnchorPeers
            {
                AnchorPeers_ = { new AnchorPeer { Host = host, Port = port } },
            });
            application.Groups[mspId] = organization;
        }

        return application;
    }

    private void AddMsp(ConfigGroup organization, string mspId)
    {
        var msp = msps[mspId];
        var root = ByteString.CopyFromUtf8(msp.RootPem);
        FabricOUIdentifier Unit(string name) => new() { Certificate = root, OrganizationalUnitIdentifier = name };
        var configuration = new FabricMSPConfig
        {
            Name = mspId,
            RootCerts = { root },
            TlsRootCerts = { ByteString.CopyFromUtf8(msp.TlsRootPem) },
            CryptoConfig = new FabricCryptoConfig
            {
                SignatureHashFamily = "SHA2",
                IdentityIdentifierHashFunction = "SHA256",
            },
            FabricNodeOus = new FabricNodeOUs
            {
                Enable = true,
                ClientOuIdentifier = Unit("client"),
                PeerOuIdentifier = Unit("peer"),
                AdminOuIdentifier = Unit("admin"),
                OrdererOuIdentifier = Unit("orderer"),
            },
        };
        AddValue(organization, "MSP", new MSPConfig { Type = 0, Config = configuration.ToByteString() });
    }
}
