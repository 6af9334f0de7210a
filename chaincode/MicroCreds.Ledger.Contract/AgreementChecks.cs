using System.Text;
using System.Text.Json;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>Refuses agreements, acceptances and notices that are not as they may be.</summary>
internal static class AgreementChecks
{
    private const double MaxRatio = 10;
    private const int FewestParties = 2;

    /// <summary>Refuses what is wrong with a proposal by itself.</summary>
    public static void Check(AgreementStatement given)
    {
        Require.OwnedId(given.Id, "/statement/id");
        Require.Range(given.Version, "/statement/version", 1, Limits.MaxAgreementVersions);
        Require.Text(given.Name, "/statement/name");
        Require.Fragment(given.KeyId, "/statement/keyId");
        Require.Range(given.NoticeDays, "/statement/noticeDays", 0, Limits.MaxNoticeDays);
        if (given.Reference is not null) Require.Url(given.Reference, "/statement/reference");
        if (given.ValidUntil <= given.ValidFrom)
            throw Require.Invalid("/statement/validUntil", "must be later than validFrom.");

        // With another consortium one institution can agree by itself: the others are not here.
        int fewest = given.Abroad is null ? FewestParties : 1;
        CheckParties(given.Parties, "/statement/parties", fewest, Limits.MaxAgreementParties);
        if (given.Abroad is { } abroad) CheckAbroad(abroad, given.Ledger, "/statement/abroad");
        if (!given.Parties.Contains(given.MspId, StringComparer.Ordinal))
            throw Require.Invalid("/statement/parties", $"must hold {given.MspId}, which proposes.");

        Require.Count(given.Clauses, "/statement/clauses", 1, Limits.MaxAgreementClauses);
        for (int i = 0; i < given.Clauses.Count; i++)
        {
            string field = $"/statement/clauses/{i}";
            if (given.Clauses[i] is not { } clause) throw Require.Invalid(field, "must not be null.");

            CheckClause(clause, given, field);
            if (given.Clauses.Take(i).Any(other => other.Id == clause.Id))
                throw Require.Invalid(field + "/id", "is another clause's: give each its own.");
        }
    }

    /// <summary>Refuses a proposal that does not follow on what was agreed before.</summary>
    public static void RequireNext(Agreement? agreement, AgreementStatement given, DateTimeOffset now)
    {
        if (given.ValidUntil <= now)
            throw Require.Invalid("/statement/validUntil", "lies in the past: nothing could be awarded under it.");

        int expected = (agreement?.Newest.Terms.Version ?? 0) + 1;
        if (given.Version != expected)
        {
            throw Refusal.Because(
                ErrorCodes.SequenceConflict,
                $"The version is {given.Version} where {expected} is next: read the agreement as it stands.",
                "/statement/version");
        }

        if (agreement is null)
        {
            Require.OwnId(given.Id, given.MspId, "/statement/id");
            return;
        }

        if (given.Abroad?.Ledger != agreement.Newest.Terms.Abroad?.Ledger)
        {
            throw Require.Invalid(
                "/statement/abroad", "must be of the consortium that the versions before are with: else agree anew.");
        }

        var bound = (agreement.Accepted ?? agreement.Newest).Terms.Parties;
        if (!bound.Contains(given.MspId, StringComparer.Ordinal)) throw NotAParty(given.MspId, given.Id);

        foreach (string party in bound)
        {
            bool stays = agreement.LeavesAt(party) is null;
            if (stays && !given.Parties.Contains(party, StringComparer.Ordinal))
            {
                throw Require.Invalid(
                    "/statement/parties", $"must hold {party}, which has not left: nobody is amended out.");
            }
        }

        foreach (string party in given.Parties)
        {
            if (agreement.LeavesAt(party) is not null)
            {
                throw Refusal.Because(
                    ErrorCodes.AgreementClosed,
                    $"{party} has given notice, which is final: agree anew under another id.",
                    "/statement/parties");
            }
        }
    }

    /// <summary>Refuses an acceptance that comes too late, from no party, or of other words.</summary>
    public static void RequireAcceptable(
        Agreement agreement, AgreementVersion version, AcceptanceStatement given, DateTimeOffset now)
    {
        var terms = version.Terms;
        if (!terms.Parties.Contains(given.MspId, StringComparer.Ordinal)) throw NotAParty(given.MspId, agreement.Id);

        if (given.Digest != StatementDigest.Of(terms))
        {
            throw Refusal.Because(
                ErrorCodes.DigestMismatch,
                "The acceptance is of other words than those on the ledger: read them, and sign their digest.",
                "/statement/digest");
        }

        string? closed = terms.MspId == given.MspId ? "who proposed it has accepted it by that"
            : !version.Awaits.Contains(given.MspId, StringComparer.Ordinal) ? $"{given.MspId} has accepted it already"
            : version != agreement.Newest ? $"version {agreement.Newest.Terms.Version} is proposed in its place"
            : terms.ValidUntil <= now ? "its period is over"
            : terms.Parties.FirstOrDefault(party => agreement.LeavesAt(party) is not null) is { } left
                ? $"{left} has given notice"
            : null;
        if (closed is not null)
        {
            throw Refusal.Because(
                ErrorCodes.AgreementClosed,
                $"Version {terms.Version} of {agreement.Id} cannot be accepted: {closed}.",
                "/statement/version");
        }
    }

    /// <summary>Refuses a notice from no party or too short a one; returns when it takes effect.</summary>
    public static DateTimeOffset RequireLeaving(Agreement agreement, NoticeStatement given, DateTimeOffset now)
    {
        var terms = (agreement.Accepted ?? agreement.Newest).Terms;
        if (!terms.Parties.Contains(given.MspId, StringComparer.Ordinal)
            && !agreement.Newest.Terms.Parties.Contains(given.MspId, StringComparer.Ordinal))
        {
            throw NotAParty(given.MspId, agreement.Id);
        }

        if (agreement.LeavesAt(given.MspId) is { } leaves)
        {
            throw Refusal.Because(
                ErrorCodes.AgreementClosed,
                $"{given.MspId} has given notice already, to {Text(leaves)}, which is final.",
                "/statement/agreement");
        }

        // What is not agreed yet can be turned down, or taken back, at once.
        bool isBound = agreement.Accepted is not null && terms.Parties.Contains(given.MspId, StringComparer.Ordinal);
        var earliest = isBound ? now.AddDays(terms.NoticeDays) : now;
        return given.EndsAt is not { } wanted ? earliest
            : wanted >= earliest ? wanted
            : throw Refusal.Because(
                ErrorCodes.NoticeTooShort,
                $"The agreement asks for {terms.NoticeDays} days' notice: it can end on {Text(earliest)}, or later. "
                + "To end it sooner, agree on a version that does.",
                "/statement/endsAt");
    }

    /// <summary>
    /// What a trust file says more is read where it is used; here it is one, for that ledger, and one that every reader
    /// understands alike.
    /// </summary>
    private static void CheckAbroad(AbroadConsortium abroad, string ownLedger, string field)
    {
        Require.Text(abroad.Ledger, field + "/ledger");
        Require.Text(abroad.Name, field + "/name");
        Require.Range(abroad.MaxHeadAgeMinutes, field + "/maxHeadAgeMinutes", 1, Limits.MaxHeadAgeMinutes);
        if (abroad.Ledger == ownLedger)
            throw Require.Invalid(field + "/ledger", "is this ledger: name the other consortium's.");

        byte[] trust = Encoding.UTF8.GetBytes(abroad.Trust);
        if (trust.Length > Limits.MaxTrustBytes)
            throw Require.Invalid(field + "/trust", $"must have at most {Limits.MaxTrustBytes} bytes.");

        try
        {
            using var document = StrictJson.Parse(trust);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("ledger", out var ledger)
                && ledger.ValueKind == JsonValueKind.String && ledger.GetString() == abroad.Ledger)
                return;
        }
        catch (StrictJsonException e)
        {
            throw Require.Invalid(field + "/trust", $"must be a trust file, and cannot be read: {e.Message}");
        }

        throw Require.Invalid(field + "/trust", "must be a trust file for the ledger that is named beside it.");
    }

    private static void CheckParties(IReadOnlyList<string> parties, string field, int fewest, int most)
    {
        Require.Count(parties, field, fewest, most);
        for (int i = 0; i < parties.Count; i++)
        {
            Require.MspId(parties[i], $"{field}/{i}");
            if (i > 0 && string.CompareOrdinal(parties[i - 1], parties[i]) >= 0)
                throw Require.Invalid($"{field}/{i}", "must come after the one before it, each only once.");
        }
    }

    private static void CheckClause(AgreementClause clause, AgreementStatement given, string field)
    {
        Require.Id(clause.Id, field + "/id");
        CheckDirection(clause.RecognizedBy, given.Parties, field + "/recognizedBy");
        if (given.Abroad is null)
        {
            CheckDirection(clause.AwardedBy, given.Parties, field + "/awardedBy");
        }
        else
        {
            CheckParties(clause.AwardedBy, field + "/awardedBy", 0, Limits.MaxAgreementParties);
            if (clause.AccreditedOnly)
            {
                throw Require.Invalid(
                    field + "/accreditedOnly", "has no place where another consortium awards: it is not proven there.");
            }
        }

        if (clause.Scope is null) throw Require.Invalid(field + "/scope", "must not be null: leave it out for all.");
        if (clause.Scope.Check(field + "/scope") is { } fault)
            throw Refusal.Because(fault.Code, fault.Message, fault.Field);
        if (clause.Credits is { } credits) Require.Range(credits, field + "/credits", 0, Limits.MaxCredits);
        if (clause.CreditRatio is { } ratio) Require.Range(ratio, field + "/creditRatio", 0, MaxRatio);
        if (clause is { Credits: not null, CreditRatio: not null })
            throw Require.Invalid(field + "/creditRatio", "has no place beside credits: say one of them.");
        if (clause.EqfLevel is { } level)
            Require.Range(level, field + "/eqfLevel", Limits.MinEqfLevel, Limits.MaxEqfLevel);
        if (clause.MaxCreditsPerLearner is { } most)
            Require.Range(most, field + "/maxCreditsPerLearner", 0, Limits.MaxPathwayCredits);
        CheckEquivalent(clause, field + "/equivalent");
        CheckGrades(clause.Grades, field + "/grades");
    }

    private static void CheckDirection(IReadOnlyList<string> named, IReadOnlyList<string> parties, string field)
    {
        CheckParties(named, field, 0, Limits.MaxAgreementParties);
        if (named.FirstOrDefault(one => !parties.Contains(one, StringComparer.Ordinal)) is { } stranger)
            throw Require.Invalid(field, $"names {stranger}, which is no party: nothing is agreed for others.");
    }

    private static void CheckEquivalent(AgreementClause clause, string field)
    {
        if (clause.Equivalent is not { } equivalent) return;

        if (clause.RecognizedBy.Count != 1)
            throw Require.Invalid(field, "needs one institution in recognizedBy, whose achievement it is.");

        Require.Id(equivalent.Id, field + "/id");
        Require.Range(equivalent.Version, field + "/version", 1, Limits.MaxVersion);
    }

    private static void CheckGrades(IReadOnlyList<GradeConversion> grades, string field)
    {
        Require.Count(grades, field, 0, Limits.MaxGradeConversions);
        for (int i = 0; i < grades.Count; i++)
        {
            if (grades[i] is not { } line) throw Require.Invalid($"{field}/{i}", "must not be null.");

            Require.Text(line.From, $"{field}/{i}/from", Limits.MaxGradeLength);
            Require.Text(line.To, $"{field}/{i}/to", Limits.MaxGradeLength);
            if (grades.Take(i).Any(other => other.From == line.From))
                throw Require.Invalid($"{field}/{i}/from", "is converted already: each grade only once.");
        }
    }

    private static ChaincodeException NotAParty(string mspId, string id) => Refusal.Because(
        ErrorCodes.NotAParty, $"{mspId} is no party of the agreement {id}.", "/statement/mspId");

    private static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
