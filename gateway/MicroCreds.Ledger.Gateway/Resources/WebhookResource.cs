using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Webhooks;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/webhooks: who is told what happens.</summary>
public static class WebhookResource
{
    /// <summary>The most webhooks of a gateway.</summary>
    public const int MaxWebhooks = 20;

    private const string Kind = "webhook";
    private const string ByName = "name the machine, since addresses of IPv6 themselves are not taken.";
    private const int DefaultOverlapHours = 24;
    private const int MaxOverlapHours = 168;

    public static void MapWebhooks(this IEndpointRouteBuilder routes)
    {
        var webhooks = routes.MapGroup("/v1/webhooks").WithTags("Webhooks")
            .RequireAuthorization(GatewayRoles.Registrar);
        webhooks.MapPost("", AddAsync)
            .Audited("webhook.add", Kind)
            .WithSummary("Have an address told what happens")
            .WithDescription(
                "By the Standard Webhooks specification. It is told what happens from now on. The secret is in this "
                + "answer, and in the one to a new secret, and nowhere else.")
            .TakesJson(new WantedWebhook { Url = "https://lms.example/hooks", Types = [WebhookTypes.CredentialIssued] })
            .GivesProblems(400, 401, 403, 409, 413, 415);
        webhooks.MapGet("", (WebhookStore store) => TypedResults.Ok(new WebhookList([.. store.List().Select(Tell)])))
            .Unaudited("It names programs and changes nothing.")
            .WithSummary("List the webhooks")
            .GivesProblems(401, 403);
        webhooks.MapGet("/{id}", (string id, WebhookStore store) => TypedResults.Ok(Tell(Require(store, id))))
            .Unaudited("It names a program and changes nothing.")
            .WithSummary("Read a webhook")
            .GivesProblems(401, 403, 404);
        webhooks.MapPut("/{id}", ChangeAsync)
            .Audited("webhook.change", Kind)
            .WithSummary("Change a webhook's address, types and description")
            .TakesJson(new WantedWebhook { Url = "https://lms.example/hooks", Types = [] })
            .GivesProblems(400, 401, 403, 404, 413, 415);
        webhooks.MapDelete("/{id}", RemoveAsync)
            .Audited("webhook.remove", Kind)
            .WithSummary("Remove a webhook with all its deliveries")
            .GivesProblems(401, 403, 404);
        webhooks.MapPost("/{id}/secret", RotateAsync)
            .Audited("webhook.secret", Kind)
            .WithSummary("Make a webhook a new secret")
            .WithDescription(
                "For overlapHours (default 24, at most 168) each message is signed by the old one, too. With 0 the old "
                + "one ends at once.")
            .TakesJson(new WantedSecret { OverlapHours = DefaultOverlapHours })
            .GivesProblems(400, 401, 403, 404, 413, 415);
        webhooks.MapPost("/{id}/activation", ActivateAsync)
            .Audited("webhook.enable", Kind)
            .WithSummary("Have a disabled webhook told again")
            .WithDescription(
                "missed says what becomes of what happened meanwhile: send (the default) or skip. What is older than "
                + "deliveries are kept is not told in any case, unless it is on the ledger.")
            .TakesJson(new WantedActivation { Missed = WantedActivation.Send })
            .GivesProblems(400, 401, 403, 404, 409, 413, 415);
        webhooks.MapDelete("/{id}/activation", DisableAsync)
            .Audited("webhook.disable", Kind)
            .WithSummary("Have a webhook told no more, for now")
            .GivesProblems(401, 403, 404);
        webhooks.MapPost("/{id}/tests", TestAsync)
            .Audited("webhook.test", Kind)
            .WithSummary("Send a webhook a test")
            .WithDescription("A message of the type webhook.test; its delivery tells what became of it.")
            .GivesProblems(401, 403, 404, 409);
    }

    /// <summary>Finds a webhook.</summary>
    /// <exception cref="ProblemException">There is none.</exception>
    internal static Webhook Require(WebhookStore store, string id) => store.Find(id) ?? throw NotThere();

    private static async Task<Created<WebhookWithSecret>> AddAsync(
        HttpRequest request, WebhookStore store, LedgerIdentity identity, LedgerProjection projection,
        ProjectionFollower follower, GatewayServiceOptions options, TimeProvider time)
    {
        var wanted = await ReadAsync(request, options);
        var now = time.GetUtcNow();
        var webhook = new Webhook
        {
            Id = Guid.NewGuid().ToString("N"),
            Url = wanted.Url,
            Types = [.. wanted.Types.Distinct()],
            Description = wanted.Description,
            CreatedAt = now,
            Secret = WebhookSecret.Make(),
            State = WebhookState.Active,
            ChangedAt = now,
            Told = Now(identity, projection, follower),
        };
        if (!await store.AddAsync(webhook, MaxWebhooks))
            throw new ProblemException(ProblemKind.Conflict, $"There are {MaxWebhooks} webhooks already.");
        return TypedResults.Created($"/v1/webhooks/{webhook.Id}", new WebhookWithSecret(Tell(webhook), webhook.Secret));
    }

    private static async Task<Ok<WebhookAnswer>> ChangeAsync(
        string id, HttpRequest request, WebhookStore store, GatewayServiceOptions options)
    {
        var wanted = await ReadAsync(request, options);
        if (!await store.ChangeAsync(id, wanted.Url, [.. wanted.Types.Distinct()], wanted.Description))
            throw NotThere();
        return TypedResults.Ok(Tell(Require(store, id)));
    }

    private static async Task<NoContent> RemoveAsync(string id, WebhookStore store) =>
        await store.RemoveAsync(id) ? TypedResults.NoContent() : throw NotThere();

    private static async Task<Ok<WebhookWithSecret>> RotateAsync(
        string id, HttpRequest request, WebhookStore store, TimeProvider time)
    {
        var wanted = await RequestBody.ReadOrDefaultAsync<WantedSecret>(request);
        if (ValueRules.Range(wanted.OverlapHours, "/overlapHours", 0, MaxOverlapHours) is { } fault)
            throw ProblemException.Invalid("/overlapHours", fault.Message);
        var webhook = Require(store, id);
        string secret = WebhookSecret.Make();
        if (!await store.SetSecretAsync(
            id, secret, wanted.OverlapHours == 0 ? null : webhook.Secret,
            time.GetUtcNow() + TimeSpan.FromHours(wanted.OverlapHours)))
            throw NotThere();
        return TypedResults.Ok(new WebhookWithSecret(Tell(Require(store, id)), secret));
    }

    private static async Task<Ok<WebhookAnswer>> ActivateAsync(
        string id, HttpRequest request, WebhookStore store, LedgerIdentity identity, LedgerProjection projection,
        ProjectionFollower follower, WebhookBell bell, TimeProvider time)
    {
        var wanted = await RequestBody.ReadOrDefaultAsync<WantedActivation>(request);
        if (ValueRules.OneOf(wanted.Missed, "/missed", WantedActivation.All) is { } fault)
            throw ProblemException.Invalid("/missed", fault.Message);
        var from = wanted.Missed == WantedActivation.Skip ? Now(identity, projection, follower) : null;
        if (!await store.ActivateAsync(id, time.GetUtcNow(), from))
            throw NotThere();
        bell.Ring();
        return TypedResults.Ok(Tell(Require(store, id)));
    }

    private static async Task<Ok<WebhookAnswer>> DisableAsync(string id, WebhookStore store, TimeProvider time)
    {
        if (!await store.DisableAsync(id, WebhookCause.ByHand, time.GetUtcNow()))
            throw NotThere();
        return TypedResults.Ok(Tell(Require(store, id)));
    }

    private static async Task<Accepted<WebhookDeliveryResource.DeliveryAnswer>> TestAsync(
        string id, WebhookStore store, WebhookDeliveries deliveries, WebhookBell bell, TimeProvider time)
    {
        var webhook = WebhookDeliveryResource.RequireActive(store, id);
        var now = time.GetUtcNow();
        var message = WebhookMessages.OfTest(webhook.Id, now);
        await deliveries.AddAsync(webhook.Id, message, now);
        bell.Ring();
        return TypedResults.Accepted(
            $"/v1/webhooks/{id}/deliveries/{message.Id}",
            WebhookDeliveryResource.Tell(deliveries.Find(id, message.Id)!));
    }

    /// <summary>Where the ledger ends as far as is known: what comes behind is news.</summary>
    private static LedgerPlace Now(LedgerIdentity identity, LedgerProjection projection, ProjectionFollower follower)
    {
        // A mirror that still grows would have old things taken for news.
        if (follower.NewestAtPeer < 0)
        {
            throw new ProblemException(
                ProblemKind.NotReady,
                "The peer has not said yet how far its chain reaches, so that nobody knows what would be news. Send "
                + "it again in a moment.");
        }

        long head = Math.Max((long?)projection.Head?.Block ?? -1, follower.NewestAtPeer);
        return new LedgerPlace(identity.Name, head, int.MaxValue);
    }

    private static async Task<WantedWebhook> ReadAsync(HttpRequest request, GatewayServiceOptions options)
    {
        var rule = WebhookClient.RuleOf(options.Webhooks);
        return await RequestBody.ReadAsync<WantedWebhook>(request, wanted =>
        [
            .. FaultsOf(wanted.Url, rule),
            .. wanted.Types.Except(WebhookTypes.All).Take(1).Select(_ =>
                ValueRules.Invalid("/types", $"may hold {string.Join(", ", WebhookTypes.All)}; none means all.")),
            .. new[] { wanted.Description is null ? null : ValueRules.Text(wanted.Description, "/description") }
                .OfType<LedgerError>(),
        ]);
    }

    private static IEnumerable<LedgerError> FaultsOf(string url, Credentials.Fetching.AddressRule rule)
    {
        const string Place = "/url";

        // IPv6 in brackets is no address by the ledger's rule, which knows names alone: what is wrong is said first.
        if (Uri.TryCreate(url, UriKind.Absolute, out var literal) && literal.HostNameType == UriHostNameType.IPv6)
            yield return ValueRules.Invalid(Place, $"cannot be told: {rule.FaultOf(literal) ?? ByName}");
        else if (ValueRules.Url(url, Place, rule.AllowHttp) is { } fault)
            yield return fault;
        else if (!Uri.TryCreate(url, UriKind.Absolute, out var address))
            yield return ValueRules.Invalid(Place, "is no address.");
        else if (rule.FaultOf(address) is { } forbidden)
            yield return ValueRules.Invalid(Place, $"cannot be told: {forbidden}");
    }

    private static ProblemException NotThere() => new(ProblemKind.NotFound, "There is no webhook of this id.");

    private static WebhookAnswer Tell(Webhook webhook) => new()
    {
        Id = webhook.Id,
        Url = webhook.Url,
        Types = webhook.Types,
        Description = webhook.Description,
        CreatedAt = webhook.CreatedAt,
        State = webhook.State,
        Cause = webhook.Cause,
        Since = webhook.ChangedAt,
        FailingSince = webhook.FailingSince,
        Fault = webhook.Fault,
        PausedUntil = webhook.PausedUntil,
        OldSecretUntil = webhook.OldSecretUntil,
    };

    /// <summary>A webhook as it should be.</summary>
    public sealed record WantedWebhook
    {
        /// <summary>Where it is told: https, unless the gateway's settings allow http.</summary>
        public required string Url { get; init; }

        /// <summary>The types of what it is told. Default is all, also those that come with later versions.</summary>
        public IReadOnlyList<string> Types { get; init; } = [];

        /// <summary>What people call it.</summary>
        public string? Description { get; init; }
    }

    /// <summary>How its secret is changed.</summary>
    public sealed record WantedSecret
    {
        /// <summary>For how many hours messages are signed by the old one, too. Default is 24.</summary>
        public int OverlapHours { get; init; } = DefaultOverlapHours;
    }

    /// <summary>How it is told again.</summary>
    public sealed record WantedActivation
    {
        /// <summary>What happened meanwhile is told.</summary>
        public const string Send = "send";

        /// <summary>What happened meanwhile is not told.</summary>
        public const string Skip = "skip";

        /// <summary>Both.</summary>
        public static readonly IReadOnlyList<string> All = [Send, Skip];

        /// <summary>What becomes of what happened meanwhile: <c>send</c> or <c>skip</c>. Default is send.</summary>
        public string Missed { get; init; } = Send;
    }

    /// <summary>A webhook.</summary>
    public sealed record WebhookAnswer
    {
        /// <summary>Names it in addresses.</summary>
        public required string Id { get; init; }

        /// <summary>Where it is told.</summary>
        public required string Url { get; init; }

        /// <summary>The types of what it is told; none is all.</summary>
        public required IReadOnlyList<string> Types { get; init; }

        /// <summary>What people call it.</summary>
        public string? Description { get; init; }

        /// <summary>When it was registered.</summary>
        public required DateTimeOffset CreatedAt { get; init; }

        /// <summary><c>active</c> or <c>disabled</c>.</summary>
        public required string State { get; init; }

        /// <summary>Why it is disabled: <c>byHand</c>, <c>gone</c> (it answered 410) or <c>failing</c>.</summary>
        public string? Cause { get; init; }

        /// <summary>Since when it is in its state.</summary>
        public required DateTimeOffset Since { get; init; }

        /// <summary>Since when every attempt has failed.</summary>
        public DateTimeOffset? FailingSince { get; init; }

        /// <summary>
        /// Why the last one did: <c>status</c>, <c>redirect</c>, <c>timeout</c>, <c>forbiddenAddress</c>,
        /// <c>unknownHost</c>, <c>tls</c> or <c>unreachable</c>.
        /// </summary>
        public string? Fault { get; init; }

        /// <summary>Until when it asked to be left in peace (Retry-After).</summary>
        public DateTimeOffset? PausedUntil { get; init; }

        /// <summary>Until when messages are signed by its old secret, too.</summary>
        public DateTimeOffset? OldSecretUntil { get; init; }
    }

    /// <summary>A webhook and its secret.</summary>
    /// <param name="Webhook">The webhook.</param>
    /// <param name="Secret">What its messages are signed with, <c>whsec_…</c>; shown this once.</param>
    public sealed record WebhookWithSecret(WebhookAnswer Webhook, string Secret);

    /// <summary>All webhooks.</summary>
    /// <param name="Items">Oldest first.</param>
    public sealed record WebhookList(IReadOnlyList<WebhookAnswer> Items);
}
