using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Finding;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/saved-views: searches that the caller keeps under a name.</summary>
public static class SavedViewResource
{
    /// <summary>The longest name.</summary>
    public const int MaxNameLength = 80;

    private const string Kind = "saved-view";
    private const string Address = "/v1/saved-views";
    private const int MaxQueryLength = 2000;

    public static void MapSavedViews(this IEndpointRouteBuilder routes)
    {
        var views = routes.MapGroup(Address).WithTags("Credentials").RequireAuthorization(GatewayRoles.Reader);
        views.MapGet("", (HttpContext context, SavedViews store) =>
                TypedResults.Ok(new SavedViewList(store.List(OwnerOf(context)))))
            .Audited("saved-view.list")
            .WithSummary("List the searches that the caller keeps")
            .GivesProblems(401, 403);
        views.MapPost("", AddAsync)
            .Audited("saved-view.add", Kind)
            .WithSummary("Keep a search under a name; one of the same name is replaced")
            .TakesJson(new WantedView { Name = "Revoked this year", Query = "?state=revoked&from=2026-01-01" })
            .GivesProblems(400, 401, 403, 409, 413, 415);
        views.MapDelete("/{id}", async (string id, HttpContext context, SavedViews store) =>
                await store.RemoveAsync(OwnerOf(context), id)
                    ? TypedResults.NoContent()
                    : throw new ProblemException(ProblemKind.NotFound, "The caller keeps no search of this id."))
            .Audited("saved-view.remove", Kind)
            .WithSummary("Forget a search")
            .Produces(StatusCodes.Status204NoContent)
            .GivesProblems(401, 403, 404);
    }

    /// <summary>Whose searches a caller's are.</summary>
    internal static string OwnerOf(HttpContext context)
    {
        var caller = Caller.Require(context.User);
        return $"{caller.Kind}:{caller.Id}";
    }

    /// <summary>Keeps a search.</summary>
    /// <exception cref="ProblemException">Its name or search is none, or there are too many.</exception>
    internal static async Task<SavedView> KeepAsync(
        WantedView wanted, HttpContext context, SavedViews store, TimeProvider time)
    {
        var faults = new List<FieldFault>();
        if (ValueRules.Text(wanted.Name, "/name", MaxNameLength) is { } fault)
            faults.Add(new FieldFault("/name", fault.Message));
        if (wanted.Query.Length is 0 or > MaxQueryLength || wanted.Query[0] != '?')
            faults.Add(new FieldFault("/query", $"must be a question mark and up to {MaxQueryLength} characters."));
        if (faults.Count > 0)
            throw ProblemException.Invalid(faults);

        // What cannot be looked for is told now, and not when it is used.
        SearchTerms _ = CredentialListResource.TermsOf(new QueryCollection(QueryHelpers.ParseQuery(wanted.Query)));
        return await store.AddAsync(OwnerOf(context), wanted.Name, wanted.Query, time.GetUtcNow())
            ?? throw new ProblemException(
                ProblemKind.Conflict, $"{SavedViews.MaxViews} searches are kept already: remove one first.");
    }

    private static async Task<Created<SavedView>> AddAsync(HttpContext context, SavedViews store, TimeProvider time)
    {
        var kept = await KeepAsync(await RequestBody.ReadAsync<WantedView>(context.Request), context, store, time);
        return TypedResults.Created($"{Address}/{kept.Id}", kept);
    }

    /// <summary>A search to be kept.</summary>
    public sealed record WantedView
    {
        /// <summary>What to call it.</summary>
        public required string Name { get; init; }

        /// <summary>What is looked for: the parameters of GET /v1/credentials, with the question mark.</summary>
        public required string Query { get; init; }
    }

    /// <summary>The searches that a caller keeps.</summary>
    /// <param name="Items">In the order in which they were kept.</param>
    public sealed record SavedViewList(IReadOnlyList<SavedView> Items);
}
