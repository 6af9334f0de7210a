using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using System.Threading.RateLimiting;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Problems;

namespace MicroCreds.Ledger.Gateway.Protecting;

/// <summary>
/// Lets no client take what belongs to the others: each address, each API key and all together have so many units a
/// second, and each client so many requests at a time. Thread-safe.
/// </summary>
/// <remarks>
/// Requests from this computer itself are not limited unless <see cref="GatewayServiceOptions.LimitLoopback"/> says
/// so: behind a balancer on the same computer the client's address is the one that the trusted balancer tells.
/// </remarks>
public sealed class ClientLimits : IDisposable
{
    /// <summary>How many seconds' worth of units a client that rested may take at once.</summary>
    public const int BurstSeconds = 10;

    /// <summary>
    /// How many things that anybody may have kept here are kept for one network within
    /// <see cref="KeptWindow"/>: so one alone cannot take the room of all.
    /// </summary>
    public const int KeptAtATime = 300;

    /// <summary>How many requests of a client may wait for something to happen, besides those under way.</summary>
    public const int WaitingAtATime = 512;

    /// <summary>The time in which so much is kept: about as long as such things last.</summary>
    public static readonly TimeSpan KeptWindow = TimeSpan.FromMinutes(10);

    private const int KeptSegments = 10;

    private readonly bool _limitsLoopback;
    private readonly int _clientUnits;
    private readonly int _allUnits;
    private readonly PartitionedRateLimiter<string> _clients;
    private readonly PartitionedRateLimiter<string> _atATime;
    private readonly PartitionedRateLimiter<string> _waiting;
    private readonly PartitionedRateLimiter<string> _kept;
    private readonly TokenBucketRateLimiter _all;

    public ClientLimits(GatewayServiceOptions options)
    {
        _limitsLoopback = options.LimitLoopback;
        (_clientUnits, _allUnits) = (options.ClientUnitsPerSecond, options.UnitsPerSecond);
        _clients = PartitionedRateLimiter.Create<string, string>(client =>
            RateLimitPartition.GetTokenBucketLimiter(client, _ => Bucket(options.ClientUnitsPerSecond)));
        _atATime = AtATime(options.ClientRequestsAtATime);
        _waiting = AtATime(WaitingAtATime);
        _kept = PartitionedRateLimiter.Create<string, string>(network =>
            RateLimitPartition.GetSlidingWindowLimiter(network, _ => new SlidingWindowRateLimiterOptions
            {
                PermitLimit = KeptAtATime,
                Window = KeptWindow,
                SegmentsPerWindow = KeptSegments,
                QueueLimit = 0,
                AutoReplenishment = true,
            }));
        _all = new TokenBucketRateLimiter(Bucket(options.UnitsPerSecond));
    }

    /// <summary>Lets a request through, or refuses it with 429.</summary>
    public async Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        var address = context.Connection.RemoteIpAddress;
        if (IsFree(address, context.Request.Path))
        {
            await next(context);
            return;
        }

        string place = "address " + Network(address);
        string? key = context.User.FindFirstValue(ClaimTypes.NameIdentifier);
        string client = key is null ? place : "key " + key;
        var said = context.GetEndpoint()?.Metadata;
        int cost = said?.GetMetadata<RouteCost>()?.Units ?? RouteCost.Plain;
        bool waits = said?.GetMetadata<WaitsForLong>() is not null;
        using var turn = (waits ? _waiting : _atATime).AttemptAcquire(client);
        if (!turn.IsAcquired)
            throw Refuse(1, "This client has as many requests under way as one may have.");
        if (CauseOfRefusal(place, key is null ? null : client, cost) is { } cause)
            throw Refuse(SecondsUntil(place, client, cost), cause);
        if (said?.GetMetadata<KeepsForAnybody>() is not null) RequireRoom(place);
        await next(context);
    }

    public void Dispose()
    {
        _clients.Dispose();
        _atATime.Dispose();
        _waiting.Dispose();
        _kept.Dispose();
        _all.Dispose();
    }

    private bool IsFree(IPAddress? address, PathString path) =>
        address is null || (IPAddress.IsLoopback(address) && !_limitsLoopback)
        || path.Value is "/healthz" or "/readyz" or "/metrics";

    private void RequireRoom(string place)
    {
        using var room = _kept.AttemptAcquire(place);
        if (!room.IsAcquired)
        {
            throw Refuse(
                (int)KeptWindow.TotalSeconds / KeptSegments,
                $"For this address {KeptAtATime} such requests were kept within {KeptWindow.TotalMinutes} minutes, "
                + "which is as many as may be.");
        }
    }

    private static PartitionedRateLimiter<string> AtATime(int limit) =>
        PartitionedRateLimiter.Create<string, string>(client =>
            RateLimitPartition.GetConcurrencyLimiter(client, _ => new ConcurrencyLimiterOptions
            {
                PermitLimit = limit,
                QueueLimit = 0,
            }));

    /// <summary>Takes a request's units; says why if there are too few.</summary>
    private string? CauseOfRefusal(string place, string? key, int cost)
    {
        using var ofPlace = _clients.AttemptAcquire(place, cost);
        if (!ofPlace.IsAcquired)
            return "This address has sent as many requests as one may.";
        using var ofKey = key is null ? null : _clients.AttemptAcquire(key, cost);
        if (ofKey is { IsAcquired: false })
            return "With this API key as many requests were sent as may be.";
        using var ofAll = _all.AttemptAcquire(cost);
        return ofAll.IsAcquired ? null : "The gateway has as many requests as it takes.";
    }

    /// <summary>
    /// After how many seconds each of the buckets has enough. The limiter's own word is rounded down, and is of one
    /// bucket; units come at the end of a period, so that one more may have to pass.
    /// </summary>
    private int SecondsUntil(string place, string client, int cost)
    {
        int ofPlace = Seconds(_clients.GetStatistics(place), cost, _clientUnits);
        int ofClient = Seconds(_clients.GetStatistics(client), cost, _clientUnits);
        return 1 + Math.Max(Math.Max(ofPlace, ofClient), Seconds(_all.GetStatistics(), cost, _allUnits));
    }

    private static int Seconds(RateLimiterStatistics? bucket, int cost, int unitsPerSecond)
    {
        long missing = cost - (bucket?.CurrentAvailablePermits ?? cost);
        return missing <= 0 ? 0 : (int)((missing + unitsPerSecond - 1) / unitsPerSecond);
    }

    private static ProblemException Refuse(int seconds, string cause) =>
        new(ProblemKind.TooManyRequests, $"{cause} Nothing was changed; send the request again in {seconds} s.")
        {
            RetryAfter = TimeSpan.FromSeconds(seconds),
        };

    private static TokenBucketRateLimiterOptions Bucket(int unitsPerSecond) => new()
    {
        TokenLimit = Math.Max(unitsPerSecond * BurstSeconds, RouteCost.Batch),
        TokensPerPeriod = unitsPerSecond,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        QueueLimit = 0,
        AutoReplenishment = true,
    };

    /// <summary>One customer of IPv6 has a network of 64 bits, and all the addresses in it.</summary>
    private static string Network(IPAddress? address)
    {
        if (address is { IsIPv4MappedToIPv6: true })
            address = address.MapToIPv4();
        if (address is null or { AddressFamily: not AddressFamily.InterNetworkV6 })
            return $"{address}";
        byte[] bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
