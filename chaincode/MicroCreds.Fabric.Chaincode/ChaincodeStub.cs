using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MicroCreds.Fabric.Chaincode.Conversation;
using MicroCreds.Fabric.Chaincode.Serving;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Peer;
using Type = MicroCreds.Fabric.Protocol.Peer.ChaincodeMessage.Types.Type;

namespace MicroCreds.Fabric.Chaincode;

/// <summary>One transaction, as its chaincode sees it: who asks for what, and the ledger.</summary>
/// <remarks>
/// <para>
/// Reads see the ledger as it was before the transaction: never its own writes. Requests that the peer refuses throw
/// <see cref="PeerException"/>; keys and values that no ledger takes throw
/// <see cref="Protocol.StateArgumentException"/>, which the caller is told.
/// </para>
/// <para>
/// Thread-safe, but nothing is gained by calling it in parallel: a peer answers one request of a transaction at a time.
/// Await every call before the handler returns. Source: the chaincode shims of Fabric.
/// </para>
/// </remarks>
public sealed partial class ChaincodeStub
{
    private readonly PeerTransaction _transaction;
    private readonly Lazy<ProposalContent> _proposal;
    private readonly Lazy<IReadOnlyDictionary<string, ReadOnlyMemory<byte>>> _transient;
    private readonly Lazy<ClientIdentity> _clientIdentity;
    private WriteBatch? _batch;

    internal ChaincodeStub(
        PeerTransaction transaction, ChaincodeInput input, SignedProposal? signedProposal, bool isInit)
    {
        _transaction = transaction;
        SignedProposal = signedProposal;
        IsInit = isInit || input.IsInit;
        Arguments = [.. input.Args.Select(argument => argument.Memory)];
        Decorations = input.Decorations.ToDictionary(entry => entry.Key, entry => entry.Value.Memory);
        _proposal = new(() => ProposalContent.Read(signedProposal, transaction.TransactionId));
        _transient = new(() => _proposal.Value.ReadTransient());
        _clientIdentity = new(() => ClientIdentity.Read(_proposal.Value.Creator));
        _batch = transaction.BatchesWrites ? NewBatch() : null;
    }

    /// <summary>Gets the transaction's identifier.</summary>
    public string TransactionId => _transaction.TransactionId;

    /// <summary>Gets the channel.</summary>
    public string ChannelId => _transaction.ChannelId;

    /// <summary>Tells whether the transaction initialises the chaincode.</summary>
    public bool IsInit { get; }

    /// <summary>Gets the arguments as they came; by convention the first names the function.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Arguments { get; }

    /// <summary>Gets what the peer's decorators added to the arguments.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Decorations { get; }

    /// <summary>Gets the proposal as its creator signed it; null when the peer itself invokes the chaincode.</summary>
    public SignedProposal? SignedProposal { get; }

    /// <summary>Gets the serialized identity of who created the proposal.</summary>
    /// <exception cref="ChaincodeException">There is no proposal, or it cannot be read.</exception>
    public ReadOnlyMemory<byte> Creator => _proposal.Value.Creator.Memory;

    /// <summary>Gets who created the proposal.</summary>
    /// <exception cref="ChaincodeException">
    /// There is no proposal, or its creator is neither an X.509 nor an Idemix identity.
    /// </exception>
    public ClientIdentity ClientIdentity => _clientIdentity.Value;

    /// <summary>
    /// Gets the data that came with the proposal and never reaches the ledger. Peers of other organisations may not
    /// have got it.
    /// </summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Transient => _transient.Value;

    /// <summary>
    /// Gets the time that the creator wrote into the proposal: the same at every peer, but the creator's own claim.
    /// Peers of 3.x refuse to endorse one that is more than 15 minutes off; those of 2.5 take any.
    /// </summary>
    /// <exception cref="ChaincodeException">There is no proposal, or it has no time, or an impossible one.</exception>
    public DateTimeOffset Timestamp => _proposal.Value.Timestamp;

    /// <summary>
    /// Gets the SHA-256 of nonce, creator and epoch (32 bytes), which binds what an application signs to this proposal.
    /// </summary>
    public ReadOnlyMemory<byte> Binding => _proposal.Value.Binding;

    /// <summary>The name of the chaincode that the client called; null if the proposal does not say it.</summary>
    internal string? ChaincodeName => _proposal.Value.ReadChaincodeName();

    internal ChaincodeEvent? Event { get; private set; }

    /// <summary>Gets why this transaction must not write; null where it may.</summary>
    internal string? WriteRefusal { get; set; }

    /// <summary>
    /// Returns the MSP of the peer that this chaincode serves, from the environment variable CORE_PEER_LOCALMSPID: to
    /// tell the own implicit collection. It differs from peer to peer: never write it to the ledger.
    /// </summary>
    /// <exception cref="ChaincodeException">The variable is not set.</exception>
    public static string GetMspId() =>
        Environment.GetEnvironmentVariable(ChaincodeEnvironment.MspId) is { Length: > 0 } id
            ? id
            : throw new ChaincodeException(
                $"The peer's MSP is not known: set {ChaincodeEnvironment.MspId} for the chaincode server.");

    /// <summary>Returns the first argument, in UTF-8, and the rest; an empty name where there is no argument.</summary>
    public (string Function, IReadOnlyList<ReadOnlyMemory<byte>> Parameters) GetFunctionAndParameters() =>
        Arguments.Count == 0
            ? (string.Empty, [])
            : (Encoding.UTF8.GetString(Arguments[0].Span), [.. Arguments.Skip(1)]);

    /// <summary>Returns the arguments as text in UTF-8; what is no UTF-8 is replaced by U+FFFD.</summary>
    public IReadOnlyList<string> GetStringArguments() =>
        [.. Arguments.Select(argument => Encoding.UTF8.GetString(argument.Span))];

    /// <summary>Returns the bytes of all arguments, one after the other.</summary>
    public byte[] GetArgumentBytes()
    {
        byte[] joined = new byte[Arguments.Sum(argument => argument.Length)];
        int position = 0;
        foreach (var argument in Arguments)
        {
            argument.Span.CopyTo(joined.AsSpan(position));
            position += argument.Length;
        }

        return joined;
    }

    /// <summary>
    /// Sets the event that the block carries with the transaction. A transaction has one: the last set wins.
    /// </summary>
    /// <param name="name">The name that listeners filter by; not empty.</param>
    /// <param name="payload">What listeners get. Everyone on the channel can read it.</param>
    public void SetEvent(string name, ReadOnlyMemory<byte> payload = default)
    {
        StateKey.Checked(name, nameof(name));
        RefuseWrite();
        Event = new ChaincodeEvent
        {
            EventName = name,
            Payload = ByteString.CopyFrom(payload.Span),
        };
    }

    /// <summary>Invokes another chaincode on this peer, within this transaction.</summary>
    /// <param name="chaincodeName">Its name, not empty.</param>
    /// <param name="arguments">Its arguments, the function's name first.</param>
    /// <param name="channel">
    /// The channel it is on. Default is this one; on another channel it can only be queried, its writes are dropped.
    /// </param>
    /// <returns>Its answer. An error is returned, not thrown.</returns>
    public async ValueTask<Response> InvokeChaincodeAsync(
        string chaincodeName, IEnumerable<ReadOnlyMemory<byte>> arguments, string? channel = null)
    {
        StateKey.Checked(chaincodeName, nameof(chaincodeName));
        ArgumentNullException.ThrowIfNull(arguments);

        // The other chaincode may call a third that calls this one: what was written before must be at the peer first.
        await SendBatchAsync().ConfigureAwait(false);
        var spec = new ChaincodeSpec
        {
            ChaincodeId = new ChaincodeID
            {
                Name = string.IsNullOrEmpty(channel) ? chaincodeName : $"{chaincodeName}/{channel}",
            },
            Input = new ChaincodeInput { Args = { arguments.Select(argument => ByteString.CopyFrom(argument.Span)) } },
        };
        try
        {
            var payload = await _transaction.AskAsync(Type.InvokeChaincode, spec.ToByteString()).ConfigureAwait(false);
            return ReadInvocation(payload);
        }
        catch (PeerException e)
        {
            return Response.Error(e.Message);
        }
    }

    /// <summary>Invokes another chaincode with arguments that are text.</summary>
    /// <inheritdoc cref="InvokeChaincodeAsync(string, IEnumerable{ReadOnlyMemory{byte}}, string?)"/>
    public ValueTask<Response> InvokeChaincodeAsync(
        string chaincodeName, IEnumerable<string> arguments, string? channel = null)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return InvokeChaincodeAsync(
            chaincodeName, arguments.Select(text => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text)), channel);
    }

    private static Response ReadInvocation(ByteString payload)
    {
        var answer = PeerAnswer.Read(Type.InvokeChaincode, payload, ChaincodeMessage.Parser);
        if (answer.Type != Type.Completed)
        {
            return Response.Error(answer.Payload.ToStringUtf8());
        }

        var response = PeerAnswer.Read(Type.InvokeChaincode, answer.Payload, Protocol.Peer.Response.Parser);
        return new Response
        {
            Status = response.Status,
            Message = response.Message,
            Payload = response.Payload.Memory,
        };
    }

    /// <summary>The fields of a signed proposal.</summary>
    private sealed record ProposalContent(
        ByteString Creator, Timestamp? Time, byte[] Binding, ByteString Payload, ByteString Extension,
        string TransactionId)
    {
        /// <summary>The last second of the year 9999, as protobuf's timestamps end.</summary>
        private const long MaxSeconds = 253_402_300_799;

        public DateTimeOffset Timestamp => Time switch
        {
            null => throw new ChaincodeException($"The proposal of transaction {TransactionId} has no timestamp."),
            { Seconds: >= 0 and <= MaxSeconds, Nanos: >= 0 and <= 999_999_999 } => Time.ToDateTimeOffset(),
            _ => throw new ChaincodeException(
                $"The proposal of transaction {TransactionId} has a timestamp that no clock can show."),
        };

        public static ProposalContent Read(SignedProposal? signed, string transactionId)
        {
            if (signed is null)
            {
                throw new ChaincodeException(
                    $"Transaction {transactionId} has no proposal: the peer itself started it, not a client.");
            }

            try
            {
                var proposal = Proposal.Parser.ParseAsGo(signed.ProposalBytes);
                var header = Header.Parser.ParseAsGo(proposal.Header);
                var channelHeader = ChannelHeader.Parser.ParseAsGo(header.ChannelHeader);
                var signatureHeader = SignatureHeader.Parser.ParseAsGo(header.SignatureHeader);
                return new ProposalContent(
                    signatureHeader.Creator,
                    channelHeader.Timestamp,
                    Bind(signatureHeader, channelHeader.Epoch),
                    proposal.Payload,
                    channelHeader.Extension,
                    transactionId);
            }
            catch (InvalidProtocolBufferException e)
            {
                throw new ChaincodeException($"The proposal of transaction {transactionId} cannot be read.", e);
            }
        }

        public string? ReadChaincodeName()
        {
            try
            {
                return ChaincodeHeaderExtension.Parser.ParseAsGo(Extension).ChaincodeId?.Name is { Length: > 0 } name
                    ? name
                    : null;
            }
            catch (InvalidProtocolBufferException)
            {
                return null;
            }
        }

        public Dictionary<string, ReadOnlyMemory<byte>> ReadTransient()
        {
            try
            {
                return ChaincodeProposalPayload.Parser.ParseAsGo(Payload).TransientMap
                    .ToDictionary(entry => entry.Key, entry => entry.Value.Memory);
            }
            catch (InvalidProtocolBufferException e)
            {
                throw new ChaincodeException($"The transient data of transaction {TransactionId} cannot be read.", e);
            }
        }

        private static byte[] Bind(SignatureHeader header, ulong epoch)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(header.Nonce.Span);
            hash.AppendData(header.Creator.Span);
            Span<byte> epochBytes = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(epochBytes, epoch);
            hash.AppendData(epochBytes);
            return hash.GetHashAndReset();
        }
    }
}
