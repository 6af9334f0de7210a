using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Bundles.Evidence;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Ledger;

/// <summary>
/// Which ledger this is: its name, out of block 0 of the institution's own peer and never from settings, so that
/// nothing is signed for a ledger that somebody else made up. Founds the ledger if nobody has. Thread-safe.
/// </summary>
public sealed partial class LedgerIdentity(
    ILedgerConnection connection, LedgerDoor door, GatewayServiceOptions options, TimeProvider time,
    ILogger<LedgerIdentity> logger, BackgroundTrail? trail = null)
    : BackgroundService
{
    /// <summary>How long a start, or a request, waits for the peer to say which ledger it has.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _tried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _confirmed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? _fault;
    private volatile VerificationOptions _verification =
        new() { Ledger = "", AnchoringGrace = options.FreshCredential };

    /// <summary>How this gateway verifies. While the ledger's name is not known it is empty.</summary>
    public VerificationOptions Verification => _verification;

    /// <summary>Whether the ledger was founded as block 0 of the own peer says.</summary>
    public bool IsConfirmed => _confirmed.Task.IsCompletedSuccessfully;

    /// <summary>Why nothing may be signed; null if it may, or if that is not known yet.</summary>
    public string? Fault => _fault;

    /// <summary>The ledger's name, for what is signed.</summary>
    /// <exception cref="ProblemException">It is not known yet, or the ledger was founded otherwise.</exception>
    public string Name
    {
        get
        {
            RequireConfirmed();
            return _verification.Ledger;
        }
    }

    /// <summary>Refuses to sign before it is known what for.</summary>
    /// <exception cref="ProblemException">It is not known yet, or the ledger was founded otherwise.</exception>
    public void RequireConfirmed()
    {
        if (!IsConfirmed)
        {
            throw new ProblemException(
                ProblemKind.NotReady,
                _fault ?? "Which ledger this is, is not known yet: the peer has not said. Send it again in a moment.");
        }
    }

    /// <summary>Waits a while until the ledger is founded.</summary>
    /// <exception cref="ProblemException">It is not known yet, or the ledger was founded otherwise.</exception>
    public async Task<string> WaitForNameAsync(CancellationToken cancellationToken)
    {
        if (!IsConfirmed && _fault is null)
        {
            await Task.WhenAny(_confirmed.Task, Task.Delay(Patience, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }

        return Name;
    }

    /// <summary>
    /// Waits for the first attempt, so that who asks a gateway that has just started is not sent away.
    /// </summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await base.StartAsync(cancellationToken);
        await Task.WhenAny(_tried.Task, Task.Delay(Patience, time, cancellationToken));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var own = await ReadFirstBlockAsync(stoppingToken);
                _verification = _verification with { Ledger = own.Ledger };
                Compare(own, await FindOrFoundAsync(own, stoppingToken));
                return;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogUnknown(exception);
                await Task.Delay(RetryPause, time, stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                // The service stops.
                return;
            }
            finally
            {
                _tried.TrySetResult();
            }
        }
    }

    private async Task<Founding> ReadFirstBlockAsync(CancellationToken cancellationToken)
    {
        await foreach (var block in connection.ReadBlocksAsync(0, cancellationToken))
        {
            return new Founding
            {
                Ledger = LedgerName.Of(options.Channel, BlockHash.OfHeader(block.Header)),
                Members = [.. ChannelMembers.Read(block).Select(member => member.MspId)],
                MlDsaNeeded = options.MlDsa == MlDsaUse.Consortium ? true : null,
            };
        }

        throw new LedgerUnavailableException("The peer did not hand out block 0.");
    }

    private async Task<Founding> FindOrFoundAsync(Founding own, CancellationToken cancellationToken)
    {
        try
        {
            return await door.GetFoundingAsync(cancellationToken);
        }
        catch (LedgerRefusedException exception) when (exception.Code == ErrorCodes.NotFounded)
        {
            // A gateway without a store, as tests of histories have, has no log either.
            var founded = trail is null
                ? await door.FoundAsync(own, cancellationToken)
                : await trail.NoteAsync(
                    AuditActions.Founded, subject: null, () => door.FoundAsync(own, cancellationToken));
            return founded.Record;
        }
    }

    private void Compare(Founding own, Founding founded)
    {
        if (founded.Format != own.Format)
        {
            _fault = $"The ledger's records are of format {founded.Format}, this gateway's of format {own.Format}: run "
                + "the gateway of that format.";
        }
        else if (founded.Ledger != own.Ledger || !founded.Members.SequenceEqual(own.Members, StringComparer.Ordinal))
        {
            _fault = $"The ledger was founded as {founded.Ledger} of {string.Join(", ", founded.Members)}, but block 0 "
                + $"of the own peer is that of {own.Ledger} of {string.Join(", ", own.Members)}: nothing is signed "
                + "here. Found the consortium anew, on a new channel, without who did this.";
        }

        else if (options.MlDsa == MlDsaUse.Consortium && founded.MlDsaNeeded != true)
        {
            _fault = "The ledger was founded without asking for ML-DSA-44 of every key, and for good: set "
                + $"MICROCREDS_ML_DSA={MlDsaUse.Own} to use it here alone, or found the consortium anew.";
        }

        if (_fault is { } fault)
            LogOtherwise(fault);
        else
            _confirmed.TrySetResult();
    }

    [LoggerMessage(LogLevel.Warning, "Which ledger this is, is not known yet; trying again")]
    private partial void LogUnknown(Exception exception);

    [LoggerMessage(LogLevel.Critical, "{Fault}")]
    private partial void LogOtherwise(string fault);
}
