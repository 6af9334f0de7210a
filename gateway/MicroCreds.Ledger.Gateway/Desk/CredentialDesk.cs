using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Badges;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Gateway.Wallets.Offering;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>/desk/credentials/{id}: what one credential says, how it came to be, and what is done to it.</summary>
internal static class CredentialDesk
{
    private const int MaxFormBytes = 16 * 1024;

    public static void MapCredential(this IEndpointRouteBuilder desk)
    {
        var one = desk.MapGroup("/credentials/{id}");
        one.MapGet("", ShowAsync)
            .Audited("credential.read", AuditedRoutes.Credential)
            .RequireAuthorization(GatewayRoles.Reader);
        one.MapPost("/revocation", (string id, HttpContext context, CredentialDeskServices services) =>
            ChangeAsync(id, context, services, CredentialState.Revoked, StatusReason.ForRevocation))
            .Audited("credential.revoke", AuditedRoutes.Credential).RequireAuthorization(GatewayRoles.Issuer)
            .TakesForm();
        one.MapPost("/suspension", (string id, HttpContext context, CredentialDeskServices services) =>
            ChangeAsync(id, context, services, CredentialState.Suspended, StatusReason.ForSuspension))
            .Audited("credential.suspend", AuditedRoutes.Credential).RequireAuthorization(GatewayRoles.Issuer)
            .TakesForm();
        one.MapPost("/reinstatement", (string id, HttpContext context, CredentialDeskServices services) =>
            ChangeAsync(id, context, services, CredentialState.InForce, reasons: null))
            .Audited("credential.reinstate", AuditedRoutes.Credential).RequireAuthorization(GatewayRoles.Issuer)
            .TakesForm();
        one.MapPost("/deliveries", DeliverAsync)
            .Audited("delivery.send", AuditedRoutes.Credential).RequireAuthorization(GatewayRoles.Issuer)
            .TakesForm();
        one.MapPost("/claims", ClaimAsync)
            .Audited("credential.claim", AuditedRoutes.Credential).RequireAuthorization(GatewayRoles.Issuer)
            .TakesForm();
        one.MapPost("/wallet-offers", OfferAsync)
            .Audited("credential.offer", AuditedRoutes.Credential).RequireAuthorization(GatewayRoles.Issuer)
            .TakesForm();
        one.MapPost("/erasure", EraseAsync)
            .Audited("credential.erase", AuditedRoutes.Credential).RequireAuthorization(GatewayRoles.Registrar)
            .TakesForm();
    }

    private static RouteHandlerBuilder TakesForm(this RouteHandlerBuilder route) => route
        .TakesParameters(PageText.LanguageParameter).WithMetadata(new RequestSizeLimitAttribute(MaxFormBytes));

    private static async Task<IResult> ShowAsync(string id, HttpContext context, CredentialDeskServices services)
    {
        var shown = await services.ReadAsync(id, context.RequestAborted);
        return DeskAnswers.Page<CredentialCard>(
            context, Visit.Of(context), (nameof(CredentialCard.Shown), shown),
            (nameof(CredentialCard.Now), context.Request.Query["now"].LastOrDefault()));
    }

    private static async Task<IResult> DeliverAsync(
        string id, HttpContext context, DocumentStore documents, MailDeliveries deliveries,
        GatewayServiceOptions options, TimeProvider time)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        await LearnerResource.DeliverAsync(
            LearnerResource.Require(id, documents).Id,
            new LearnerResource.WantedDelivery { Email = form["email"].ToString().Trim() }, deliveries, options, time);
        return DeskAnswers.Lead(context, $"{DeskAnswers.Address}/credentials/{Uri.EscapeDataString(id)}?now=mailed");
    }

    // The link is shown this once, and stands in no address.
    private static async Task<IResult> ClaimAsync(
        string id, HttpContext context, CredentialDeskServices services, DocumentStore documents, Claims claims,
        PublicAddress address, GatewayServiceOptions options, TimeProvider time)
    {
        await DeskAnswers.ReadFormAsync(context);
        var claim = await LearnerResource.ClaimAsync(
            LearnerResource.Require(id, documents).Id, claims, address, options, time);
        return DeskAnswers.Page<CredentialCard>(
            context, Visit.Of(context),
            (nameof(CredentialCard.Shown), await services.ReadAsync(id, context.RequestAborted)),
            (nameof(CredentialCard.Claim), claim));
    }

    // So is the offer, whose code is told apart.
    private static async Task<IResult> OfferAsync(
        string id, HttpContext context, CredentialDeskServices services, DocumentStore documents, OfferMaking offers,
        GatewayServiceOptions options)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        var made = await offers.MakeAsync(
            new OfferedThing(LearnerResource.Require(id, documents).Id), [], options.Learners.ClaimLifetime,
            asksForCode: form["code"] == "yes");
        return DeskAnswers.Page<CredentialCard>(
            context, Visit.Of(context),
            (nameof(CredentialCard.Shown), await services.ReadAsync(id, context.RequestAborted)),
            (nameof(CredentialCard.Offer), made));
    }

    private static async Task<IResult> ChangeAsync(
        string id, HttpContext context, CredentialDeskServices services, string state,
        IReadOnlyList<string>? reasons)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        string? reason = reasons is null ? null : form["reason"].LastOrDefault();
        if (reasons is not null && (reason is null || !reasons.Contains(reason)))
            throw ProblemException.Invalid("/reason", $"must be one of {string.Join(", ", reasons)}.");
        await services.ChangeAsync(id, state, reason, Caller.Require(context.User), context.RequestAborted);
        return DeskAnswers.Lead(context, $"{DeskAnswers.Address}/credentials/{Uri.EscapeDataString(id)}?now={state}");
    }

    private static async Task<IResult> EraseAsync(string id, HttpContext context, CredentialDeskServices services)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        if (form["understood"] != "yes")
            throw ProblemException.Invalid("/understood", "must be confirmed: erasing cannot be undone.");
        string place = await services.EraseAsync(id);
        return DeskAnswers.Lead(context, $"{DeskAnswers.Address}/credentials/{place}?now=erased");
    }
}

/// <summary>What the page of one credential reads and does. Thread-safe.</summary>
public sealed class CredentialDeskServices(
    DocumentStore documents, DocumentMaker maker, IssuanceStore issuances, StatusChanges changes,
    RecordActors actors, CredentialOrigins origins, LedgerDoor door, BadgeImages badges, MailDeliveries deliveries,
    Holdings holdings, Shares shares, GatewayServiceOptions options)
{
    /// <summary>Reads all that is known about a credential.</summary>
    /// <exception cref="ProblemException">This gateway has no such credential.</exception>
    public async Task<ShownCredential> ReadAsync(string id, CancellationToken cancellationToken)
    {
        var address = RequireOwn(id);
        var issuance = issuances.FindByPlace(address.Root, address.Index);
        var history = await door.GetStatusHistoryAsync(
            options.MspId, address.Root, address.Index, cancellationToken);
        var content = address.Document is { } document ? ContentOf(document) : null;
        return new ShownCredential(address, issuance)
        {
            Content = content,
            Badge = badges.FindFor(content),
            Origin = origins.Find(address),
            Deliveries = address.Document is { } kept ? deliveries.List(kept.Id) : [],
            Devices = address.Document is { } held ? holdings.Count(held.Id) : 0,
            Shares = address.Document is { } shared ? shares.List(shared.Id) : [],
            History =
            [
                .. history.Where(entry => entry.Record is not null)
                    .Select(entry => (entry.Record!, actors.OfStatus(entry.Record!.TransactionId))),
            ],
        };
    }

    /// <summary>Changes whether it stands.</summary>
    public Task ChangeAsync(
        string id, string state, string? reason, Caller caller, CancellationToken cancellationToken)
    {
        var address = RequireOwn(id);
        return changes.ChangeAsync(
            address.MspId, address.Root, address.Index, state, reason, replacedBy: null, caller, cancellationToken);
    }

    /// <summary>Erases its document, and gives the place by which it is named from now on.</summary>
    public async Task<string> EraseAsync(string id)
    {
        var address = RequireOwn(id);
        var document = address.Document
            ?? throw new ProblemException(ProblemKind.NotFound, "This gateway holds no document of that credential.");
        await documents.EraseAsync(document.Id);
        return $"{options.MspId}.{address.Root}.{address.Index}";
    }

    private CredentialAddress RequireOwn(string id)
    {
        var address = CredentialAddress.Resolve(id, documents);
        return address.MspId is null || address.MspId == options.MspId
            ? address
            : throw new ProblemException(
                ProblemKind.OtherInstitution, $"{address.MspId} issued that credential: look at it on /verify.");
    }

    // Nothing has to be signed to be looked at here.
    private CredentialContent ContentOf(StoredDocument document) =>
        CredentialContent.OfOwn(maker.Make(document).WithAnchor());
}

/// <summary>What is known about one credential.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Issuance">What it was issued with.</param>
public sealed record ShownCredential(CredentialAddress Address, StoredIssuance? Issuance)
{
    /// <summary>What it says; nothing where its document was erased.</summary>
    public CredentialContent? Content { get; init; }

    /// <summary>What its achievement looks like.</summary>
    public ShownBadge? Badge { get; init; }

    /// <summary>How it came about.</summary>
    public CredentialOrigin? Origin { get; init; }

    /// <summary>The mails about it, the newest first.</summary>
    public IReadOnlyList<MailDelivery> Deliveries { get; init; } = [];

    /// <summary>How many devices of its learner hold it.</summary>
    public int Devices { get; init; }

    /// <summary>The links by which its learner shows it.</summary>
    public IReadOnlyList<Share> Shares { get; init; } = [];

    /// <summary>What was said about it, and by whom; the newest first.</summary>
    public IReadOnlyList<(Status Status, Caller? By)> History { get; init; } = [];

    /// <summary>One of <see cref="CredentialState"/>.</summary>
    public string State => History is [var newest, ..] ? newest.Status.Statement.State : CredentialState.InForce;
}
