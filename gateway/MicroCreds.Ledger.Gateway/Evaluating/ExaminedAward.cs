using System.Globalization;
using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Credentials.Verifying;

namespace MicroCreds.Ledger.Gateway.Evaluating;

/// <summary>What a learner's credentials are worth along a pathway, and which of them count.</summary>
/// <param name="File">What became of each credential.</param>
/// <param name="Evaluation">How far they lead.</param>
public sealed record ExaminedAward(LearnersFile File, PathwayEvaluation Evaluation)
{
    private const int MaxUncounted = 5;

    /// <summary>The credentials that count, each once.</summary>
    public IReadOnlyList<AwardPart> Parts { get; } = PartsOf(File, Evaluation);

    /// <summary>Where in what was sent those stand that count, from 0.</summary>
    public IReadOnlyList<int> Places =>
    [
        .. File.Credentials
            .Where(one => one.IsTaken && Parts.Any(part => part.Counted.CredentialId == one.Id))
            .Select(one => one.Index).Distinct(),
    ];

    /// <summary>What is missing, and what was not looked at, in sentences.</summary>
    public string Told => $"{Missing} {Uncounted}".Trim();

    /// <summary>What is missing, in a sentence; empty if nothing is.</summary>
    private string Missing
    {
        get
        {
            var missing = Evaluation.Groups.Where(group => !group.Complete).Select(group =>
            {
                if (group.MissingItems.Count > 0)
                    return $"{group.Name}: {string.Join(", ", group.MissingItems.Select(item => item.Id))} missing.";
                return group.Credits.Missing > 0
                    ? $"{group.Name}: {Text(group.Credits.Missing)} ECTS missing."
                    : $"{group.Name}: {Text(group.Count.Missing)} more needed.";
            });
            string credits = Evaluation.Credits.Missing > 0
                ? $"{Text(Evaluation.Credits.Missing)} ECTS missing in all." : "";
            return string.Join(' ', missing.Append(credits)).Trim();
        }
    }

    /// <summary>What was not looked at, each with its place and the reason; empty if all was.</summary>
    private string Uncounted => string.Join(
        ' ', File.Credentials.Where(one => !one.IsTaken).Take(MaxUncounted)
            .Select(one => $"/credentials/{one.Index.ToString(CultureInfo.InvariantCulture)}: {one.Detail}"));

    private static AwardPart[] PartsOf(LearnersFile file, PathwayEvaluation evaluation)
    {
        var verdicts = file.Valid.ToDictionary(verdict => verdict.Credential!.Id);
        return
        [
            .. evaluation.Groups.SelectMany(group => group.Counted)
                .Select(counted => new AwardPart(counted, verdicts[counted.CredentialId])),
        ];
    }

    private static string Text(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}

/// <summary>A credential that counts.</summary>
/// <param name="Counted">As what.</param>
/// <param name="Verdict">What was found of it.</param>
public sealed record AwardPart(Counted Counted, Verdict Verdict);
