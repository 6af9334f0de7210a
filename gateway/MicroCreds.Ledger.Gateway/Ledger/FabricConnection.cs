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
    /// Repeats are few and soon: what stays unknown or unreachable, the outbox takes up again. Another transaction that
    /// came first may also have changed who must endorse: a new member does, so that two institutions that register at
    /// once find their endorsements short.
    /// </summary>
    private static readonly SubmitRetryOptions Retries = new()
    {
        MaxAttempts = 5,
        MaxSendings = 3,
        MinDelay = TimeSpan.FromMilliseconds(50),
        RetriesUnreachable = false,
        RetriedCodes = new HashSet<TxValidationCode>
        {
            TxValidationCode.MvccReadConflict,
            TxValidationCode.PhantomReadConflict,
            TxValidationCode.EndorsementPolicyFailure,
        },
        OnEndorsed = TransactionTraces.Note,
    };

    private readonly string _mspId;
    private readonly GrpcChannel _channel;
    private readonly FabricParty _issuer;
    private readonly FabricParty _registrar;
    private readonly AnsweringMembers _answering;

    private FabricConnection(
        string mspId, GrpcChannel channel, FabricParty issuer, FabricParty registrar,
        Func<IReadOnlyList<string>> members, ILogger? logger)
    {
        (_mspId, _channel, _issuer, _registrar) = (mspId, channel, issuer, registrar);
        _answering = new AnsweringMembers(_issuer.Contract, members, logger);
    }

    /// <summary>Whether a transaction is invalid for what others wrote before it: made anew, it may be valid.</summary>
    public static bool IsOvertaken(TxValidationCode code) => Retries.RetriedCodes.Contains(code);

    /// <summary>Prepares the connection; nothing is sent yet.</summary>
    /// <param name="options">The peer, and the files of the identities.</param>
    /// <param name="places">Where keys lie that are in no file.</param>
    /// <param name="loggers">Where repeated submits are told. Default is null: nowhere.</param>
    /// <param name="members">The MSPs of the consortium, to go on without who does not answer. Default is none.</param>
    /// <exception cref="OptionsException">
    /// A certificate or key cannot be used; the message names all of them.
    /// </exception>
    public static FabricConnection Open(
        GatewayServiceOptions options, KeyPlaces places, ILoggerFactory? loggers = null,
        Func<IReadOnlyList<string>>? members = null)
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
            options, places, channel, options.UserCert, options.UserKey, "UserCert, UserKey", faults,
            loggers);
        var registrar = options.AdminCert is null
            ? issuer
            : FabricParty.Open(
                options, places, channel, options.AdminCert, options.AdminKey!, "AdminCert, AdminKey", faults,
                loggers);
        if (faults.Count > 0)
        {
            channel.Dispose();
            throw new OptionsException(faults);
        }

        return new FabricConnection(
            options.MspId, channel, issuer!, registrar!, members ?? (() => []),
            loggers?.CreateLogger<FabricConnection>());
    }

    /// <inheritdoc/>
    /// <remarks>The institution's own peer answers or nobody: what one other member says of the ledger is its word
    /// alone.</remarks>
    public async Task<byte[]> EvaluateAsync(
        string transaction, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var options = new ProposalOptions
        {
            Arguments = [.. arguments.Select(TransactionArgument.FromString)],
            EndorsingOrganizations = [_mspId],
        };
        try
        {
            return await _issuer.Contract.EvaluateAsync(transaction, options, cancellationToken);
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
            EndorsingOrganizations = _answering.Now,
        };
        try
        {
            return await SubmitByAnsweringAsync(contract, transaction, options, cancellationToken);
        }
        catch (FabricException exception)
        {
            throw Explain(exception);
        }
        catch (SubmitCanceledException exception)
        {
            throw new OutcomeUnknownException(exception.TransactionId, exception);
        }
    }

    public async Task RehearseAsync(string transaction, string? aloneAt, CancellationToken cancellationToken)
    {
        var options = new ProposalOptions
        {
            EndorsingOrganizations = aloneAt is null ? _answering.Now : [aloneAt],
        };
        try
        {
            await _issuer.Contract.NewProposal(transaction, options)
                .EndorseAsync(cancellationToken: cancellationToken);
        }
        catch (Exception) when (aloneAt is null && cancellationToken.IsCancellationRequested)
        {
            _answering.FindSoon(transaction);
            throw;
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
        _answering.Dispose();
        _issuer.Dispose();
        if (_registrar != _issuer)
            _registrar.Dispose();
        _channel.Dispose();
    }

    private async Task<Submission> SubmitByAnsweringAsync(
        FabricContract contract, string transaction, ProposalOptions options, CancellationToken cancellationToken)
    {
        try
        {
            try
            {
                return await SubmitAsync(contract, transaction, options, cancellationToken);
            }
            catch (EndorseException late) when (late.StatusCode == StatusCode.DeadlineExceeded)
            {
                // Nothing was ordered. One member that says nothing must not hold up what enough others endorse.
                await _answering.FindAsync(transaction, cancellationToken);
                if (_answering.Now.SequenceEqual(options.EndorsingOrganizations)) throw;
                options = options with { EndorsingOrganizations = _answering.Now };
                return await SubmitAsync(contract, transaction, options, cancellationToken);
            }
        }
        catch (CommitException few)
            when (few.Code == TxValidationCode.EndorsementPolicyFailure && options.EndorsingOrganizations.Count > 0)
        {
            // Nothing was written. A record's own policy may ask for more than those who answered: the peer knows whom.
            _answering.Forget();
            options = options with { EndorsingOrganizations = [] };
            return await SubmitAsync(contract, transaction, options, cancellationToken);
        }
    }

    private static async Task<Submission> SubmitAsync(
        FabricContract contract, string transaction, ProposalOptions options, CancellationToken cancellationToken)
    {
        var committed = await contract.SubmitUntilKnownAsync(transaction, options, Retries, cancellationToken);
        return new Submission(committed.Result, committed.TransactionId, committed.BlockNumber);
    }

    private Exception Explain(FabricException exception)
    {
        // Another member's word alone is no refusal: a peer that lies, or lags, would end what is to be issued.
        var own = ChaincodeAnswer.Find(exception.Details.Where(detail => detail.MspId == _mspId));
        if (own is null && exception.Details.FirstOrDefault(IsRefusal) is { } other)
        {
            return new LedgerUnavailableException(
                $"{other.MspId}'s peer refuses to endorse, and the institution's own does not: {other.Message}",
                exception);
        }

        if (own is { } answer)
        {
            return LedgerError.TryFind(answer.Message, out var error)
                ? new LedgerRefusedException(error.Message, error.Code, error.Field, exception)
                : new LedgerRefusedException(answer.Message, cause: exception);
        }

        return exception switch
        {
            CommitStatusException => new OutcomeUnknownException(exception.TransactionId, exception),
            CommitException invalid => new LedgerRefusedException(
                $"Transaction {invalid.TransactionId} is invalid: {invalid.Code}.", cause: exception),
            SubmitException { StatusCode: StatusCode.Aborted } =>
                new LedgerRefusedException(exception.Message, cause: exception),
            { StatusCode: StatusCode.PermissionDenied or StatusCode.Unauthenticated or StatusCode.InvalidArgument } =>
                new LedgerRefusedException(exception.Message, cause: exception),
            _ => new LedgerUnavailableException(exception.Message, exception),
        };
    }

    private static bool IsRefusal(ErrorDetail detail) => ChaincodeAnswer.Find([detail]) is not null;
}
