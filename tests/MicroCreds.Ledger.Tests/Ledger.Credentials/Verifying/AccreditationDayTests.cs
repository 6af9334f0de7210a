using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Pathways;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;

/// <summary>Whether an issuer was accredited goes by the day of anchoring, to the moment.</summary>
public sealed class AccreditationDayTests
{
    private const string Channel = "credentials";

    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly IssuerPrivateKey _key = IssuerPrivateKey.Generate();

    [Theory]
    [InlineData(-1, CheckCodes.AccreditationLater)]
    [InlineData(0, CheckCodes.Accredited)]
    [InlineData(99, CheckCodes.Accredited)]
    [InlineData(100, CheckCodes.AccreditationExpired)]
    public void Grant_CountsFromItsFirstDayUntilItsLast(int day, string code) =>
        Assert.Equal(code, Find(day, Change(AccreditationAction.Grant, 0)).Code);

    [Theory]
    [InlineData(AccreditationAction.Withdraw, CheckCodes.AccreditationWithdrawn)]
    [InlineData(AccreditationAction.Suspend, CheckCodes.AccreditationSuspended)]
    public void WhatIsAnnounced_ShowsOnItsDayAndNotBefore(string action, string code)
    {
        AccreditationChange[] changes = [Change(AccreditationAction.Grant, 0), Change(action, 40)];
        var before = Find(39, changes);
        Assert.Equal(CheckCodes.Accredited, before.Code);
        Assert.Equal(CheckCodes.Accredited, Find(40, changes, less: 1).Code);
        var after = Find(40, changes);
        Assert.Equal((code, Begin.AddDays(40)), (after.Code, after.Since!.Value));
    }

    [Fact]
    public void Accreditor_Removed_CountsForWhatWasAnchoredBefore()
    {
        AccreditationChange[] changes = [Change(AccreditationAction.Grant, 0)];
        Assert.Equal(CheckCodes.Accredited, Find(49, changes, removedOn: 50).Code);
        Assert.Equal(CheckCodes.AccreditorRemoved, Find(50, changes, removedOn: 50).Code);
    }

    [Theory]
    [InlineData(49, CheckCodes.Accredited)]
    [InlineData(50, CheckCodes.AccreditorRemoved)]
    [InlineData(69, CheckCodes.AccreditorRemoved)]
    [InlineData(70, CheckCodes.Accredited)]
    public void Accreditor_AdmittedAgain_WasNoneInBetween(int day, string code) => Assert.Equal(
        code, Find(day, [Change(AccreditationAction.Grant, 0)], removedOn: 50, admittedAgainOn: 70).Code);

    private AccreditationFinding Find(int day, params AccreditationChange[] changes) => Find(day, changes, less: 0);

    private AccreditationFinding Find(
        int day, AccreditationChange[] changes, long less = 0, int? removedOn = null, int? admittedAgainOn = null) =>
        AccreditationFinding.Of(
        new AccreditationRecords
        {
            Achievement = PathwaySamples.Achievement("course", 5, mspId: "AMSP"),
            Accreditations =
                [new Accreditation { MspId = "AMSP", Accreditor = "QMSP", Id = "all", Changes = changes }],
            Consortium = new Consortium
            {
                Accreditors =
                [
                    new AccreditorTerm
                    {
                        MspId = "QMSP",
                        Since = Begin.AddDays(-10),
                        Ballot = "b",
                        Until = removedOn is { } end ? Begin.AddDays(end) : null,
                    },
                    .. admittedAgainOn is { } again
                        ? new[] { new AccreditorTerm { MspId = "QMSP", Since = Begin.AddDays(again), Ballot = "c" } }
                        : [],
                ],
            },
            Accreditors =
            [
                new Institution
                {
                    MspId = "QMSP",
                    Name = "An agency",
                    Country = "BE",
                    Did = "did:web:q.example",
                    Keys =
                    [
                        new SigningKey
                        {
                            Id = "k",
                            PublicKeyMultibase = _key.PublicKeyMultibase,
                            ValidFrom = Begin.AddDays(-10),
                        },
                    ],
                },
            ],
        },
        Channel, "AMSP", Begin.AddDays(day).AddTicks(-less));

    private AccreditationChange Change(string action, int day)
    {
        bool isGrant = action == AccreditationAction.Grant;
        var statement = new AccreditationStatement
        {
            Ledger = Channel,
            MspId = "QMSP",
            Institution = "AMSP",
            Id = "all",
            Sequence = 1,
            Action = action,
            Scope = isGrant ? new AwardScope() : null,
            ValidFrom = isGrant ? Begin.AddDays(day) : null,
            ValidUntil = isGrant ? Begin.AddDays(100) : null,
            EffectiveFrom = isGrant ? null : Begin.AddDays(day),
            KeyId = "k",
        };
        return new AccreditationChange(
            statement, Statements.EncodeSignature(_key.Sign(Statements.BytesToSign(statement))), Begin, "t");
    }
}
