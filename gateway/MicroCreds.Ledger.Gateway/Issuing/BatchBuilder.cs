using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using System.Text.Json;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// Builds the credentials of a batch in one pass over its rows: seeds into the store, their leaves into the tree. It
/// works on one chunk at a time, on all cores. Thread-safe.
/// </summary>
public sealed class BatchBuilder(
    IssuanceBuilder builder, AchievementCatalog catalog, IssuanceStore issuances, DocumentStore documents)
{
    /// <summary>
    /// How many credentials are in memory at a time, and share a commit. Leaves are drawn by lot: each commit writes
    /// nearly all pages of their index, so that a few large ones write a fraction of what many small ones do.
    /// </summary>
    private const int ChunkSize = 8000;

    /// <summary>The fewest that are worth a commit of their own.</summary>
    private const int MinChunkSize = 100;

    private readonly ConcurrentDictionary<long, int> _built = [];

    /// <summary>How many credentials of a batch are finished, which another gateway may be building.</summary>
    public int ProgressOf(StoredIssuance batch) => batch.State switch
    {
        IssuanceState.Issued or IssuanceState.Ready => batch.Size,
        _ => _built.TryGetValue(batch.Number, out int built) ? built : documents.Count(batch.Number),
    };

    /// <summary>Builds all credentials of a batch and marks it ready.</summary>
    /// <exception cref="BuiltElsewhereException">Another attempt has begun since.</exception>
    /// <exception cref="ProblemException">
    /// A row cannot be issued any more, or the institution's key is missing.
    /// </exception>
    public async Task BuildAsync(StoredIssuance issuance, CancellationToken cancellationToken)
    {
        // What an earlier attempt has built, or still builds, is of another tree.
        if (await issuances.BeginBuildingAsync(issuance.Number) is not { } attempt)
            throw new BuiltElsewhereException(issuance.Number);
        _built[issuance.Number] = 0;
        try
        {
            var rows = BatchRows.Split(issuances.ReadRequest(issuance.Number)!);
            var issue = await builder.BeginAsync(issuance.CreatedAt, rows.Count);
            await BuildAllAsync(issuance.Number, attempt, issue, rows, cancellationToken);
        }
        finally
        {
            _built.TryRemove(issuance.Number, out _);
        }
    }

    private async Task BuildAllAsync(
        long number, string attempt, IssuanceBuilder.Issue issue, List<ReadOnlyMemory<byte>> rows,
        CancellationToken cancellationToken)
    {
        int[] order = IssuanceBuilder.DrawOrder(rows.Count);
        byte[] leaves = new byte[rows.Count * MerkleTree.HashLength];
        var prepared = new Dictionary<string, Prepared>(StringComparer.Ordinal);

        // A batch of one chunk would be made and then written: in quarters it is both at once.
        int chunkSize = Math.Clamp(rows.Count / 4, MinChunkSize, ChunkSize);
        var writing = Task.CompletedTask;
        for (int first = 0; first < rows.Count; first += chunkSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int start = first;
            int count = Math.Min(chunkSize, rows.Count - first);
            var requests = new CredentialRequest[count];
            OnAllCores(count, i => requests[i] = ReadKept(rows[start + i].Span));
            foreach (var request in requests)
            {
                if (!prepared.ContainsKey(request.Achievement))
                    prepared[request.Achievement] = await PrepareAsync(request.Achievement, issue);
            }

            var finished = new StoredDocument[count];
            byte[] random = RandomNumberGenerator.GetBytes(count * CredentialSeed.RandomBytes);
            OnAllCores(count, i =>
            {
                int leaf = order[start + i];
                var (template, templateNumber, _) = prepared[requests[i].Achievement];
                var seed = CredentialSeed.Draw(
                    requests[i], issue.Context.ValidFrom,
                    random.AsMemory(i * CredentialSeed.RandomBytes, CredentialSeed.RandomBytes));
                var (kept, credential) = IssuanceBuilder.Keep(template, seed, leaf, templateNumber);
                credential.LeafHash().CopyTo(leaves, leaf * MerkleTree.HashLength);
                finished[i] = new StoredDocument(seed.Id, number, leaf, start + i + 1, kept)
                {
                    MailTo = builder.MailToOf(requests[i].Recipient),
                };
            });

            // While one chunk is written, the next is made.
            await writing;
            _built[number] = start + count;
            writing = start + count < rows.Count
                ? issuances.AddDocumentsAsync(number, attempt, finished)
                : FinishAsync(
                    number, attempt, issue, finished, leaves, prepared.Values.Select(one => one.Reference));
        }

        await writing;
    }

    private async Task FinishAsync(
        long number, string attempt, IssuanceBuilder.Issue issue, StoredDocument[] last, byte[] leaves,
        IEnumerable<AchievementReference> achievements)
    {
        var statement = await builder.SignAsync(issue, MerkleTree.Over(leaves), achievements.Distinct());
        var pieces = TreePieces.Cut(leaves);
        var numbered = pieces.Select((hashes, piece) => (piece, hashes)).ToList();
        if (TreePieces.RootsOf(pieces) is { Length: > 0 } roots) numbered.Add((TreePieces.Roots, roots));
        await issuances.SetReadyAsync(number, attempt, last, numbered, statement);
    }

    /// <summary>Reads a row as the intake has kept it: what is canonical need not be held to be strict again.</summary>
    private static CredentialRequest ReadKept(ReadOnlySpan<byte> row) =>
        JsonSerializer.Deserialize<CredentialRequest>(row, LedgerJson.Options)!;

    /// <summary>Does a chunk's work; what a row throws is thrown as it is, without its like.</summary>
    private static void OnAllCores(int count, Action<int> work)
    {
        try
        {
            Parallel.For(0, count, work);
        }
        catch (AggregateException exception)
        {
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }
    }

    private async Task<Prepared> PrepareAsync(string selector, IssuanceBuilder.Issue issue)
    {
        var achievement = catalog.Find(selector, out string? reason)
            ?? throw ProblemException.Invalid("/achievement", $"{selector} {reason}");
        var template = issue.Template(achievement);
        return new Prepared(
            template, await documents.KeepTemplateAsync(template.Shared),
            new AchievementReference(achievement.Id, achievement.Version));
    }

    private sealed record Prepared(CredentialTemplate Template, long TemplateNumber, AchievementReference Reference);
}
