using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// Builds the documents of a batch in two passes over its rows: unsigned ones and their hashes, then, once the tree is
/// known, the finished ones into the store. A pass works on one chunk at a time, on all cores. Thread-safe.
/// </summary>
public sealed class BatchBuilder(
    IssuanceBuilder builder, AchievementCatalog catalog, IssuanceStore issuances, GatewayServiceOptions options)
{
    /// <summary>How many documents are in memory at a time.</summary>
    private const int ChunkSize = 1000;

    /// <summary>The fewest documents that are worth a commit of their own.</summary>
    private const int MinChunkSize = 100;

    private readonly ConcurrentDictionary<long, int> _built = [];

    /// <summary>Where unsigned documents lie while a batch is built.</summary>
    public string SpoolDirectory { get; } = Path.Combine(options.DataDirectory, "spool");

    /// <summary>Removes what a run of the service that was killed left behind.</summary>
    public static void ClearLeftovers(string directory)
    {
        if (Directory.Exists(directory))
            Directory.Delete(directory, recursive: true);
    }

    /// <summary>How many documents of a batch are finished, while it is being built.</summary>
    public int? ProgressOf(long number) => _built.TryGetValue(number, out int built) ? built : null;

    /// <summary>Builds all documents of a batch and marks it ready.</summary>
    /// <exception cref="ProblemException">
    /// A row cannot be issued any more, or the institution's key is missing.
    /// </exception>
    public async Task BuildAsync(StoredIssuance issuance, CancellationToken cancellationToken)
    {
        // What an earlier attempt has built is of another tree.
        if (issuances.IsBegun(issuance.Number))
            await issuances.SetAcceptedAsync(issuance.Number);
        _built[issuance.Number] = 0;
        try
        {
            var rows = BatchRows.Split(issuances.ReadRequest(issuance.Number)!);
            var issue = await builder.BeginAsync(issuance.CreatedAt, rows.Count);
            var achievements = new ConcurrentDictionary<string, Prepared>(StringComparer.Ordinal);
            int[] order = IssuanceBuilder.DrawOrder(rows.Count);
            using var spool = DocumentSpool.Create(SpoolDirectory, rows.Count);
            var tree = HashAll(rows, order, spool, selector => achievements.GetOrAdd(selector, Prepare, issue));
            var references = achievements.Values.Select(prepared => prepared.Reference).Distinct();
            var statement = builder.Sign(issue, tree, references);
            await CompleteAllAsync(issuance.Number, issue, tree, statement, order, spool, cancellationToken);
        }
        finally
        {
            _built.TryRemove(issuance.Number, out _);
        }
    }

    private static MerkleTree HashAll(
        List<ReadOnlyMemory<byte>> rows, int[] order, DocumentSpool spool, Func<string, Prepared> prepare)
    {
        byte[][] leaves = new byte[rows.Count][];
        var chunk = new UnsignedCredential[ChunkSize];
        for (int first = 0; first < rows.Count; first += ChunkSize)
        {
            int start = first;
            int count = Math.Min(ChunkSize, rows.Count - first);
            OnAllCores(count, i =>
            {
                var request = LedgerJson.Deserialize<CredentialRequest>(rows[start + i].Span);
                int leaf = order[start + i];
                chunk[i] = prepare(request.Achievement).Template.Fill(request, leaf);
                leaves[leaf] = chunk[i].LeafHash();
            });
            for (int i = 0; i < count; i++)
                spool.Add(chunk[i]);
        }

        return MerkleTree.Build(leaves);
    }

    private async Task CompleteAllAsync(
        long number, IssuanceBuilder.Issue issue, MerkleTree tree, SignedStatement<IssuanceStatement> statement,
        int[] order, DocumentSpool spool, CancellationToken cancellationToken)
    {
        // A batch of one chunk would be signed and then written: in quarters it is both at once.
        int chunkSize = Math.Clamp(order.Length / 4, MinChunkSize, ChunkSize);
        var writing = Task.CompletedTask;
        for (int first = 0; first < order.Length; first += chunkSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int start = first;
            int count = Math.Min(chunkSize, order.Length - first);
            var unsigned = spool.Read(first, count);
            var finished = new StoredDocument[count];
            OnAllCores(count, i =>
            {
                var credential = unsigned(i);
                int leaf = order[start + i];
                byte[] document = issue.Signer.Complete(
                    credential, issue.Anchor(tree, statement.Statement.Root, leaf));
                finished[i] = new StoredDocument(
                    IssuanceBuilder.IdOf(credential.Id), leaf, start + i + 1, PackedDocument.Of(document));
            });

            // While one chunk is written, the next is signed.
            await writing;
            _built[number] = start + count;
            writing = start + count < order.Length
                ? issuances.AddDocumentsAsync(number, finished)
                : issuances.SetReadyAsync(number, finished, statement);
        }

        await writing;
    }

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

    private Prepared Prepare(string selector, IssuanceBuilder.Issue issue)
    {
        var achievement = catalog.Find(selector, out string? reason)
            ?? throw ProblemException.Invalid("/achievement", $"{selector} {reason}");
        return new Prepared(issue.Template(achievement), new AchievementReference(achievement.Id, achievement.Version));
    }

    private sealed record Prepared(CredentialTemplate Template, AchievementReference Reference);
}
