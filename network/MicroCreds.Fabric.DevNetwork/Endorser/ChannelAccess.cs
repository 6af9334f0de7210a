using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork.Msp;

namespace MicroCreds.Fabric.DevNetwork.Endorser;

/// <summary>
/// Applies the channel's Readers and Writers policies to requests: any member organisation's client or admin may write,
/// its peer may read as well. Thread-safe.
/// </summary>
internal sealed class ChannelAccess(MspRegistry msps, IReadOnlyCollection<string> members, string channelId)
{
    private const IdentityRoles Writers = IdentityRoles.Client | IdentityRoles.Admin;
    private const IdentityRoles Readers = Writers | IdentityRoles.Peer;

    /// <summary>Says why a creator, whose signature was verified, may not propose; null if it may.</summary>
    public string? RefuseWriter(Identity creator) => Refuse(creator, Writers, "Writers");

    /// <summary>Says why a creator, whose signature was verified, may not read; null if it may.</summary>
    public string? RefuseReader(Identity creator) => Refuse(creator, Readers, "Readers");

    /// <summary>Says why a signed request may not read the channel; null if it may.</summary>
    public string? RefuseReader(string channel, ByteString identity, ByteString data, ByteString signature)
    {
        if (channel.Length == 0)
        {
            return "Invalid channel ID name during check policy on signed data. Name must be different from nil.";
        }

        if (channel != channelId)
        {
            return $"Failed to get policy manager for channel [{channel}]";
        }

        return msps.TryResolve(identity, out var reader, out _) && reader.Verify(data.Span, signature.Span)
            ? RefuseReader(reader)
            : Unsatisfied("Readers");
    }

    private string? Refuse(Identity identity, IdentityRoles roles, string policy) =>
        (identity.Roles & roles) != 0 && members.Contains(identity.MspId) ? null : Unsatisfied(policy);

    private string Unsatisfied(string policy) =>
        $"Failed evaluating policy on signed data during check policy on channel [{channelId}] with policy "
        + $"[/Channel/Application/{policy}]: [implicit policy evaluation failed - 0 sub-policies were satisfied, "
        + $"but this policy requires 1 of the '{policy}' sub-policies to be satisfied]";
}
