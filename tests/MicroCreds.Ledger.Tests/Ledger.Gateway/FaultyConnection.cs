using MicroCreds.Ledger.Model;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Credentials.Verifying;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A real wire to the ledger that fails when it is told to.</summary>
internal sealed class FaultyConnection(ILedgerConnection inner) : ILedgerConnection, IDisposable
{
    private CancellationTokenSource _cut = new();

    /// <summary>Nothing gets through.</summary>
    public bool IsCut
    {
        get => field;
        set
        {
            field = value;
            Break();
        }
    }

    /// <summary>The next transaction is committed, and its answer is lost.</summary>
    public bool LosesNextAnswer { get; set; }

    /// <summary>No block gets through, while the peer answers all else.</summary>
    public bool HidesBlocks
    {
        get => field;
        set
        {
            field = value;
            Break();
        }
    }

    /// <summary>The transactions that the peer was asked to evaluate.</summary>
    public ConcurrentQueue<string> Evaluations { get; } = [];

    /// <summary>How many issuances were sent; what a gateway sends by itself does not count.</summary>
    public int Submissions { get; private set; }

    /// <summary>What happens before an issuance is sent. Default is nothing.</summary>
    public Func<Task>? Before { get; set; }

    /// <summary>What becomes of the next issuances, one each.</summary>
    public ConcurrentQueue<Exception> Faults { get; } = [];

    /// <summary>What keys that say their purpose are refused with; null lets them through.</summary>
    public Exception? PurposeFault { get; set; }

    public Task<byte[]> EvaluateAsync(
        string transaction, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        if (IsCut)
            throw Unavailable();
        if (EvaluationFault is { } fault)
            throw fault;
        Evaluations.Enqueue(transaction);
        return inner.EvaluateAsync(transaction, arguments, cancellationToken);
    }

    public async Task<Submission> SubmitAsync(
        string transaction, IReadOnlyList<string> arguments, bool asRegistrar, CancellationToken cancellationToken)
    {
        if (IsCut)
            throw Unavailable();
        if (PurposeFault is { } unknown && transaction == TransactionNames.AddKey
            && arguments[0].Contains("\"purpose\":", StringComparison.Ordinal))
            throw unknown;
        if (transaction == TransactionNames.RefreshPolicies)
            return await inner.SubmitAsync(transaction, arguments, asRegistrar, cancellationToken);
        if (transaction == TransactionNames.Issue)
        {
            Submissions++;
            if (Before is { } before)
                await before();
            if (Faults.TryDequeue(out var fault))
                throw fault;
        }

        var submission = await inner.SubmitAsync(transaction, arguments, asRegistrar, cancellationToken);
        if (!LosesNextAnswer)
            return submission;
        LosesNextAnswer = false;
        throw new OutcomeUnknownException(submission.TransactionId, new TimeoutException());
    }

    /// <summary>What evaluations end with; null lets them through.</summary>
    public Exception? EvaluationFault { get; set; }

    /// <summary>What asking for blocks, and how many there are, ends with; null lets it through.</summary>
    public Exception? BlockFault
    {
        get => field;
        set
        {
            field = value;
            Break();
        }
    }

    /// <summary>What rehearsals end with; null lets them through.</summary>
    public Exception? RehearsalFault { get; set; }

    /// <summary>What rehearsals at the own peer alone end with; null lets them through.</summary>
    public Exception? OwnPeerFault { get; set; }

    public Task RehearseAsync(string transaction, string? aloneAt, CancellationToken cancellationToken) =>
        IsCut ? throw Unavailable()
        : RehearsalFault is { } fault ? throw fault
        : aloneAt is not null && OwnPeerFault is { } own ? throw own
        : inner.RehearseAsync(transaction, aloneAt, cancellationToken);

    public Task<ulong> GetNewestBlockAsync(CancellationToken cancellationToken) =>
        IsCut ? throw Unavailable()
        : BlockFault is { } fault ? throw fault
        : inner.GetNewestBlockAsync(cancellationToken);

    public ValueTask<(string Certificate, byte[] Signature)> SignAsync(
        ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        inner.SignAsync(message, cancellationToken);

    public async IAsyncEnumerable<Block> ReadBlocksAsync(
        ulong from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (IsCut || HidesBlocks)
            throw Unavailable();
        if (BlockFault is { } fault)
            throw fault;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _cut.Token);
        await foreach (var block in inner.ReadBlocksAsync(from, either.Token))
            yield return block;
    }

    public void Dispose()
    {
        (inner as IDisposable)?.Dispose();
        _cut.Dispose();
    }

    private void Break()
    {
        var before = _cut;
        _cut = new CancellationTokenSource();
        before.Cancel();
    }

    private static LedgerUnavailableException Unavailable() => new("The wire is cut.");
}
