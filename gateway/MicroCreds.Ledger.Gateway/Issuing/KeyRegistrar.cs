using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// Brings the institution's keys onto the ledger: the first one as soon as the institution is there, further ones when
/// they are rotated. Thread-safe.
/// </summary>
public sealed partial class KeyRegistrar(
    IssuerKeys keys, LedgerDoor door, LedgerProjection projection, LedgerIdentity identity,
    BackgroundTrail trail, GatewayServiceOptions options, ILogger<KeyRegistrar> logger)
    : BackgroundService
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _turn = new(1);
    private Institution? _lookedAt;

    /// <summary>Registers the key that lies here, unless one is registered and in force.</summary>
    /// <returns>The institution as it then stands, or null if it is not on the ledger.</returns>
    public async Task<Institution?> EnsureRegisteredAsync(Institution? institution, CancellationToken cancellationToken)
    {
        return institution is null || keys.FindActive(institution) is not null
            ? institution
            : await RegisterNextAsync(institution, cancellationToken);
    }

    private async Task<Institution?> RegisterNextAsync(Institution institution, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var known = projection.Institutions.GetValueOrDefault(options.MspId) ?? institution;
            if (keys.IsServed(known))
                return known;
            var key = keys.FindUnregistered(known);
            if (key is null && keys.IsMlDsaDue(known))
                key = await keys.CreateAsync(known, cancellationToken);
            if (key is null)
                return known;

            // Nobody asked for it: it is what the gateway does once the institution is there.
            string subject = AuditSubject.Of("key", key.Id);
            return (await trail.NoteAsync(
                AuditActions.RegisteredKey, subject, () => RegisterAsync(key, known, cancellationToken))).Record;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Makes a new key and registers it; from then on it signs. The others stay in force.</summary>
    public async Task<Institution> RotateAsync(CancellationToken cancellationToken)
    {
        var institution = Require(projection.Institutions.GetValueOrDefault(options.MspId));
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // A key that was made before and never got through is as good as a new one; so is one that an operator
            // has made where keys are made.
            await keys.LookAgainAsync(cancellationToken);
            var key = keys.FindUnregistered(institution) ?? await keys.CreateAsync(institution, cancellationToken);
            return (await RegisterAsync(key, institution, cancellationToken)).Record;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Withdraws a key. If it is the one that signs, a new one takes its place first.</summary>
    public async Task<Institution> RevokeAsync(KeyRevocation revocation, CancellationToken cancellationToken)
    {
        var institution = Require(projection.Institutions.GetValueOrDefault(options.MspId));
        var active = keys.FindActive(institution);
        bool isOnlyOne = active?.Registered.Id == revocation.KeyId
            && keys.FindActive(Without(institution, revocation.KeyId)) is null;
        if (isOnlyOne)
            await RotateAsync(cancellationToken);
        var committed = await door.RevokeKeyAsync(revocation, cancellationToken);
        await projection.WaitBrieflyAsync(committed.Block, cancellationToken);
        return committed.Record;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            ulong next = 0;
            while (true)
            {
                await projection.WaitForAsync(next, stoppingToken);
                ulong seen = projection.NextBlock;
                if (await TryRegisterAsync(stoppingToken))
                    next = seen;
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops.
            return;
        }
    }

    private async Task<bool> TryRegisterAsync(CancellationToken stoppingToken)
    {
        try
        {
            var institution = projection.Institutions.GetValueOrDefault(options.MspId);
            if (institution is not null && institution != _lookedAt && !keys.HasNewestOf(institution))
                await keys.LookAgainAsync(stoppingToken);
            _lookedAt = institution;
            if (institution is not null && !keys.IsServed(institution))
                await RegisterNextAsync(institution, stoppingToken);
            return true;
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            LogNotRegistered(exception);
            await Task.Delay(RetryPause, stoppingToken);
            return false;
        }
    }

    private async Task<Committed<Institution>> RegisterAsync(
        IssuerKey key, Institution institution, CancellationToken cancellationToken)
    {
        var committed = await door.AddKeyAsync(
            await keys.SignRegistrationAsync(key, identity.Name, institution), cancellationToken);
        await projection.WaitBrieflyAsync(committed.Block, cancellationToken);
        LogRegistered(key.Id);
        return committed;
    }

    private static Institution Without(Institution institution, string keyId) =>
        institution with { Keys = [.. institution.Keys.Where(key => key.Id != keyId)] };

    private static Institution Require(Institution? institution) =>
        institution ?? throw new ProblemException(
            ProblemKind.NotReady, "The institution is not on the ledger yet: PUT /v1/institution first.");

    [LoggerMessage(LogLevel.Information, "The issuer key {KeyId} is on the ledger")]
    private partial void LogRegistered(string keyId);

    [LoggerMessage(LogLevel.Warning, "The issuer key is not on the ledger yet; trying again")]
    private partial void LogNotRegistered(Exception exception);
}
