using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Desk.Agreements;

/// <summary>The institution's agreements as they are listed.</summary>
/// <param name="MspId">The institution.</param>
/// <param name="Now">The time.</param>
/// <param name="Sections">The lists.</param>
/// <param name="IsPart">Whether only one of the lists is shown.</param>
public sealed record ShownAgreements(
    string MspId, DateTimeOffset Now, IReadOnlyList<AgreementSection> Sections, bool IsPart)
{
    /// <summary>What waits for this institution.</summary>
    public const string Waiting = "waiting";

    /// <summary>What it has signed, and others have not.</summary>
    public const string Pending = "pending";

    /// <summary>What rules.</summary>
    public const string InForce = "inForce";

    /// <summary>What is over, or was turned down.</summary>
    public const string Ended = "ended";

    // The whole list is an overview; one list alone is read.
    private const int MaxOfEach = 20;
    private const int MaxOfOne = 50;

    /// <summary>The names of the lists.</summary>
    public static IReadOnlyList<string> Names { get; } = [Waiting, Pending, InForce, Ended];

    /// <summary>Gathers them.</summary>
    /// <param name="own">The institution's agreements, in the order of their names.</param>
    /// <param name="agreements">What waits for whom.</param>
    /// <param name="mspId">The institution.</param>
    /// <param name="show">The one list that is wanted; all if none is named.</param>
    /// <param name="after">The agreement behind which that list begins.</param>
    /// <param name="now">The time.</param>
    public static ShownAgreements Of(
        IReadOnlyList<Agreement> own, MemberAgreements agreements, string mspId, string? show, string? after,
        DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(own);
        ArgumentNullException.ThrowIfNull(agreements);
        bool isPart = show is not null;
        return new ShownAgreements(
            mspId, now,
            [
                .. Names.Where(name => !isPart || name == show).Select(name => SectionOf(
                    name, [.. own.Where(one => IsIn(name, one))], isPart ? after : null,
                    isPart ? MaxOfOne : MaxOfEach)),
            ],
            isPart);

        bool IsIn(string name, Agreement one) => name switch
        {
            Waiting => agreements.Awaits(one),
            Pending => agreements.IsPending(one),
            InForce => AgreementAnswer.Of(one, now).State == AgreementAnswer.InForce,
            _ => AgreementAnswer.Of(one, now).State == AgreementAnswer.Ended,
        };
    }

    private static AgreementSection SectionOf(
        string name, IReadOnlyList<Agreement> all, string? after, int most)
    {
        var rest = all.Where(one => after is null || string.CompareOrdinal(one.Id, after) > 0).ToList();
        return new AgreementSection(
            name, all.Count, [.. rest.Take(most)], rest.Count > most ? rest[most - 1].Id : null);
    }
}

/// <summary>One of the lists.</summary>
/// <param name="Name">Which.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Agreements">Those that are shown.</param>
/// <param name="Next">Behind which the rest begins; none if all are shown.</param>
public sealed record AgreementSection(string Name, int Count, IReadOnlyList<Agreement> Agreements, string? Next);
