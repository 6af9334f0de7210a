using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Model;

/// <summary>Which version rules when, and when accreditations and agreements end.</summary>
public sealed class AgreementReignTests
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void ReignsAt_AnyVersions_AgreeWithVersionAt_AtEveryMoment()
    {
        var random = new Random(20261126);
        for (int i = 0; i < 300; i++)
        {
            var agreement = Draw(random);
            for (int known = 0; known < 12; known++)
            {
                var reigns = agreement.ReignsAt(Begin.AddDays(known));
                for (int day = 0; day < 14; day++)
                {
                    var at = Begin.AddDays(day);
                    var reign = reigns.LastOrDefault(one => one.From <= at && (one.Until is null || at < one.Until));
                    var ruling = agreement.VersionAt(at, Begin.AddDays(known));

                    // Before the first one begins, VersionAt names it so that its beginning can be told.
                    var expected = ruling is not null && reigns.Count > 0 && at < reigns[0].From ? null : ruling;
                    Assert.Equal(expected?.Terms.Version, reign?.Version.Terms.Version);
                }
            }
        }
    }

    [Fact]
    public void EndFor_IsTheEarliestOfPeriodAndNotices_OfThoseTwoAlone()
    {
        var agreement = Agreement([(0, 0)], ("AMSP", 5), ("CMSP", 2));
        var terms = agreement.Newest.Terms with { ValidUntil = Begin.AddDays(9) };
        Assert.Equal(Begin.AddDays(5), agreement.EndFor(terms, "AMSP", "BMSP"));
        Assert.Equal(Begin.AddDays(2), agreement.EndFor(terms, "BMSP", "CMSP"));
        Assert.Equal(Begin.AddDays(9), agreement.EndFor(terms, "BMSP", "DMSP"));
        Assert.Null(agreement.EndFor(terms with { ValidUntil = null }, "BMSP", "DMSP"));
    }

    [Fact]
    public void LapsesAfter_IsTheDayItStopsByItsEnd_OrByWhatIsAnnounced()
    {
        var grant = Change(AccreditationAction.Grant, 0);
        Assert.Equal(Begin.AddDays(100), Lapses(grant));
        Assert.Equal(Begin.AddDays(40), Lapses(grant, Change(AccreditationAction.Withdraw, 40)));
        Assert.Equal(Begin.AddDays(30), Lapses(grant, Change(AccreditationAction.Suspend, 30)));
        Assert.Equal(Begin.AddDays(50), Lapses(grant, Narrow(20, until: 50)));
        Assert.Null(Lapses(grant, Change(AccreditationAction.Suspend, 5)));
        Assert.Null(Lapses(Change(AccreditationAction.Grant, 0, until: null)));
        Assert.Null(Lapses(Change(AccreditationAction.Grant, 0, until: 9)));
    }

    private static DateTimeOffset? Lapses(params AccreditationChange[] changes) => new Accreditation
    {
        MspId = "AMSP",
        Accreditor = "QMSP",
        Id = "all",
        Changes = changes,
    }.LapsesAfter(Begin.AddDays(10));

    private static AccreditationChange Narrow(int day, int until) =>
        Change(AccreditationAction.Narrow, day, until);

    private static AccreditationChange Change(string action, int day, int? until = 100)
    {
        bool isGrant = action == AccreditationAction.Grant;
        return new AccreditationChange(
            new AccreditationStatement
            {
                Ledger = "l",
                MspId = "QMSP",
                Institution = "AMSP",
                Id = "all",
                Sequence = 1,
                Action = action,
                ValidFrom = isGrant ? Begin.AddDays(day) : null,
                ValidUntil = action is AccreditationAction.Grant or AccreditationAction.Narrow && until is { } end
                    ? Begin.AddDays(end) : null,
                EffectiveFrom = isGrant ? null : Begin.AddDays(day),
                KeyId = "k",
            },
            "", Begin, "t");
    }

    private static Agreement Draw(Random random) => Agreement(
        [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => (random.Next(0, 12), random.Next(-1, 12)))]);

    /// <summary>Makes an agreement of versions, each with the days it begins and is accepted; -1 if never.</summary>
    private static Agreement Agreement(
        (int From, int Accepted)[] versions, params (string MspId, int Ends)[] notices)
    {
        var written = new AgreementPart { WrittenAt = Begin, TransactionId = "t" };
        var parts = new List<AgreementPart>();
        for (int i = 0; i < versions.Length; i++)
        {
            var terms = new AgreementStatement
            {
                Ledger = "l",
                MspId = "AMSP",
                Id = "agreement",
                Version = i + 1,
                Name = "An agreement",
                Parties = ["AMSP", "BMSP"],
                Clauses = [new AgreementClause { Id = "c" }],
                ValidFrom = Begin.AddDays(versions[i].From),
                NoticeDays = 0,
                KeyId = "k",
            };
            parts.Add(written with { Proposal = new SignedStatement<AgreementStatement>(terms, "") });
            if (versions[i].Accepted < 0) continue;
            parts.Add(written with
            {
                WrittenAt = Begin.AddDays(versions[i].Accepted),
                Acceptance = new SignedStatement<AcceptanceStatement>(
                    new AcceptanceStatement
                    {
                        Ledger = "l",
                        MspId = "BMSP",
                        Agreement = "agreement",
                        Version = i + 1,
                        Digest = "",
                        KeyId = "k",
                    },
                    ""),
            });
        }

        parts.AddRange(notices.Select(notice => written with
        {
            EndsAt = Begin.AddDays(notice.Ends),
            Notice = new SignedStatement<NoticeStatement>(
                new NoticeStatement { Ledger = "l", MspId = notice.MspId, Agreement = "agreement", KeyId = "k" }, ""),
        }));
        return MicroCreds.Ledger.Model.Agreement.Of(parts)!;
    }
}
