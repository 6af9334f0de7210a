using Grpc.Core;
using Grpc.Net.Client;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Signing;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using TxValidationCode = MicroCreds.Fabric.Protocol.Peer.TxValidationCode;

namespace MicroCreds.Ledger.Gateway.Ledger;

/// <summary>The wire to the institution's own Fabric peer. Thread-safe.</summary>
public sealed class FabricConnection : ILedgerConnection, IDisposable
{
    /// <summary>
    /// How often a transaction is made anew because another one came first, or the peers were a block apart.
    /// </summary>
    private const int MaxAttempts = 5;

    /// <summary>How often one transaction is sent while its outcome is unknown.</summary>
    private const int MaxSendings = 3;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(3);

    private readonly GrpcChannel _channel;
    private readonly FabricParty _issuer;
    private readonly FabricParty _registrar;

    private FabricConnection(GrpcChannel channel, FabricParty issuer, FabricParty registrar) =>
        (_channel, _issuer, _registrar) = (channel, issuer, registrar);

    /// <summary>Prepares the connection; nothing is sent yet.</summary>
    /// <exception cref="OptionsException">
    /// A certificate or key cannot be used; the message names all of them.
    /// </exception>
    public static FabricConnection Open(GatewayServiceOptions options, KeyPlaces places)
    {
        GrpcChannel channel;
        try
        {
            channel = PeerChannel.Open(new PeerChannelOptions
            {
                Endpoint = options.PeerEndpoint,
                TlsCaPem = File.ReadAllText(options.PeerTlsCa),
                HostNameOverride = options.PeerTlsName,
                ConnectTimeout = TimeSpan.FromSeconds(5),
            });
        }
        catch (ArgumentException exception)
        {
            throw new OptionsException([$"PeerEndpoint, PeerTlsCa: {exception.Message}"]);
        }

        var faults = new List<string>();
        var issuer = FabricParty.Open(
            options, places, channel, options.UserCert, options.UserKey, "UserCert, UserKey", faults);
        var registrar = options.AdminCert is null
            ? issuer
            : FabricParty.Open(
                options, places, channel, options.AdminCert, options.AdminKey!, "AdminCert, AdminKey", faults);
        if (faults.Count > 0)
        {
            channel.Dispose();
            throw new OptionsException(faults);
        }

        return new FabricConnection(channel, issuer!, registrar!);
    }

    public async Task<byte[]> EvaluateAsync(
        string transaction, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        try
        {
            return await _issuer.Contract.EvaluateAsync(transaction, arguments, cancellationToken);
        }
        catch (FabricException exception)
        {
            throw Explain(exception);
        }
    }

    public async Task<Submission> SubmitAsync(
        string transaction, IReadOnlyList<string> arguments, bool asRegistrar, CancellationToken cancellationToken)
    {
        var contract = (asRegistrar ? _registrar : _issuer).Contract;
        var options = new ProposalOptions
        {
            Arguments = [.. arguments.Select(TransactionArgument.FromString)],
            CarriesTrace = true,
        };
        for (int attempt = 1; ; attempt++)
        {
            Transaction endorsed;
            try
            {
                endorsed = await contract.NewProposal(transaction, options)
                    .EndorseAsync(cancellationToken: cancellationToken);
            }
            catch (EndorseException exception) when (attempt < MaxAttempts && ArePeersApart(exception))
            {
                await PauseAsync(attempt, cancellationToken);
                continue;
            }
            catch (FabricException exception)
            {
                throw Explain(exception);
            }

            TransactionTraces.Note(endorsed.TransactionId);
            var status = await SubmitUntilKnownAsync(endorsed, cancellationToken);
            if (status.IsSuccessful)
                return new Submission(endorsed.Result, endorsed.TransactionId, status.BlockNumber);
            if (attempt == MaxAttempts || !IsConflict(status.Code))
                throw new LedgerRefusedException($"Transaction {status.TransactionId} is invalid: {status.Code}.");
            await PauseAsync(attempt, cancellationToken);
        }
    }

    public async Task RehearseAsync(string transaction, string? aloneAt, CancellationToken cancellationToken)
    {
        var options = new ProposalOptions { EndorsingOrganizations = aloneAt is null ? [] : [aloneAt] };
        try
        {
            await _issuer.Contract.NewProposal(transaction, options)
                .EndorseAsync(cancellationToken: cancellationToken);
        }
        catch (FabricException exception)
        {
            throw Explain(exception);
        }
    }

    public async IAsyncEnumerable<Block> ReadBlocksAsync(
        ulong from, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var blocks = _issuer.Network.GetBlockEvents(new EventOptions { StartBlock = from }, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        await using (blocks)
        {
            while (true)
            {
                try
                {
                    if (!await blocks.MoveNextAsync())
                        yield break;
                }
                catch (FabricException exception)
                {
                    throw Explain(exception);
                }

                yield return blocks.Current;
            }
        }
    }

    public ValueTask<(string Certificate, byte[] Signature)> SignAsync(
        ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        _issuer.SignAsync(message, cancellationToken);

    public async Task<ulong> GetNewestBlockAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _issuer.Network.GetNewestBlockNumberAsync(cancellationToken);
        }
        catch (FabricException exception)
        {
            throw Explain(exception);
        }
    }

    public void Dispose()
    {
        _issuer.Dispose();
        if (_registrar != _issuer)
            _registrar.Dispose();
        _channel.Dispose();
    }

    /// <summary>
    /// An endorsed transaction is sent, and sent again as it is, until it is known what became of it: the ledger takes
    /// its id only once.
    /// </summary>
    private static async Task<CommitStatus> SubmitUntilKnownAsync(
        Transaction endorsed, CancellationToken cancellationToken)
    {
        var commit = endorsed.NewCommit();
        bool isSent = false;
        for (int sending = 1; ; sending++)
        {
            try
            {
                TimeSpan? timeout = null;
                try
                {
                    await endorsed.SubmitAsync(cancellationToken: cancellationToken);
                }
                catch (SubmitException)
                {
                    timeout = ProbeTimeout;
                }

                isSent = true;
                return await commit.GetStatusAsync(timeout, cancellationToken);
            }
            catch (Exception exception) when (sending >= MaxSendings && IsInDoubt(exception, isSent))
            {
                throw new OutcomeUnknownException(endorsed.TransactionId, exception);
            }
            catch (Exception exception) when (IsInDoubt(exception, isSent))
            {
                await PauseAsync(sending, cancellationToken);
            }
            catch (OperationCanceledException exception)
            {
                throw new OutcomeUnknownException(endorsed.TransactionId, exception);
            }
        }
    }

    /// <summary>
    /// Whether a transaction may be on its way: also where the question for its outcome cannot be signed.
    /// </summary>
    private static bool IsInDoubt(Exception exception, bool isSent) =>
        exception is CommitStatusException || (isSent && exception is LedgerUnavailableException);

    /// <summary>
    /// Whether another transaction came first. It may also have changed who must endorse: a new member does, so that
    /// two institutions that register at once find their endorsements short.
    /// </summary>
    private static bool IsConflict(TxValidationCode code) => code is TxValidationCode.MvccReadConflict
        or TxValidationCode.PhantomReadConflict or TxValidationCode.EndorsementPolicyFailure;

    private static bool ArePeersApart(EndorseException exception) =>
        exception.Message.Contains("ProposalResponsePayloads do not match", StringComparison.Ordinal)
        || exception.Message.Contains("too many requests", StringComparison.Ordinal);

    private static Exception Explain(FabricException exception)
    {
        if (exception.ChaincodeAnswer is { } answer)
        {
            return LedgerError.TryFind(answer.Message, out var error)
                ? new LedgerRefusedException(error.Message, error.Code, error.Field, exception)
                : new LedgerRefusedException(answer.Message, cause: exception);
        }

        return exception.StatusCode is StatusCode.PermissionDenied or StatusCode.Unauthenticated
            or StatusCode.InvalidArgument
            ? new LedgerRefusedException(exception.Message, cause: exception)
            : new LedgerUnavailableException(exception.Message, exception);
    }

    /// <summary>Half of a pause is random: those who collided must not meet again.</summary>
    private static Task PauseAsync(int attempt, CancellationToken cancellationToken) =>
        Task.Delay(FirstPause * Math.Pow(2, attempt - 1) * (0.5 + (Random.Shared.NextDouble() / 2)), cancellationToken);
}
