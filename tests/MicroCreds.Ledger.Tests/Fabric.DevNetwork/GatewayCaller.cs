using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Gateway;
using MicroCreds.Fabric.Protocol.Msp;
using MicroCreds.Fabric.Protocol.Peer;
using ChannelHeader = MicroCreds.Fabric.Protocol.Common.ChannelHeader;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>A proposal before it is serialized: what a hostile client may change.</summary>
internal sealed class ProposalDraft
{
    public required ChannelHeader Channel { get; init; }

    public required SignatureHeader Signer { get; init; }

    public required ChaincodeInvocationSpec Invocation { get; init; }

    public Dictionary<string, ByteString> Transient { get; } = [];

    /// <summary>Gets or sets whether the transaction id is computed after the changes.</summary>
    public bool ComputesTransactionId { get; set; } = true;
}

/// <summary>Calls a peer's services with messages made by hand, good and bad.</summary>
internal sealed class GatewayCaller : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly ECDsa _key;
    private readonly string _channelId;
    private readonly string _chaincode;

    public GatewayCaller(
        string endpoint, string organizationDirectory, string user, string mspId, string channelId, string chaincode)
    {
        _channelId = channelId;
        _chaincode = chaincode;
        string owner = user.StartsWith("peer", StringComparison.Ordinal) ? "peers" : "users";
        string msp = Path.Combine(organizationDirectory, owner, user, "msp");
        _key = ECDsa.Create();
        _key.ImportFromPem(File.ReadAllText(Directory.GetFiles(Path.Combine(msp, "keystore")).Single()));
        Creator = new SerializedIdentity
        {
            Mspid = mspId,
            IdBytes = ByteString.CopyFrom(
                File.ReadAllBytes(Directory.GetFiles(Path.Combine(msp, "signcerts")).Single())),
        }.ToByteString();
        _channel = Connect(endpoint, organizationDirectory);
        Gateway = new MicroCreds.Fabric.Protocol.Gateway.Gateway.GatewayClient(_channel);
        Endorser = new Endorser.EndorserClient(_channel);
    }

    public MicroCreds.Fabric.Protocol.Gateway.Gateway.GatewayClient Gateway { get; }

    public Endorser.EndorserClient Endorser { get; }

    public ByteString Creator { get; }

    public void Dispose()
    {
        _channel.Dispose();
        _key.Dispose();
    }

    public byte[] Sign(ReadOnlySpan<byte> message) => EcdsaSignature.SignDigest(_key, SHA256.HashData(message));

    public ProposalDraft Draft(params string[] arguments)
    {
        byte[] nonce = TransactionId.NewNonce();
        return new ProposalDraft
        {
            Channel = new ChannelHeader
            {
                Type = (int)HeaderType.EndorserTransaction,
                ChannelId = _channelId,
                Timestamp = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow),
                Extension = new ChaincodeHeaderExtension { ChaincodeId = new ChaincodeID { Name = _chaincode } }
                    .ToByteString(),
            },
            Signer = new SignatureHeader { Creator = Creator, Nonce = ByteString.CopyFrom(nonce) },
            Invocation = new ChaincodeInvocationSpec
            {
                ChaincodeSpec = new ChaincodeSpec
                {
                    ChaincodeId = new ChaincodeID { Name = _chaincode },
                    Input = new ChaincodeInput { Args = { arguments.Select(ByteString.CopyFromUtf8) } },
                },
            },
        };
    }

    /// <summary>Names another chaincode in both places.</summary>
    public static ProposalDraft Naming(ProposalDraft draft, string chaincode)
    {
        draft.Invocation.ChaincodeSpec.ChaincodeId.Name = chaincode;
        draft.Channel.Extension = new ChaincodeHeaderExtension { ChaincodeId = new ChaincodeID { Name = chaincode } }
            .ToByteString();
        return draft;
    }

    public SignedProposal Sign(ProposalDraft draft)
    {
        if (draft.ComputesTransactionId)
        {
            draft.Channel.TxId = TransactionId.Compute(draft.Signer.Nonce.Span, draft.Signer.Creator.Span);
        }

        var payload = new ChaincodeProposalPayload { Input = draft.Invocation.ToByteString() };
        payload.TransientMap.Add(draft.Transient);
        var bytes = new Proposal
        {
            Header = new Header
            {
                ChannelHeader = draft.Channel.ToByteString(),
                SignatureHeader = draft.Signer.ToByteString(),
            }.ToByteString(),
            Payload = payload.ToByteString(),
        }.ToByteString();
        return new SignedProposal { ProposalBytes = bytes, Signature = ByteString.CopyFrom(Sign(bytes.Span)) };
    }

    public async Task<Response> EvaluateAsync(ProposalDraft draft, params string[] organizations) =>
        (await Gateway.EvaluateAsync(new EvaluateRequest
        {
            ChannelId = _channelId,
            ProposedTransaction = Sign(draft),
            TargetOrganizations = { organizations },
        })).Result;

    public async Task<string> EvaluateAsync(params string[] arguments) =>
        (await EvaluateAsync(Draft(arguments))).Payload.ToStringUtf8();

    public async Task<Envelope> EndorseAsync(ProposalDraft draft, params string[] organizations) =>
        (await Gateway.EndorseAsync(new EndorseRequest
        {
            ChannelId = _channelId,
            ProposedTransaction = Sign(draft),
            EndorsingOrganizations = { organizations },
        })).PreparedTransaction;

    public Envelope Sign(Envelope envelope) =>
        new() { Payload = envelope.Payload, Signature = ByteString.CopyFrom(Sign(envelope.Payload.Span)) };

    public async Task SubmitAsync(Envelope envelope) => await Gateway.SubmitAsync(
        new SubmitRequest { ChannelId = _channelId, PreparedTransaction = Sign(envelope) });

    /// <summary>Endorses, submits and waits for the commit.</summary>
    public async Task<CommitStatusResponse> SubmitAsync(params string[] arguments)
    {
        var draft = Draft(arguments);
        await SubmitAsync(await EndorseAsync(draft));
        return await CommitStatusAsync(draft.Channel.TxId);
    }

    public async Task<CommitStatusResponse> CommitStatusAsync(
        string transactionId, Action<CommitStatusRequest>? change = null, CallOptions options = default)
    {
        var request = new CommitStatusRequest
        {
            ChannelId = _channelId,
            TransactionId = transactionId,
            Identity = Creator,
        };
        change?.Invoke(request);
        var bytes = request.ToByteString();
        return await Gateway.CommitStatusAsync(
            new SignedCommitStatusRequest { Request = bytes, Signature = ByteString.CopyFrom(Sign(bytes.Span)) },
            options);
    }

    public AsyncServerStreamingCall<ChaincodeEventsResponse> ListenForEvents(
        Action<ChaincodeEventsRequest>? change = null)
    {
        var request = new ChaincodeEventsRequest
        {
            ChannelId = _channelId,
            ChaincodeId = _chaincode,
            Identity = Creator,
        };
        change?.Invoke(request);
        var bytes = request.ToByteString();
        return Gateway.ChaincodeEvents(new SignedChaincodeEventsRequest
        {
            Request = bytes,
            Signature = ByteString.CopyFrom(Sign(bytes.Span)),
        });
    }

    /// <summary>Returns the MSP ids that endorsed a prepared transaction, sorted.</summary>
    public static string[] EndorsersOf(Envelope envelope)
    {
        var payload = Payload.Parser.ParseFrom(envelope.Payload);
        var action = Transaction.Parser.ParseFrom(payload.Data).Actions.Single();
        return
        [
            .. ChaincodeActionPayload.Parser.ParseFrom(action.Payload).Action.Endorsements
                .Select(endorsement => SerializedIdentity.Parser.ParseFrom(endorsement.Endorser).Mspid)
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>What peers said, which the gateway service gives beside its own word.</summary>
    public static string DetailsOf(RpcException failure) => string.Join(
        '\n',
        failure.Trailers.Where(entry => entry.IsBinary).Select(entry => Encoding.UTF8.GetString(entry.ValueBytes))
            .Prepend(failure.Status.Detail));

    private static GrpcChannel Connect(string endpoint, string organizationDirectory)
    {
        string ca = Directory.GetFiles(Path.Combine(organizationDirectory, "tlsca"), "*.pem").Single();
        return GrpcChannel.ForAddress($"https://{endpoint}", new GrpcChannelOptions
        {
            MaxReceiveMessageSize = null,
            MaxSendMessageSize = null,
            HttpHandler = new SocketsHttpHandler
            {
                SslOptions = new SslClientAuthenticationOptions
                {
                    CertificateChainPolicy = new X509ChainPolicy
                    {
                        TrustMode = X509ChainTrustMode.CustomRootTrust,
                        RevocationMode = X509RevocationMode.NoCheck,
                        CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(ca) },
                    },
                },
            },
        });
    }
}
