using System.Text.Json;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Seeking;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/goals: what is offered for a goal in one's own words?</summary>
public static class GoalResource
{
    private const int MaxBytes = 16 * 1024;

    private static readonly GoalRequest Example =
        new() { Goal = "I want to work with climate data in a city administration" };

    public static void MapGoals(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/goals", FindAsync)
            .Costs(RouteCost.Dear)
            .Unaudited("It answers from what is public, and keeps nothing of what is asked.")
            .WithTags("Goals")
            .WithMetadata(new RequestSizeLimitAttribute(MaxBytes))
            .WithSummary("Find what is offered for a goal in one's own words")
            .WithDescription(
                $"Say in up to {GoalSearch.MaxLength} characters, in English or German, what somebody wants to be able "
                + "to do. Answers skills, achievements and pathways of all members, the likeliest first, each with the "
                + "words that led to it and why, in the language that Accept-Language asks for. It goes by words alone "
                + "and suggests; nothing of the text is kept or logged. The scores order one answer and mean nothing "
                + "else. Needs no login.")
            .TakesJson(Example)
            .GivesProblems(400, 413, 415)
            .ReadableFromAnywhere();

    private static async Task<Ok<GoalAnswer>> FindAsync(
        HttpContext context, GoalSearch search, LedgerProjection projection)
    {
        var request = await RequestBody.ReadAsync<GoalRequest>(context.Request, MaxBytes);
        if (GoalSearch.FaultOf(request.Goal) is { } fault) throw ProblemException.Invalid("/goal", fault.Reason);
        if (request.Count is < 1 or > GoalSearch.MaxFound)
            throw ProblemException.Invalid("/count", $"must be from 1 to {GoalSearch.MaxFound}.");

        var found = search.Find(request.Goal, request.Count);
        var text = PageText.Of(context.Request);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentLanguage = text.Language;
        return TypedResults.Ok(new GoalAnswer(
            [.. found.Skills.Select(one => FoundSkill.Of(one, text))],
            [.. found.Achievements.Select(one => FoundOffer.Of(one, OfferedItem.Of(one.What), text, projection))],
            [.. found.Pathways.Select(one => FoundOffer.Of(one, OfferedItem.Of(one.What), text, projection))],
            projection.Head));
    }

    private static IReadOnlyList<GoalMatch> MatchesOf(IEnumerable<MatchedWord> matched) =>
    [
        .. matched.Select(one => new GoalMatch(
            one.Word, one.FoundWord, CodeOf(one.Kinship), CodeOf(one.Field), one.Text)),
    ];

    private static string CodeOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    /// <summary>A goal.</summary>
    public sealed record GoalRequest
    {
        /// <summary>The goal, as somebody would say it, in English or German.</summary>
        public required string Goal { get; init; }

        /// <summary>The most of each kind to find. Default is 5.</summary>
        public int Count { get; init; } = GoalSearch.UsuallyFound;
    }

    /// <summary>What serves a goal, of each kind the likeliest first.</summary>
    /// <param name="Skills">Skills that achievements stand for.</param>
    /// <param name="Achievements">Achievements of all members, each in its newest version.</param>
    /// <param name="Pathways">Pathways of all members, each in its newest version.</param>
    /// <param name="AsOf">How far the ledger was read.</param>
    public sealed record GoalAnswer(
        IReadOnlyList<FoundSkill> Skills, IReadOnlyList<FoundOffer> Achievements, IReadOnlyList<FoundOffer> Pathways,
        LedgerMoment? AsOf);

    /// <summary>A skill that serves a goal.</summary>
    public sealed record FoundSkill
    {
        /// <summary>The skill.</summary>
        public required Skill Skill { get; init; }

        /// <summary>How many achievements stand for it.</summary>
        public required int Achievements { get; init; }

        /// <summary>Orders the answer, and means nothing else.</summary>
        public required double Score { get; init; }

        /// <summary>The words that led to it.</summary>
        public required IReadOnlyList<GoalMatch> Matched { get; init; }

        /// <summary>Why it was found, in sentences.</summary>
        public required IReadOnlyList<string> Why { get; init; }

        internal static FoundSkill Of(Found<OfferedSkill> found, PageText text) => new()
        {
            Skill = found.What.Skill,
            Achievements = found.What.Achievements,
            Score = found.Score,
            Matched = MatchesOf(found.Matched),
            Why = MatchReasons.Of(found, text),
        };
    }

    /// <summary>An achievement or a pathway that serves a goal.</summary>
    public sealed record FoundOffer
    {
        /// <summary>Whose it is.</summary>
        public required string MspId { get; init; }

        /// <summary>What the institution is called.</summary>
        public required string Institution { get; init; }

        /// <summary>Its name there.</summary>
        public required string Id { get; init; }

        /// <summary>Its version.</summary>
        public required int Version { get; init; }

        /// <summary>The title.</summary>
        public required string Name { get; init; }

        /// <summary>The ECTS credits.</summary>
        public required double Credits { get; init; }

        /// <summary>Where it can be read.</summary>
        public required string Address { get; init; }

        /// <summary>Orders the answer, and means nothing else.</summary>
        public required double Score { get; init; }

        /// <summary>The words that led to it.</summary>
        public required IReadOnlyList<GoalMatch> Matched { get; init; }

        /// <summary>The title of the pathway that led to it, where one did.</summary>
        public string? Through { get; init; }

        /// <summary>Why it was found, in sentences.</summary>
        public required IReadOnlyList<string> Why { get; init; }

        internal static FoundOffer Of<T>(
            Found<T> found, OfferedItem item, PageText text, LedgerProjection projection) => new()
            {
                MspId = item.MspId,
                Institution = projection.Institutions.GetValueOrDefault(item.MspId)?.Name ?? item.MspId,
                Id = item.Id,
                Version = item.Version,
                Name = item.Name,
                Credits = item.Credits,
                Address = item.Address,
                Score = found.Score,
                Matched = MatchesOf(found.Matched),
                Through = found.Through?.Name,
                Why = MatchReasons.Of(found, text),
            };
    }

    /// <summary>A word of the goal, and what was found for it.</summary>
    /// <param name="Word">The word as it was written.</param>
    /// <param name="Found">The word that was found.</param>
    /// <param name="Kinship">
    /// How the two belong together: `same` but for the ending, by `meaning`, one a `part` of the other, or a `slip`.
    /// </param>
    /// <param name="Field">
    /// Where it stands: `name`, `skill`, `outcome`, `description`, `fieldOfStudy` or `part`.
    /// </param>
    /// <param name="Text">The text that it stands in.</param>
    public sealed record GoalMatch(string Word, string Found, string Kinship, string Field, string Text);
}
