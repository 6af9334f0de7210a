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

    /// <summary>Gets the description of all contracts, as JSON in Fabric's contract schema.</summary>
    public string Metadata => _dispatcher.Metadata;

    /// <inheritdoc/>
    public ValueTask<Response> InvokeAsync(ChaincodeStub stub, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stub);
        return _dispatcher.InvokeAsync(stub);
    }
}
