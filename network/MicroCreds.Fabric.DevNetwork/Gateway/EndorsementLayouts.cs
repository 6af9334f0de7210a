using System.Collections.Concurrent;
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
    IReadOnlyDictionary<string, ChaincodeDefinition> chaincodes, string channelId, PeerDirectory peers)
{
    /// <summary>How many sets of one policy are looked at: Fabric's own bound.</summary>
    public const int MaxCombinations = 10_000;

    /// <summary>How many policies' sets are kept.</summary>
    private const int MaxCachedPolicies = 10_000;

    private readonly ConcurrentDictionary<SignaturePolicyEnvelope, PolicySets> _cache = new();

    /// <summary>
    /// Returns the layouts in random order, those with the preferred organisation first.
    /// </summary>
    /// <exception cref="LayoutException">There are none.</exception>
    public IReadOnlyList<string[]> Derive(string channel, ChaincodeInterest interest, string? preferredMspId)
    {
        foreach (var call in interest.Chaincodes)
        {
            if (channel != channelId || !chaincodes.ContainsKey(call.Name))
            {
                throw new LayoutException(
                    $"No metadata was found for chaincode {call.Name} in channel {channel}");
            }
        }

        var keyPolicies = interest.Chaincodes.SelectMany(call => call.KeyPolicies).Select(SetsOf).ToList();
        if (keyPolicies.Exists(policy => policy.AsksForNobody))
        {
            throw new LayoutException("state based endorsement policy cannot be satisfied");
        }

        var policies = interest.Chaincodes.SelectMany(PoliciesOf).Select(SetsOf).Concat(keyPolicies)
            .Select(policy => policy.Sets).ToList();
        if (policies.Count == 0)
        {
            throw new LayoutException("no principal sets remained after filtering");
        }

        string[][] layouts =
        [
            .. policies.Aggregate(Merge)
                .Where(layout => layout.All(mspId => peers.IsRunning(mspId) && MayRead(mspId, interest))),
        ];
        if (layouts.Length == 0)
        {
            throw new LayoutException("no peer combination can satisfy the endorsement policy");
        }

        string[][] installed =
        [
            .. layouts.Where(layout => layout.All(mspId =>
                peers.CanRun(mspId, interest.Chaincodes.Select(call => call.Name)))),
        ];
        if (installed.Length == 0)
        {
            throw new LayoutException("required chaincodes are not installed on sufficient peers");
        }

        Random.Shared.Shuffle(installed);
        return [.. installed.OrderByDescending(layout => layout.Contains(preferredMspId))];
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

    private PolicySets SetsOf(SignaturePolicyEnvelope policy)
    {
        if (_cache.TryGetValue(policy, out var known))
        {
            return known;
        }

        // One peer of each organisation is asked, so that a principal wanted twice cannot be had.
        int[][] principals = [.. PrincipalSets(policy.Rule).Take(MaxCombinations).Select(set => set.ToArray())];
        string[][] sets =
        [
            .. principals
                .Where(set => set.Distinct().Count() == set.Length)
                .Select(set => set.Select(index => MspIdOf(policy.Identities.ElementAtOrDefault(index))).ToArray())
                .Where(set => !set.Contains(null))
                .Select(set => set.OfType<string>().Distinct().Order(StringComparer.Ordinal).ToArray())
                .DistinctBy(set => string.Join('\n', set)),
        ];
        var found = new PolicySets(
            sets, AsksForNobody: principals.Length == 0 || Array.Exists(principals, set => set.Length == 0));
        if (_cache.Count < MaxCachedPolicies)
        {
            _cache[policy] = found;
        }

        return found;
    }

    private string? MspIdOf(MSPPrincipal? principal)
    {
        if (principal?.PrincipalClassification != MSPPrincipal.Types.Classification.Role)
        {
            return null;
        }

        MSPRole role;
        try
        {
            role = MSPRole.Parser.ParseFrom(principal.Principal);
        }
        catch (Google.Protobuf.InvalidProtocolBufferException)
        {
            return null;
        }

        bool isPeer = role.Role is MSPRole.Types.MSPRoleType.Peer or MSPRole.Types.MSPRoleType.Member;
        return isPeer && peers.Knows(role.MspIdentifier) ? role.MspIdentifier : null;
    }

    private static IEnumerable<IEnumerable<int>> PrincipalSets(SignaturePolicy? rule) => rule?.TypeCase switch
    {
        SignaturePolicy.TypeOneofCase.SignedBy => [[rule.SignedBy]],
        SignaturePolicy.TypeOneofCase.NOutOf => Choose(rule.NOutOf.N, rule.NOutOf.Rules, 0),
        _ => [],
    };

    private static IEnumerable<IEnumerable<int>> Choose(int n, IReadOnlyList<SignaturePolicy> rules, int from)
    {
        if (n <= 0)
        {
            yield return [];
            yield break;
        }

        for (int i = from; i <= rules.Count - n; i++)
        {
            foreach (var first in PrincipalSets(rules[i]))
            {
                foreach (var rest in Choose(n - 1, rules, i + 1))
                {
                    yield return first.Concat(rest);
                }
            }
        }
    }

    /// <summary>What satisfies a policy.</summary>
    /// <param name="Sets">Organisations, each set of which does.</param>
    /// <param name="AsksForNobody">Whether it has no rule, or nobody's signature does.</param>
    private sealed record PolicySets(string[][] Sets, bool AsksForNobody);

    private static string[][] Merge(string[][] first, string[][] second)
    {
        string[][] merged =
        [
            .. first.SelectMany(one => second.Select(other => one.Union(other).Order(StringComparer.Ordinal).ToArray()))
                .DistinctBy(set => string.Join('\n', set))
                .Take(MaxCombinations),
        ];

        // A set that contains another one asks for endorsements that nobody needs.
        return
        [
            .. merged.Where(set => !Array.Exists(
                merged, other => other.Length < set.Length && !other.Except(set).Any())),
        ];
    }
}
