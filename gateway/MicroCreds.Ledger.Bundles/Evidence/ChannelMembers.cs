using Google.Protobuf;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Msp;

namespace MicroCreds.Ledger.Bundles.Evidence;

/// <summary>Reads the members' roots out of blocks.</summary>
public static class ChannelMembers
{
    private const string Application = "Application";
    private const string MspValue = "MSP";

    /// <summary>Tells which block holds the configuration that was in force at a block.</summary>
    public static ulong ConfigurationOf(Block block)
    {
        ArgumentNullException.ThrowIfNull(block);
        try
        {
            var metadata = Metadata.Parser.ParseAsGo(block.Metadata.Metadata[(int)BlockMetadataIndex.Signatures]);
            return OrdererBlockMetadata.Parser.ParseAsGo(metadata.Value).LastConfig?.Index ?? 0;
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or ArgumentOutOfRangeException)
        {
            throw new EvidenceException($"Block {block.Header.Number} does not say where its configuration is.", e);
        }
    }

    /// <summary>Reads the members of a configuration block, in the order of their names.</summary>
    public static IReadOnlyList<TrustedMember> Read(Block configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        try
        {
            var payload = Payload.Parser.ParseAsGo(Envelope.Parser.ParseAsGo(configuration.Data.Data[0]).Payload);
            var channel = ConfigEnvelope.Parser.ParseAsGo(payload.Data).Config?.ChannelGroup
                ?? throw new EvidenceException($"Block {configuration.Header.Number} holds no configuration.");
            return
            [
                .. channel.Groups[Application].Groups.Values
                    .Select(group => Read(MSPConfig.Parser.ParseAsGo(group.Values[MspValue].Value)))
                    .OrderBy(member => member.MspId, StringComparer.Ordinal),
            ];
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or KeyNotFoundException)
        {
            throw new EvidenceException($"Block {configuration.Header.Number} holds no channel configuration.", e);
        }
    }

    private static TrustedMember Read(MSPConfig config)
    {
        var msp = FabricMSPConfig.Parser.ParseAsGo(config.Config);
        return new TrustedMember
        {
            MspId = msp.Name,
            Roots = [.. msp.RootCerts.Select(pem => pem.ToStringUtf8())],
            Intermediates = [.. msp.IntermediateCerts.Select(pem => pem.ToStringUtf8())],
            PeerUnit = msp.FabricNodeOus is { Enable: true } units
                ? units.PeerOuIdentifier?.OrganizationalUnitIdentifier
                : null,
        };
    }
}
