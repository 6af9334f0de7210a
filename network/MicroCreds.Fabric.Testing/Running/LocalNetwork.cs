using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.DevNetwork.Chaincodes;
using MicroCreds.Fabric.DevNetwork.Endorser;
using MicroCreds.Fabric.DevNetwork.Ledger;
using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.Protocol.Peer;
using Microsoft.Extensions.Logging.Abstractions;
using ChaincodeException = MicroCreds.Fabric.Chaincode.ChaincodeException;
using PeerFailure = MicroCreds.Fabric.DevNetwork.Chaincodes.ChaincodeException;
using Response = MicroCreds.Fabric.Protocol.Peer.Response;

namespace MicroCreds.Fabric.Testing.Running;

/// <summary>The chaincodes of a test's channel, run at any of its organisations' peers. Thread-safe.</summary>
internal sealed class LocalNetwork : IAsyncDisposable
{
    /// <summary>Nobody waits for long in a test, but whoever stops in a debugger.</summary>
    private static readonly TimeSpan NoTimeout = Timeout.InfiniteTimeSpan;

    private readonly ChannelLedger _ledger;
    private readonly FailureLog _log;
    private readonly Dictionary<string, LocalChaincode> _chaincodes = new(StringComparer.Ordinal);

    private LocalNetwork(ChannelLedger ledger, FailureLog log) => (_ledger, _log) = (ledger, log);

    public static async Task<LocalNetwork> StartAsync(
        ChannelLedger ledger, IChaincode chaincode, TestChannelOptions options)
    {
        var loggers = options.LoggerFactory ?? NullLoggerFactory.Instance;
        var network = new LocalNetwork(ledger, new FailureLog(loggers.CreateLogger(nameof(TestLedger))));
        foreach (var (name, one) in options.OtherChaincodes.Prepend(new(options.ChaincodeName, chaincode)))
        {
            network._chaincodes[name] = await LocalChaincode.StartAsync(
                name, one, network.InvokeOtherAsync, network._log).ConfigureAwait(false);
        }

        return network;
    }

    /// <summary>Runs a proposal at an organisation's peer.</summary>
    /// <exception cref="ChaincodeException">The chaincode refused it, in its own words and with its status.</exception>
    public async Task<PeerRun> RunAsync(UnpackedProposal proposal, Identity creator, string mspId)
    {
        using var simulator = _ledger.NewSimulator(proposal.TransactionId, mspId);
        using var invocation = new Invocation(proposal, creator, simulator);
        var answer = await InvokeAsync(invocation, proposal.Chaincode, proposal.Input).ConfigureAwait(false);
        var failure = _log.Take(proposal.TransactionId);
        if (answer.Type == ChaincodeMessage.Types.Type.Error)
            throw new ChaincodeException(answer.Payload.ToStringUtf8());

        var response = Response.Parser.ParseFrom(answer.Payload);
        if (response.Status >= Chaincode.Response.ErrorThreshold)
        {
            throw failure is null
                ? new ChaincodeException(response.Message, response.Status)
                : new ChaincodeException($"{response.Message} It threw {failure.Message}", failure);
        }

        if (answer.ChaincodeEvent is { } raised)
        {
            raised.ChaincodeId = proposal.Chaincode;
            raised.TxId = proposal.TransactionId;
        }

        return invocation.Simulate((response, answer.ChaincodeEvent, proposal), Collect);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var chaincode in _chaincodes.Values)
        {
            await chaincode.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static PeerRun Collect(
        TransactionSimulator simulator, (Response Response, ChaincodeEvent? Event, UnpackedProposal Proposal) outcome)
    {
        var results = simulator.GetReadWriteSet();
        string[] collections =
        [
            .. results.NsRwset.SelectMany(space => simulator.GetCollections(space.Namespace))
                .Where(used => used.IsRead || outcome.Proposal.HasTransientData).Select(used => used.Collection)
                .Distinct(),
        ];
        return new PeerRun(outcome.Response, outcome.Event, results, simulator.PrivateResults, collections);
    }

    private async Task<ChaincodeMessage> InvokeAsync(Invocation invocation, string name, ChaincodeInput input)
    {
        try
        {
            return _chaincodes.TryGetValue(name, out var chaincode)
                ? await chaincode.Stream.ExecuteAsync(invocation, name, input, NoTimeout).ConfigureAwait(false)
                : throw new PeerFailure($"chaincode {name} not found");
        }
        catch (PeerFailure e)
        {
            throw new ChaincodeException(e.Message, e);
        }
    }

    /// <summary>Carries out a chaincode's call of another one, in the same transaction.</summary>
    private async Task<ChaincodeMessage> InvokeOtherAsync(Invocation invocation, ChaincodeSpec spec)
    {
        var (name, channel) = CalledChaincode.Read(spec, invocation.ChannelId);
        if (channel != invocation.ChannelId)
            throw new PeerFailure($"Failed to get policy manager for channel [{channel}]");

        try
        {
            return await InvokeAsync(invocation, name, spec.Input).ConfigureAwait(false);
        }
        catch (ChaincodeException e)
        {
            throw new PeerFailure($"execute failed: {e.Message}");
        }
    }
}
