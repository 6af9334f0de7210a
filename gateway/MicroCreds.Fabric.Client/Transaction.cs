using Google.Protobuf;
using MicroCreds.Fabric.Client.Calls;
using MicroCreds.Fabric.Client.Signing;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Gateway;

namespace MicroCreds.Fabric.Client;

/// <summary>An endorsed transaction, to be submitted to the ordering service.</summary>
/// <remarks>
/// Submitting the same transaction again is safe: the ledger takes a transaction id only once. Thread-safe.
/// </remarks>
public sealed class Transaction
{
    private readonly GatewayConnection _connection;
    private readonly string _channel;
    private readonly ByteString _result;
    private readonly LazySignature _signature;

    internal Transaction(
        GatewayConnection connection, Envelope envelope, string transactionId, string channel, ByteString result)
    {
        _connection = connection;
        _signature = new LazySignature(connection.Signing, envelope.Payload, envelope.Signature, "transaction");
        _channel = channel;
        _result = result;
        TransactionId = transactionId;
    }

    /// <summary>The transaction's identifier.</summary>
    public string TransactionId { get; }

    /// <summary>What the chaincode returned. It says nothing yet about whether the transaction will be valid.</summary>
    public ReadOnlyMemory<byte> Result => _result.Memory;

    /// <summary>Returns what has to be signed, hashed with <see cref="GatewayOptions.Hash"/>.</summary>
    public byte[] Digest() => _signature.Digest();

    /// <summary>Serializes the transaction for <see cref="FabricGateway.NewTransaction"/>.</summary>
    public byte[] ToBytes() => new PreparedTransaction
    {
        TransactionId = TransactionId,
        Envelope = Signed(_signature.Value),
    }.ToByteArray();

    /// <summary>
    /// Hands the transaction to the ordering service, and returns as soon as that has accepted it: before it is
    /// committed.
    /// </summary>
    /// <param name="timeout">How long it may take. Default is <see cref="GatewayOptions.SubmitTimeout"/>.</param>
    /// <param name="cancellationToken">Cancels the call; the transaction may be ordered all the same.</param>
    /// <exception cref="SubmitException">The call failed; see there for what to do.</exception>
    /// <exception cref="SubmitCanceledException">It was cancelled when it may have been ordered.</exception>
    /// <exception cref="InvalidOperationException">There is neither a signature nor a signer.</exception>
    public async Task<Commit> SubmitAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var signature = await _signature.GetAsync(cancellationToken).ConfigureAwait(false);
        // Made first, so that nothing can fail between the order and the means to learn its outcome.
        var commit = NewCommit();
        var request = new SubmitRequest
        {
            TransactionId = TransactionId,
            ChannelId = _channel,
            PreparedTransaction = Signed(signature),
        };
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            await _connection.CallAsync(
                GatewayMethods.Submit, TransactionId, _connection.Submit, request,
                timeout ?? _connection.Options.SubmitTimeout,
                failure => new SubmitException(TransactionId, failure), cancellationToken).ConfigureAwait(false);
            return commit;
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            throw commit.Unknown(e, cancellationToken);
        }
    }

    /// <summary>
    /// Returns the means to ask for the outcome of this transaction, also when submitting it failed or was cut short.
    /// </summary>
    public Commit NewCommit()
    {
        var request = new CommitStatusRequest
        {
            ChannelId = _channel,
            TransactionId = TransactionId,
            Identity = _connection.Signing.Creator,
        };
        var message = new SignedCommitStatusRequest { Request = request.ToByteString() };
        return new Commit(_connection, message, TransactionId, _result);
    }

    private Envelope Signed(ByteString signature) => new() { Payload = _signature.Content, Signature = signature };
}
