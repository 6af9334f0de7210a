using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Ledger.Credentials.Verifying;

namespace MicroCreds.Ledger.Gateway.Ledger;

/// <summary>
/// The wire to the ledger: transactions and blocks, without their meaning. An interface because tests put a ledger of
/// their own behind it, one that fails when it is told to.
/// </summary>
public interface ILedgerConnection
{
    /// <summary>Runs a transaction as a query.</summary>
    /// <exception cref="LedgerRefusedException">The contract refused it.</exception>
    /// <exception cref="LedgerUnavailableException">The peer cannot be reached.</exception>
    Task<byte[]> EvaluateAsync(
        string transaction, IReadOnlyList<string> arguments, CancellationToken cancellationToken);

    /// <summary>Submits a transaction and waits until it is committed.</summary>
    /// <param name="transaction">The transaction's name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="asRegistrar">Whether the registrar's identity is needed, instead of the issuer's.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    /// <exception cref="LedgerRefusedException">It was refused, and nothing was written.</exception>
    /// <exception cref="LedgerUnavailableException">It was certainly never ordered.</exception>
    /// <exception cref="OutcomeUnknownException">It may be ordered.</exception>
    Task<Submission> SubmitAsync(
        string transaction, IReadOnlyList<string> arguments, bool asRegistrar, CancellationToken cancellationToken);

    /// <summary>
    /// Has a transaction that writes nothing endorsed by as many members as one that writes, and sends it nowhere: if
    /// this fails, so would issuing.
    /// </summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="aloneAt">The one member that is asked; null for as many as it takes.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="LedgerRefusedException">A member's contract refused it.</exception>
    /// <exception cref="LedgerUnavailableException">The peer, or too many others, cannot be reached.</exception>
    Task RehearseAsync(string transaction, string? aloneAt, CancellationToken cancellationToken);

    /// <summary>Asks the peer how far the chain reaches.</summary>
    /// <exception cref="LedgerUnavailableException">The peer cannot be reached.</exception>
    Task<ulong> GetNewestBlockAsync(CancellationToken cancellationToken);

    /// <summary>Signs as the institution's issuing identity: what other members' software can check offline.</summary>
    /// <returns>The identity's certificate (PEM), and the signature as Fabric's peers would take it.</returns>
    ValueTask<(string Certificate, byte[] Signature)> SignAsync(
        ReadOnlyMemory<byte> message, CancellationToken cancellationToken);

    /// <summary>
    /// Reads blocks from a number on, and goes on as they come; ends with an exception when the peer is lost.
    /// </summary>
    IAsyncEnumerable<Block> ReadBlocksAsync(ulong from, CancellationToken cancellationToken);
}

/// <summary>A committed transaction.</summary>
/// <param name="Result">What the contract returned.</param>
/// <param name="TransactionId">The transaction.</param>
/// <param name="Block">The block it is in.</param>
public sealed record Submission(ReadOnlyMemory<byte> Result, string TransactionId, ulong Block);
