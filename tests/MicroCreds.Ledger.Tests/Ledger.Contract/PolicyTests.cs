using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Ledger.Contract;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

public sealed class PolicyTests
{
    [Theory]
    [InlineData(1, "AND('A.peer')")]
    [InlineData(2, "AND('A.peer', OutOf(1, 'B.peer'))")]
    [InlineData(3, "AND('A.peer', OutOf(1, 'B.peer', 'C.peer'))")]
    [InlineData(4, "AND('A.peer', OutOf(2, 'B.peer', 'C.peer', 'D.peer'))")]
    [InlineData(5, "AND('A.peer', OutOf(2, 'B.peer', 'C.peer', 'D.peer', 'E.peer'))")]
    public void OfRecord_IsTheOwnerAndAMajority(int members, string policy) =>
        Assert.Equal(
            Satisfying(SignaturePolicyText.Parse(policy)), Satisfying(Endorsement.OfRecord("A", List(members))));

    private static string[] List(int members) => [.. "ABCDE"[..members].Select(c => c.ToString())];

    /// <summary>Every set of members' peers that satisfies the policy.</summary>
    private static string[] Satisfying(SignaturePolicyEnvelope policy)
    {
        string[] mspIds =
        [
            .. policy.Identities.Select(i => MSPRole.Parser.ParseFrom(i.Principal)).Select(r =>
            {
                Assert.Equal(MSPRole.Types.MSPRoleType.Peer, r.Role);
                return r.MspIdentifier;
            }),
        ];
        return
        [
            .. Enumerable.Range(0, 32)
                .Select(bits => string.Concat("ABCDE".Where((_, i) => (bits >> i & 1) == 1)))
                .Where(set => Holds(policy.Rule, mspIds, set)),
        ];
    }

    private static bool Holds(SignaturePolicy rule, string[] mspIds, string set) =>
        rule.TypeCase == SignaturePolicy.TypeOneofCase.SignedBy
            ? set.Contains(mspIds[rule.SignedBy], StringComparison.Ordinal)
            : rule.NOutOf.Rules.Count(r => Holds(r, mspIds, set)) >= rule.NOutOf.N;
}
