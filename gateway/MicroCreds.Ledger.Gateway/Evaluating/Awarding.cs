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

        var examined = await ExamineAsync(pathway, credentials, cancellationToken);
        if (!examined.Evaluation.Complete)
        {
            throw new ProblemException(
                ProblemKind.Conflict, $"The pathway is not complete. {examined.Told}");
        }

        RequireOneLearner(request, examined.Parts.Select(part => part.Verdict));
        return await issuer.IssueAsync(request, fingerprint, caller, [.. examined.Parts.Select(PartOf)]);
    }

    /// <summary>Verifies and evaluates what a learner brings.</summary>
    /// <exception cref="ProblemException">The ledger is out of reach, or the set is beyond its bounds.</exception>
    public async Task<ExaminedAward> ExamineAsync(
        Pathway pathway, IReadOnlyList<JsonElement> credentials, CancellationToken cancellationToken)
    {
        var file = LearnersFile.Of(await set.VerifyAsync(credentials, cancellationToken), records);
        return new ExaminedAward(file, progress.Evaluate(pathway, file, new PathwayGoal()));
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

            if (!LearnerName.AreSame(name, request.Recipient?.Name))
            {
                throw ProblemException.Invalid(
                    Recipient, $"{part.Credential.Id} is made out to another name: give the name that stands on all.");
            }
        }
    }

    private static CredentialPart PartOf(AwardPart part)
    {
        var anchor = part.Verdict.Document!.Anchor;
        return new CredentialPart(
            part.Counted.CredentialId, part.Counted.Name, anchor.MspId, anchor.Root, anchor.Index);
    }
}
