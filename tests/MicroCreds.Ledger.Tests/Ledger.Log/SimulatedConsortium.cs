using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Tests.Ledger.Credentials;
using Microsoft.Extensions.Time.Testing;

namespace MicroCreds.Ledger.Tests.Ledger.Log;

/// <summary>An issuer, four members of which three are needed, a witness that is needed, too; a day later.</summary>
internal sealed class SimulatedConsortium : IDisposable
{
    public SampleIssuer Issuer { get; } = new();

    public IReadOnlyList<SimulatedCosigner> Members { get; } =
        [new("AuroraMSP"), new("LindenMSP"), new("MeridianMSP"), new("TejoMSP")];

    public SimulatedCosigner Witness { get; } = new("witness.example", isMember: false);

    public FakeTimeProvider Time { get; } = new(SampleIssuer.IssuedAt.AddDays(1));

    public LogTrust Trust => new()
    {
        Ledger = SimulatedLog.Ledger,
        Members = [.. Members.Select(one => one.Trusted)],
        Witnesses = [Witness.Trusted],
        WitnessesNeeded = 1,
    };

    /// <summary>A log's head, signed by as many as are needed.</summary>
    public SignedNote Signed(SimulatedLog log, DateTimeOffset? time = null)
    {
        var head = log.Head();
        var signers = Members.Take(3).Append(Witness);
        return new SignedNote(head.ToText(), [.. signers.Select(one => one.Sign(head, time ?? Time.GetUtcNow()))]);
    }

    public LogProofVerifier Verifier(
        LogTrust? trust = null, TimeSpan? maxAge = null, StatusFilterFile? filter = null) =>
        new(Time, new LogProofOptions { Trust = trust ?? Trust, MaxAge = maxAge, Filter = filter });

    public void Dispose()
    {
        Issuer.Dispose();
        Witness.Dispose();
        foreach (var member in Members) member.Dispose();
    }
}
