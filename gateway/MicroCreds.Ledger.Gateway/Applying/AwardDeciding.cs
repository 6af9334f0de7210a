using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Approving;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Evaluating;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Ledger;
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
    AwardApplications applications, Awarding awarding, ProjectedPathways pathways, IssuingRequests requests,
    IssuanceStore issuances, DocumentStore documents, MailDeliveries deliveries, GatewayStore store,
    GatewayServiceOptions options, TimeProvider time)
{
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

    /// <summary>Brings what another person has decided since to its end.</summary>
    public async Task<AwardApplication> SettleAsync(AwardApplication application)
    {
        ArgumentNullException.ThrowIfNull(application);
        if (application.Request is not { } held) return application;
        var request = requests.Find(held);
        if (request?.State is null or IssuingRequestState.TurnedDown or IssuingRequestState.Withdrawn)
            await applications.WaitAgainAsync(application.Id);
        else if (request.State == IssuingRequestState.Issued && BecameOf(request) is { } credential)
            await applications.SetAwardedAsync(application.Id, credential, request.DecidedBy!, time.GetUtcNow());
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
    /// <param name="mayBeDuplicate">Whether it is issued although the person, or a namesake, has the award.</param>
    /// <param name="caller">Who decides.</param>
    /// <param name="cancellationToken">Cancels the verifying.</param>
    /// <exception cref="ProblemException">It cannot be awarded; it waits as before.</exception>
    public async Task<AwardApplication> AwardAsync(
        string id, bool mayBeDuplicate, Caller caller, CancellationToken cancellationToken)
    {
        var application = await RequireAsync(id);
        if (application.State == AwardApplicationState.Awarded) return application;
        bool isMoved = await applications.BeginAsync(application.Id);
        var pathway = FindPathway(application);
        if (await RequireAsync(id) is not { State: AwardApplicationState.Awarding, Request: null } || pathway is null
            || applications.ReadCredentials(application.Id) is not { } brought)
        {
            if (isMoved) await applications.WaitAgainAsync(application.Id);
            throw NotOpen(await RequireAsync(id));
        }

        try
        {
            var outcome = await awarding.AwardAsync(
                pathway, Parse(brought), RequestOf(application, pathway, mayBeDuplicate), FingerprintOf(application),
                caller, cancellationToken);
            await NoteAsync(application, outcome, caller);
        }
        catch (Exception exception)
            when (isMoved && exception is ProblemException or LedgerRefusedException
                or LedgerUnavailableException)
        {
            // Nothing was kept of it.
            await applications.WaitAgainAsync(application.Id);
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

    private RequestFingerprint FingerprintOf(AwardApplication application)
    {
        string name = $"application:{application.Id}";
        return RequestFingerprint.Of(
            store, name, IssuanceKind.Credential, Encoding.ASCII.GetBytes(name), isKnownByItsBody: false);
    }

    private Guid? BecameOf(IssuingRequest request) =>
        request.Issuance is { } id && issuances.Find(id) is { } issuance
            ? documents.List(issuance.Number, afterRow: 0, count: 1).Select(one => (Guid?)one.Id).FirstOrDefault()
            : null;

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
