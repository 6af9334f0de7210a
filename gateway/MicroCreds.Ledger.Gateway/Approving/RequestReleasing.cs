using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Desk;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Operations;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Approving;

/// <summary>
/// Issues what is approved and due. Whatever breaks, it is tried again and issued once: each request is known by its
/// fingerprint. Of several gateways the one does it that leads.
/// </summary>
public sealed partial class RequestReleasing(
    IssuingRequests requests, BatchIntake batches, CredentialIssuer issuer, IssuanceStore issuances,
    Corrections corrections, MissingIssuances missing, Leadership leadership, AuditTrail trail, ReleaseBell bell,
    TimeProvider time, ILogger<RequestReleasing> logger)
    : BackgroundService
{
    /// <summary>What the audit log calls it.</summary>
    public const string Action = "issuing-request.release";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(5);

    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    /// <summary>What has to be tried again: how long it waits, and until when.</summary>
    private readonly Dictionary<string, (TimeSpan Pause, DateTimeOffset Until)> _waiting = [];

    /// <summary>Has what could not be issued tried again, by somebody's word.</summary>
    /// <exception cref="ProblemException">It has not failed, or fails again.</exception>
    public async Task TryAgainAsync(IssuingRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!await requests.TryAgainAsync(request.Id))
        {
            throw new ProblemException(
                ProblemKind.Conflict, $"The request is {requests.Find(request.Id)?.State}: only one that failed is "
                + "tried again.");
        }

        await ReleaseAsync(request, CancellationToken.None);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Where the service stops, what is due is issued after the next start.
        if (await missing.IsKnownAsync(stoppingToken)) await leadership.WhileLeadingAsync(LeadAsync, stoppingToken);
    }

    private async Task LeadAsync(CancellationToken term)
    {
        while (!term.IsCancellationRequested)
        {
            try
            {
                var now = time.GetUtcNow();
                foreach (var request in requests.ListDue(now))
                {
                    term.ThrowIfCancellationRequested();
                    if (!_waiting.TryGetValue(request.Id, out var waits) || waits.Until <= now)
                        await ReleaseIfNewAsync(request, term);
                }
            }
            catch (Exception exception) when (!term.IsCancellationRequested)
            {
                LogDoubt(exception);
            }

            await bell.WaitAsync(Pause, term).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReleaseIfNewAsync(IssuingRequest request, CancellationToken term)
    {
        // In a copy of yesterday it may be due that was issued since, with another copy's salt.
        if (missing.Count > 0 && request.AskedAt < _startedAt)
        {
            await requests.SetFailedAsync(
                request.Id,
                "This store is an older copy: the ledger has issuances of this institution that are not in it, and "
                + "this request may have led to one of them. Look whether the learners have it; then try it again, or "
                + "withdraw it.");
            return;
        }

        try
        {
            await trail.NoteAsync(
                origin: null, Caller.Gateway, Action, ("issuing-request", request.Id),
                () => ReleaseAsync(request, term));
            _waiting.Remove(request.Id);
        }
        catch (Exception exception) when (!term.IsCancellationRequested)
        {
            var pause = _waiting.TryGetValue(request.Id, out var before) ? before.Pause * 2 : Pause;
            if (pause > MaxPause) pause = MaxPause;
            _waiting[request.Id] = (pause, time.GetUtcNow() + pause);
            LogWaits(exception, request.Id);
        }
    }

    /// <summary>Issues it, or writes down why it cannot be.</summary>
    private async Task ReleaseAsync(IssuingRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var rows = requests.ReadRows(request.Id);
            if (rows is null) return;

            var fingerprint = new RequestFingerprint(request.Fingerprint, request.BodyHash);
            var caller = Approvals.CallerOf(request.AskedBy);
            string? issuance = request.Kind == IssuanceKind.Batch
                ? (await batches.ReleaseAsync(rows, fingerprint, caller, request.Source)).Id
                : await IssueOneAsync(request, rows, fingerprint, caller, cancellationToken);
            await requests.SetIssuedAsync(request.Id, issuance, outcome: null);
        }
        catch (RequestEndedException)
        {
            // Somebody withdrew it meanwhile and was told so: nothing of it was kept.
            return;
        }
        catch (Exception exception) when (ProblemTranslation.IsFinal(exception))
        {
            var problem = ProblemTranslation.Translate(exception);

            // What is on the ledger has not failed, though what it corrects could not be revoked.
            if (issuances.FindByFingerprint(request.Fingerprint) is { State: IssuanceState.Issued } made)
                await requests.SetIssuedAsync(request.Id, made.Id, TextOf(problem));
            else
                await requests.SetFailedAsync(request.Id, TextOf(problem));
            throw problem;
        }
    }

    private async Task<string?> IssueOneAsync(
        IssuingRequest request, byte[] rows, RequestFingerprint fingerprint, Caller caller,
        CancellationToken cancellationToken)
    {
        var asked = LedgerJson.Deserialize<CredentialRequest>(rows.AsSpan().TrimEnd((byte)'\n'));
        var parts = request.Parts is { } text
            ? JsonSerializer.Deserialize<CredentialPart[]>(text, LedgerJson.Options) : null;
        corrections.RequireStanding(
            request.Corrects, isRepeated: issuances.FindByFingerprint(request.Fingerprint) is not null);
        var outcome = await issuer.ReleaseAsync(asked, fingerprint, caller, parts, request.Source);
        if (outcome.Result == IssueResult.AlreadyIssued)
        {
            throw new ProblemException(
                ProblemKind.Conflict,
                $"The person has this award since: {outcome.Id?.ToString() ?? "it is part of a batch"}. Nothing was "
                + "issued.");
        }

        if (request.Corrects is { } old && outcome.Id is { } replacement)
            await corrections.ReplaceAsync(origin: null, caller, old, replacement, cancellationToken);
        return issuances.FindByFingerprint(request.Fingerprint)?.Id;
    }

    private static string TextOf(ProblemException problem)
    {
        const int MaxTold = 10;
        var text = new StringBuilder(problem.Message);
        foreach (var fault in problem.Faults.Take(MaxTold))
            text.Append(' ').Append(fault.Place).Append(' ').Append(fault.Reason);
        return text.ToString();
    }

    [LoggerMessage(LogLevel.Warning, "The request {Id} is not issued yet; it is tried again")]
    private partial void LogWaits(Exception exception, string id);

    [LoggerMessage(LogLevel.Warning, "What is due could not be looked up; it is tried again")]
    private partial void LogDoubt(Exception exception);
}
