using System.Data.Common;
using Grpc.Core;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Signing;
using MicroCreds.Ledger.Keys;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Operations;

/// <summary>
/// Finds out whether issuing would succeed now, without issuing: endorsed by as many members as an issuance is, with a
/// store and a disk that take bytes, a clock that the contract takes and certificates that hold. Thread-safe.
/// </summary>
public sealed class IssuingReadiness(
    ILedgerConnection connection, LedgerProjection projection, GatewayStore store, Certificates certificates,
    IssuerKeys keys, IssuerCertificates issuer, AuditLog audit, GatewayServiceOptions options, TimeProvider time)
    : IDisposable
{
    /// <summary>How old a rehearsal may be: however often it is asked, the members are asked no oftener.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RehearsalTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The contract takes 15 minutes; the rest is for the way to it.</summary>
    private static readonly TimeSpan MaxClockDifference = TimeSpan.FromMinutes(13);

    private const string Setting = "rehearsal";

    /// <summary>What a peer of Fabric 3 says, without a code for it, where its clock and the caller's differ by 15
    /// minutes (core/handlers/auth/filter/timewindow.go).</summary>
    private const string MisdatedAtPeer = "request unauthorized due to incorrect timestamp";

    /// <summary>What a key signs to show that it can: nothing that anybody would take for a statement.</summary>
    private static readonly byte[] Probe = "MicroCreds: this key signs. It says nothing."u8.ToArray();

    private readonly SemaphoreSlim _turn = new(1, 1);
    private long _rehearsedAt;
    private Rehearsal? _rehearsal;

    /// <summary>What of it is not so, each with its cause and mend; null stands for "it is so".</summary>
    public async Task<Findings> FindAsync(CancellationToken cancellationToken)
    {
        var rehearsal = await RehearseAsync(cancellationToken);
        return new Findings(
            rehearsal.ContractFault, rehearsal.EndorsersFault,
            rehearsal.StoreFault, FindDiskFault(),
            rehearsal.ClockFault ?? FindClockFault(), FindCertificateFault(), rehearsal.KeyFault)
        {
            OwnPeer = rehearsal.OwnPeerFault,
            IssuerCert = issuer.Fault ?? FindIssuerCertFault(),
        };
    }

    public void Dispose() => _turn.Dispose();

    private async Task<Rehearsal> RehearseAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_rehearsal is { } last && time.GetElapsedTime(_rehearsedAt) < MaxAge)
                return last;
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(RehearsalTimeout);
            var found = await RehearseAnewAsync(deadline.Token, cancellationToken);
            _rehearsal = found with
            {
                StoreFault = await FindStoreFaultAsync(cancellationToken)
                    ?? await FindAuditFaultAsync(cancellationToken) ?? FindDirectoryFault(),
                KeyFault = found.KeyFault ?? await FindKeyFaultAsync(deadline.Token, cancellationToken),
            };
            _rehearsedAt = time.GetTimestamp();
            return _rehearsal;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<Rehearsal> RehearseAnewAsync(CancellationToken deadline, CancellationToken caller)
    {
        string? silence = null;
        try
        {
            await connection.EvaluateAsync(TransactionNames.GetFounding, [], deadline);
        }
        catch (LedgerRefusedException refused) when (refused.Code == ErrorCodes.ClockDiffers)
        {
            return new Rehearsal(null, null, ClockFault(refused.Message));
        }
        catch (LedgerRefusedException refused) when (refused.Code is not null)
        {
            // The contract answered, which is what was asked; a ledger that is not founded yet has its own check.
            return new Rehearsal(null, null, null);
        }
        catch (LedgerUnavailableException exception) when (exception.InnerException is KeyUnavailableException key)
        {
            return new Rehearsal(null, null, null) { KeyFault = key.Message };
        }
        catch (LedgerUnavailableException exception)
            when (exception.Message.Contains(MisdatedAtPeer, StringComparison.Ordinal))
        {
            // The peer answers, and would say the same to whatever the contract server is asked.
            return new Rehearsal(null, null, DifferenceOf(exception));
        }
        catch (Exception exception) when (!caller.IsCancellationRequested)
        {
            silence = CauseOf(exception);
        }

        try
        {
            await connection.RehearseAsync(TransactionNames.GetFounding, aloneAt: null, deadline);
            return new Rehearsal(null, null, null)
            {
                OwnPeerFault = silence is null
                    ? await FindOwnPeerFaultAsync(deadline, caller) : OwnPeerFaultOf(silence),
            };
        }
        catch (LedgerRefusedException refused) when (refused.Code == ErrorCodes.ClockDiffers)
        {
            return new Rehearsal(null, null, ClockFault(refused.Message));
        }
        catch (LedgerUnavailableException exception) when (exception.InnerException is KeyUnavailableException key)
        {
            return new Rehearsal(null, null, null) { KeyFault = key.Message };
        }
        catch (Exception) when (silence is not null && !caller.IsCancellationRequested)
        {
            return new Rehearsal(
                $"The contract does not answer at the institution's own peer: {silence}. Start the contract "
                    + "server and the peer (scripts/doctor.sh tells which is missing).",
                null, null);
        }
        catch (Exception exception) when (!caller.IsCancellationRequested)
        {
            return new Rehearsal(
                null,
                $"Too few members' peers endorse: {CauseOf(exception)}. Their operators start them and their contract "
                    + "servers; scripts/doctor.sh names those that do not answer.",
                null);
        }
    }

    /// <summary>
    /// Why a call failed, in words. One that the rehearsal's own deadline ended says so: what gRPC says of that is
    /// that the caller gave up, which tells nobody anything.
    /// </summary>
    private static string CauseOf(Exception exception) =>
        exception is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled }
            ? $"no answer came within {RehearsalTimeout.TotalSeconds:F0} s"
            : exception.Message.TrimEnd('.');

    /// <summary>Others endorse for this institution, so that nobody would miss its own peer.</summary>
    private async Task<string?> FindOwnPeerFaultAsync(CancellationToken deadline, CancellationToken caller)
    {
        try
        {
            await connection.RehearseAsync(TransactionNames.GetFounding, options.MspId, deadline);
            return null;
        }
        catch (Exception exception) when (!caller.IsCancellationRequested)
        {
            return OwnPeerFaultOf(CauseOf(exception));
        }
    }

    private static string OwnPeerFaultOf(string cause) =>
        "The institution's own peer does not endorse, and issuing goes on by the others' endorsements "
        + $"alone: {cause}. If its contract server answers, the peer has lost the contract's "
        + "package or the institution's approval of it: network/docs/operations.md, 5a of the drill, has the "
        + "steps.";

    /// <summary>Signs with the issuer's key, if it is in no file: a token may be gone, a key disabled.</summary>
    private async Task<string?> FindKeyFaultAsync(CancellationToken deadline, CancellationToken caller)
    {
        var institution = projection.Institutions.GetValueOrDefault(options.MspId);
        if (keys.FindActive(institution) is not { Key.Signer: PlacedIssuerSigner signer })
            return null;
        try
        {
            await signer.SignAsync(Probe, deadline);
            return null;
        }
        catch (KeyUnavailableException exception)
        {
            return exception.Message;
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            return $"The issuer's key did not sign in {RehearsalTimeout.TotalSeconds:F0} s: is its place reachable?";
        }
    }

    /// <summary>Writes what an issuance would write first: what can only be read is no store to issue with.</summary>
    private async Task<string?> FindStoreFaultAsync(CancellationToken cancellationToken)
    {
        const string Mend = "The gateway's log has the cause; the gateway goes on by itself once it is mended.";
        try
        {
            await store.WriteTextAsync(Setting, "").WaitAsync(RehearsalTimeout, time, cancellationToken);
            return null;
        }
        catch (TimeoutException)
        {
            return $"The gateway's database has not taken a write in {RehearsalTimeout.TotalSeconds:F0} s. {Mend}";
        }
        catch (Exception exception) when (exception is StoreException or DbException)
        {
            return StoreUnavailableException.Of(exception) is { IsFull: true }
                ? $"The disk of the gateway's database is full: make room there. {Mend}"
                : $"The gateway's database cannot be reached or takes no writes. {Mend}";
        }
    }

    /// <summary>What cannot be noted is refused: a store that takes all else is none to issue with.</summary>
    private async Task<string?> FindAuditFaultAsync(CancellationToken cancellationToken)
    {
        try
        {
            await audit.RehearseAsync().WaitAsync(RehearsalTimeout, time, cancellationToken);
            return null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            if (StoreUnavailableException.Of(exception) is { IsFull: true })
                return "The disk of the audit log is full: make room there, and the gateway goes on.";
            return "Nothing can be added to the audit log, and what it does not know of is refused (not-audited): "
                + $"{exception.Message.TrimEnd('.')}. Mend the tables audit_head and audit_entry of the gateway's "
                + "database, or restore it; the gateway goes on by itself then.";
        }
    }

    private string? FindDirectoryFault()
    {
        string probe = Path.Combine(options.DataDirectory, $".probe-{Environment.ProcessId}");
        try
        {
            using var file = new FileStream(
                probe, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0,
                FileOptions.DeleteOnClose);
            file.Write(new byte[4096]);
            file.Flush(flushToDisk: true);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"Nothing can be written to the data directory: {exception.Message} Make room there, or give the "
                + "service's user the right to write.";
        }
    }

    private string? FindDiskFault()
    {
        try
        {
            long free = new DriveInfo(options.DataDirectory).AvailableFreeSpace / (1024 * 1024);
            return free >= options.MinFreeMegabytes
                ? null
                : $"The disk of the data directory has {free} MB left, less than MinFreeMegabytes "
                    + $"({options.MinFreeMegabytes}): make room, or move the data directory to a larger disk.";
        }
        catch (IOException exception)
        {
            return $"The disk of the data directory cannot be asked for its room: {exception.Message} Is it mounted?";
        }
    }

    /// <summary>A block's moment is never behind the truth: who is far behind it has a slow clock.</summary>
    private string? FindClockFault()
    {
        if (projection.Head is not { } head || head.Time - time.GetUtcNow() < MaxClockDifference)
            return null;
        return ClockFault($"The newest block is {(head.Time - time.GetUtcNow()).TotalMinutes:F0} minutes ahead of it.");
    }

    private static string ClockFault(string cause) =>
        $"This computer's clock is wrong: {cause} Set it by NTP; the contract takes 15 minutes of difference.";

    private static string DifferenceOf(LedgerUnavailableException exception) =>
        "The clocks of this computer and of the institution's peer differ, so that the peer refuses what is asked: "
        + $"{exception.Message.TrimEnd('.')}. Set both by NTP; the gateway goes on by itself then.";

    private string? FindCertificateFault()
    {
        var ended = certificates.All
            .Where(one => one.Setting != nameof(options.IssuerCert) && one.End <= time.GetUtcNow()).ToArray();
        return ended.Length == 0
            ? null
            : $"{string.Join("; ", ended.Select(one => $"{one.Setting} ({one.File}) ended {one.End:u}"))}: renew with "
                + "scripts/renew.sh and start the gateway anew.";
    }

    private string? FindIssuerCertFault()
    {
        var own = projection.Institutions.GetValueOrDefault(options.MspId);
        return own is not null && keys.FindActive(own) is { } active
            ? issuer.ObstacleOf(active.Key.Signer, own.Did)
            : null;
    }

    /// <summary>What is not so, for each check; null if it is.</summary>
    public sealed record Findings(
        string? Contract, string? Endorsers, string? Store, string? Disk, string? Clock, string? Certificates,
        string? Key)
    {
        /// <summary>Why the institution's own peer is of no help to issuing, which goes on without it.</summary>
        public string? OwnPeer { get; init; }

        /// <summary>Why tokens go without the issuer key's certificates, which issuing itself needs not.</summary>
        public string? IssuerCert { get; init; }
    }

    private sealed record Rehearsal(string? ContractFault, string? EndorsersFault, string? ClockFault)
    {
        public string? StoreFault { get; init; }

        public string? OwnPeerFault { get; init; }

        public string? KeyFault { get; init; }
    }
}
