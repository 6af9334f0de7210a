using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Practising;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/practices: what learners ask for after practising, and somebody decides.</summary>
public static class PracticeResource
{
    /// <summary>Where they are.</summary>
    public const string Address = "/v1/practices";

    /// <summary>What the audit log calls one.</summary>
    public const string Kind = "practice";

    /// <summary>The most that are listed.</summary>
    internal const int MaxListed = 500;

    public static void MapPractices(this IEndpointRouteBuilder routes)
    {
        var all = routes.MapGroup(Address).WithTags("Practice");
        all.MapGet("", ListAsync)
            .TakesParameters("state")
            .Audited("practice.list")
            .RequireAuthorization(GatewayRoles.Issuer)
            .WithSummary("List practices: of what is to be decided the oldest first, of the others the newest, to 500")
            .WithDescription(
                $"state is one of {string.Join(", ", PracticeState.All)}; without it those are listed that are to be "
                + "decided.")
            .GivesProblems(400, 401, 403);
        all.MapGet("/{id}", async (string id, PracticeDeciding deciding) =>
                TypedResults.Ok(PracticeAnswer.Of(await deciding.RequireAsync(id))))
            .Audited("practice.read", Kind)
            .RequireAuthorization(GatewayRoles.Issuer)
            .WithSummary("Read a practice")
            .GivesProblems(401, 403, 404);
        all.MapPost("/{id}/award", AwardAsync)
            .Costs(RouteCost.Dear)
            .Audited("practice.issue", Kind)
            .RequireAuthorization(GatewayRoles.Registrar)
            .WithSummary("Issue what was asked for")
            .WithDescription(
                "Sent again it finds what was issued. Where another person has to approve, the answer names the "
                + "request that waits.")
            .TakesJson(new AwardApplicationResource.AwardTerms
            {
                Duplicates = Credentials.CredentialRequest.AllowDuplicates,
            })
            .MayGive(ProblemKind.PossibleDuplicate)
            .GivesProblems(400, 401, 403, 404, 409, 413, 415, 422, 503);
        all.MapPost("/{id}/refusal", DeclineAsync)
            .Audited("practice.decline", Kind)
            .RequireAuthorization(GatewayRoles.Registrar)
            .WithSummary("Decline what was asked for, and say why: the learner reads it")
            .TakesJson(new IssuingRequestResource.GivenReason { Reason = "Please practise it in the course." })
            .GivesProblems(400, 401, 403, 404, 409, 413, 415);
    }

    private static async Task<Ok<PracticeList>> ListAsync(HttpRequest request, PracticeDeciding deciding)
    {
        string state = request.Query["state"].ToString();
        if (state.Length > 0 && !PracticeState.All.Contains(state))
            throw ProblemException.Invalid("state", $"must be one of {string.Join(", ", PracticeState.All)}.");
        var found = await deciding.ListAsync(state.Length > 0 ? [state] : PracticeState.Undecided, MaxListed);
        return TypedResults.Ok(new PracticeList([.. found.Select(PracticeAnswer.Of)]));
    }

    private static async Task<Ok<PracticeAnswer>> AwardAsync(
        string id, HttpContext context, PracticeDeciding deciding)
    {
        var terms = await RequestBody.ReadOrDefaultAsync<AwardApplicationResource.AwardTerms>(context.Request);
        if (terms.Duplicates is not (null or Credentials.CredentialRequest.AllowDuplicates))
        {
            throw ProblemException.Invalid(
                "/duplicates", $"must be {Credentials.CredentialRequest.AllowDuplicates}, or absent.");
        }

        return TypedResults.Ok(PracticeAnswer.Of(await deciding.IssueAsync(
            id, terms.Duplicates is not null, Caller.Require(context.User))));
    }

    private static async Task<Ok<PracticeAnswer>> DeclineAsync(
        string id, HttpContext context, PracticeDeciding deciding)
    {
        var given = await RequestBody.ReadAsync<IssuingRequestResource.GivenReason>(context.Request);
        return TypedResults.Ok(PracticeAnswer.Of(
            await deciding.DeclineAsync(id, given.Reason ?? "", Caller.Require(context.User))));
    }

    /// <summary>Practices.</summary>
    /// <param name="Items">The practices.</param>
    public sealed record PracticeList(IReadOnlyList<PracticeAnswer> Items);

    /// <summary>A practice.</summary>
    public sealed record PracticeAnswer
    {
        /// <summary>Its name.</summary>
        public required string Id { get; init; }

        /// <summary>The rule.</summary>
        public required string Rule { get; init; }

        /// <summary>What the learner gave as a name.</summary>
        public required string Learner { get; init; }

        /// <summary>Where the learner is written to.</summary>
        public string? Email { get; init; }

        /// <summary>Whether a link in a mail to there was followed.</summary>
        public required bool Confirmed { get; init; }

        /// <summary><c>open</c>, <c>asked</c>, <c>issuing</c>, <c>issued</c> or <c>declined</c>.</summary>
        public required string State { get; init; }

        /// <summary>When the learner agreed.</summary>
        public required DateTimeOffset CreatedAt { get; init; }

        /// <summary>What was asked with.</summary>
        public PracticeEvidence? Evidence { get; init; }

        /// <summary>The request that waits for another person's approval.</summary>
        public string? Request { get; init; }

        /// <summary>The credential.</summary>
        public string? Credential { get; init; }

        /// <summary>When it was decided.</summary>
        public DateTimeOffset? DecidedAt { get; init; }

        /// <summary>Why it was declined.</summary>
        public string? Reason { get; init; }

        internal static PracticeAnswer Of(Practice practice) => new()
        {
            Id = practice.Id.ToString(),
            Rule = practice.Rule,
            Learner = practice.Learner,
            Email = practice.MailTo?.Address,
            Confirmed = practice.ConfirmedAt is not null,
            State = practice.State,
            CreatedAt = practice.CreatedAt,
            Evidence = practice.Evidence is { } json ? PracticeEvidence.Of(json) : null,
            Request = practice.Request is { } held ? $"{IssuingRequestResource.Address}/{held}" : null,
            Credential = practice.Credential is { } id ? $"urn:uuid:{id}" : null,
            DecidedAt = PracticeState.Undecided.Contains(practice.State) ? null : practice.DecidedAt,
            Reason = practice.Reason,
        };
    }
}
