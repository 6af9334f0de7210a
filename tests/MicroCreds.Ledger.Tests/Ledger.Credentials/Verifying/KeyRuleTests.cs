using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;

/// <summary>One rule and one clock for what a key signed that was withdrawn or stolen.</summary>
public sealed class KeyRuleTests : VerifierFixture
{
    private static readonly DateTimeOffset Stolen = SampleIssuer.IssuedAt.AddHours(2);

    [Theory]
    [InlineData(-1, -1, true, KeyStanding.InForce)]
    [InlineData(0, -900, true, KeyStanding.Stolen)] // a thief dates his transaction back; the block tells
    [InlineData(1, -86_400, true, KeyStanding.Stolen)]
    [InlineData(-1, 900, true, KeyStanding.InForce)] // nor does a clock that is ahead condemn what came before
    [InlineData(3_600, 3_600, false, KeyStanding.InForce)] // bad news errs on the safe side
    [InlineData(null, -86_400, true, KeyStanding.MomentUnknown)]
    [InlineData(null, 3_600, false, KeyStanding.InForce)]
    public void Theft_IsJudgedByTheBlockAlone(int? moment, int stated, bool isGood, KeyStanding expected)
    {
        var key = Key() with { CompromisedSince = Stolen, RevokedAt = Stolen.AddDays(1) };
        var written = new WritingTime(moment is { } at ? Stolen.AddSeconds(at) : null, Stolen.AddSeconds(stated));
        Assert.Equal(expected, KeyRule.StandingOf(key, written, isGood));
    }

    [Theory]
    [InlineData(-1, KeyStanding.InForce)]
    [InlineData(15, KeyStanding.InForce)]
    [InlineData(16, KeyStanding.Withdrawn)]
    public void Withdrawal_IsJudgedWithinWhatClocksMayBeOff(int minutes, KeyStanding expected)
    {
        var key = Key() with { RevokedAt = Stolen };
        var at = Stolen.AddMinutes(minutes);
        Assert.Equal(expected, KeyRule.StandingOf(key, new WritingTime(at, at), isGoodNews: true));
        Assert.Equal(expected, KeyRule.StandingOf(key, new WritingTime(null, at), isGoodNews: true));
        Assert.Equal(
            KeyStanding.InForce, KeyRule.StandingOf(key, new WritingTime(at, at), isGoodNews: false));
    }

    [Fact]
    public async Task Verify_ThiefDatesALiftedSuspensionBack_IsNotBelieved()
    {
        // The statement's transaction says an hour after issuing; its block came an hour after the theft.
        var lifted = Issuer.SetStatus(Cohort, 3, CredentialState.InForce, null);
        Ledger.Add(lifted with { ChangedAt = Stolen.AddHours(-1) });
        Ledger.StatusMoment = Stolen.AddHours(1);
        Steal();
        AssertUnknown(await VerifyAsync(), CheckNames.Status, CheckCodes.StatusKeyCompromised);

        Ledger.StatusMoment = Stolen.AddSeconds(-1);
        Assert.Equal(VerdictKind.Valid, (await VerifyAsync()).Kind);
    }

    [Theory]
    [InlineData(1, null, CheckCodes.KeyCompromised)]
    [InlineData(-1, null, null)]
    [InlineData(-1, CredentialState.Revoked, CheckCodes.Revoked)]
    [InlineData(-1, CredentialState.Suspended, CheckCodes.Suspended)]
    [InlineData(-1, CredentialState.InForce, CheckCodes.StatusKeyCompromised)] // lifted a day later, by the thief
    public async Task Place_OfAStolenKey_DoesNotStand(int minutes, string? state, string? fault)
    {
        Ledger.AnchoredAt = new LedgerPosition(7, 0, Stolen.AddMinutes(minutes));
        if (state is not null) Ledger.Add(Issuer.SetStatus(Cohort, 3, state, null));
        Steal();
        Assert.Equal(fault, (await FaultOfAsync(3))?.Code);
    }

    [Fact]
    public async Task Place_OfAnIssuanceThatTheIssuerDidNotSign_DoesNotStand()
    {
        Assert.Null(await FaultOfAsync(4));
        Assert.Equal(CheckCodes.NotAnchored, (await FaultOfAsync(5))?.Code);
        Ledger.Issuances[Cohort.Root] = Cohort.Issuance with
        {
            Signature = SampleIssuer.Sign(Cohort.Issuance.Statement, Issuer.OtherKey),
        };
        Assert.Equal(CheckCodes.StatementForged, (await FaultOfAsync(4))?.Code);
    }

    private static SigningKey Key() => new()
    {
        Id = "key-1",
        PublicKeyMultibase = "z",
        ValidFrom = SampleIssuer.IssuedAt.AddYears(-1),
    };

    private void Steal()
    {
        Issuer.SetKeyLife(key => key with { CompromisedSince = Stolen, RevokedAt = Stolen.AddDays(2) });
        RefreshInstitution();
    }

    private async Task<Check?> FaultOfAsync(int index)
    {
        var view = await Ledger.FindAnchorAsync(
            Issuer.Institution.MspId, Cohort.Root, index, null, TestContext.Current.CancellationToken);
        return PlaceCheck.FaultOf(
            view, new VerificationOptions { Ledger = LedgerName }, Issuer.Institution.MspId, Cohort.Root, index);
    }
}
