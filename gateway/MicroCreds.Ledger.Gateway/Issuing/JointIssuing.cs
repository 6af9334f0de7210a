using System.Collections.Concurrent;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// Anchors together what single requests ask for at the same moment, of one version of an achievement: one tree, one
/// statement, one transaction. Each keeps an issuance of its own, with its own fingerprint, actor, source and document,
/// and ends alone: what is at fault with one leaves the others as if it had not come. Thread-safe.
/// </summary>
public sealed class JointIssuing(
    IssuanceBuilder builder, IssuanceStore issuances, Anchoring anchoring, Outbox outbox, StandingAwards standing,
    GatewayStore store, TimeProvider time) : IDisposable
{
    /// <summary>The most that are anchored together.</summary>
    public const int MaxTogether = 100;

    // The ledger's statistics, and whether a version may still be issued, know an issuance's achievement, and not which
    // of several a credential is for.
    private readonly ConcurrentDictionary<AchievementReference, Lazy<Gathering<Waiting>>> _gatherings = [];

    /// <summary>Issues what is asked for, or finds what stands in its way.</summary>
    /// <param name="achievement">What it is for.</param>
    /// <param name="asked">What is asked for.</param>
    /// <returns>The new issuance, on the ledger; or what <see cref="IssuanceStore.AddTogetherAsync"/> found.</returns>
    /// <exception cref="ProblemException">It cannot be issued now.</exception>
    /// <exception cref="LedgerRefusedException">As <see cref="Anchoring.AnchorAsync"/>; so are the others.</exception>
    public async Task<AddedCredential> IssueAsync(Achievement achievement, AskedCredential asked)
    {
        ArgumentNullException.ThrowIfNull(achievement);
        ArgumentNullException.ThrowIfNull(asked);
        var reference = new AchievementReference(achievement.Id, achievement.Version);
        var waiting = new Waiting(asked, AwardKeys.Of(store.Secret, asked.Request.Recipient, reference));
        _gatherings.GetOrAdd(
            reference, _ => new(() => new(together => IssueAllAsync(achievement, together), MaxTogether, time)))
            .Value.Add(waiting);
        return await waiting.Outcome;
    }

    public void Dispose()
    {
        foreach (var one in _gatherings.Values) one.Value.Dispose();
    }

    private async Task IssueAllAsync(Achievement achievement, IReadOnlyList<Waiting> asked)
    {
        try
        {
            // Of those who may be in each other's way the first comes first: the others find what became of it.
            for (var rest = asked; rest.Count > 0;)
            {
                var (together, later) = Part(rest);
                await IssueTogetherAsync(achievement, together);
                rest = later;

                // Where the ledger could not be reached each of them would wait as long for the same answer.
                if (together.Select(one => one.Outcome.Exception?.InnerException)
                    .OfType<LedgerUnavailableException>().FirstOrDefault() is not { } unreached)
                    continue;
                foreach (var one in rest) one.Fail(unreached);
                return;
            }
        }
        catch (Exception exception)
        {
            // Whatever it is, nobody waits for ever.
            foreach (var one in asked) one.Fail(exception);
        }
    }

    /// <summary>Parts those that cannot be in each other's way from those that may be in the way of one of them.
    /// </summary>
    private static (List<Waiting> Together, List<Waiting> Later) Part(IReadOnlyList<Waiting> asked)
    {
        var (together, later) = (new List<Waiting>(), new List<Waiting>());
        var requests = new HashSet<string>(StringComparer.Ordinal);
        var people = new HashSet<ulong>();
        var names = new List<AwardKeys>();
        foreach (var one in asked)
        {
            string? request = one.Asked.Fingerprint.Fingerprint is { } known ? Convert.ToHexString(known) : null;
            bool isRepeated = request is not null && requests.Contains(request);
            bool isInTheWay = !one.IsAllowed && (one.Award.Identities.Any(people.Contains)
                || names.Exists(other => other.Name == one.Award.Name && !one.Award.TellsApartFrom(other.Kinds)));
            if (isRepeated || isInTheWay)
            {
                later.Add(one);
                continue;
            }

            together.Add(one);
            if (request is not null) requests.Add(request);
            people.UnionWith(one.Award.Identities);
            names.Add(one.Award);
        }

        return (together, later);
    }

    private async Task IssueTogetherAsync(Achievement achievement, IReadOnlyList<Waiting> asked)
    {
        IReadOnlyList<(Waiting Waiting, AddedCredential Added)> stored;
        try
        {
            stored = await StoreAsync(achievement, asked);
        }
        catch (Exception exception) when (asked.Count > 1 && MayBeOnes(exception))
        {
            // Who is at fault is found by trying each alone; nothing of it was kept.
            await Task.WhenAll(asked.Where(one => !one.Outcome.IsCompleted)
                .Select(one => IssueTogetherAsync(achievement, [one])));
            return;
        }
        catch (Exception exception)
        {
            // If it is kept, it is brought to the ledger; these requests cannot tell.
            if (exception is StoreOutcomeUnknownException) outbox.LookAgain();
            foreach (var one in asked) one.Fail(exception);
            return;
        }

        if (stored.Count == 0) return;
        try
        {
            await anchoring.AnchorAsync(stored[0].Added.Issuance!.Number, isFirst: true);
            foreach (var (waiting, added) in stored) waiting.End(added);
        }
        catch (Exception exception)
        {
            // It goes on without these requests: it may be kept, also where the database could not be asked, or where
            // another request for one of them had it refused. What was taken back is passed over.
            if (exception is not LedgerUnavailableException)
            {
                foreach (var (_, added) in stored) outbox.Add(added.Issuance!.Number);
            }

            foreach (var (waiting, _) in stored) waiting.Fail(exception);
        }
    }

    /// <summary>
    /// Builds and stores those that nothing stands in the way of; the others end here. The tree is built before the
    /// store says what stands in the way, which seldom anything does: then it is built anew without that.
    /// </summary>
    private async Task<IReadOnlyList<(Waiting Waiting, AddedCredential Added)>> StoreAsync(
        Achievement achievement, IReadOnlyList<Waiting> asked)
    {
        while (asked.Count > 0)
        {
            var now = time.GetUtcNow();
            var (statement, documents) = await builder.BuildAsync(
                achievement, now, [.. asked.Select(one => (one.Asked.Request, one.Asked.Parts))]);
            var added = await issuances.AddTogetherAsync(
                [.. asked.Select((one, i) => NewOf(one, statement, documents[i], now))]);
            var all = asked.Zip(added).ToList();
            if (all.TrueForAll(one => one.Second.IsNew)) return all;
            foreach (var (waiting, found) in all.Where(one => !one.Second.IsNew)) waiting.End(found);
            asked = [.. all.Where(one => one.Second.IsNew).Select(one => one.First)];
        }

        return [];
    }

    private NewCredential NewOf(
        Waiting waiting, SignedStatement<IssuanceStatement> statement, StoredDocument document, DateTimeOffset now) =>
        new(
            new StoredIssuance
            {
                Number = 0,
                Id = Guid.NewGuid().ToString("N"),
                Kind = IssuanceKind.Credential,
                BodyHash = waiting.Asked.Fingerprint.BodyHash,
                State = IssuanceState.Ready,
                Size = 1,
                CreatedAt = now,
                Root = statement.Statement.Root,
                Statement = statement,
                Actor = waiting.Asked.Actor,
            },
            waiting.Asked.Fingerprint.Fingerprint, document, waiting.Award)
        {
            Look = waiting.IsAllowed ? null : index => index.Find(waiting.Award, standing.Stands),
            Source = waiting.Asked.Source,
        };

    /// <summary>Whether what went wrong before anything was kept may be about one of several alone.</summary>
    private static bool MayBeOnes(Exception exception) =>
        exception is not (StoreUnavailableException or StoreOutcomeUnknownException)
        && (exception as ProblemException)?.Kind != ProblemKind.NotReady;

    /// <summary>Somebody who waits for the end of what they asked for.</summary>
    private sealed class Waiting(AskedCredential asked, AwardKeys award)
    {
        private readonly TaskCompletionSource<AddedCredential> _source =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public AskedCredential Asked => asked;

        public AwardKeys Award => award;

        public bool IsAllowed => asked.Request.Duplicates == CredentialRequest.AllowDuplicates;

        public Task<AddedCredential> Outcome => _source.Task;

        public void End(AddedCredential outcome) => _source.TrySetResult(outcome);

        public void Fail(Exception exception) => _source.TrySetException(exception);
    }
}

/// <summary>What a single request asks to have issued.</summary>
/// <param name="Request">A request that nothing is wrong with.</param>
/// <param name="Fingerprint">How it is known again.</param>
/// <param name="Actor">Who asks, as the store keeps it.</param>
/// <param name="Parts">The credentials that it is made up of; none if it is made up of none.</param>
/// <param name="Source">Where it is from; none if nowhere that is worth noting.</param>
public sealed record AskedCredential(
    CredentialRequest Request, RequestFingerprint Fingerprint, string Actor, IReadOnlyList<CredentialPart>? Parts,
    IssuanceSource? Source);
