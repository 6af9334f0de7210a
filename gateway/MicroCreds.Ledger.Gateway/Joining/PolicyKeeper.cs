using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Operations;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Joining;

/// <summary>
/// After members came or left, makes the endorsement policies of this institution's records anew, and of those that are
/// nobody's, while the leaving still endorse; and has open ballots counted, which may be decided by then. Thread-safe.
/// </summary>
public sealed partial class PolicyKeeper(
    LedgerDoor door, LedgerProjection projection, Leadership leadership, BackgroundTrail trail,
    GatewayServiceOptions options, ILogger<PolicyKeeper> logger)
    : BackgroundService
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(2);

    // What is changed most often, and must be changed most urgently, comes first.
    private static readonly IReadOnlyList<string> Types =
    [
        RecordKey.InstitutionType, RecordKey.StatusType, RecordKey.AccreditationType, RecordKey.AchievementType,
        RecordKey.PathwayType, RecordKey.OfferingType, RecordKey.WithdrawnApiKeyType, RecordKey.IssuanceType,
    ];

    // What is nobody's, or has keys that begin with something else than its owner: whoever comes first does it.
    private static readonly IReadOnlyList<string> Common =
        [RecordKey.BallotType, RecordKey.ConsortiumType, RecordKey.AgreementType, RecordKey.IdentityType];

    /// <summary>
    /// Counts the records that this gateway looks after and whose policies do not name the members as they are.
    /// </summary>
    public async Task<PolicyCount> CountAsync(CancellationToken cancellationToken)
    {
        var (stale, stuck) = (0, 0);
        await foreach (var page in PagesAsync(cancellationToken))
        {
            stale += page.Keys.Count;
            stuck += page.Stuck.Count;
        }

        return new PolicyCount(projection.Shared.Members.MspIds, stale, stuck);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var done = ReadDone();
            for (ulong next = 0; ; next = projection.NextBlock)
            {
                await projection.WaitForAsync(next, stoppingToken);
                var members = projection.Shared.Members.MspIds;
                while (!members.SequenceEqual(done, StringComparer.Ordinal))
                {
                    // Twice would do no harm, and be twice the work.
                    await leadership.LeadAsync(stoppingToken);
                    if (await TryRefreshAsync(stoppingToken) is { } stuck)
                        Note(done = [.. members], stuck);
                    members = projection.Shared.Members.MspIds;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops.
            return;
        }
    }

    // Looking at every record takes a while on a large ledger: not at every start.
    private string DoneFile => Path.Combine(options.DataDirectory, "policies.txt");

    private string[] ReadDone() => File.Exists(DoneFile) ? File.ReadAllLines(DoneFile) : [];

    private void Note(string[] members, int stuck)
    {
        // What stuck is tried again at the next start: who left may be there by then.
        if (stuck > 0)
        {
            LogStuck(stuck);
            return;
        }

        try
        {
            File.WriteAllLines(DoneFile, members);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next start looks once more, and that is all.
            LogNotNoted(exception);
        }
    }

    /// <returns>How many records are stuck; none if it has to be tried again.</returns>
    private async Task<int?> TryRefreshAsync(CancellationToken stoppingToken)
    {
        try
        {
            var (count, stuck) = (0, 0);
            await foreach (var page in PagesAsync(stoppingToken))
            {
                // One entry for all pages: of a large ledger they are many.
                if (page.Keys.Count + page.Stuck.Count > 0)
                    await trail.BeginAsync(AuditActions.RefreshedPolicies, subject: null);
                if (page.Keys.Count > 0)
                    count += (await door.RefreshPoliciesAsync(page.Keys, stoppingToken)).Record.Count;
                if (!await TryFreeAsync(page.Stuck, stoppingToken))
                    stuck += page.Stuck.Count;
            }

            await trail.EndAsync(AuditActions.RefreshedPolicies, subject: null, StatusCodes.Status200OK);
            if (count > 0)
                LogRefreshed(count);
            await CountBallotsAsync(stoppingToken);
            return stuck;
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            LogNotRefreshed(exception);
            await Task.Delay(RetryPause, stoppingToken);
            return null;
        }
    }

    // Who has just left the list of members still endorses until the channel lets it go.
    private async Task<bool> TryFreeAsync(IReadOnlyList<RecordKey> keys, CancellationToken stoppingToken)
    {
        try
        {
            if (keys.Count > 0)
                await door.RefreshPoliciesAsync(keys, stoppingToken);
            return true;
        }
        catch (Exception exception) when (exception is LedgerUnavailableException or LedgerRefusedException)
        {
            return false;
        }
    }

    private async Task CountBallotsAsync(CancellationToken cancellationToken)
    {
        if (!projection.Shared.Members.MspIds.Contains(options.MspId, StringComparer.Ordinal))
            return;
        foreach (var ballot in projection.Shared.Ballots.Where(ballot => ballot.State == BallotState.Open).ToList())
        {
            try
            {
                await trail.NoteAsync(
                    AuditActions.CountedBallot, AuditSubject.Of("ballot", ballot.Statement.Id),
                    () => door.CountBallotAsync(ballot.Statement.Id, cancellationToken));
            }
            catch (LedgerRefusedException exception)
            {
                // What was asked cannot be done any more: the ballot ends by its time.
                LogNotCounted(ballot.Statement.Id, exception);
            }
        }
    }

    private async IAsyncEnumerable<StalePolicies> PagesAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Records that are about one who left, but belong to one who stays, lie under the name of who left.
        string[] names =
        [
            options.MspId, .. projection.Shared.Members.Former.Select(former => former.MspId).Except([options.MspId]),
        ];
        foreach (var (type, name) in names.SelectMany(name => Types.Select(type => (type, name)))
            .Concat(Common.Select(type => (type, ""))))
        {
            string? bookmark = "";
            while (bookmark is not null)
            {
                var page = await door.ListStalePoliciesAsync(type, name, bookmark, cancellationToken);
                yield return page;
                bookmark = page.Next;
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "The endorsement policies of {Count} records name the members as they are")]
    private partial void LogRefreshed(int count);

    [LoggerMessage(LogLevel.Error, "{Count} records can be changed only with members who left; they stay as they are")]
    private partial void LogStuck(int count);

    [LoggerMessage(LogLevel.Warning, "It could not be noted for which members the endorsement policies were made")]
    private partial void LogNotNoted(Exception exception);

    [LoggerMessage(LogLevel.Warning, "Endorsement policies do not name the members as they are yet; trying again")]
    private partial void LogNotRefreshed(Exception exception);

    [LoggerMessage(LogLevel.Information, "The ballot {Ballot} was not counted anew")]
    private partial void LogNotCounted(string ballot, Exception exception);
}

/// <summary>How many of a gateway's records are not made from the members as they are.</summary>
/// <param name="Members">The members, as this gateway knows them.</param>
/// <param name="Waiting">Records whose policies are about to be made anew.</param>
/// <param name="Stuck">Records that too few of those who are left can change, and that stay as they are.</param>
public sealed record PolicyCount(IReadOnlyList<string> Members, int Waiting, int Stuck);
