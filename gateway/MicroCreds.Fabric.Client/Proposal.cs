using Google.Protobuf;
using Google.Protobuf.Collections;
using MicroCreds.Fabric.Client.Calls;
using MicroCreds.Fabric.Client.Signing;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Gateway;
using MicroCreds.Fabric.Protocol.Peer;
using Grpc.Core;

namespace MicroCreds.Fabric.Client;

/// <summary>A proposed transaction: to be evaluated as a query, or endorsed and then submitted.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class Proposal
{
    private readonly GatewayConnection _connection;
    private readonly ProposalContent _content;
    private readonly RepeatedField<string> _organizations;
    private readonly LazySignature _signature;

    internal Proposal(GatewayConnection connection, ProposedTransaction message, ProposalContent content)
    {
        _connection = connection;
        _content = content;
        _organizations = message.EndorsingOrganizations;
        _signature = new LazySignature(
            connection.Signing, message.Proposal.ProposalBytes, message.Proposal.Signature, "proposal");
    }

    /// <summary>The identifier that the transaction will have on the ledger.</summary>
    public string TransactionId => _content.TransactionId;

    /// <summary>Returns what has to be signed, hashed with <see cref="GatewayOptions.Hash"/>.</summary>
    public byte[] Digest() => _signature.Digest();

    /// <summary>Serializes the proposal for <see cref="FabricGateway.NewProposal"/>.</summary>
    public byte[] ToBytes() => new ProposedTransaction
    {
        TransactionId = TransactionId,
        Proposal = Signed(_signature.Value),
        EndorsingOrganizations = { _organizations },
    }.ToByteArray();

    /// <summary>Runs the transaction on a peer and returns its result; nothing is written to the ledger.</summary>
    /// <param name="timeout">How long it may take. Default is <see cref="GatewayOptions.EvaluateTimeout"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="EvaluateException">The call failed, or the chaincode returned an error.</exception>
    /// <exception cref="InvalidOperationException">There is neither a signature nor a signer.</exception>
    public async Task<byte[]> EvaluateAsync(
        TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var signature = await _signature.GetAsync(cancellationToken).ConfigureAwait(false);
        var request = new EvaluateRequest
        {
            TransactionId = TransactionId,
            ChannelId = _content.Channel,
            ProposedTransaction = Signed(signature),
            TargetOrganizations = { _organizations },
        };
        var response = await _connection.CallAsync(
            GatewayMethods.Evaluate, TransactionId, _connection.Evaluate, request,
            timeout ?? _connection.Options.EvaluateTimeout,
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
        var signature = await _signature.GetAsync(cancellationToken).ConfigureAwait(false);
        var request = new EndorseRequest
        {
            TransactionId = TransactionId,
            ChannelId = _content.Channel,
            ProposedTransaction = Signed(signature),
            EndorsingOrganizations = { _organizations },
        };
        var response = await _connection.CallAsync(
            GatewayMethods.Endorse, TransactionId, _connection.Endorse, request,
            timeout ?? _connection.Options.EndorseTimeout,
            failure => new EndorseException(TransactionId, failure), cancellationToken).ConfigureAwait(false);
        return Prepared(response.PreparedTransaction);
    }

    private Transaction Prepared(Envelope? envelope)
    {
        try
        {
            envelope ??= new Envelope();
            var prepared = TransactionMessage.Read(envelope);

            // What is signed next must be what was proposed, whatever the peer makes of it.
            return _content.FaultOf(prepared) is { } fault
                ? throw new InvalidDataException(fault)
                : new Transaction(_connection, envelope, TransactionId, _content.Channel, prepared.Result);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidDataException)
        {
            throw new EndorseException(TransactionId, new RpcFailure(StatusCode.Internal, e.Message, [], e));
        }
    }

    private SignedProposal Signed(ByteString signature) =>
        new() { ProposalBytes = _signature.Content, Signature = signature };
}
