using System.Globalization;
using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork.Chaincodes;
using MicroCreds.Fabric.DevNetwork.Ledger;
using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.Protocol.Ledger;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.DevNetwork.Endorser;

/// <summary>What a peer answers to a proposal.</summary>
/// <param name="Response">The response, or null if the peer refused to look at the proposal.</param>
/// <param name="Error">Why the proposal was refused, or null. A response may stand beside it.</param>
/// <param name="IsFromChaincode">Whether a chaincode made the response, and not the peer.</param>
/// <param name="IsGone">Whether the peer was stopped meanwhile, so that nobody gets an answer.</param>
internal sealed record ProposalOutcome(
    ProposalResponse? Response, string? Error = null, bool IsFromChaincode = false, bool IsGone = false);

/// <summary>One organisation's peer as an endorser: checks proposals, runs them and signs the results. Thread-safe.
/// </summary>
internal sealed class PeerEndorser(
    PeerIdentity peer,
    ChaincodeRuntime chaincodes,
    NetworkParts parts,
    ChannelAccess access,
    Dissemination dissemination)
{
    /// <summary>How far a proposal's timestamp may be off: the default of core.yaml.</summary>
    public static readonly TimeSpan TimeWindow = TimeSpan.FromMinutes(15);

    private const int ErrorThreshold = 400;
    private const int ServerError = 500;

    public string MspId => peer.MspId;

    /// <summary>Whether the peer has not been stopped.</summary>
    public bool IsRunning => peer.IsRunning;

    /// <summary>Where the peer listens: what error details give as the address.</summary>
    public string Endpoint => peer.Endpoint;

    /// <summary>Tells whether this peer can run the chaincode.</summary>
    public bool Has(string chaincode) => chaincodes.Has(chaincode);

    /// <summary>Processes a proposal. Never throws.</summary>
    /// <param name="proposal">The proposal.</param>
    /// <param name="endorse">Whether the results are wanted and signed, or only the chaincode's response.</param>
    public async Task<ProposalOutcome> ProcessAsync(UnpackedProposal proposal, bool endorse)
    {
        // What was begun before a stop is not answered, also where the peer has been started again since.
        var stopping = peer.Stopping;
        var outcome = stopping.IsCancellationRequested
            ? null : await ProcessUnlessStoppedAsync(proposal, endorse, stopping).ConfigureAwait(false);
        return outcome is null || stopping.IsCancellationRequested
            ? new ProposalOutcome(null, "error reading from server: EOF", IsGone: true) : outcome;
    }

    private async Task<ProposalOutcome?> ProcessUnlessStoppedAsync(
        UnpackedProposal proposal, bool endorse, CancellationToken stopping)
    {
        if (Filter(proposal) is { } unauthorized)
        {
            return new ProposalOutcome(null, unauthorized);
        }

        if (proposal.FindMissingPart() is { } missing)
        {
            return new ProposalOutcome(Failure(missing), missing);
        }

        if (proposal.ChannelId.Length > 0 && proposal.ChannelId != parts.Ledger.ChannelId)
        {
            return new ProposalOutcome(Failure($"channel '{proposal.ChannelId}' not found"));
        }

        var (creator, fault) = proposal.Verify(parts.Msps, MspId);
        if (creator is null || (fault = FindMisuse(proposal, creator)) is not null)
        {
            string error = creator is null ? $"error validating proposal: {fault}" : fault!;
            return new ProposalOutcome(Failure(error), error);
        }

        try
        {
            var response = await RunAsync(proposal, creator, endorse, stopping).ConfigureAwait(false);
            return response is null ? null : new ProposalOutcome(response, IsFromChaincode: true);
        }
        catch (Exception e) when (e is ChaincodeException or SimulationException)
        {
            return new ProposalOutcome(Failure(e.Message));
        }
    }

    private static ProposalResponse Failure(string message) =>
        new() { Response = new Response { Status = ServerError, Message = message } };

    /// <summary>The checks that a peer makes before it looks at the proposal at all.</summary>
    private string? Filter(UnpackedProposal proposal)
    {
        if (proposal.SignatureHeaderFault is { } fault)
        {
            return fault;
        }

        var now = parts.Time.GetUtcNow();
        if (parts.Msps.ExpiryOf(proposal.SerializedCreator) < now)
        {
            return "proposal client identity expired";
        }

        // Computed in seconds: a hostile timestamp may lie far outside what DateTime holds.
        long seconds = proposal.ChannelHeader.Timestamp?.Seconds ?? 0;
        double age = now.ToUnixTimeMilliseconds() / 1000.0 - seconds;
        return Math.Abs(age) <= TimeWindow.TotalSeconds
            ? null
            : $"request unauthorized due to incorrect timestamp {Format(seconds)}, "
                + $"peer time {Format(now.ToUnixTimeSeconds())}, peer.authentication.timewindow 15m0s";
    }

    private static string Format(long unixSeconds) =>
        unixSeconds >= DateTimeOffset.MinValue.ToUnixTimeSeconds()
            && unixSeconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(unixSeconds)
                .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : unixSeconds.ToString(CultureInfo.InvariantCulture);

    private string? FindMisuse(UnpackedProposal proposal, Identity creator)
    {
        if (proposal.ChannelId.Length == 0)
        {
            return null;
        }

        if (parts.Ledger.TryGetTransaction(proposal.TransactionId, out _))
        {
            return $"duplicate transaction found [{proposal.TransactionId}]. "
                + $"Creator [{Convert.ToHexStringLower(proposal.SerializedCreator.Span)}]";
        }

        return SystemChaincodes.Is(proposal.Chaincode) ? null : access.RefuseWriter(creator);
    }

    /// <summary>Runs a proposal; null if the peer is stopped meanwhile.</summary>
    private async Task<ProposalResponse?> RunAsync(
        UnpackedProposal proposal, Identity creator, bool endorse, CancellationToken stopping)
    {
        string version;
        try
        {
            version = proposal.ChannelId.Length > 0 || SystemChaincodes.Is(proposal.Chaincode)
                ? chaincodes.VersionOf(proposal.Chaincode)
                : throw new ChaincodeException("could not get channel config for channel ''");
        }
        catch (ChaincodeException e)
        {
            throw new ChaincodeException($"make sure the chaincode {proposal.Chaincode} has been successfully defined "
                + $"on channel {proposal.ChannelId} and try again: {e.Message}");
        }

        bool simulates = !SystemChaincodes.Is(proposal.Chaincode) && proposal.ChannelId.Length > 0;
        using var invocation = new Invocation(
            proposal, creator, simulates ? parts.Ledger.NewSimulator(proposal.TransactionId, MspId) : null);
        ChaincodeResult result;
        try
        {
            result = await chaincodes.ExecuteAsync(invocation, proposal.Chaincode, proposal.Input);
        }
        catch (ChaincodeException e)
        {
            throw new ChaincodeException($"error in simulation: {e.Message}");
        }

        // Between 400 and 499 a real peer returns no results; from 500 on it returns them unsigned.
        bool returnsResults = endorse && proposal.ChannelId.Length > 0
            && result.Response.Status is < ErrorThreshold or >= ServerError;
        bool isGood = returnsResults && result.Response.Status < ErrorThreshold;
        var (results, interest) = simulates
            ? Finish(invocation, returnsResults, isGood) : (ByteString.Empty, new ChaincodeInterest());
        return stopping.IsCancellationRequested ? null
            : returnsResults ? Endorse(invocation, version, result, isGood, results, interest)
            : new ProposalResponse { Response = result.Response };
    }

    /// <summary>Ends a simulation and passes its private writes on, which a real peer does whoever asks for what.
    /// </summary>
    private (ByteString Results, ChaincodeInterest Interest) Finish(
        Invocation invocation, bool areWanted, bool isEndorsed)
    {
        // What reads alone cannot fail here.
        if (!areWanted && !invocation.Simulate(0, static (simulator, _) => simulator.HasWritten))
        {
            return (ByteString.Empty, new ChaincodeInterest());
        }

        var (results, secret) = invocation.Simulate(
            0, static (simulator, _) => (simulator.GetReadWriteSet(), simulator.PrivateResults));
        if (secret is not null)
        {
            dissemination.Spread(invocation, peer, secret, isEndorsed);
        }

        var interest = invocation.Simulate(results, InterestOf);
        return (areWanted ? results.ToByteString() : ByteString.Empty, interest);
    }

    private ProposalResponse Endorse(
        Invocation invocation, string version, ChaincodeResult result, bool isGood, ByteString results,
        ChaincodeInterest interest)
    {
        var payload = new ProposalResponsePayload
        {
            ProposalHash = invocation.Proposal.Hash,
            Extension = new ChaincodeAction
            {
                Results = results,
                Events = isGood && result.Event is { } raised ? raised.ToByteString() : ByteString.Empty,
                Response = result.Response,
                ChaincodeId = new ChaincodeID { Name = invocation.Proposal.Chaincode, Version = version },
            }.ToByteString(),
        };
        byte[] bytes = payload.ToByteArray();
        var response = new ProposalResponse
        {
            Response = result.Response,
            Payload = UnsafeByteOperations.UnsafeWrap(bytes),
            Interest = interest,
        };
        if (isGood)
        {
            response.Version = 1;
            response.Endorsement = new Endorsement
            {
                Endorser = peer.Serialized,
                Signature = UnsafeByteOperations.UnsafeWrap(peer.Sign([.. bytes, .. peer.Serialized.Span])),
            };
        }

        return response;
    }

    /// <summary>Returns for every chaincode in a read/write set the policies that its endorsers are under.</summary>
    private static ChaincodeInterest InterestOf(TransactionSimulator simulator, TxReadWriteSet results)
    {
        try
        {
            return EndorsementInterest.Of(simulator, results);
        }
        catch (InvalidProtocolBufferException)
        {
            // A chaincode may set any bytes as a key's policy; the next writer of the key finds out.
            throw new ChaincodeException(
                "error in simulation: error unmarshalling SignaturePolicyEnvelope: "
                + ProposalException.InvalidWireFormat);
        }
    }
}
