using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Surveying;

/// <summary>
/// What ends soon by itself or by what was announced: accreditations, the institution's agreements, notices in them,
/// and ballots. Thread-safe.
/// </summary>
public sealed class Endings(LedgerProjection projection, MemberStatements statements, TimeProvider time)
{
    /// <summary>How far one looks ahead who does not say.</summary>
    public const int DefaultDays = 180;

    /// <summary>The farthest that anybody looks ahead, in days.</summary>
    public const int MaxDays = 3660;

    /// <summary>Lists what ends within some days, the nearest first.</summary>
    public IReadOnlyList<Ending> Within(int days)
    {
        var now = time.GetUtcNow();
        var until = now.AddDays(days);
        return
        [
            .. Accreditations(now).Concat(Agreements(now)).Concat(Notices(now)).Concat(Ballots(now))
                .Where(one => one.EndsAt > now && one.EndsAt <= until)
                .OrderBy(one => one.EndsAt).ThenBy(one => one.Id, StringComparer.Ordinal),
        ];
    }

    private IEnumerable<Ending> Accreditations(DateTimeOffset now) => projection.Shared.Accreditations
        .Where(one => one.LapsesAfter(now) is not null)
        .Select(one => new Ending(
            Ending.Accreditation, $"{one.MspId}/{one.Accreditor}/{one.Id}", one.Id, [one.MspId, one.Accreditor],
            one.LapsesAfter(now)!.Value));

    private IEnumerable<Ending> Agreements(DateTimeOffset now) => Ruling(now)
        .Where(one => one.Terms.ValidUntil is not null)
        .Select(one => new Ending(
            Ending.Agreement, one.Terms.Id, one.Terms.Name, one.Terms.Parties, one.Terms.ValidUntil!.Value));

    private IEnumerable<Ending> Notices(DateTimeOffset now) => Ruling(now).SelectMany(one =>
        one.Agreement.Notices.Select(notice => new Ending(
            Ending.Notice, one.Terms.Id, one.Terms.Name, [notice.Notice!.Statement.MspId], notice.EndsAt!.Value)));

    private IEnumerable<(Agreement Agreement, AgreementStatement Terms)> Ruling(DateTimeOffset now)
    {
        foreach (var agreement in projection.Shared.Agreements.Of(statements.MspId))
        {
            if ((agreement.VersionAt(now, now) ?? agreement.Accepted)?.Terms is { } terms
                && terms.Parties.Contains(statements.MspId))
                yield return (agreement, terms);
        }
    }

    private IEnumerable<Ending> Ballots(DateTimeOffset now) => projection.Shared.Ballots
        .Where(one => one.StateAt(now) == BallotState.Open)
        .Select(one => new Ending(
            Ending.Ballot, one.Statement.Id, one.Statement.Action, [one.Statement.Subject], one.Statement.ClosesAt));
}

/// <summary>Something that ends.</summary>
/// <param name="Kind">accreditation, agreement, notice or ballot.</param>
/// <param name="Id">Its name: of an accreditation <c>mspId/accreditor/id</c>; of a notice the agreement's.</param>
/// <param name="Title">What it is called; of a ballot, what it asks.</param>
/// <param name="Institutions">
/// Whom it is about: of an accreditation the accredited and who accredits, of an agreement its parties, of a notice who
/// leaves, of a ballot its subject.
/// </param>
/// <param name="EndsAt">When it ends, or a notice takes effect.</param>
public sealed record Ending(
    string Kind, string Id, string Title, IReadOnlyList<string> Institutions, DateTimeOffset EndsAt)
{
    /// <summary>An accreditation that stops being in force.</summary>
    public const string Accreditation = "accreditation";

    /// <summary>An agreement whose period is over.</summary>
    public const string Agreement = "agreement";

    /// <summary>A party's notice that takes effect.</summary>
    public const string Notice = "notice";

    /// <summary>A ballot that takes no more votes.</summary>
    public const string Ballot = "ballot";
}
