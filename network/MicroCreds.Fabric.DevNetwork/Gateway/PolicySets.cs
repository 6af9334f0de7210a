using System.Collections.Concurrent;
using System.Numerics;
using MicroCreds.Fabric.Protocol.Common;

namespace MicroCreds.Fabric.DevNetwork.Gateway;

/// <summary>
/// Finds the sets of organisations that satisfy policies, and keeps what it found: many transactions are under the
/// same ones. All peers of a network share it. Thread-safe.
/// </summary>
internal sealed class PolicySets(OrganizationIndex organizations)
{
    /// <summary>How many sets of one policy are looked at: Fabric's own bound.</summary>
    public const int MaxCombinations = 10_000;

    /// <summary>Of how many pairs of sets all unions are looked at.</summary>
    private const int MaxPairs = 25_000_000;

    // What is kept of a policy takes up to 80 KB.
    private const int MaxCached = 1_000;

    private readonly ConcurrentDictionary<SignaturePolicyEnvelope, PolicySet> _policies = new();
    private readonly ConcurrentDictionary<(PolicySet, PolicySet), PolicySet> _merged = new();

    /// <summary>The organisations that the sets are of.</summary>
    public OrganizationIndex Organizations => organizations;

    /// <summary>Returns what satisfies a policy.</summary>
    public PolicySet Of(SignaturePolicyEnvelope policy)
    {
        if (_policies.TryGetValue(policy, out var known)) return known;

        // One peer of each organisation is asked, so that a principal wanted twice cannot be had.
        int[][] principals = [.. PrincipalSets(policy.Rule).Take(MaxCombinations).Select(set => set.ToArray())];
        ulong[] members = [.. policy.Identities.Select(SetOf)];
        ulong[] sets =
        [
            .. principals
                .Where(set => set.Distinct().Count() == set.Length
                    && set.All(index => index < members.Length && members[index] != 0))
                .Select(set => set.Aggregate(0UL, (all, index) => all | members[index]))
                .Distinct(),
        ];
        bool asksForNobody = principals.Length == 0 || Array.Exists(principals, set => set.Length == 0);
        bool isCut = principals.Length == MaxCombinations && HasEachOnce(policy.Rule);
        return Keep(_policies, policy, new PolicySet(
            sets, asksForNobody, isCut ? set => IsSatisfied(policy.Rule, members, set) : null));
    }

    /// <summary>Returns what satisfies both: the least sets, unless there are too many to look at.</summary>
    public PolicySet Merge(PolicySet first, PolicySet second)
    {
        if (first == second) return first;
        if (_merged.TryGetValue((first, second), out var known)) return known;

        bool asksForNobody = first.AsksForNobody || second.AsksForNobody;
        if (first.IsCut || second.IsCut || (long)first.Sets.Length * second.Sets.Length > MaxPairs)
        {
            return Keep(_merged, (first, second), new PolicySet(
                [], asksForNobody, set => first.IsSatisfiedBy(set) && second.IsSatisfiedBy(set)));
        }

        // A set that contains another one asks for endorsements that nobody needs.
        var merged = new HashSet<ulong>();
        foreach (ulong one in first.Sets)
        {
            foreach (ulong missing in LeastBeside(one, second.Sets))
            {
                if (merged.Count == MaxCombinations) break;
                merged.Add(one | missing);
            }
        }

        return Keep(_merged, (first, second), new PolicySet([.. Least(merged)], asksForNobody, Rule: null));
    }

    /// <summary>Whether no principal stands in a rule twice, so that a signature of each is one of its own.</summary>
    private static bool HasEachOnce(SignaturePolicy? rule)
    {
        var seen = new HashSet<int>();
        return Check(rule);

        bool Check(SignaturePolicy? part) => part?.TypeCase switch
        {
            SignaturePolicy.TypeOneofCase.SignedBy => seen.Add(part.SignedBy),
            SignaturePolicy.TypeOneofCase.NOutOf => part.NOutOf.Rules.All(Check),
            _ => true,
        };
    }

    private static bool IsSatisfied(SignaturePolicy? rule, ulong[] members, ulong set) => rule?.TypeCase switch
    {
        SignaturePolicy.TypeOneofCase.SignedBy =>
            rule.SignedBy >= 0 && rule.SignedBy < members.Length && (members[rule.SignedBy] & set) != 0,
        SignaturePolicy.TypeOneofCase.NOutOf =>
            rule.NOutOf.Rules.Count(part => IsSatisfied(part, members, set)) >= rule.NOutOf.N,
        _ => false,
    };

    private static PolicySet Keep<T>(ConcurrentDictionary<T, PolicySet> cache, T key, PolicySet found)
        where T : notnull
    {
        if (cache.Count >= MaxCached) cache.Clear();
        return cache.GetOrAdd(key, found);
    }

    /// <summary>What has to be added to a set so that it contains one of others, by the least additions.</summary>
    private static IEnumerable<ulong> LeastBeside(ulong one, ulong[] others)
    {
        ulong singles = 0;
        foreach (ulong other in others)
        {
            ulong missing = other & ~one;
            if (missing == 0) return [0];
            if (BitOperations.IsPow2(missing)) singles |= missing;
        }

        // Nearly all of thousands need one that would do alone.
        var more = Least(others.Select(other => other & ~one).Where(missing => (missing & singles) == 0));
        return PolicySet.Split(singles).Concat(more);
    }

    /// <summary>Leaves out what contains another set of them.</summary>
    private static List<ulong> Least(IEnumerable<ulong> sets)
    {
        var least = new List<ulong>();
        int fewer = 0;
        foreach (var alike in sets.Distinct().GroupBy(BitOperations.PopCount).OrderBy(group => group.Key))
        {
            // Those of one size do not contain each other.
            foreach (ulong set in alike)
            {
                if (!Contains(set)) least.Add(set);
            }

            fewer = least.Count;
            if (alike.Key == 0) break;
        }

        return least;

        bool Contains(ulong set)
        {
            for (int i = 0; i < fewer; i++)
            {
                if ((least[i] & ~set) == 0) return true;
            }

            return false;
        }
    }

    private ulong SetOf(MSPPrincipal? principal)
    {
        if (principal?.PrincipalClassification != MSPPrincipal.Types.Classification.Role) return 0;

        MSPRole role;
        try
        {
            role = MSPRole.Parser.ParseFrom(principal.Principal);
        }
        catch (Google.Protobuf.InvalidProtocolBufferException)
        {
            return 0;
        }

        bool isPeer = role.Role is MSPRole.Types.MSPRoleType.Peer or MSPRole.Types.MSPRoleType.Member;
        return isPeer ? organizations.SetOf(role.MspIdentifier) : 0;
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
}
