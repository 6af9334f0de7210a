using Google.Protobuf;
using MicroCreds.Fabric.Client.Calls;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Gateway;
using Grpc.Core;

namespace MicroCreds.Fabric.Client;

/// <summary>A proposed transaction: to be evaluated as a query, or endorsed and then submitted.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class Proposal
{
    private readonly GatewayConnection _connection;
    private readonly ProposedTransaction _message;
    private readonly string _channel;

    internal Proposal(GatewayConnection connection, ProposedTransaction message, string channel)
    {
        _connection = connection;
        _message = message;
        _channel = channel;
    }

    /// <summary>The identifier that the transaction will have on the ledger.</summary>
    public string TransactionId => _message.TransactionId;

    /// <summary>Returns what has to be signed, hashed with <see cref="GatewayOptions.Hash"/>.</summary>
    public byte[] Digest() => _connection.Signing.Digest(_message.Proposal.ProposalBytes);

    /// <summary>Serializes the proposal for <see cref="FabricGateway.NewProposal"/>.</summary>
    public byte[] ToBytes() => _message.ToByteArray();

    /// <summary>Runs the transaction on a peer and returns its result; nothing is written to the ledger.</summary>
    /// <param name="timeout">How long it may take. Default is <see cref="GatewayOptions.EvaluateTimeout"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="EvaluateException">The call failed, or the chaincode returned an error.</exception>
    /// <exception cref="InvalidOperationException">There is neither a signature nor a signer.</exception>
    public async Task<byte[]> EvaluateAsync(
        TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        await SignAsync(cancellationToken).ConfigureAwait(false);
        var request = new EvaluateRequest
        {
            TransactionId = TransactionId,
            ChannelId = _channel,
            ProposedTransaction = _message.Proposal,
            TargetOrganizations = { _message.EndorsingOrganizations },
        };
        var response = await GatewayConnection.CallAsync(
            "evaluate", TransactionId, _connection.Evaluate, request, timeout ?? _connection.Options.EvaluateTimeout,
            failure => new EvaluateException(TransactionId, failure), cancellationToken).ConfigureAwait(false);
        return response.Result?.Payload.ToByteArray() ?? [];
    }

    /// <summary>Runs the transaction on the peers that must endorse it, and returns it ready to be submitted.</summary>
    /// <param name="timeout">How long it may take. Default is <see cref="GatewayOptions.EndorseTimeout"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="EndorseException">
    /// The call failed, the chaincode returned an error, peers disagreed, or the answer is not this transaction.
    /// </exception>
    /// <exception cref="InvalidOperationException">There is neither a signature nor a signer.</exception>
    public async Task<Transaction> EndorseAsync(
        TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        await SignAsync(cancellationToken).ConfigureAwait(false);
        var request = new EndorseRequest
        {
            TransactionId = TransactionId,
            ChannelId = _channel,
            ProposedTransaction = _message.Proposal,
            EndorsingOrganizations = { _message.EndorsingOrganizations },
        };
        var response = await GatewayConnection.CallAsync(
            "endorse", TransactionId, _connection.Endorse, request, timeout ?? _connection.Options.EndorseTimeout,
            failure => new EndorseException(TransactionId, failure), cancellationToken).ConfigureAwait(false);
        return Prepared(response.PreparedTransaction);
    }

    private Transaction Prepared(Envelope? envelope)
    {
        try
        {
            var message = new PreparedTransaction
            {
                TransactionId = TransactionId,
                Envelope = envelope ?? new Envelope(),
            };
            var transaction = new Transaction(_connection, message);
            if (transaction.IdInEnvelope != TransactionId)
            {
                // What is signed next must be what was proposed, whatever the peer makes of it.
                throw new InvalidDataException(
                    $"The peer prepared transaction {transaction.IdInEnvelope} instead.");
            }

            return transaction;
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidDataException)
        {
            throw new EndorseException(TransactionId, new RpcFailure(StatusCode.Internal, e.Message, [], e));
        }
    }

    private async ValueTask SignAsync(CancellationToken cancellationToken)
    {
        var proposal = _message.Proposal;
        if (proposal.Signature.IsEmpty)
        {
            proposal.Signature = await _connection.Signing
                .SignAsync(proposal.ProposalBytes, "proposal", cancellationToken).ConfigureAwait(false);
        }
    }
}
