using MicroCreds.Fabric.Chaincode.Contracts;

namespace MicroCreds.Fabric.Chaincode;

/// <summary>A chaincode of one or more contracts.</summary>
/// <remarks>
/// A call names <c>contract:transaction</c>, or only the transaction of the first contract. Every such chaincode also
/// answers <c>org.hyperledger.fabric:GetMetadata</c> with its description. Thread-safe.
/// </remarks>
public sealed class ContractChaincode : IChaincode
{
    private readonly ContractDispatcher _dispatcher;

    /// <summary>Makes a chaincode of contracts.</summary>
    /// <param name="contracts">At least one, with names that differ. The first is the default.</param>
    /// <exception cref="ArgumentException">There is none, or two have the same name.</exception>
    public ContractChaincode(params IReadOnlyList<ContractDefinition> contracts)
    {
        ArgumentNullException.ThrowIfNull(contracts);
        _dispatcher = new ContractDispatcher(contracts);
    }

    private ContractChaincode(ContractDispatcher dispatcher) => _dispatcher = dispatcher;

    /// <summary>
    /// Returns the same chaincode with a description of its contracts that was written by hand, such as a
    /// <c>metadata.json</c>: it is what <c>GetMetadata</c> answers, and arguments are held to what its schemas ask
    /// beyond their types.
    /// </summary>
    /// <param name="metadata">
    /// The description, as JSON in Fabric's contract schema, of just these contracts, transactions and parameters. Of
    /// JSON Schema it may use <c>minimum</c>, <c>maximum</c>, <c>exclusiveMinimum</c>, <c>exclusiveMaximum</c>,
    /// <c>multipleOf</c>, <c>minLength</c>, <c>maxLength</c>, <c>minItems</c>, <c>maxItems</c>, <c>enum</c> and
    /// <c>pattern</c> (which is matched without backtracking).
    /// </param>
    /// <exception cref="ArgumentException">It describes something else; every fault is named.</exception>
    public ContractChaincode WithMetadata(string metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return new ContractChaincode(_dispatcher.WithMetadata(metadata));
    }

    /// <summary>Gets the description of all contracts, as JSON in Fabric's contract schema.</summary>
    public string Metadata => _dispatcher.Metadata;

    /// <inheritdoc/>
    public ValueTask<Response> InvokeAsync(ChaincodeStub stub, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stub);
        return _dispatcher.InvokeAsync(stub);
    }
}
