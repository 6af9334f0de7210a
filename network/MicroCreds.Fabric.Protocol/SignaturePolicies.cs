using Google.Protobuf;
using MicroCreds.Fabric.Protocol.Common;

namespace MicroCreds.Fabric.Protocol;

/// <summary>Builds signature policies: who must have signed.</summary>
/// <remarks>Thread-safe: every call makes its own policy, with principals and rules in the order given.</remarks>
public static class SignaturePolicies
{
    /// <summary>Returns a policy that one signature of this role in this MSP satisfies.</summary>
    public static SignaturePolicyEnvelope SignedBy(string mspId, MSPRole.Types.MSPRoleType role) =>
        new()
        {
            Rule = new SignaturePolicy { SignedBy = 0 },
            Identities = { Principal(mspId, role) },
        };

    /// <summary>Returns a policy that is satisfied when at least <paramref name="n"/> of the given ones are.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is negative or more than there are policies.
    /// </exception>
    public static SignaturePolicyEnvelope OutOf(int n, IReadOnlyCollection<SignaturePolicyEnvelope> policies)
    {
        ArgumentNullException.ThrowIfNull(policies);
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(n, policies.Count);
        var joined = new SignaturePolicyEnvelope();
        var rule = new SignaturePolicy.Types.NOutOf { N = n };
        foreach (var policy in policies)
        {
            rule.Rules.Add(Renumber(policy.Rule, [.. policy.Identities.Select(p => IndexOf(joined, p))]));
        }

        joined.Rule = new SignaturePolicy { NOutOf = rule };
        return joined;
    }

    /// <summary>Returns a policy that is satisfied when all of the given ones are.</summary>
    public static SignaturePolicyEnvelope And(params SignaturePolicyEnvelope[] policies)
    {
        ArgumentNullException.ThrowIfNull(policies);
        return OutOf(policies.Length, policies);
    }

    /// <summary>Returns a policy that is satisfied when one of the given ones is.</summary>
    public static SignaturePolicyEnvelope Or(params SignaturePolicyEnvelope[] policies) => OutOf(1, policies);

    private static MSPPrincipal Principal(string mspId, MSPRole.Types.MSPRoleType role) =>
        new()
        {
            PrincipalClassification = MSPPrincipal.Types.Classification.Role,
            Principal = new MSPRole { MspIdentifier = mspId, Role = role }.ToByteString(),
        };

    private static int IndexOf(SignaturePolicyEnvelope policy, MSPPrincipal principal)
    {
        int index = policy.Identities.IndexOf(principal);
        if (index >= 0)
        {
            return index;
        }

        policy.Identities.Add(principal);
        return policy.Identities.Count - 1;
    }

    private static SignaturePolicy Renumber(SignaturePolicy rule, int[] indexes)
    {
        if (rule.TypeCase == SignaturePolicy.TypeOneofCase.SignedBy)
        {
            return new SignaturePolicy { SignedBy = indexes[rule.SignedBy] };
        }

        var renumbered = new SignaturePolicy.Types.NOutOf { N = rule.NOutOf.N };
        renumbered.Rules.Add(rule.NOutOf.Rules.Select(inner => Renumber(inner, indexes)));
        return new SignaturePolicy { NOutOf = renumbered };
    }
}
