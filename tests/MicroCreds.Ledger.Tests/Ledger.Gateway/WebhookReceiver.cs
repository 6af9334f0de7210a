using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using StandardWebhooks;
using StandardWebhooks.Diagnostics;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Somebody who is told what happens, and answers as it is said; what came is kept.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<WebhookCall> _calls = [];
    private readonly WebApplication _server;

    private WebhookReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(TakeAsync);
    }

    /// <summary>Where it is told; another path is another webhook of the same server.</summary>
    public string Url => _server.Urls.Single() + "/hooks";

    /// <summary>What it was asked, in order.</summary>
    public IReadOnlyList<WebhookCall> Calls => [.. _calls];

    /// <summary>How it answers. Default is 204.</summary>
    public Func<WebhookCall, HttpContext, Task> Answer { get; set; } = Status(204);

    /// <summary>Answers with a status.</summary>
    public static Func<WebhookCall, HttpContext, Task> Status(int status) => (_, context) =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    public static async Task<WebhookReceiver> StartAsync()
    {
        var receiver = new WebhookReceiver();
        await receiver._server.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    /// <summary>Waits for something that was told.</summary>
    public async Task<WebhookCall> ToldAsync(Func<WebhookCall, bool> isMeant)
    {
        WebhookCall? found = null;
        await Until.TrueAsync(
            () => Task.FromResult((found = Calls.FirstOrDefault(isMeant)) is not null),
            () => $"It was not told. It was told: {string.Join('\n', Calls.Select(call => call.Body))}");
        return found!;
    }

    /// <summary>Waits for something of a type that names another thing by its identifier.</summary>
    public Task<WebhookCall> ToldAsync(string type, string about) =>
        ToldAsync(call => call.Type == type && call.Body.Contains(about, StringComparison.Ordinal));

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var call = new WebhookCall(
            context.Request.Method, context.Request.ContentType, await reader.ReadToEndAsync(),
            new HeaderDictionary(context.Request.Headers.ToDictionary(
                header => header.Key, header => new StringValues(header.Value.ToArray()))));
        _calls.Enqueue(call);
        await Answer(call, context);
    }
}

/// <summary>One call of a webhook.</summary>
internal sealed record WebhookCall(string Method, string? MediaType, string Body, HeaderDictionary Headers)
{
    public JsonNode Payload => JsonNode.Parse(Body)!;

    public JsonNode Data => Payload["data"]!;

    public string Type => (string)Payload["type"]!;

    public string Id => Headers["webhook-id"].ToString();

    public string[] Signatures => Headers["webhook-signature"].ToString().Split(' ');

    /// <summary>Whether a library that others wrote takes it for signed by a secret.</summary>
    public bool IsSignedBy(string secret) => Signatures.Any(one => Verifies(secret, Body, one));

    /// <summary>Whether a library that others wrote takes a signature for one of a body.</summary>
    public bool Verifies(string secret, string body, string signature)
    {
        // One at a time: of several the library overlooks the last.
        var headers = new HeaderDictionary
        {
            ["webhook-id"] = Headers["webhook-id"],
            ["webhook-timestamp"] = Headers["webhook-timestamp"],
            ["webhook-signature"] = signature,
        };
        try
        {
            new StandardWebhook(secret).Verify(body, headers);
            return true;
        }
        catch (WebhookVerificationException)
        {
            return false;
        }
    }
}
