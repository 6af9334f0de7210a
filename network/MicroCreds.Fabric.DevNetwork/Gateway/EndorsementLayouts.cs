using MicroCreds.Fabric.DevNetwork.Chaincodes;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.DevNetwork.Gateway;

/// <summary>No set of peers can endorse; the message is worded as the peer's.</summary>
internal sealed class LayoutException(string reason)
    : Exception($"no combination of peers can be derived which satisfy the endorsement policy: {reason}");

/// <summary>
/// Derives the sets of organisations whose peers together satisfy every policy that a transaction is under.
/// Thread-safe.
/// </summary>
internal sealed class EndorsementLayouts(
    IReadOnlyDictionary<string, ChaincodeDefinition> chaincodes, string channelId, PeerDirectory peers,
    PolicySets sets)
{
    /// <summary>The organisations that the layouts are sets of.</summary>
    public OrganizationIndex Organizations => sets.Organizations;

    /// <summary>
    /// Returns the layouts in random order, those with the preferred organisation first.
    /// </summary>
    /// <exception cref="LayoutException">There are none.</exception>
    public IReadOnlyList<ulong> Derive(string channel, ChaincodeInterest interest, string? preferredMspId)
    {
        foreach (var call in interest.Chaincodes)
        {
            if (channel != channelId || !chaincodes.ContainsKey(call.Name))
            {
                throw new LayoutException(
                    $"No metadata was found for chaincode {call.Name} in channel {channel}");
            }
        }

        PolicySet[] keyPolicies =
        [
            .. interest.Chaincodes.SelectMany(call => call.KeyPolicies).Distinct().Select(sets.Of).Distinct(),
        ];
        if (Array.Exists(keyPolicies, policy => policy.AsksForNobody))
        {
            throw new LayoutException("state based endorsement policy cannot be satisfied");
        }

        PolicySet[] policies =
        [
            .. interest.Chaincodes.SelectMany(PoliciesOf).Select(sets.Of).Concat(keyPolicies).Distinct(),
        ];
        if (policies.Length == 0)
        {
            throw new LayoutException("no principal sets remained after filtering");
        }

        ulong able = Organizations.SetWhere(mspId => peers.IsRunning(mspId) && MayRead(mspId, interest));
        ulong preferred = preferredMspId is null ? 0 : Organizations.SetOf(preferredMspId);
        var whole = policies.Aggregate(sets.Merge);
        if (!whole.IsSatisfiedBy(able))
        {
            throw new LayoutException("no peer combination can satisfy the endorsement policy");
        }

        string[] names = [.. interest.Chaincodes.Select(call => call.Name)];
        able &= Organizations.SetWhere(mspId => peers.CanRun(mspId, names));
        ulong[] installed = whole.Among(able, preferred);
        if (installed.Length == 0)
        {
            throw new LayoutException("required chaincodes are not installed on sufficient peers");
        }

        Random.Shared.Shuffle(installed);
        return [.. installed.OrderByDescending(layout => (layout & preferred) != 0)];
    }

    /// <summary>Tells whether there are layouts at all.</summary>
    public bool IsPossible(string channel, ChaincodeInterest interest)
    {
        try
        {
            return Derive(channel, interest, preferredMspId: null).Count > 0;
        }
        catch (LayoutException)
        {
            return false;
        }
    }

    /// <summary>Returns the policies that a call is under: of the collections that it names, or the chaincode's own.
    /// </summary>
    private IEnumerable<SignaturePolicyEnvelope> PoliciesOf(ChaincodeCall call)
    {
        var definition = chaincodes[call.Name];
        return call.CollectionNames.Count > 0
            ? call.CollectionNames.Select(name => definition.PolicyOf(name) ?? definition.Policy)
            : call.DisregardNamespacePolicy ? [] : [definition.Policy];
    }

    /// <summary>Tells whether an organisation keeps the values of every collection that is read.</summary>
    private bool MayRead(string mspId, ChaincodeInterest interest) => interest.Chaincodes
        .Where(call => !call.NoPrivateReads)
        .All(call => call.CollectionNames.All(name =>
            chaincodes[call.Name].Collections.GetValueOrDefault(name)?.Members.Contains(mspId) == true));
}
