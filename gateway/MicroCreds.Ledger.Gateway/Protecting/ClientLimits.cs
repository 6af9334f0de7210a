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

    /// <summary>How many networks' worth of units a site of IPv6 has, which may have 65,536 of them.</summary>
    public const int NetworksOfASite = 4;

    private const int KeptSegments = 10;
    private const string SitePrefix = "site ";
    private const string UnitsGone = "This address has sent as many requests as one may.";

    private static readonly object ArrivalKey = new();

    private readonly bool _limitsLoopback;
    private readonly int _clientUnits;
    private readonly int _allUnits;
    private readonly PartitionedRateLimiter<string> _clients;
    private readonly PartitionedRateLimiter<string> _arriving;
    private readonly PartitionedRateLimiter<string> _atATime;
    private readonly PartitionedRateLimiter<string> _waiting;
    private readonly PartitionedRateLimiter<string> _kept;
    private readonly TokenBucketRateLimiter _all;

    public ClientLimits(GatewayServiceOptions options)
    {
        _limitsLoopback = options.LimitLoopback;
        (_clientUnits, _allUnits) = (options.ClientUnitsPerSecond, options.UnitsPerSecond);
        _clients = PartitionedRateLimiter.Create<string, string>(client =>
            RateLimitPartition.GetTokenBucketLimiter(client, _ => Bucket(UnitsOf(client))));
        _arriving = AtATime(options.ClientRequestsAtATime);
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

    /// <summary>
    /// Takes the units of the address that a request comes from, or refuses it with 429: before anybody asks the
    /// database who sends it.
    /// </summary>
    public async Task ArriveAsync(HttpContext context, RequestDelegate next)
    {
        var address = context.Connection.RemoteIpAddress;
        if (IsFree(address))
        {
            await next(context);
            return;
        }

        bool isProbe = IsProbe(context.Request.Path);
        string place = isProbe ? "probes of " + PlaceOf(address) : PlaceOf(address);
        using var arrival = _arriving.AttemptAcquire(place);
        if (!arrival.IsAcquired)
            throw Refuse(1, "This address has as many requests arriving as one may have.");
        int cost = CostOf(context);
        string[] places = !isProbe && SiteOf(address) is { } site ? [place, site] : [place];
        foreach (string one in places)
        {
            using var units = _clients.AttemptAcquire(one, cost);
            if (!units.IsAcquired) throw Refuse(SecondsUntil(places, cost), UnitsGone);
        }

        context.Items[ArrivalKey] = arrival;
        await next(context);
    }

    /// <summary>Lets a request through whose sender is known, if it may be, or refuses it with 429.</summary>
    public async Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        // Who it is was found out: what comes now is counted by that.
        (context.Items[ArrivalKey] as RateLimitLease)?.Dispose();
        var address = context.Connection.RemoteIpAddress;
        if (IsFree(address) || IsProbe(context.Request.Path))
        {
            await next(context);
            return;
        }

        string place = PlaceOf(address);
        string? key = context.User.FindFirstValue(ClaimTypes.NameIdentifier);
        string client = key is null ? place : "key " + key;
        var said = context.GetEndpoint()?.Metadata;
        int cost = CostOf(context);
        bool waits = said?.GetMetadata<WaitsForLong>() is not null;
        using var turn = (waits ? _waiting : _atATime).AttemptAcquire(client);
        if (!turn.IsAcquired)
            throw Refuse(1, "This client has as many requests under way as one may have.");
        if (CauseOfRefusal(key is null ? null : client, cost) is { } cause)
            throw Refuse(SecondsUntil([place, client], cost), cause);
        if (said?.GetMetadata<KeepsForAnybody>() is not null) RequireRoom(place);
        await next(context);
    }

    public void Dispose()
    {
        _clients.Dispose();
        _arriving.Dispose();
        _atATime.Dispose();
        _waiting.Dispose();
        _kept.Dispose();
        _all.Dispose();
    }

    private bool IsFree(IPAddress? address) =>
        address is null || (IPAddress.IsLoopback(address) && !_limitsLoopback);

    // Who looks whether the gateway is well, such as a balancer, must get an answer while its clients ask too much. It
    // has units of its own, since the answer costs something.
    private static bool IsProbe(PathString path) => path.Value is "/healthz" or "/readyz" or "/metrics";

    private static int CostOf(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<RouteCost>()?.Units ?? RouteCost.Plain;

    private int UnitsOf(string client) =>
        client.StartsWith(SitePrefix, StringComparison.Ordinal) ? NetworksOfASite * _clientUnits : _clientUnits;

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
    private string? CauseOfRefusal(string? key, int cost)
    {
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
    private int SecondsUntil(IReadOnlyList<string> clients, int cost)
    {
        int ofClients = clients.Max(one => Seconds(_clients.GetStatistics(one), cost, UnitsOf(one)));
        return 1 + Math.Max(ofClients, Seconds(_all.GetStatistics(), cost, _allUnits));
    }

    private static int Seconds(RateLimiterStatistics? bucket, int cost, int unitsPerSecond)
    {
        long missing = cost - (bucket?.CurrentAvailablePermits ?? cost);
        return missing <= 0 ? 0 : (int)((missing + unitsPerSecond - 1) / unitsPerSecond);
    }

    private static ProblemException Refuse(int seconds, string cause) =>
        new(ProblemKind.TooManyRequests, $"{cause} Nothing was changed; send the request again in {seconds} s.")
        {
            DetailOfReading = $"{cause} Send the request again in {seconds} s.",
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
    private static string PlaceOf(IPAddress? address) => $"address {NetworkOf(address, 64) ?? $"{Plain(address)}"}";

    /// <summary>And may have as many such networks as lie in one of 48 bits; none of IPv4.</summary>
    private static string? SiteOf(IPAddress? address) =>
        NetworkOf(address, 48) is { } network ? SitePrefix + network : null;

    private static string? NetworkOf(IPAddress? address, int bits)
    {
        if (Plain(address) is not { AddressFamily: AddressFamily.InterNetworkV6 } wide) return null;
        byte[] bytes = wide.GetAddressBytes();
        bytes.AsSpan(bits / 8).Clear();
        return $"{new IPAddress(bytes)}/{bits}";
    }

    private static IPAddress? Plain(IPAddress? address) =>
        address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
}
