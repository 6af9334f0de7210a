using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

/// <summary>
/// Peers before 3.1 take writes and reads one by one, later ones many at a time: the contract leaves the same ledger.
/// Of four servers two talk as to the old ones; any three endorse, and results that differ in a byte are refused.
/// </summary>
public sealed class PeerGenerationTests(PeerGenerationTests.MixedLedger ledger)
    : IClassFixture<PeerGenerationTests.MixedLedger>
{
    private LedgerMember Member => ledger[LedgerFixture.Aurora];

    [Fact]
    public async Task Records_EndorsedByBothGenerations_AreTheSame()
    {
        await ledger.RegisterAllAsync();
        var issued = await Samples.IssueAsync(Member);
        await Samples.SetStatusAsync(Member, Samples.Status(Member, issued, CredentialState.Suspended, 1));
        await Samples.SetStatusAsync(Member, Samples.Status(Member, issued, CredentialState.Revoked, 2));
        await LedgerMember.SubmitAsync<Pathway>(
            Member.User, TransactionNames.PublishPathway, await Samples.PathwayAsync(Member));
        foreach (var member in ledger.Members)
        {
            var anchor = await member.EvaluateAsync<Anchor>(
                TransactionNames.GetAnchor, issued.Statement.MspId, issued.Statement.Root, 3);
            Assert.Equal(CredentialState.Revoked, anchor.Status!.Statement.State);
        }
    }

    /// <summary>Two servers as before peers took batches, two as since.</summary>
    public sealed class MixedLedger : LedgerFixture
    {
        protected override ChaincodeServerOptions Adjust(string mspId, ChaincodeServerOptions options) =>
            mspId is Linden or Meridian ? options with { BatchReads = false, BatchWrites = false } : options;
    }
}
