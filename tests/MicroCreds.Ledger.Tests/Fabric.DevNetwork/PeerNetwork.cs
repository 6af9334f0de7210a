using Google.Protobuf;
using Grpc.Core;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Gateway;
using MicroCreds.Fabric.Protocol.Peer;
using Xunit;
using MessageType = MicroCreds.Fabric.Protocol.Peer.ChaincodeMessage.Types.Type;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>
/// An embedded network of three organisations, each with a scripted chaincode server for every chaincode.
/// </summary>
public class PeerNetwork : IAsyncLifetime
{
    public const string Channel = "mychannel";

    /// <summary>Any two of the three organisations.</summary>
    public const string TwoOfThree = "basic";

    /// <summary>Any one of the three organisations.</summary>
    public const string AnyOne = "any";

    /// <summary>All three organisations.</summary>
    public const string All = "all";

    /// <summary>Defined, but installed only at Beta.</summary>
    public const string OnlyBeta = "onlybeta";

    /// <summary>Defined, but installed nowhere.</summary>
    public const string Nowhere = "nowhere";

    public const string Alpha = "AlphaMSP";
    public const string Beta = "BetaMSP";
    public const string Gamma = "GammaMSP";

    private static readonly string[] Organizations = [Alpha, Beta, Gamma];

    private readonly Dictionary<(string Chaincode, string MspId), ScriptedChaincode> _chaincodes = [];
    private readonly List<IDisposable> _callers = [];
    private MicroCreds.Fabric.DevNetwork.DevNetwork? _network;

    internal MicroCreds.Fabric.DevNetwork.DevNetwork Network =>
        _network ?? throw new InvalidOperationException("The network has not been started.");

    public async ValueTask InitializeAsync()
    {
        ChaincodeSettings[] chaincodes =
        [
            await DefineAsync(TwoOfThree, "OutOf(2, 'AlphaMSP.peer', 'BetaMSP.peer', 'GammaMSP.peer')", Organizations),
            await DefineAsync(AnyOne, "OR('AlphaMSP.peer', 'BetaMSP.peer', 'GammaMSP.peer')", Organizations),
            await DefineAsync(All, "AND('AlphaMSP.peer', 'BetaMSP.peer', 'GammaMSP.peer')", Organizations),
            await DefineAsync(OnlyBeta, "OR('AlphaMSP.peer', 'BetaMSP.peer')", [Beta]),
            await DefineAsync(Nowhere, "OR('AlphaMSP.peer', 'BetaMSP.peer')", []),
        ];
        _network = await MicroCreds.Fabric.DevNetwork.DevNetwork.StartAsync(new DevNetworkOptions
        {
            InMemory = true,
            Consortium = new Consortium
            {
                Name = "test",
                Channel = Channel,
                Orderer = new OrdererSettings
                {
                    MspId = "OrdererMSP",
                    Domain = "orderer.example",
                    Endpoint = "127.0.0.1:0",
                },
                Organizations =
                [
                    .. Organizations.Select(mspId => new OrganizationSettings
                    {
                        MspId = mspId,
                        Name = mspId,
                        Domain = DomainOf(mspId),
                        Peer = "127.0.0.1:0",
                        FurtherPeers = FurtherPeersOf(mspId),
                    }),
                ],
                Chaincodes = chaincodes,
            },
        });
    }

    public async ValueTask DisposeAsync()
    {
        _callers.ForEach(caller => caller.Dispose());
        if (_network is not null)
        {
            await _network.DisposeAsync();
        }

        foreach (var chaincode in _chaincodes.Values)
        {
            await chaincode.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    public static string DomainOf(string mspId) => $"{mspId[..^3].ToLowerInvariant()}.example";

    public string EndpointOf(string mspId) =>
        Network.Consortium.Organizations.Single(organization => organization.MspId == mspId).Peer;

    public string DirectoryOf(string mspId) =>
        Path.Combine(Network.StateDirectory, "organizations", "peerOrganizations", DomainOf(mspId));

    internal ScriptedChaincode Chaincode(string chaincode, string mspId) => _chaincodes[(chaincode, mspId)];

    internal GatewayCaller Caller(string chaincode = TwoOfThree, string mspId = Alpha, string user = "User1")
    {
        string domain = DomainOf(mspId);
        string name = user == "peer" ? $"peer0.{domain}" : $"{user}@{domain}";
        var caller = new GatewayCaller(
            EndpointOf(mspId), DirectoryOf(mspId), name, mspId, Channel, chaincode);
        lock (_callers)
        {
            _callers.Add(caller);
        }

        return caller;
    }

    /// <summary>Returns the error details of a failed call, "msp: message".</summary>
    public static string[] DetailsOf(RpcException e) =>
    [
        .. e.GetRpcStatus()?.Details.Select(any => any.Unpack<ErrorDetail>())
            .Select(detail => $"{detail.MspId}: {detail.Message}") ?? [],
    ];

    internal static async Task<RpcException> FailsAsync(
        Func<Task> call, StatusCode code, string message, params string[] details)
    {
        var e = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal($"{code}: {message}", $"{e.StatusCode}: {e.Status.Detail}");
        Assert.Equal(details.Order(StringComparer.Ordinal), DetailsOf(e).Order(StringComparer.Ordinal));
        return e;
    }

    /// <summary>Where an organisation's further peers listen. Default is that it has none.</summary>
    protected virtual IReadOnlyList<string> FurtherPeersOf(string mspId) => [];

    private async Task<ChaincodeSettings> DefineAsync(string name, string policy, IReadOnlyList<string> organizations)
    {
        foreach (string mspId in organizations)
        {
            var chaincode = new ScriptedChaincode(name, transaction => RunAsync(transaction, mspId));
            await chaincode.StartAsync();
            _chaincodes.Add((name, mspId), chaincode);
        }

        return new ChaincodeSettings
        {
            Name = name,
            EndorsementPolicy = policy,
            Tls = false,
            ExecuteTimeout = TimeSpan.FromSeconds(10),
            Servers = organizations.ToDictionary(mspId => mspId, mspId => _chaincodes[(name, mspId)].Address),
        };
    }

    private static async Task<Response> RunAsync(ScriptedTransaction transaction, string mspId)
    {
        string[] arguments = [.. transaction.Arguments];
        if (arguments[0] == "status")
        {
            return new Response
            {
                Status = int.Parse(arguments[1], null),
                Message = "msg",
                Payload = ByteString.CopyFromUtf8("pay"),
            };
        }

        string result = await MisbehaveAsync(transaction, arguments, mspId)
            ?? await BehaveAsync(transaction, arguments);
        return new Response { Status = 200, Payload = ByteString.CopyFromUtf8(result) };
    }

    private static async Task<string> BehaveAsync(ScriptedTransaction transaction, string[] arguments)
    {
        switch (arguments[0])
        {
            case "get":
                return await transaction.GetAsync(arguments[1]);
            case "put":
                await transaction.PutAsync(arguments[1], arguments[2]);
                return "";
            case "increment":
                _ = int.TryParse(await transaction.GetAsync(arguments[1]), out int count);
                string next = (count + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
                await transaction.PutAsync(arguments[1], next);
                return next;
            case "policy":
                await SetPolicyAsync(transaction, arguments[1], arguments[2..]);
                return "";
            case "event":
                await transaction.PutAsync(arguments[1], arguments[2]);
                transaction.Event = new ChaincodeEvent
                {
                    EventName = arguments[1],
                    Payload = ByteString.CopyFromUtf8(arguments[2]),
                };
                return "";
            case "scan":
                return await ScanAsync(transaction, arguments);
            case "ask":
                return await AskAsync(transaction, arguments);
            default:
                return "";
        }
    }

    /// <summary>Does what chaincodes should not; null if the arguments ask for nothing of the kind.</summary>
    private static async Task<string?> MisbehaveAsync(
        ScriptedTransaction transaction, string[] arguments, string mspId)
    {
        switch (arguments[0])
        {
            case "fail":
                throw new ScriptedFailureException("boom");
            case "failAt" when mspId == arguments[1]:
                throw new ScriptedFailureException($"only {mspId}");
            case "differ":
                await transaction.PutAsync("differ", mspId);
                return "";
            case "differAt" when mspId == arguments[1]:
                return mspId;
            case "silent":
                transaction.IsSilent = true;
                return "";
            case "crash":
                transaction.IsSilent = true;
                transaction.Stream.Abort();
                return "";
            case "error":
                transaction.IsSilent = true;
                await transaction.Stream.SendAsync(new ChaincodeMessage(transaction.Message(MessageType.Error))
                {
                    Payload = ByteString.CopyFromUtf8("broken"),
                });
                return "";
            default:
                return null;
        }
    }

    private static Task<ByteString> SetPolicyAsync(ScriptedTransaction transaction, string key, string[] mspIds) =>
        transaction.AskAsync(MessageType.PutStateMetadata, new PutStateMetadata
        {
            Key = key,
            Metadata = new StateMetadata
            {
                Metakey = "VALIDATION_PARAMETER",
                Value = SignaturePolicies.And(
                [
                    .. mspIds.Select(mspId => SignaturePolicies.SignedBy(mspId, MSPRole.Types.MSPRoleType.Peer)),
                ]).ToByteString(),
            },
        });

    /// <summary>Sends requests, each a type and a payload in base64; returns the last answer's payload.</summary>
    private static async Task<string> AskAsync(ScriptedTransaction transaction, string[] arguments)
    {
        string result = "";
        for (int i = 1; i + 1 < arguments.Length; i += 2)
        {
            var request = transaction.Message(Enum.Parse<MessageType>(arguments[i]));
            request.Payload = ByteString.FromBase64(arguments[i + 1]);
            var answer = await transaction.Stream.AskAsync(request);
            result = answer.Type == MessageType.Response
                ? answer.Payload.ToBase64() : throw new ScriptedFailureException(answer.Payload.ToStringUtf8());
        }

        return result;
    }

    /// <summary>Reads a range to its end; returns the sizes of the batches.</summary>
    private static async Task<string> ScanAsync(ScriptedTransaction transaction, string[] arguments)
    {
        var sizes = new List<int>();
        var request = new GetStateByRange { StartKey = arguments[1], EndKey = arguments[2] };
        var batch = QueryResponse.Parser.ParseFrom(await transaction.AskAsync(MessageType.GetStateByRange, request));
        sizes.Add(batch.Results.Count);
        while (batch.HasMore)
        {
            batch = QueryResponse.Parser.ParseFrom(
                await transaction.AskAsync(MessageType.QueryStateNext, new QueryStateNext { Id = batch.Id }));
            sizes.Add(batch.Results.Count);
        }

        return string.Join(',', sizes);
    }
}
