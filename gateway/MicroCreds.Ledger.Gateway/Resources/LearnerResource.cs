using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Mailing;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>
/// /v1/credentials/{id}/claims and /deliveries, /v1/deliveries: how credentials get to their learners.
/// </summary>
public static class LearnerResource
{
    private const string Message = "message/rfc822";
    private const int MaxListed = 500;

    public static void MapLearners(this IEndpointRouteBuilder routes)
    {
        var one = routes.MapGroup("/v1/credentials/{id}").WithTags("Learners")
            .RequireAuthorization(GatewayRoles.Issuer);
        one.MapPost("/claims", AnswerClaimAsync)
            .Audited("credential.claim", AuditedRoutes.Credential)
            .WithSummary("Make a link by which the learner gets a credential")
            .WithDescription(
                "For a portal or a hand-out: whoever opens it may take the credential over to a device, so give it to "
                + "the learner alone. It is told this once. When it has ended it sends the learner a new one, where a "
                + "mail was sent before.")
            .GivesProblems(401, 403, 404, 409);
        one.MapGet("/deliveries", (string id, DocumentStore documents, MailDeliveries deliveries) =>
                TypedResults.Ok(new DeliveryList(
                    [.. deliveries.List(Require(id, documents).Id).Select(LearnerDelivery.Of)])))
            .Audited("delivery.list", AuditedRoutes.Credential)
            .WithSummary("List the mails about a credential, the newest first")
            .GivesProblems(401, 403, 404);
        one.MapPost("/deliveries", AnswerDeliveryAsync)
            .Audited("delivery.send", AuditedRoutes.Credential)
            .WithSummary("Send a credential's learner a mail with a link to it")
            .WithDescription(
                "To the address that is given, which is kept with the credential until that is erased; or, without "
                + "one, to where the mail before went.")
            .TakesJson(new WantedDelivery { Email = "aino@student.aurora.example", Language = "en" })
            .GivesProblems(400, 401, 403, 404, 409, 413, 415);
        var all = routes.MapGroup("/v1/deliveries").WithTags("Learners").RequireAuthorization(GatewayRoles.Issuer);
        all.MapGet("", (HttpRequest request, MailDeliveries deliveries) =>
                TypedResults.Ok(new DeliveryList(
                    [.. deliveries.ListOf(StateOf(request), MaxListed).Select(LearnerDelivery.Of)])))
            .Audited("delivery.list")
            .WithSummary("List mails by their state, up to 500, those about the newest credentials first")
            .TakesParameters("state")
            .WithDescription($"Parameter: state ({string.Join(", ", MailState.All)}; default failed).")
            .GivesProblems(400, 401, 403);
        all.MapPost("/bounces", BounceAsync)
            .Audited("delivery.bounce")
            .WithSummary("Note that a mail came back")
            .WithDescription(
                "Takes a delivery status notification as it came (`message/rfc822`, RFC 3464), for instance from the "
                + $"mail server's own filter. The mail is known by its header {MailComposer.DeliveryHeader}, which is "
                + "sent back with it.")
            .Accepts<byte[]>(Message)
            .Produces(StatusCodes.Status204NoContent)
            .GivesProblems(400, 401, 403, 404, 413, 415);
    }

    /// <summary>Finds a credential that is kept here.</summary>
    /// <exception cref="ProblemException">There is none.</exception>
    internal static StoredDocument Require(string id, DocumentStore documents) =>
        CredentialAddress.Resolve(id, documents).Document
        ?? throw new ProblemException(ProblemKind.NotFound, "This gateway holds no document of that credential.");

    /// <summary>Makes a link for a credential's learner.</summary>
    /// <exception cref="ProblemException">This gateway makes none.</exception>
    internal static async Task<NewClaim> ClaimAsync(
        Guid credential, Claims claims, PublicAddress address, GatewayServiceOptions options, TimeProvider time)
    {
        if (!options.Learners.Allows(LearnerChannels.Claims))
            throw new ProblemException(ProblemKind.NotReady, "This institution makes no such links (LearnerOff).");
        var now = time.GetUtcNow();
        string secret = await claims.MakeAsync(credential, now, options.Learners.ClaimLifetime)
            ?? throw new ProblemException(ProblemKind.NotFound, "The credential was erased meanwhile.");
        return new NewClaim(address.Url + MailSender.ClaimAddress + secret, now + options.Learners.ClaimLifetime);
    }

    /// <summary>Has a mail be sent.</summary>
    /// <exception cref="ProblemException">The address is none, or no mails are sent.</exception>
    internal static async Task<LearnerDelivery> DeliverAsync(
        Guid credential, WantedDelivery wanted, MailDeliveries deliveries, GatewayServiceOptions options,
        TimeProvider time)
    {
        if (!options.Learners.Mails)
        {
            throw new ProblemException(
                ProblemKind.NotReady, "This gateway sends no mails: set MailServer and MailFrom.");
        }

        var now = time.GetUtcNow();
        int? number;
        if (wanted.Email is { } email)
        {
            var faults = CredentialBuilder.ValidateRecipient(
                    new Recipient { Name = "-", Email = email, Language = wanted.Language })
                .Select(fault => new FieldFault(
                    fault.Path.Replace("/recipient", "", StringComparison.Ordinal), fault.Message)).ToList();
            if (faults.Count > 0) throw ProblemException.Invalid(faults);
            number = await deliveries.AddAsync(
                credential, DeliveryKind.Claim, new MailTo(email, wanted.Language), now);
        }
        else
            number = await deliveries.AddToSameAsync(credential, DeliveryKind.Claim, now);

        return number is { } made && deliveries.Find(credential, made) is { } mail
            ? LearnerDelivery.Of(mail)
            : throw new ProblemException(
                ProblemKind.Conflict,
                "Nothing is sent: no mail went out before whose address could be used again, or "
                + $"{MailDeliveries.MaxOfOne} mails were sent about this credential.");
    }

    private static async Task<Created<NewClaim>> AnswerClaimAsync(
        string id, HttpContext context, DocumentStore documents, Claims claims, PublicAddress address,
        GatewayServiceOptions options, TimeProvider time)
    {
        var claim = await ClaimAsync(Require(id, documents).Id, claims, address, options, time);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created(claim.Url, claim);
    }

    private static async Task<Accepted<LearnerDelivery>> AnswerDeliveryAsync(
        string id, HttpContext context, DocumentStore documents, MailDeliveries deliveries,
        GatewayServiceOptions options, TimeProvider time)
    {
        var wanted = await RequestBody.ReadOrDefaultAsync<WantedDelivery>(context.Request);
        var mail = await DeliverAsync(Require(id, documents).Id, wanted, deliveries, options, time);
        return TypedResults.Accepted($"/v1/credentials/{id}/deliveries", mail);
    }

    private static string StateOf(HttpRequest request)
    {
        string text = request.Query["state"].ToString();
        return text.Length == 0 ? MailState.Failed
            : MailState.All.Contains(text) ? text
            : throw ProblemException.Invalid("state", $"must be one of {string.Join(", ", MailState.All)}.");
    }

    private static async Task<NoContent> BounceAsync(HttpContext context, MailDeliveries deliveries)
    {
        RequestBody.RequireMediaType(context.Request, Message);
        byte[] body = await RequestBody.ReadBytesAsync(context.Request, RequestBody.MaxBytes);
        if (Bounce.Of(body) is not { } bounce)
        {
            throw ProblemException.Invalid(
                "", $"is no delivery status notification that names one of this gateway's mails "
                + $"({MailComposer.DeliveryHeader}).");
        }

        return await deliveries.NoteBounceAsync(bounce.Credential, bounce.Number, bounce.Fault)
            ? TypedResults.NoContent()
            : throw new ProblemException(ProblemKind.NotFound, "No such mail was sent, or its credential was erased.");
    }

    /// <summary>A link by which a learner gets a credential.</summary>
    /// <param name="Url">The link, which is told this once.</param>
    /// <param name="ExpiresAt">Until when it works.</param>
    public sealed record NewClaim(string Url, DateTimeOffset ExpiresAt);

    /// <summary>A mail that is wanted.</summary>
    public sealed record WantedDelivery
    {
        /// <summary>Whom to send it to. Default is where the mail before went.</summary>
        public string? Email { get; init; }

        /// <summary>In which language, BCP 47. Default is the institution's.</summary>
        public string? Language { get; init; }
    }

    /// <summary>Mails.</summary>
    /// <param name="Items">The mails.</param>
    public sealed record DeliveryList(IReadOnlyList<LearnerDelivery> Items);

    /// <summary>A mail to a learner.</summary>
    public sealed record LearnerDelivery
    {
        /// <summary>The credential's identifier.</summary>
        public string? Credential { get; init; }

        /// <summary>The application's id, where the mail is about one.</summary>
        public string? Application { get; init; }

        /// <summary>Its number among the mails about this credential or application.</summary>
        public required int Number { get; init; }

        /// <summary>
        /// What it tells: <c>claim</c>, <c>suspended</c>, <c>reinstated</c>, <c>revoked</c>, <c>superseded</c> or
        /// <c>declined</c>.
        /// </summary>
        public required string Kind { get; init; }

        /// <summary>Whom it is sent to.</summary>
        public required string Email { get; init; }

        /// <summary><c>waiting</c>, <c>sent</c>, <c>failed</c> or <c>bounced</c>.</summary>
        public required string State { get; init; }

        /// <summary>How often it was tried.</summary>
        public required int Attempts { get; init; }

        /// <summary>When it was asked for.</summary>
        public required DateTimeOffset CreatedAt { get; init; }

        /// <summary>When it is tried next.</summary>
        public DateTimeOffset? DueAt { get; init; }

        /// <summary>When the mail server took it.</summary>
        public DateTimeOffset? SentAt { get; init; }

        /// <summary>What the mail server said that did not take it, or sent it back.</summary>
        public string? Fault { get; init; }

        internal static LearnerDelivery Of(MailDelivery mail) => new()
        {
            Credential = mail.Kind == DeliveryKind.Declined ? null : $"urn:uuid:{mail.Credential}",
            Application = mail.Kind == DeliveryKind.Declined ? mail.Credential.ToString() : null,
            Number = mail.Number,
            Kind = mail.Kind,
            Email = mail.To.Address,
            State = mail.State == MailState.Held ? MailState.Waiting : mail.State,
            Attempts = mail.Attempts,
            CreatedAt = mail.CreatedAt,
            DueAt = mail.State == MailState.Waiting ? mail.DueAt : null,
            SentAt = mail.SentAt,
            Fault = mail.Fault,
        };
    }
}
