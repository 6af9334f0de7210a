using Google.Protobuf;
using MicroCreds.Fabric.Client.Calls;
using MicroCreds.Fabric.Protocol.Gateway;

namespace MicroCreds.Fabric.Client;

/// <summary>An endorsed transaction, to be submitted to the ordering service.</summary>
/// <remarks>
/// Submitting the same transaction again is safe: the ledger takes a transaction id only once. Thread-safe.
/// </remarks>
public sealed class Transaction
{
    private readonly GatewayConnection _connection;
    private readonly PreparedTransaction _message;
    private readonly string _channel;
    private readonly ByteString _result;

    /// <exception cref="InvalidProtocolBufferException">The bytes are no protocol buffer.</exception>
    /// <exception cref="InvalidDataException">The message holds no endorsed transaction.</exception>
    internal Transaction(GatewayConnection connection, PreparedTransaction message)
    {
        _connection = connection;
        _message = message;
        var (header, result) = TransactionMessage.Read(message.Envelope);
        _channel = header.ChannelId;
        _result = result;
        IdInEnvelope = header.TxId;
    }

    /// <summary>The transaction's identifier.</summary>
    public string TransactionId => _message.TransactionId;

    /// <summary>What the chaincode returned. It says nothing yet about whether the transaction will be valid.</summary>
    public ReadOnlyMemory<byte> Result => _result.Memory;

    internal string IdInEnvelope { get; }

    /// <summary>Returns what has to be signed, hashed with <see cref="GatewayOptions.Hash"/>.</summary>
    public byte[] Digest() => _connection.Signing.Digest(_message.Envelope.Payload);

    /// <summary>Serializes the transaction for <see cref="FabricGateway.NewTransaction"/>.</summary>
    public byte[] ToBytes() => _message.ToByteArray();

    /// <summary>
    /// Hands the transaction to the ordering service, and returns as soon as that has accepted it: before it is
    /// committed.
    /// </summary>
    /// <param name="timeout">How long it may take. Default is <see cref="GatewayOptions.SubmitTimeout"/>.</param>
    /// <param name="cancellationToken">Cancels the call; the transaction may be ordered all the same.</param>
    /// <exception cref="SubmitException">The call failed; see there for what to do.</exception>
    /// <exception cref="InvalidOperationException">There is neither a signature nor a signer.</exception>
    public async Task<Commit> SubmitAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        await SignAsync(cancellationToken).ConfigureAwait(false);
        // Made first, so that nothing can fail between the order and the means to learn its outcome.
        var commit = NewCommit();
        var request = new SubmitRequest
        {
            TransactionId = TransactionId,
            ChannelId = _channel,
            PreparedTransaction = _message.Envelope,
        };
        await GatewayConnection.CallAsync(
            "submit", TransactionId, _connection.Submit, request, timeout ?? _connection.Options.SubmitTimeout,
            failure => new SubmitException(TransactionId, failure), cancellationToken).ConfigureAwait(false);
        return commit;
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

    private async ValueTask SignAsync(CancellationToken cancellationToken)
    {
        var envelope = _message.Envelope;
        if (envelope.Signature.IsEmpty)
        {
            envelope.Signature = await _connection.Signing
                .SignAsync(envelope.Payload, "transaction", cancellationToken).ConfigureAwait(false);
        }
    }
}
