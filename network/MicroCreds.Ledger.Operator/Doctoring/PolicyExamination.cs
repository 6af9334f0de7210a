using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;

namespace MicroCreds.Ledger.Operator.Doctoring;

/// <summary>Whether an endorsement policy can be met by the organisations that there are.</summary>
internal static class PolicyExamination
{
    public static IEnumerable<Finding> Examine(
        ChaincodeSettings chaincode, IReadOnlyCollection<string> members, IReadOnlyCollection<string> serving)
    {
        string subject = $"Endorsement policy of {chaincode.Name}";
        SignaturePolicyEnvelope policy;
        string? fault = null;
        try
        {
            policy = SignaturePolicyText.Parse(chaincode.EndorsementPolicy);
        }
        catch (FormatException exception)
        {
            policy = new SignaturePolicyEnvelope();
            fault = exception.Message;
        }

        if (fault is not null)
        {
            yield return new Finding(subject, fault, "correct it in consortium.json.");
            yield break;
        }

        var named = policy.Identities
            .Select(principal => MSPRole.Parser.ParseFrom(principal.Principal).MspIdentifier).ToList();
        foreach (string stranger in named.Except(members))
        {
            yield return new Finding(
                subject, $"it names {stranger}, which is no member of the channel and can never endorse.",
                "correct the MSP id, or add the institution with scripts/add-institution.sh.");
        }

        if (!IsMet(policy.Rule, named, serving))
        {
            yield return new Finding(
                subject,
                $"it cannot be met: only {string.Join(", ", serving.Order(StringComparer.Ordinal))} can endorse now, "
                    + $"and it asks for {chaincode.EndorsementPolicy}; Fabric answers \"no combination of peers can be "
                    + "derived which satisfy the endorsement policy\".",
                "start the peers and contract servers that are down, or change it with scripts/upgrade.sh --policy.");
        }
    }

    private static bool IsMet(SignaturePolicy rule, List<string> named, IReadOnlyCollection<string> serving) =>
        rule.TypeCase == SignaturePolicy.TypeOneofCase.NOutOf
            ? rule.NOutOf.Rules.Count(inner => IsMet(inner, named, serving)) >= rule.NOutOf.N
            : serving.Contains(named[rule.SignedBy]);
}
