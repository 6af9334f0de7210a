using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Attesting;

/// <summary>
/// Brings the key that signs the log's heads onto the ledger, beside the institution's others, once the members have
/// confirmed the institution and its first issuer key is there. Thread-safe.
/// </summary>
public sealed partial class LogKeyRegistrar(
    LogKey key, IssuerKeys issuerKeys, LedgerDoor door, LedgerProjection projection, LedgerIdentity identity,
    BackgroundTrail trail, GatewayServiceOptions options, TimeProvider time, ILogger<LogKeyRegistrar> logger)
    : BackgroundService
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(2);

    /// <summary>How long nobody asks again whether what was refused would be taken: until a contract is upgraded.
    /// </summary>
    private static readonly TimeSpan RefusedPause = TimeSpan.FromHours(1);

    private volatile string? _fault;

    /// <summary>The key as the ledger has it, in force or not; none if it is not there.</summary>
    public SigningKey? OnLedger => projection.Institutions.GetValueOrDefault(options.MspId)?.LogKeys
        .FirstOrDefault(one => one.PublicKeyMultibase == key.Named.Signer.PublicKeyMultibase);

    /// <summary>Why the ledger does not say that the key is the institution's, with what mends it; else none.</summary>
    public string? Fault => OnLedger switch
    {
        { RevokedAt: not null } withdrawn =>
            $"{withdrawn.Id}, which signs the log's heads, is withdrawn on the ledger, so that nobody takes its word: "
            + $"remove {key.StoredIn} in the data directory, and start anew for a new one.",
        null => _fault,
        _ => null,
    };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (OnLedger is null)
            {
                ulong next = projection.NextBlock;
                if (IsDue) await TryRegisterAsync(stoppingToken);
                else await projection.WaitForAsync(next, stoppingToken);
            }

            _fault = null;
        }
        catch (OperationCanceledException)
        {
            // The service stops.
            return;
        }
    }

    private bool IsDue => projection.Institutions.GetValueOrDefault(options.MspId) is { IsConfirmed: true } institution
        && issuerKeys.FindActive(institution) is { } active
        && (!key.HasMlDsa || active.Registered.MlDsaMultibase is not null);

    private async Task TryRegisterAsync(CancellationToken stoppingToken)
    {
        try
        {
            await identity.WaitForNameAsync(stoppingToken);
            var named = key.Named;
            var committed = await trail.NoteAsync(
                AuditActions.RegisteredLogKey, AuditSubject.Of("key", named.Id),
                () => RegisterAsync(named, stoppingToken));
            await projection.WaitBrieflyAsync(committed.Block, stoppingToken);
            LogRegistered(named.Id);
        }
        catch (LedgerRefusedException refused) when (refused.Code is ErrorCodes.MalformedArgument
            or ErrorCodes.InvalidValue or ErrorCodes.KeyConflict or ErrorCodes.LimitReached or ErrorCodes.RoleMissing)
        {
            _fault = refused.Code == ErrorCodes.MalformedArgument
                ? "The contract on the channel is of a version that takes no keys of the log, so that the ledger does "
                    + "not say whose heads are signed here: upgrade it, every member approving."
                : $"The key that signs the log's heads is not on the ledger: {refused.Message}";
            LogRefused(refused, refused.Code);
            await Task.Delay(RefusedPause, time, stoppingToken);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            LogNotRegistered(exception);
            await Task.Delay(RetryPause, time, stoppingToken);
        }
    }

    private async Task<Committed<Institution>> RegisterAsync(IssuerKey named, CancellationToken cancellationToken)
    {
        var institution = projection.Institutions.GetValueOrDefault(options.MspId);
        return await door.AddKeyAsync(
            await issuerKeys.SignRegistrationAsync(named, identity.Name, institution), cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "The log's key {KeyId} is on the ledger")]
    private partial void LogRegistered(string keyId);

    [LoggerMessage(LogLevel.Warning, "The ledger does not take the log's key: {Code}")]
    private partial void LogRefused(Exception exception, string code);

    [LoggerMessage(LogLevel.Debug, "The log's key is not on the ledger yet; trying again")]
    private partial void LogNotRegistered(Exception exception);
}
