using MicroCreds.Fabric.Protocol.Common;

namespace MicroCreds.Fabric.DevNetwork.Msp;

/// <summary>Decides whether a set of identities satisfies a signature policy.</summary>
/// <remarks>Source: Fabric's cauthdsl. Each identity counts for one principal only, taken in the order given.</remarks>
internal static class PolicyEvaluator
{
    /// <summary>Tells whether the identities, each of whose signatures was verified, satisfy the policy.</summary>
    /// <remarks>A malformed policy (an empty rule, an index out of range) is satisfied by nobody.</remarks>
    public static bool Evaluate(SignaturePolicyEnvelope policy, IReadOnlyList<Identity> identities) =>
        policy.Rule is not null
        && IsWellFormed(policy.Rule, policy.Identities.Count)
        && Evaluate(policy.Rule, policy.Identities, identities, new bool[identities.Count]);

    private static bool IsWellFormed(SignaturePolicy rule, int principals) => rule.TypeCase switch
    {
        SignaturePolicy.TypeOneofCase.SignedBy => rule.SignedBy >= 0 && rule.SignedBy < principals,
        SignaturePolicy.TypeOneofCase.NOutOf => rule.NOutOf.Rules.All(inner => IsWellFormed(inner, principals)),
        _ => false,
    };

    private static bool Evaluate(
        SignaturePolicy rule, IList<MSPPrincipal> principals, IReadOnlyList<Identity> identities, bool[] used)
    {
        if (rule.TypeCase == SignaturePolicy.TypeOneofCase.SignedBy)
        {
            return Take(principals[rule.SignedBy], identities, used);
        }

        int satisfied = 0;
        foreach (var inner in rule.NOutOf.Rules)
        {
            bool[] attempt = (bool[])used.Clone();
            if (Evaluate(inner, principals, identities, attempt))
            {
                satisfied++;
                attempt.CopyTo(used, 0);
            }
        }

        return satisfied >= rule.NOutOf.N;
    }

    private static bool Take(MSPPrincipal principal, IReadOnlyList<Identity> identities, bool[] used)
    {
        for (int i = 0; i < identities.Count; i++)
        {
            if (!used[i] && identities[i].Satisfies(principal))
            {
                used[i] = true;
                return true;
            }
        }

        return false;
    }
}
