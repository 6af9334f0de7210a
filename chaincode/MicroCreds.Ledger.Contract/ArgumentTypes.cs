using MicroCreds.Fabric.Chaincode;

namespace MicroCreds.Ledger.Contract;

/// <summary>The types of every transaction's arguments, noted while the contract is defined.</summary>
internal sealed class ArgumentTypes
{
    private readonly SortedDictionary<string, Parameter[]> _transactions = new(StringComparer.Ordinal);

    /// <summary>Notes the parameters of a handler behind its context, and returns the handler.</summary>
    public Delegate Note(string transaction, Delegate handler)
    {
        _transactions.Add(
            transaction,
            [.. handler.Method.GetParameters()
                .Where(p => p.ParameterType != typeof(TransactionContext))
                .Select(p => new Parameter(p.Name!, p.ParameterType))]);
        return handler;
    }

    /// <summary>Returns the parameters of a transaction; none for one that is not known.</summary>
    public IReadOnlyList<Parameter> Of(string transaction) =>
        _transactions.TryGetValue(transaction, out var parameters) ? parameters : [];

    internal readonly record struct Parameter(string Name, Type Type);
}
