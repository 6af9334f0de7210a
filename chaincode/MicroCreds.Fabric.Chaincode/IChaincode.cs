namespace MicroCreds.Fabric.Chaincode;

/// <summary>What a chaincode does: answer invocations. Most write a <see cref="ContractDefinition"/> instead.</summary>
public interface IChaincode
{
    /// <summary>Answers one invocation. Called for many transactions at once, so it must be thread-safe.</summary>
    /// <param name="stub">The transaction and its view of the ledger; of no use once this has returned.</param>
    /// <param name="cancellationToken">Cancelled when the peer is gone and no answer can reach it.</param>
    /// <returns>
    /// The answer. Throwing a <see cref="ChaincodeException"/> answers with its message and status, throwing anything
    /// else with a generic error of status 500.
    /// </returns>
    ValueTask<Response> InvokeAsync(ChaincodeStub stub, CancellationToken cancellationToken);
}
