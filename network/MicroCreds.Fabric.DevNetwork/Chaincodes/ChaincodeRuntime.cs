using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.Protocol.Peer;
using MessageType = MicroCreds.Fabric.Protocol.Peer.ChaincodeMessage.Types.Type;

namespace MicroCreds.Fabric.DevNetwork.Chaincodes;

/// <summary>What a chaincode answered to a transaction.</summary>
internal readonly record struct ChaincodeResult(Response Response, ChaincodeEvent? Event);

/// <summary>Runs chaincodes for one peer, each at that organisation's own server. Thread-safe.</summary>
internal sealed class ChaincodeRuntime : IAsyncDisposable
{
    private readonly IReadOnlyDictionary<string, ChaincodeDefinition> _definitions;
    private readonly SystemChaincodes _system;
    private readonly string _channelId;
    private readonly Dictionary<string, ChaincodeConnection> _connections;

    /// <param name="definitions">The channel's chaincodes.</param>
    /// <param name="system">The chaincodes that are part of the peer.</param>
    /// <param name="channelId">The one channel.</param>
    /// <param name="peer">The peer, in whose directory <c>chaincode/name</c> holds the keys.</param>
    /// <param name="logger">Where connects and disconnects are told.</param>
    public ChaincodeRuntime(
        IReadOnlyDictionary<string, ChaincodeDefinition> definitions,
        SystemChaincodes system,
        string channelId,
        PeerIdentity peer,
        ILogger logger)
    {
        _definitions = definitions;
        _system = system;
        _channelId = channelId;
        _connections = definitions.Values
            .Where(definition => definition.Servers.ContainsKey(peer.MspId))
            .ToDictionary(
                definition => definition.Name,
                definition => new ChaincodeConnection(definition, peer, InvokeOtherAsync, logger));
    }

    /// <summary>Tells whether this peer can run the chaincode.</summary>
    public bool Has(string chaincode) => _connections.ContainsKey(chaincode) || SystemChaincodes.Is(chaincode);

    /// <summary>Returns the version that endorsements carry.</summary>
    /// <exception cref="ChaincodeException">The chaincode is not defined, or not installed at this peer.</exception>
    public string VersionOf(string chaincode) =>
        SystemChaincodes.Is(chaincode) ? SystemChaincodes.Version
        : !_definitions.TryGetValue(chaincode, out var definition)
            ? throw new ChaincodeException($"chaincode {chaincode} not found")
        : !_connections.ContainsKey(chaincode)
            ? throw new ChaincodeException(
                $"chaincode definition for '{chaincode}' exists, but chaincode is not installed")
        : definition.Version;

    /// <summary>Runs a transaction.</summary>
    /// <exception cref="ChaincodeException">The chaincode gave no response.</exception>
    public async Task<ChaincodeResult> ExecuteAsync(Invocation invocation, string chaincode, ChaincodeInput input)
    {
        ChaincodeMessage last;
        try
        {
            last = await InvokeAsync(invocation, chaincode, input);
        }
        catch (ChaincodeException e)
        {
            throw new ChaincodeException($"failed to execute transaction {invocation.TransactionId}: {e.Message}");
        }

        if (last.Type == MessageType.Error)
        {
            throw new ChaincodeException($"transaction returned with failure: {last.Payload.ToStringUtf8()}");
        }

        if (last.ChaincodeEvent is { } raised)
        {
            raised.ChaincodeId = chaincode;
            raised.TxId = invocation.TransactionId;
        }

        try
        {
            return new ChaincodeResult(Response.Parser.ParseFrom(last.Payload), last.ChaincodeEvent);
        }
        catch (InvalidProtocolBufferException)
        {
            throw new ChaincodeException($"failed to unmarshal response for transaction {invocation.TransactionId}: "
                + "proto: cannot parse invalid wire-format data");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections.Values)
        {
            await connection.DisposeAsync();
        }
    }

    private async Task<ChaincodeMessage> InvokeAsync(Invocation invocation, string chaincode, ChaincodeInput input)
    {
        if (SystemChaincodes.Is(chaincode))
        {
            return _system.Invoke(invocation, chaincode, input);
        }

        try
        {
            _ = VersionOf(chaincode);
        }
        catch (ChaincodeException e)
        {
            throw new ChaincodeException($"invalid invocation: [channel {invocation.ChannelId}] "
                + $"failed to get chaincode container info for {chaincode}: {e.Message}");
        }

        if (input.IsInit)
        {
            throw new ChaincodeException(
                $"invalid invocation: chaincode '{chaincode}' does not require initialization but called as init");
        }

        var stream = await _connections[chaincode].GetStreamAsync();
        try
        {
            return await stream.ExecuteAsync(invocation, chaincode, input, _definitions[chaincode].ExecuteTimeout);
        }
        catch (ChaincodeException e)
        {
            throw new ChaincodeException($"error sending: {e.Message}");
        }
    }

    private async Task<ChaincodeMessage> InvokeOtherAsync(Invocation invocation, ChaincodeSpec spec)
    {
        var (name, channel) = CalledChaincode.Read(spec, invocation.ChannelId);
        if (channel != _channelId)
        {
            throw new ChaincodeException(SystemChaincodes.Is(name)
                ? $"failed to find ledger for channel: {channel}"
                : $"Failed to get policy manager for channel [{channel}]");
        }

        if (spec.Input is not { } input)
        {
            // A real peer stumbles over the missing input as well.
            throw new ChaincodeException("panic during execution");
        }

        try
        {
            return await InvokeAsync(invocation, name, input);
        }
        catch (ChaincodeException e)
        {
            throw new ChaincodeException($"execute failed: {e.Message}");
        }
    }
}
