using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Tests.Ledger.Credentials;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Log;

/// <summary>A head that counted is remembered by all its bytes, and lends its word to no other.</summary>
public sealed class RememberedHeadsTests : IDisposable
{
    private readonly SampleIssuer _issuer = new();
    private readonly SimulatedCosigner[] _members = [new("AuroraMSP"), new("LindenMSP"), new("TejoMSP")];
    private readonly FakeTimeProvider _time = new(SampleIssuer.IssuedAt.AddDays(1));

    [Fact]
    public void Remembered_OthersOfItsText_AreJudgedAnew()
    {
        var cohort = _issuer.Issue([SampleIssuer.Request(), SampleIssuer.Request("Other One")]);
        var log = SimulatedLog.Of(_issuer);
        log.Issue(cohort);
        var verifier = new LogProofVerifier(_time, new LogProofOptions
        {
            Trust = new LogTrust
            {
                Ledger = SimulatedLog.Ledger,
                Members = [.. _members.Select(one => one.Trusted)],
            },
            MaxAge = TimeSpan.FromDays(2),
        });
        var head = log.Head();
        NoteSignature[] signatures = [.. _members.Select(one => one.Sign(head, _time.GetUtcNow()))];
        var note = new SignedNote(head.ToText(), signatures);
        Assert.Equal(VerdictKind.Valid, Verify(note, 0));
        Assert.Equal(VerdictKind.Valid, Verify(note, 1));

        // Two of three are needed; one alone, or two of which one is changed, are not enough.
        Assert.Equal(VerdictKind.Valid, Verify(new SignedNote(head.ToText(), signatures[..2]), 0));
        Assert.Equal(VerdictKind.Indeterminate, Verify(new SignedNote(head.ToText(), signatures[..1]), 0));
        byte[] changed = signatures[1].Bytes.ToArray();
        changed[^1] ^= 1;
        NoteSignature[] forged = [signatures[0], signatures[1] with { Bytes = changed }];
        Assert.Equal(VerdictKind.Indeterminate, Verify(new SignedNote(head.ToText(), forged), 0));
        var other = head with { Size = head.Size + 1 };
        Assert.NotEqual(VerdictKind.Valid, Verify(new SignedNote(other.ToText(), signatures), 0));

        // What is remembered grows old.
        _time.Advance(TimeSpan.FromDays(3));
        Assert.Equal(VerdictKind.Indeterminate, Verify(note, 0));

        VerdictKind Verify(SignedNote by, int index) =>
            verifier.Verify(cohort.Documents[index], log.Prove(by, cohort, index)).Kind;
    }

    public void Dispose()
    {
        _issuer.Dispose();
        foreach (var member in _members) member.Dispose();
    }
}
