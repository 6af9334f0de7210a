using System.Globalization;
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
    /// <summary>What a request costs that may have to ask the peer, such as a verification; others cost 1.</summary>
    public const int DearCost = 5;

    /// <summary>What a batch costs.</summary>
    public const int BatchCost = 20;

    /// <summary>How many seconds' worth of units a client that rested may take at once.</summary>
    public const int BurstSeconds = 10;

    private static readonly string[] Dear = ["/v1/verifications", "/v1/recognitions", "/v1/pathway-evaluations"];

    private readonly bool _limitsLoopback;
    private readonly PartitionedRateLimiter<string> _clients;
    private readonly PartitionedRateLimiter<string> _atATime;
    private readonly TokenBucketRateLimiter _all;

    public ClientLimits(GatewayServiceOptions options)
    {
        _limitsLoopback = options.LimitLoopback;
        _clients = PartitionedRateLimiter.Create<string, string>(client =>
            RateLimitPartition.GetTokenBucketLimiter(client, _ => Bucket(options.ClientUnitsPerSecond)));
        _atATime = PartitionedRateLimiter.Create<string, string>(client =>
            RateLimitPartition.GetConcurrencyLimiter(client, _ => new ConcurrencyLimiterOptions
            {
                PermitLimit = options.ClientRequestsAtATime,
                QueueLimit = 0,
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
        int cost = CostOf(context.Request);
        using var turn = _atATime.AttemptAcquire(client);
        if (!turn.IsAcquired)
            throw Refuse(TimeSpan.FromSeconds(1), "This client has as many requests under way as one may have.");
        Take(_clients.AttemptAcquire(place, cost), "This address has sent as many requests as one may.");
        if (key is not null)
            Take(_clients.AttemptAcquire(client, cost), "With this API key as many requests were sent as may be.");
        Take(_all.AttemptAcquire(cost), "The gateway has as many requests as it takes.");
        await next(context);
    }

    public void Dispose()
    {
        _clients.Dispose();
        _atATime.Dispose();
        _all.Dispose();
    }

    private bool IsFree(IPAddress? address, PathString path) =>
        address is null || (IPAddress.IsLoopback(address) && !_limitsLoopback)
        || path.Value is "/healthz" or "/readyz" or "/metrics";

    private static int CostOf(HttpRequest request)
    {
        if (!HttpMethods.IsPost(request.Method))
            return 1;
        if (request.Path.StartsWithSegments("/v1/batches"))
            return BatchCost;
        return Array.Exists(Dear, path => request.Path.StartsWithSegments(path)) ? DearCost : 1;
    }

    private static void Take(RateLimitLease lease, string cause)
    {
        using (lease)
        {
            if (lease.IsAcquired)
                return;
            var pause = lease.TryGetMetadata(MetadataName.RetryAfter, out var told) ? told : TimeSpan.FromSeconds(1);
            throw Refuse(pause < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : pause, cause);
        }
    }

    private static ProblemException Refuse(TimeSpan pause, string cause)
    {
        string seconds = Math.Ceiling(pause.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return new ProblemException(
            ProblemKind.TooManyRequests, $"{cause} Nothing was changed; send the request again in {seconds} s.")
        {
            RetryAfter = pause,
        };
    }

    private static TokenBucketRateLimiterOptions Bucket(int unitsPerSecond) => new()
    {
        TokenLimit = Math.Max(unitsPerSecond * BurstSeconds, BatchCost),
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
