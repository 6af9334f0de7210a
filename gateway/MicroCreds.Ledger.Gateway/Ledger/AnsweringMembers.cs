using System.Diagnostics;
using MicroCreds.Fabric.Client;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Ledger;

/// <summary>
/// Which members are asked to endorse after one of them did not answer: those that did when each was asked alone. A
/// peer chooses endorsers by its policies, and waits for one that is silent as long as it may; so nobody could issue
/// while one of those who are not needed hangs. Thread-safe.
/// </summary>
internal sealed partial class AnsweringMembers(
    FabricContract contract, Func<IReadOnlyList<string>> members, ILogger? logger) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>After which the peer chooses anew: who was silent may be back.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile Found? _found;

    /// <summary>Their MSPs; none where the peer chooses.</summary>
    public IReadOnlyList<string> Now =>
        _found is { } found && Stopwatch.GetElapsedTime(found.At) < Lifetime ? found.MspIds : [];

    /// <summary>Asks each alone, unless that was done not long ago; where all answer the peer chooses on.</summary>
    /// <param name="cause">The transaction that was not endorsed in time, for the log.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    public async Task FindAsync(string cause, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (Now.Count > 0) return;
            var all = members();
            bool[] answers = await Task.WhenAll(all.Select(member => AnswersAsync(member, cancellationToken)));
            string[] silent = [.. all.Where((_, i) => !answers[i])];

            // Fewer than a majority endorse nothing that counts. Where so many seem silent, it is rather the own peer
            // that sees nobody, as one that has stood still does until gossip has found the others again.
            if (silent.Length == 0 || 2 * (all.Count - silent.Length) <= all.Count) return;
            _found = new Found([.. all.Except(silent)], Stopwatch.GetTimestamp());
            if (logger is not null) LogSilent(logger, cause, string.Join(", ", silent), Lifetime.TotalSeconds);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Likewise, for the next who asks: whoever found out has no time left.</summary>
    public void FindSoon(string cause) => _ = Task.Run(
        async () =>
        {
            try
            {
                await FindAsync(cause, CancellationToken.None);
            }
            catch (ObjectDisposedException)
            {
                // The service stops.
            }
        });

    /// <summary>Lets the peer choose again, where those who answered were not those whom it takes.</summary>
    public void Forget() => _found = null;

    public void Dispose() => _turn.Dispose();

    private async Task<bool> AnswersAsync(string member, CancellationToken cancellationToken)
    {
        try
        {
            await contract.NewProposal(
                TransactionNames.GetFounding, new ProposalOptions { EndorsingOrganizations = [member] })
                .EndorseAsync(Patience, cancellationToken);
            return true;
        }
        catch (FabricException exception)
        {
            // A contract that refuses has answered.
            return exception.ChaincodeAnswer is not null;
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "{Transaction} was not endorsed in time: for {Seconds} s others endorse than {Silent}, whose peer or contract "
        + "server does not answer")]
    private static partial void LogSilent(ILogger logger, string transaction, string silent, double seconds);

    private sealed record Found(IReadOnlyList<string> MspIds, long At);
}
