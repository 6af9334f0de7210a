using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Evaluating;

/// <summary>What institutions recognise of each other's achievements by the ledger's agreements. Thread-safe.</summary>
public sealed class OwnersRecognitions(LedgerProjection projection, TimeProvider time)
{
    /// <summary>Says what an institution recognises, as of now.</summary>
    /// <param name="mspId">The institution.</param>
    /// <param name="isAccredited">
    /// Whether an achievement was awarded under an accreditation at a time; what is only offered is not yet.
    /// </param>
    public RecognizedAs Of(string mspId, Func<Achievement, DateTimeOffset, bool> isAccredited)
    {
        var agreements = projection.Shared.Agreements;
        var now = time.GetUtcNow();
        return (achievement, anchoredAt) =>
        [
            .. Recognition.AllOf(
                FactsOf(achievement, anchoredAt, isAccredited),
                agreements.Between(mspId, achievement.MspId),
                mspId,
                now).Select(Take),
        ];
    }

    /// <summary>
    /// Says what an institution recognises of a file's awards of other consortia, as of now: by the agreements by whose
    /// words they were verified, and no others.
    /// </summary>
    /// <param name="mspId">The institution.</param>
    /// <param name="file">The file.</param>
    public RecognizedAbroad OfAbroad(string mspId, LearnersFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var now = time.GetUtcNow();
        return earned => file.FindAbroad(earned) is not { Facts: { } facts } abroad
            ? []
            : [
                .. Recognition.AllOf(
                    facts, abroad.ValidBy.Select(projection.Shared.Agreements.Find).OfType<Agreement>(), mspId, now)
                    .Select(Take),
            ];
    }

    private static CredentialFacts FactsOf(
        Achievement achievement, DateTimeOffset anchoredAt, Func<Achievement, DateTimeOffset, bool> isAccredited) =>
        new()
        {
            Credential = "",
            MspId = achievement.MspId,
            Achievement = achievement,
            AwardedAt = anchoredAt,
            IsAccredited = isAccredited(achievement, anchoredAt),
        };

    private static RecognizedAchievement Take(RecognitionAnswer answer) => new()
    {
        Agreement = answer.Agreement!,
        AgreementVersion = answer.Version!.Value,
        Clause = answer.Clause!,
        Credits = answer.Credits ?? 0,
        Equivalent = answer.Equivalent,
        EqfLevel = answer.EqfLevel,
        MaxCreditsPerLearner = answer.MaxCreditsPerLearner,
    };
}
