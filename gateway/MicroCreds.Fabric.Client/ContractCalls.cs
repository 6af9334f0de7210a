using System.ComponentModel;
using MicroCreds.Fabric.Client.Calls;

namespace MicroCreds.Fabric.Client;

/// <summary>Makes the calls of a generated proxy.</summary>
/// <remarks>Thread-safe.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ContractCalls
{
    private readonly FabricContract _contract;
    private readonly TypedTransaction[] _transactions;
    private readonly ProposalOptions _options;

    internal ContractCalls(FabricContract contract, TypedTransaction[] transactions, ProposalOptions options)
    {
        _contract = contract;
        _transactions = transactions;
        _options = options;
    }

    /// <summary>Calls a transaction that has no result.</summary>
    /// <param name="transaction">Which of the description's transactions.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task InvokeAsync(int transaction, object?[] arguments, CancellationToken cancellationToken) =>
        CallAsync(_transactions[transaction], arguments, cancellationToken);

    /// <summary>Calls a transaction and returns its result.</summary>
    /// <inheritdoc cref="InvokeAsync(int, object[], CancellationToken)"/>
    /// <exception cref="FormatException">What came is none of the result's type.</exception>
    public async Task<TResult> InvokeAsync<TResult>(
        int transaction, object?[] arguments, CancellationToken cancellationToken)
    {
        var typed = _transactions[transaction];
        var (result, committed) = await CallAsync(typed, arguments, cancellationToken).ConfigureAwait(false);
        return (TResult)typed.ReadResult(result.Span, committed)!;
    }

    /// <summary>Returns the result, and the identifier of the transaction that is committed, if it is one.</summary>
    private async Task<(ReadOnlyMemory<byte> Result, string? Committed)> CallAsync(
        TypedTransaction transaction, object?[] arguments, CancellationToken cancellationToken)
    {
        var options = _options with { Arguments = transaction.Write(arguments) };
        if (transaction.IsEvaluation)
        {
            return (await _contract.EvaluateAsync(transaction.Name, options, cancellationToken).ConfigureAwait(false),
                null);
        }

        var commit = await _contract.SubmitAndWaitAsync(transaction.Name, options, cancellationToken)
            .ConfigureAwait(false);
        return (commit.Result ?? default, commit.TransactionId);
    }
}
