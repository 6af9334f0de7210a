using System.Text.Json;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Approving;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Evaluating;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Applying;

/// <summary>
/// Awards or declines what learners ask for. An application is awarded once, whoever presses how often: all attempts
/// have one fingerprint; and none is declined while it is being awarded. Thread-safe.
/// </summary>
public sealed class AwardDeciding(
    AwardApplications applications, Awarding awarding, ProjectedPathways pathways, DecidedIssuing decided,
    DocumentStore documents, MailDeliveries deliveries, GatewayServiceOptions options, TimeProvider time)
{
    private const int Looks = 100;

    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Finds an application, as far as it is by now.</summary>
    /// <exception cref="ProblemException">There is none of this id.</exception>
    public async Task<AwardApplication> RequireAsync(string id) =>
        Guid.TryParseExact(id, "D", out var key) && applications.Find(key) is { } found
            ? await SettleAsync(found)
            : throw new ProblemException(ProblemKind.NotFound, "This gateway has no application of this id.");

    /// <summary>Lists applications as far as they are by now.</summary>
    /// <param name="states">One or more of <see cref="AwardApplicationState"/>.</param>
    /// <param name="count">The most to list.</param>
    public async Task<IReadOnlyList<AwardApplication>> ListAsync(IReadOnlyCollection<string> states, int count)
    {
        var found = new List<AwardApplication>();
        foreach (var application in applications.List(states, count)) found.Add(await SettleAsync(application));
        return found;
    }

    /// <summary>
    /// Brings to its end what another person has decided since, or what a crash left half done: by what was issued.
    /// </summary>
    public Task<AwardApplication> SettleAsync(AwardApplication application) => SettleAsync(application, isOver: false);

    private async Task<AwardApplication> SettleAsync(AwardApplication application, bool isOver)
    {
        ArgumentNullException.ThrowIfNull(application);
        if (application.State != AwardApplicationState.Awarding) return application;
        var fate = decided.FateOf(NameOf(application), application.Request, application.DecidedAt, isOver);
        if (fate.Kind == IssuingFateKind.Issued)
        {
            await applications.SetAwardedAsync(
                application.Id, fate.Credential, fate.DecidedBy ?? application.DecidedBy!, time.GetUtcNow());
        }
        else if (fate.Kind == IssuingFateKind.Held && application.Request is null)
            await applications.SetRequestAsync(application.Id, fate.Request);
        else if (fate.Kind == IssuingFateKind.Undone)
            await applications.WaitAgainAsync(application.Id);
        else
            return application;
        return applications.Find(application.Id) ?? application;
    }

    /// <summary>What a learner brought is worth by now.</summary>
    /// <returns>Null once it is decided, or where the pathway is not known.</returns>
    public async Task<ExaminedAward?> ExamineAsync(AwardApplication application, CancellationToken cancellationToken) =>
        FindPathway(application) is { } pathway && applications.ReadCredentials(application.Id) is { } brought
            ? await awarding.ExamineAsync(pathway, Parse(brought), cancellationToken) : null;

    /// <summary>Whether mails about one of the credentials that count went to the learner's address before.</summary>
    public bool KnowsAddress(AwardApplication application)
    {
        ArgumentNullException.ThrowIfNull(application);
        return application.MailTo is { } to && applications.ListParts(application.Id)
            .SelectMany(part => CredentialAddress.TryResolve(part, documents, out _)?.Document is { } document
                ? deliveries.List(document.Id) : [])
            .Any(mail => string.Equals(mail.To.Address, to.Address, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The pathway that an application is for.</summary>
    public Pathway? FindPathway(AwardApplication application)
    {
        ArgumentNullException.ThrowIfNull(application);
        return pathways.Find(options.MspId, application.Pathway, application.Version);
    }

    /// <summary>Issues what was asked for, as a pathway's award.</summary>
    /// <param name="id">The application.</param>
    /// <param name="mayBeDuplicate">
    /// Whether it is issued although the person, or a namesake, has the award, or the same credentials led to one.
    /// </param>
    /// <param name="caller">Who decides.</param>
    /// <exception cref="ProblemException">It cannot be awarded; it waits as before.</exception>
    public async Task<AwardApplication> AwardAsync(string id, bool mayBeDuplicate, Caller caller)
    {
        var application = await RequireAsync(id);
        if (!await applications.BeginAsync(application.Id, RecordActors.Text(caller), time.GetUtcNow()))
            return await AwaitOtherAsync(id);
        try
        {
            if (FindPathway(application) is not { } pathway
                || applications.ReadCredentials(application.Id) is not { } brought)
                throw NotOpen(application);
            if (!mayBeDuplicate && applications.ListAwardsOfParts(application.Id) is [var before, ..])
            {
                throw Duplicate(
                    $"The same credentials led to an award of this pathway before, urn:uuid:{before}.");
            }

            // To the end also where nobody waits for the answer any more.
            var outcome = await awarding.AwardAsync(
                pathway, Parse(brought), RequestOf(application, pathway, mayBeDuplicate),
                decided.FingerprintOf(NameOf(application)), caller, CancellationToken.None);
            await NoteAsync(application, outcome, caller);
        }
        catch (Exception exception) when (exception is not StoreOutcomeUnknownException)
        {
            // By what was kept of it: nothing is under way any more.
            if (applications.Find(application.Id) is { } left) await SettleAsync(left, isOver: true);
            throw;
        }

        return await RequireAsync(id);
    }

    /// <summary>Declines what was asked for; its learner is told why.</summary>
    /// <exception cref="ProblemException">It does not wait, or the reason is missing or too long.</exception>
    public async Task<AwardApplication> DeclineAsync(string id, string reason, Caller caller)
    {
        var application = await RequireAsync(id);
        bool isDone = await applications.DeclineAsync(
            application.Id, Approvals.Checked(reason), RecordActors.Text(caller), time.GetUtcNow(),
            options.Learners.Mails);
        return isDone ? await RequireAsync(id) : throw NotOpen(await RequireAsync(id));
    }

    /// <summary>Somebody else is awarding it: what becomes of that is the answer to both.</summary>
    private async Task<AwardApplication> AwaitOtherAsync(string id)
    {
        var application = await RequireAsync(id);
        for (int i = 0; i < Looks && application is { State: AwardApplicationState.Awarding, Request: null }; i++)
        {
            await Task.Delay(LookPause, time, CancellationToken.None);
            application = await RequireAsync(id);
        }

        return application.State == AwardApplicationState.Awarded ? application : throw NotOpen(application);
    }

    private async Task NoteAsync(AwardApplication application, IssueOutcome outcome, Caller caller)
    {
        if (outcome.Held is { } held)
        {
            await applications.SetRequestAsync(application.Id, held.Id);
            return;
        }

        if (outcome.Result == IssueResult.Revoked || outcome.Id is not { } credential)
        {
            throw new ProblemException(
                ProblemKind.Conflict,
                outcome.Id is null
                    ? "This person's award is part of a batch that is being issued right now. Try again in a moment."
                    : $"The award was issued before and is revoked: urn:uuid:{outcome.Id}. Decline the application.");
        }

        // Who shares a mail address may be taken for one person; a credential goes to nobody but who it names.
        if (outcome.Result == IssueResult.AlreadyIssued
            && !LearnerName.AreSame(decided.LearnerOf(credential), application.Learner))
        {
            throw Duplicate(
                $"Somebody of another name and the same mail address has this award, urn:uuid:{credential}.");
        }

        var now = time.GetUtcNow();
        if (outcome.Result == IssueResult.AlreadyIssued && options.Learners.Mails && application.MailTo is { } to)
            await deliveries.AddAsync(credential, DeliveryKind.Claim, to, now);
        if (!await applications.SetAwardedAsync(application.Id, credential, RecordActors.Text(caller), now)
            && applications.Find(application.Id)?.Credential != credential)
        {
            throw new ProblemException(
                ProblemKind.Conflict, $"The award is issued, urn:uuid:{credential}, and the application is gone.");
        }
    }

    private static CredentialRequest RequestOf(AwardApplication application, Pathway pathway, bool mayBeDuplicate) =>
        new()
        {
            Achievement = $"{pathway.Award.Id}@{pathway.Award.Version}",
            Recipient = new Recipient
            {
                Name = application.Learner,
                Email = application.MailTo?.Address,
                Language = application.MailTo?.Language,
            },
            Duplicates = mayBeDuplicate ? CredentialRequest.AllowDuplicates : null,
        };

    private static string NameOf(AwardApplication application) => $"application:{application.Id}";

    private static ProblemException Duplicate(string what) => new(
        ProblemKind.PossibleDuplicate,
        what + " Send \"duplicates\": \"allow\" if it is to be issued all the same, or decline it. Nothing was "
        + "changed.");

    private static ProblemException NotOpen(AwardApplication application) => new(
        ProblemKind.Conflict,
        application.Request is { } held
            ? $"The award waits for another person's approval: {IssuingRequestResource.Address}/{held}."
            : $"The application is {application.State}, or its pathway is not known here any more: nothing was done.");

    private static IReadOnlyList<JsonElement> Parse(byte[] brought)
    {
        using var json = JsonDocument.Parse(brought);
        return [.. json.RootElement.EnumerateArray().Select(one => one.Clone())];
    }
}
