using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Evaluating;

/// <summary>What a set of credentials turned out to be: who of them is valid, and for which achievement.</summary>
public sealed class LearnersFile
{
    // By name: the check is one of the verdict's lines like any other.
    private const string AccreditationCheck = "accreditation";

    private LearnersFile(
        IReadOnlyList<VerifiedCredential> credentials, IReadOnlyList<EarnedAchievement> earned,
        IReadOnlyList<Verdict> valid) => (Credentials, Earned, Valid) = (credentials, earned, valid);

    /// <summary>Every credential with its verdict, in the order sent.</summary>
    public IReadOnlyList<VerifiedCredential> Credentials { get; }

    /// <summary>What the valid ones are for, each credential once.</summary>
    public IReadOnlyList<EarnedAchievement> Earned { get; }

    /// <summary>The verdicts behind <see cref="Earned"/>, in the same order.</summary>
    public IReadOnlyList<Verdict> Valid { get; }

    /// <summary>
    /// How many different names the valid ones are for; those that withhold their names count as one more.
    /// </summary>
    public int Learners => Valid.Select(verdict => verdict.Credential!.Recipient ?? "")
        .Distinct(LearnerName.Comparer).Count();

    /// <summary>What was found of an award of another consortium; nothing of this one's.</summary>
    public AbroadFinding? FindAbroad(EarnedAchievement earned) =>
        Earned.Zip(Valid).FirstOrDefault(item => ReferenceEquals(item.First, earned)).Second?.Abroad;

    /// <summary>
    /// Whether one of the valid credentials for an achievement, anchored then, was issued under an accreditation.
    /// </summary>
    public bool IsAccredited(Achievement achievement, DateTimeOffset anchoredAt) =>
        Earned.Zip(Valid).Any(item =>
            ReferenceEquals(item.First.Achievement, achievement) && item.First.AnchoredAt == anchoredAt
            && item.Second.Checks.Any(check => check is { Name: AccreditationCheck, Outcome: CheckOutcome.Pass }));

    /// <summary>Looks at verdicts.</summary>
    /// <param name="verdicts">For each thing that was sent, those on the credentials within.</param>
    /// <param name="records">What says which achievements there are.</param>
    public static LearnersFile Of(IReadOnlyList<IReadOnlyList<Verdict>> verdicts, ProjectedRecords records)
    {
        var credentials = new List<VerifiedCredential>();
        var earned = new List<EarnedAchievement>();
        var valid = new List<Verdict>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (i, verdict) in verdicts.SelectMany((within, i) => within.Select(verdict => (i, verdict))))
        {
            var summary = verdict.Credential;
            var achievement = verdict.Kind != VerdictKind.Valid || summary is null ? null
                : verdict.Abroad is { Facts: { } facts } ? new Achievement(facts.MspId, facts.Achievement)
                : records.FindAchievement(summary.MspId, summary.Achievement, summary.AchievementVersion);
            var (reason, detail) = (null as string, null as string);
            if (achievement is null)
            {
                var check = verdict.Checks.FirstOrDefault(check => check.Outcome == CheckOutcome.Fail)
                    ?? verdict.Abroad?.FindMissing(verdict.Checks)
                    ?? verdict.Checks.FirstOrDefault(check => check.Outcome != CheckOutcome.Pass);
                (reason, detail) = (check?.Code ?? "achievementUnknown", check?.Detail
                    ?? "This gateway does not know its achievement yet: send it again in a moment.");
                if (verdict.Abroad?.Missing is { } missing) detail = $"{detail} {missing}";
            }
            else if (!seen.Add(summary!.Id))
            {
                (reason, detail) = ("sentTwice", "The same credential stands in the set already.");
            }
            else
            {
                earned.Add(new EarnedAchievement(summary.Id, achievement, summary.ValidFrom)
                {
                    AnchoredAt = verdict.Abroad?.Facts?.AwardedAt ?? verdict.View?.AnchoredAt?.Time
                        ?? summary.ValidFrom,
                    Ledger = verdict.Abroad?.Ledger,
                });
                valid.Add(verdict);
            }

            credentials.Add(new VerifiedCredential(i, summary?.Id, verdict.Kind, reason is null, reason, detail)
            {
                Abroad = verdict.Abroad,
            });
        }

        return new LearnersFile(credentials, earned, valid);
    }
}

/// <summary>What became of one credential of a set.</summary>
/// <param name="Index">
/// The position in the set of what it was sent in, from 0: several credentials may have come in one presentation.
/// </param>
/// <param name="Id">Its identifier; absent if it could not be read.</param>
/// <param name="Verdict">Its verdict.</param>
/// <param name="IsTaken">Whether it is looked at for the evaluation.</param>
/// <param name="Reason">Why not: the code of the first check that failed, or did not pass; or <c>sentTwice</c>.</param>
/// <param name="Detail">Why not, as a sentence.</param>
public sealed record VerifiedCredential(
    int Index, string? Id, VerdictKind Verdict, bool IsTaken, string? Reason, string? Detail)
{
    /// <summary>By whose word it was verified, if another consortium awarded it; absent of others.</summary>
    public AbroadWord? Abroad { get; init; }
}
