using System.Text.Json;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Applying;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Evaluating;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>
/// /v1/pathways/…/applications and /v1/award-applications: learners ask for the award of a pathway, and somebody
/// decides.
/// </summary>
public static class AwardApplicationResource
{
    /// <summary>The kind of subject that the audit log calls an application.</summary>
    public const string Kind = "award-application";

    /// <summary>What the audit log calls awarding one.</summary>
    public const string AwardAction = "award-application.award";

    /// <summary>Where those are that were made.</summary>
    public const string Address = "/v1/award-applications";

    /// <summary>The most that are listed.</summary>
    internal const int MaxListed = 500;

    private static readonly ApplicationRequest Example = new()
    {
        Credentials = [JsonSerializer.SerializeToElement(new { id = "urn:uuid:…" })],
        Email = "aino@student.aurora.example",
        Language = "en",
    };

    public static void MapAwardApplications(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/pathways/{id}/{version:int:min(1)}/applications", AskAsync)
            .Costs(RouteCost.Dear)
            .Unaudited("It is the learner's own, and nobody is told what learners do; deciding on it is noted.")
            .WithTags("Award applications")
            .WithMetadata(new RequestSizeLimitAttribute(CredentialSet.MaxBytes))
            .WithSummary("Ask for the award of a pathway of this institution")
            .WithDescription(
                "For the learner: the credentials are verified and have to complete the pathway. What counts of them "
                + $"is kept until somebody decides, {ApplicationRoutine.Waiting.Days} days at most. The answer's `url` "
                + "leads the learner to how far it is; whoever has it may take the application back.")
            .TakesJson(Example)
            .GivesProblems(400, 404, 409, 413, 415, 503);
        var all = routes.MapGroup(Address).WithTags("Award applications");
        all.MapGet("", ListAsync)
            .TakesParameters("state")
            .Audited("award-application.list")
            .RequireAuthorization(GatewayRoles.Issuer)
            .WithSummary("List applications: of the open ones the oldest first, of the others the newest, up to 500")
            .WithDescription(
                $"state is one of {string.Join(", ", AwardApplicationState.All)}; without it those are listed that are "
                + "to be decided.")
            .GivesProblems(400, 401, 403);
        all.MapGet("/{id}", async (string id, AwardDeciding deciding) =>
                TypedResults.Ok(ApplicationAnswer.Of(await deciding.RequireAsync(id))))
            .Audited("award-application.read", Kind)
            .RequireAuthorization(GatewayRoles.Issuer)
            .WithSummary("Read an application")
            .GivesProblems(401, 403, 404);
        all.MapPost("/{id}/award", AwardAsync)
            .Costs(RouteCost.Dear)
            .Audited(AwardAction, Kind)
            .RequireAuthorization(GatewayRoles.Registrar)
            .WithSummary("Issue what was asked for")
            .WithDescription(
                "The credentials are verified and evaluated anew. Sent again it finds what was issued. Where another "
                + "person has to approve, the answer names the request that waits.")
            .TakesJson(new AwardTerms { Duplicates = Credentials.CredentialRequest.AllowDuplicates })
            .MayGive(ProblemKind.PossibleDuplicate, ProblemKind.TooTangled)
            .GivesProblems(400, 401, 403, 404, 409, 413, 415, 422, 503);
        all.MapPost("/{id}/refusal", DeclineAsync)
            .Audited("award-application.decline", Kind)
            .RequireAuthorization(GatewayRoles.Registrar)
            .WithSummary("Decline what was asked for, and say why: the learner reads it")
            .TakesJson(new IssuingRequestResource.GivenReason { Reason = "The name is not the one you study under." })
            .GivesProblems(400, 401, 403, 404, 409, 413, 415);
    }

    private static async Task<Created<AskedAnswer>> AskAsync(
        string id, int version, HttpContext context, ProjectedPathways pathways, GatewayServiceOptions options,
        AwardAsking asking, PublicAddress address)
    {
        var pathway = PathwayResource.Find(options.MspId, id, version, pathways);
        RequestBody.RequireMediaType(context.Request, CredentialNegotiation.Json);
        var request = await RequestBody.ReadAsync<ApplicationRequest>(context.Request, CredentialSet.MaxBytes);
        var asked = await asking.AskAsync(
            pathway, request.Credentials, request.Email, request.Language, device: null, context.RequestAborted);
        if (asked.Application is not { } application) throw ProblemOf(asked);
        context.Response.Headers.CacheControl = "no-store";
        string url = address.Url + ApplicationPage.Address + asked.Secret;
        return TypedResults.Created(url, new AskedAnswer(
            application.Id.ToString(), url, application.State, application.CreatedAt));
    }

    private static async Task<Ok<ApplicationList>> ListAsync(HttpRequest request, AwardDeciding deciding)
    {
        string state = request.Query["state"].ToString();
        if (state.Length > 0 && !AwardApplicationState.All.Contains(state))
            throw ProblemException.Invalid("state", $"must be one of {string.Join(", ", AwardApplicationState.All)}.");
        var found = await deciding.ListAsync(state.Length > 0 ? [state] : AwardApplicationState.Open, MaxListed);
        return TypedResults.Ok(new ApplicationList([.. found.Select(ApplicationAnswer.Of)]));
    }

    private static async Task<Ok<ApplicationAnswer>> AwardAsync(string id, HttpContext context, AwardDeciding deciding)
    {
        var terms = await RequestBody.ReadOrDefaultAsync<AwardTerms>(context.Request);
        if (terms.Duplicates is not (null or Credentials.CredentialRequest.AllowDuplicates))
        {
            throw ProblemException.Invalid(
                "/duplicates", $"must be {Credentials.CredentialRequest.AllowDuplicates}, or absent.");
        }

        return TypedResults.Ok(ApplicationAnswer.Of(await deciding.AwardAsync(
            id, terms.Duplicates is not null, Caller.Require(context.User))));
    }

    private static async Task<Ok<ApplicationAnswer>> DeclineAsync(
        string id, HttpContext context, AwardDeciding deciding)
    {
        var given = await RequestBody.ReadAsync<IssuingRequestResource.GivenReason>(context.Request);
        return TypedResults.Ok(ApplicationAnswer.Of(
            await deciding.DeclineAsync(id, given.Reason ?? "", Caller.Require(context.User))));
    }

    private static ProblemException ProblemOf(AskedAward asked) => asked.Fault switch
    {
        AskingFault.NotHere => new ProblemException(
            ProblemKind.NotReady,
            "The award of this pathway cannot be asked for here: the pathway is retired, or the institution takes no "
            + "applications (LearnerOff)."),
        AskingFault.Email => ProblemException.Invalid("/email", "must be a mail address: name@domain."),
        AskingFault.Language => ProblemException.Invalid("/language", "must be a language tag such as en or de-AT."),
        AskingFault.Incomplete => new ProblemException(
            ProblemKind.Conflict, $"The pathway is not complete. {asked.Detail}"),
        AskingFault.Several => ProblemException.Invalid(
            "/credentials", "are made out to more than one name: send those of one learner."),
        AskingFault.Withheld => ProblemException.Invalid(
            "/credentials", "hold one that withholds its learner's name: send it with the name shown."),
        AskingFault.TooLarge => new ProblemException(
            ProblemKind.TooLarge,
            $"What counts has more than {AwardAsking.MaxKeptBytes / 1024} KiB: bring it to the registrar."),
        AskingFault.Given => new ProblemException(
            ProblemKind.Conflict, "The same credentials, or this learner, led to this award before."),
        _ => new ProblemException(
            ProblemKind.Conflict,
            "One of these credentials stands in an application for this pathway already that is not decided yet. If "
            + "it is not yours, ask the institution."),
    };

    /// <summary>What a learner asks for.</summary>
    public sealed record ApplicationRequest
    {
        /// <summary>The learner's credentials: each an object, or a string in a compact form.</summary>
        public required IReadOnlyList<JsonElement> Credentials { get; init; }

        /// <summary>Where the award, or why it is not made, is sent. Default is nowhere.</summary>
        public string? Email { get; init; }

        /// <summary>In which language, BCP 47. Default is the institution's.</summary>
        public string? Language { get; init; }
    }

    /// <summary>What a learner asked for.</summary>
    /// <param name="Id">Its name for the institution.</param>
    /// <param name="Url">Where the learner sees how far it is; for the learner alone.</param>
    /// <param name="State"><c>waiting</c>.</param>
    /// <param name="CreatedAt">When.</param>
    public sealed record AskedAnswer(string Id, string Url, string State, DateTimeOffset CreatedAt);

    /// <summary>How an award is made.</summary>
    public sealed record AwardTerms
    {
        /// <summary><c>allow</c> issues although the person, or a namesake, has the award. Default is to ask.</summary>
        public string? Duplicates { get; init; }
    }

    /// <summary>Applications.</summary>
    /// <param name="Items">The applications.</param>
    public sealed record ApplicationList(IReadOnlyList<ApplicationAnswer> Items);

    /// <summary>An application.</summary>
    public sealed record ApplicationAnswer
    {
        /// <summary>Its name.</summary>
        public required string Id { get; init; }

        /// <summary>The pathway's id.</summary>
        public required string Pathway { get; init; }

        /// <summary>The pathway's version.</summary>
        public required int Version { get; init; }

        /// <summary>Whose the credentials are.</summary>
        public required string Learner { get; init; }

        /// <summary>Where the learner wants it sent.</summary>
        public string? Email { get; init; }

        /// <summary><c>waiting</c>, <c>awarding</c>, <c>awarded</c> or <c>declined</c>.</summary>
        public required string State { get; init; }

        /// <summary>When it was made.</summary>
        public required DateTimeOffset CreatedAt { get; init; }

        /// <summary>The request that waits for another person's approval.</summary>
        public string? Request { get; init; }

        /// <summary>The award.</summary>
        public string? Credential { get; init; }

        /// <summary>When it was decided.</summary>
        public DateTimeOffset? DecidedAt { get; init; }

        /// <summary>Why it was declined.</summary>
        public string? Reason { get; init; }

        internal static ApplicationAnswer Of(AwardApplication application) => new()
        {
            Id = application.Id.ToString(),
            Pathway = application.Pathway,
            Version = application.Version,
            Learner = application.Learner,
            Email = application.MailTo?.Address,
            State = application.State,
            CreatedAt = application.CreatedAt,
            Request = application.Request is { } held ? $"{IssuingRequestResource.Address}/{held}" : null,
            Credential = application.Credential is { } id ? $"urn:uuid:{id}" : null,
            DecidedAt = AwardApplicationState.Open.Contains(application.State) ? null : application.DecidedAt,
            Reason = application.Reason,
        };
    }
}
