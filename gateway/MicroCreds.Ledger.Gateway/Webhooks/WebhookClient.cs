using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using MicroCreds.Ledger.Credentials.Fetching;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Webhooks;

/// <summary>
/// Makes one attempt to tell a webhook. Of the answer only its head is read: what a stranger sends is not kept.
/// Thread-safe.
/// </summary>
public sealed class WebhookClient : IDisposable
{
    /// <summary>How long a webhook may ask to be left in peace, at most.</summary>
    public static readonly TimeSpan MaxRetryAfter = TimeSpan.FromDays(1);

    private const string Json = "application/json";
    private const string Agent = "MicroCreds.Ledger";
    private const int MaxHeaderKibibytes = 16;
    private const int MaxDrainedBytes = 16 * 1024;

    // A name that leads elsewhere by now is looked up again.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    private readonly HttpClient _http;
    private readonly AddressRule _rule;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;

    public WebhookClient(GatewayServiceOptions options, TimeProvider time)
        : this(options, time, HandlerOf(options))
    {
    }

    // What connects does so by the rule of the options.
    internal WebhookClient(GatewayServiceOptions options, TimeProvider time, SocketsHttpHandler handler)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(handler);
        (_rule, _timeout, _time) = (RuleOf(options.Webhooks), options.Webhooks.Timeout, time);
        handler.MaxResponseHeadersLength = MaxHeaderKibibytes;
        handler.MaxResponseDrainSize = MaxDrainedBytes;
        handler.PooledConnectionLifetime = ConnectionLifetime;
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>What webhooks' addresses may lead to.</summary>
    public static AddressRule RuleOf(WebhookOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new AddressRule { AllowHttp = options.Http, AllowedNetworks = options.Networks };
    }

    /// <summary>Sends a message once.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled; it may have arrived.</exception>
    public async Task<WebhookReply> SendAsync(
        Webhook webhook, WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(webhook);
        ArgumentNullException.ThrowIfNull(delivery);

        // The rule may be stricter than it was when the webhook was registered.
        if (_rule.FaultOf(new Uri(webhook.Url)) is not null)
            return new WebhookReply(null, WebhookFaults.ForbiddenAddress, null);
        using var deadline = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        using var request = RequestOf(webhook, delivery);
        try
        {
            using var answer = await _http.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            int status = (int)answer.StatusCode;
            string? fault = answer.IsSuccessStatusCode ? null
                : status is >= 300 and < 400 ? WebhookFaults.Redirect : WebhookFaults.Status;
            return new WebhookReply(status, fault, fault is null ? null : PauseOf(answer.Headers.RetryAfter));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new WebhookReply(null, WebhookFaults.Timeout, null);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return new WebhookReply(null, FaultOf(exception), null);
        }
    }

    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler HandlerOf(GatewayServiceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return RuleOf(options.Webhooks).CreateHandler();
    }

    private HttpRequestMessage RequestOf(Webhook webhook, WebhookDelivery delivery)
    {
        var now = _time.GetUtcNow();
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(delivery.Payload));
        content.Headers.ContentType = new MediaTypeHeaderValue(Json);
        return new HttpRequestMessage(HttpMethod.Post, webhook.Url)
        {
            Content = content,
            Headers =
            {
                { "User-Agent", Agent },
                { "webhook-id", delivery.Message },
                { "webhook-timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) },
                { "webhook-signature", WebhookSecret.Sign(webhook, delivery.Message, delivery.Payload, now) },
            },
        };
    }

    private TimeSpan? PauseOf(RetryConditionHeaderValue? asked)
    {
        var pause = asked?.Delta ?? (asked?.Date is { } date ? date - _time.GetUtcNow() : null);
        return pause is null || pause <= TimeSpan.Zero ? null : pause < MaxRetryAfter ? pause : MaxRetryAfter;
    }

    private static string FaultOf(Exception exception) => exception switch
    {
        { InnerException: FetchException } => WebhookFaults.ForbiddenAddress,
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => WebhookFaults.Tls,
        { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData } } =>
            WebhookFaults.UnknownHost,
        _ => WebhookFaults.Unreachable,
    };
}

/// <summary>What came of an attempt.</summary>
/// <param name="Status">The HTTP status; none if nothing was answered.</param>
/// <param name="Fault">One of <see cref="WebhookFaults"/>; none if the webhook took it.</param>
/// <param name="RetryAfter">How long the webhook asks to be left in peace.</param>
public sealed record WebhookReply(int? Status, string? Fault, TimeSpan? RetryAfter);

/// <summary>Why an attempt failed.</summary>
public static class WebhookFaults
{
    /// <summary>It answered another status than 2xx.</summary>
    public const string Status = "status";

    /// <summary>It answered that it is elsewhere, which is not followed.</summary>
    public const string Redirect = "redirect";

    /// <summary>It did not answer in time.</summary>
    public const string Timeout = "timeout";

    /// <summary>Its name leads to an address that is not public, nor allowed.</summary>
    public const string ForbiddenAddress = "forbiddenAddress";

    /// <summary>Its name is not known.</summary>
    public const string UnknownHost = "unknownHost";

    /// <summary>Its certificate is not one that is trusted, or no secure connection came about.</summary>
    public const string Tls = "tls";

    /// <summary>It could not be connected to, or the connection broke.</summary>
    public const string Unreachable = "unreachable";
}
