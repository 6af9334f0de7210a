using System.Reflection;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;

public sealed class VerdictHeadTests
{
    private static readonly Check Pass = new("status", CheckOutcome.Pass, CheckCodes.InForce, "It stands.");

    /// <summary>What an accreditation can lack, what parts can, and what of them could not be read.</summary>
    public static TheoryData<string> Reservations =>
    [
        .. typeof(CheckCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(constant => (string)constant.GetValue(null)!)
            .Where(code => code.Contains("ccredit", StringComparison.Ordinal) && code != CheckCodes.Accredited),
        CheckCodes.PartsDoNotStand,
        CheckCodes.PartsNotKnown,
        CheckCodes.RecordUnreadable,
    ];

    [Theory]
    [MemberData(nameof(Reservations))]
    public void Valid_WithAWarningThatBearsOnRelying_IsReservedAndSaysIt(string code)
    {
        var head = HeadOf(Pass, Warning(code));
        Assert.True(head.IsReserved);
        Assert.Equal([code], head.Codes);
        Assert.Equal($"Valid, with a reservation: About {code}.", head.Sentence);
    }

    [Fact]
    public void Valid_WithSeveral_SaysAllInTheOrderOfTheChecks()
    {
        var head = HeadOf(
            Pass, Warning(CheckCodes.AccreditationSuspended), Warning(CheckCodes.PartsDoNotStand),
            Warning(CheckCodes.HolderProofNotAsked));
        Assert.Equal([CheckCodes.AccreditationSuspended, CheckCodes.PartsDoNotStand], head.Codes);
        Assert.EndsWith(
            "About accreditationSuspended. About partsDoNotStand.", head.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Valid_WithoutAny_OrOneAboutThePresentation_HasNothingToMind()
    {
        foreach (var head in (VerdictHead[])[HeadOf(Pass), HeadOf(Pass, Warning(CheckCodes.HolderProofNotAsked))])
        {
            Assert.False(head.IsReserved);
            Assert.Empty(head.Codes);
            Assert.Equal("Valid.", head.Sentence);
        }
    }

    [Fact]
    public void NeverAccredited_WhereNobodyAccredits_IsNoReservation_WhereSomebodyDoes_IsOne()
    {
        Check[] checks = [Pass, Warning(CheckCodes.NeverAccredited)];
        Assert.False(VerdictHead.Of(VerdictKind.Valid, checks, ViewOf([])).IsReserved);
        var term = new AccreditorTerm { MspId = "MeridianMSP", Since = DateTimeOffset.UnixEpoch, Ballot = "b" };
        Assert.True(VerdictHead.Of(VerdictKind.Valid, checks, ViewOf([term])).IsReserved);
    }

    [Fact]
    public void NotValid_SaysWhatFailed_AndOfDoubtsThatFromWhichTheRestFollows()
    {
        var failed = HeadOf(
            Unknown(CheckCodes.NotChecked), Fail(CheckCodes.Revoked), Warning(CheckCodes.PartsNotKnown));
        Assert.Equal("Not valid: About revoked.", failed.Sentence);
        Assert.Equal([CheckCodes.Revoked], failed.Codes);
        var doubtful = HeadOf(Unknown(CheckCodes.NotChecked), Unknown(CheckCodes.LedgerUnreachable));
        Assert.Equal("Could not be verified: About ledgerUnreachable.", doubtful.Sentence);
        Assert.False(failed.IsReserved || doubtful.IsReserved);
    }

    private static VerdictHead HeadOf(params Check[] checks) => VerdictHead.Of(Verdict.KindOf(checks), checks, null);

    private static Check Warning(string code) => new("x", CheckOutcome.Warning, code, $"About {code}.");

    private static Check Unknown(string code) => new("x", CheckOutcome.Unknown, code, $"About {code}.");

    private static Check Fail(string code) => new("x", CheckOutcome.Fail, code, $"About {code}.");

    private static AnchorView ViewOf(IReadOnlyList<AccreditorTerm> accreditors) => new()
    {
        Accreditation = new AccreditationRecords { Consortium = new Consortium { Accreditors = accreditors } },
    };
}
