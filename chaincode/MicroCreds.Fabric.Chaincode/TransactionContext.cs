namespace MicroCreds.Fabric.Chaincode;

/// <summary>What a transaction of a contract gets besides its arguments.</summary>
/// <remarks>
/// A contract can have a class of its own derived from it (<see cref="ContractDefinition.WithContext"/>), which keeps
/// what its transactions and hooks need for as long as one transaction lasts.
/// </remarks>
public class TransactionContext
{
    /// <summary>Makes a context of a contract's own class.</summary>
    /// <param name="context">The one that the library made.</param>
    protected TransactionContext(TransactionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Stub = context.Stub;
        ContractName = context.ContractName;
        TransactionName = context.TransactionName;
    }

    internal TransactionContext(ChaincodeStub stub, string contractName, string transactionName)
    {
        Stub = stub;
        ContractName = contractName;
        TransactionName = transactionName;
    }

    /// <summary>Gets the transaction's view of the ledger.</summary>
    public ChaincodeStub Stub { get; }

    /// <summary>Gets the name of the contract that was called.</summary>
    public string ContractName { get; }

    /// <summary>Gets the name of the transaction that was called, known or not.</summary>
    public string TransactionName { get; }

    /// <inheritdoc cref="ChaincodeStub.ClientIdentity"/>
    public ClientIdentity ClientIdentity => Stub.ClientIdentity;

    /// <inheritdoc cref="ChaincodeStub.Timestamp"/>
    public DateTimeOffset Timestamp => Stub.Timestamp;

    /// <inheritdoc cref="ChaincodeStub.TransactionId"/>
    public string TransactionId => Stub.TransactionId;

    /// <inheritdoc cref="ChaincodeStub.ChannelId"/>
    public string ChannelId => Stub.ChannelId;
}
