using Google.Protobuf;
using MicroCreds.Fabric.Client.Calls;
using MicroCreds.Fabric.Client.Signing;
using MicroCreds.Fabric.Protocol.Gateway;

namespace MicroCreds.Fabric.Client;

/// <summary>The means to learn the outcome of a submitted transaction.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class Commit
{
    private readonly GatewayConnection _connection;
    private readonly LazySignature _signature;

    internal Commit(
        GatewayConnection connection, SignedCommitStatusRequest message, string transactionId, ByteString? result)
    {
        _connection = connection;
        _signature = new LazySignature(
            connection.Signing, message.Request, message.Signature, "commit status request");
        TransactionId = transactionId;
        Result = result?.Memory;
    }

    /// <summary>The transaction's identifier.</summary>
    public string TransactionId { get; }

    /// <summary>What the chaincode returned; null when this was rebuilt from bytes.</summary>
    public ReadOnlyMemory<byte>? Result { get; }

    /// <summary>Returns what has to be signed, hashed with <see cref="GatewayOptions.Hash"/>.</summary>
    public byte[] Digest() => _signature.Digest();

    /// <summary>Serializes the request for <see cref="FabricGateway.NewCommit"/>.</summary>
    public byte[] ToBytes() => Signed(_signature.Value).ToByteArray();

    /// <summary>Returns the transaction's outcome: at once if it is committed, else as soon as it is.</summary>
    /// <param name="timeout">How long to wait. Default is <see cref="GatewayOptions.CommitStatusTimeout"/>.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    /// <returns>The outcome; an invalid transaction is one too, and throws nothing here.</returns>
    /// <exception cref="CommitStatusException">The call failed or took too long: the outcome is not known.</exception>
    /// <exception cref="InvalidOperationException">There is neither a signature nor a signer.</exception>
    public async Task<CommitStatus> GetStatusAsync(
        TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var signature = await _signature.GetAsync(cancellationToken).ConfigureAwait(false);
        var response = await _connection.CallAsync(
            GatewayMethods.CommitStatus, TransactionId, _connection.CommitStatus, Signed(signature),
            timeout ?? _connection.Options.CommitStatusTimeout,
            failure => new CommitStatusException(TransactionId, failure), cancellationToken).ConfigureAwait(false);
        return new CommitStatus(TransactionId, response.Result, response.BlockNumber);
    }

    /// <summary>
    /// What whoever waits no longer for a transaction that may be ordered is told, so that its identifier is not lost.
    /// </summary>
    internal Exception Unknown(Exception cause, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested
            ? new SubmitCanceledException(TransactionId, cause, cancellationToken)
            : new CommitStatusException(TransactionId, cause);

    private SignedCommitStatusRequest Signed(ByteString signature) =>
        new() { Request = _signature.Content, Signature = signature };
}
