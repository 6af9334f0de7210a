using System.Text.RegularExpressions;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Surveying;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/statistics: how much was issued, suspended and revoked, without anything about a person.</summary>
public static partial class StatisticsResource
{
    private const string FirstMonth = "0000-01";
    private const string LastMonth = "9999-12";

    public static void MapStatistics(this IEndpointRouteBuilder routes)
    {
        var statistics = routes.MapGroup("/v1/statistics").WithTags("Statistics");
        statistics.MapGet("/answers", ListAnswers)
            .TakesParameters("from", "until")
            .WithSummary("Count what this gateway answered")
            .WithDescription(
                "By month in UTC: verifications by their verdict, and how many times something was recognized by this "
                + "institution, or something of it by another. Answers are counted, whoever asked and however often "
                + "about the same credential, and nothing of the credentials is kept. `?from=2026-01&until=2026-12` "
                + "for some months.")
            .Unaudited("It counts answers, and holds nothing of a person.")
            .RequireAuthorization(GatewayRoles.Any)
            .GivesProblems(400, 401);
        statistics.MapGet("", List)
            .TakesParameters(["mspId", "from", "until", .. PageRequest.Parameters])
            .WithSummary("Count what an institution issued, suspended and revoked")
            .WithDescription(
                "By month and achievement, counted from the shared ledger alone, so that it says nothing that is not "
                + "public there. `?mspId=` for another institution than this gateway's; `?from=2026-01&until=2026-12` "
                + "for some months. An item without an achievement is of issuances for several, of which the ledger "
                + "does not say how many were for which. The totals are over all months.")
            .GivesProblems(400, 404)
            .ReadableFromAnywhere();
    }

    private static Ok<AnswersAnswer> ListAnswers(HttpRequest request, AnswerCounter answers) => TypedResults.Ok(
        new AnswersAnswer(answers.List(MonthOf(request, "from", FirstMonth), MonthOf(request, "until", LastMonth))));

    private static Ok<StatisticsAnswer> List(
        HttpRequest request, IssuingStatistics statistics, LedgerProjection projection, GatewayServiceOptions options)
    {
        string mspId = RegisteredInstitution.Of(request, projection, options.MspId);
        var page = PageRequest.Of(request);
        var found = statistics.List(
            mspId, MonthOf(request, "from", FirstMonth), MonthOf(request, "until", LastMonth), AfterOf(page),
            page.Size + 1);
        var shown = page.Take(found, one => $"{one.Month}/{one.Achievement}");
        return TypedResults.Ok(
            new StatisticsAnswer(mspId, statistics.TotalOf(mspId), shown.Items, shown.Next, projection.Head));
    }

    private static string MonthOf(HttpRequest request, string name, string none)
    {
        string? month = request.Query[name];
        return string.IsNullOrEmpty(month) ? none
            : Month().IsMatch(month) ? month
            : throw ProblemException.Invalid(name, "must be a month such as 2026-11.");
    }

    private static (string Month, string Achievement) AfterOf(PageRequest page)
    {
        if (page.After is not { } after) return ("", "");
        string[] parts = after.Split('/');
        return parts.Length == 2 && Month().IsMatch(parts[0])
            ? (parts[0], parts[1])
            : throw ProblemException.Invalid("after", "must be what `next` of the page before said.");
    }

    [GeneratedRegex(@"\A[0-9]{4}-(0[1-9]|1[0-2])\z", RegexOptions.CultureInvariant)]
    private static partial Regex Month();

    /// <summary>What a gateway answered.</summary>
    /// <param name="Items">By month, the oldest first; months without answers are not there.</param>
    public sealed record AnswersAnswer(IReadOnlyList<AnsweredMonth> Items);

    /// <summary>What an institution did.</summary>
    /// <param name="MspId">The institution.</param>
    /// <param name="Totals">Over all months and achievements.</param>
    /// <param name="Items">By month and achievement.</param>
    /// <param name="Next">What to send as <c>after</c> to get the next page; absent on the last.</param>
    /// <param name="AsOf">How far the ledger was read.</param>
    public sealed record StatisticsAnswer(
        string MspId, IssuingCounts Totals, IReadOnlyList<IssuingCount> Items, string? Next, LedgerMoment? AsOf);
}
