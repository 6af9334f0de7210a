using System.Globalization;
using System.Text.Json;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Evaluating;

/// <summary>Issues what a pathway leads to, for a learner who completed it. Thread-safe.</summary>
public sealed class Awarding(
    CredentialSet set, ProjectedRecords records, PathwayProgress progress, CredentialIssuer issuer,
    IssuanceStore issuances)
{
    private const string Recipient = "/recipient/name";

    /// <summary>Verifies, evaluates and issues; a repeated request finds what it led to before.</summary>
    /// <exception cref="ProblemException">
    /// The pathway is retired or not complete, or the credentials are not the recipient's; nothing was changed.
    /// </exception>
    public async Task<IssueOutcome> AwardAsync(
        Pathway pathway, IReadOnlyList<JsonElement> credentials, CredentialRequest request,
        RequestFingerprint fingerprint, Caller caller, CancellationToken cancellationToken)
    {
        // Also if a part was revoked since: what was issued was issued, and its own status speaks for it.
        if (fingerprint.Fingerprint is { } known && issuances.FindByFingerprint(known) is not null)
            return await issuer.IssueAsync(request, fingerprint, caller);

        if (pathway.RetiredAt is not null)
            throw new ProblemException(ProblemKind.Conflict, "The pathway is retired: nothing is awarded for it.");

        var file = LearnersFile.Of(await set.VerifyAsync(credentials, cancellationToken), records);
        var evaluation = progress.Evaluate(pathway, file, new PathwayGoal());
        if (!evaluation.Complete)
            throw new ProblemException(ProblemKind.Conflict, $"The pathway is not complete. {Missing(evaluation)}");

        var counted = evaluation.Groups.SelectMany(group => group.Counted).ToList();
        var verdicts = file.Valid.ToDictionary(verdict => verdict.Credential!.Id);
        RequireOneLearner(request, counted.Select(part => verdicts[part.CredentialId]));
        return await issuer.IssueAsync(
            request, fingerprint, caller, [.. counted.Select(part => PartOf(part, verdicts))]);
    }

    /// <summary>Nobody is awarded what others earned.</summary>
    private static void RequireOneLearner(CredentialRequest request, IEnumerable<Verdict> parts)
    {
        foreach (var part in parts)
        {
            if (part.Credential!.Recipient is not { } name)
            {
                throw ProblemException.Invalid(
                    Recipient, $"{part.Credential.Id} withholds its learner's name: ask for it with the name shown.");
            }

            if (!string.Equals(name.Trim(), request.Recipient?.Name?.Trim(), StringComparison.OrdinalIgnoreCase))
            {
                throw ProblemException.Invalid(
                    Recipient, $"{part.Credential.Id} is made out to another name: give the name that stands on all.");
            }
        }
    }

    private static CredentialPart PartOf(Counted part, Dictionary<string, Verdict> verdicts)
    {
        var anchor = verdicts[part.CredentialId].Document!.Anchor;
        return new CredentialPart(part.CredentialId, part.Name, anchor.MspId, anchor.Root, anchor.Index);
    }

    private static string Missing(PathwayEvaluation evaluation)
    {
        var missing = evaluation.Groups.Where(group => !group.Complete).Select(group =>
        {
            if (group.MissingItems.Count > 0)
                return $"{group.Name}: {string.Join(", ", group.MissingItems.Select(item => item.Id))} missing.";
            return group.Credits.Missing > 0
                ? $"{group.Name}: {Text(group.Credits.Missing)} ECTS missing."
                : $"{group.Name}: {Text(group.Count.Missing)} more needed.";
        });
        string credits = evaluation.Credits.Missing > 0
            ? $"{Text(evaluation.Credits.Missing)} ECTS missing in all." : "";
        return string.Join(' ', missing.Append(credits)).Trim();
    }

    private static string Text(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}
