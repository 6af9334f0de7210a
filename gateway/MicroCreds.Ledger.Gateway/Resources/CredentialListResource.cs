using System.Globalization;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Finding;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Tables;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>GET /v1/credentials: finds credentials by what people know of them.</summary>
public static class CredentialListResource
{
    private const int MaxTextLength = 300;

    private static readonly string[] States =
        [CredentialState.InForce, CredentialState.Suspended, CredentialState.Revoked];

    private const string Csv = "text/csv";
    private const int ExportPageSize = 500;

    private static readonly string[] Columns =
        ["id", "name", "achievement", "title", "issuedAt", "state", "batch"];

    private static readonly string[] Searched =
    [
        "q", "name", "email", "studentNumber", "recipient", "achievement", "batch", "from", "until", "state",
    ];

    public static void MapCredentialList(this IEndpointRouteBuilder routes)
    {
        routes.MapList();
        routes.MapGet("/v1/credentials/export", ExportAsync)
            .TakesParameters(Searched)
            .WithTags("Credentials")
            .Audited("credential.export")
            .RequireAuthorization(GatewayRoles.Reader)
            .WithSummary("Read all that a search finds as CSV")
            .WithDescription(
                "The parameters are those of GET /v1/credentials. No cell comes out as a formula. The audit log has "
                + "that it was done, and by whom.")
            .Produces<string>(StatusCodes.Status200OK, Csv)
            .GivesProblems(400, 401, 403);
    }

    private static void MapList(this IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/credentials", ListAsync)
        .TakesParameters([.. Searched, .. PageRequest.Parameters])
        .WithTags("Credentials")
        .Audited("credential.search")
        .RequireAuthorization(GatewayRoles.Reader)
        .WithSummary("Find credentials")
        .WithDescription(
            """
            By `name` (words in any order; accents and small slips are forgiven, and the nearest come first), `email`,
            `studentNumber`, `recipient` (the learner's own identifier), `achievement` (id or id@version), `batch`,
            `from` and `until` (days or times), `state` (inForce, suspended, revoked); or by `q`, which is an
            identifier, a mail address, a student number or a name. Without any of them all are listed, the newest
            first. A page has `pageSize` items; `next` is the next page's `after`. With `isCut` so many people have
            such a name that not all were looked at. What was issued a moment ago is found a moment later.
            """.ReplaceLineEndings(" "))
        .GivesProblems(400, 401, 403);

    /// <summary>Reads what is looked for out of an address.</summary>
    /// <exception cref="ProblemException">Something of it cannot be read.</exception>
    internal static SearchTerms TermsOf(IQueryCollection query)
    {
        var page = PageRequest.Of(query);
        string? state = Text("state");
        if (state is not null && !States.Contains(state))
            throw ProblemException.Invalid("state", $"must be one of {string.Join(", ", States)}.");
        string? achievement = Text("achievement");
        if (achievement is not null && !AchievementSelector.TryParse(achievement, out _))
            throw ProblemException.Invalid("achievement", "must be an achievement's id, or id@version.");
        return new SearchTerms
        {
            Text = Text("q"),
            Name = Text("name"),
            Email = Text("email"),
            StudentNumber = Text("studentNumber"),
            Recipient = Text("recipient"),
            Achievement = achievement,
            Batch = Text("batch"),
            State = state,
            From = Time("from", isEnd: false),
            Until = Time("until", isEnd: true),
            After = page.After is { } after ? PlaceOf(after) : null,
            Size = page.Size,
        };

        string? Text(string name)
        {
            string text = query[name].LastOrDefault()?.Trim() ?? "";
            return text.Length switch
            {
                0 => null,
                > MaxTextLength => throw ProblemException.Invalid(name, $"has more than {MaxTextLength} characters."),
                _ => text,
            };
        }

        // A day ends with its end.
        DateTimeOffset? Time(string name, bool isEnd)
        {
            if (Text(name) is not { } text) return null;
            if (DateOnly.TryParseExact(
                text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
                return new DateTimeOffset(isEnd && day < DateOnly.MaxValue ? day.AddDays(1) : day, default, default);
            return DateTimeOffset.TryParse(
                text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                ? time
                : throw ProblemException.Invalid(name, "must be a day as 2026-11-28, or a time as RFC 3339 has it.");
        }
    }

    /// <summary>Writes where the next page begins.</summary>
    internal static string? TextOf(FoundPlace? place) => place is { } at
        ? string.Create(CultureInfo.InvariantCulture, $"{at.Distance}.{at.Entry}")
        : null;

    private static FoundPlace PlaceOf(string text) =>
        text.Split('.') is [var distance, var entry]
        && int.TryParse(distance, NumberStyles.None, CultureInfo.InvariantCulture, out int near)
        && long.TryParse(entry, NumberStyles.None, CultureInfo.InvariantCulture, out long at)
            ? new FoundPlace(near, at)
            : throw ProblemException.Invalid("after", "must be what `next` of the page before said.");

    private static async Task<Ok<CredentialList>> ListAsync(HttpContext context, CredentialSearch search)
    {
        context.Response.Headers.CacheControl = "private, no-store";
        var page = await search.FindAsync(TermsOf(context.Request.Query));
        return TypedResults.Ok(new CredentialList(page.Items, TextOf(page.Next), page.IsCut ? true : null));
    }

    /// <summary>All that a search finds, page by page.</summary>
    internal static async IAsyncEnumerable<FoundAnswer> AllAsync(CredentialSearch search, SearchTerms terms)
    {
        terms = terms with { Size = ExportPageSize };
        while (true)
        {
            var page = await search.FindAsync(terms);
            foreach (var item in page.Items)
                yield return item;
            if (page.Next is not { } next)
                yield break;
            terms = terms with { After = next };
        }
    }

    private static async Task ExportAsync(HttpContext context, CredentialSearch search)
    {
        var terms = TermsOf(context.Request.Query);
        context.Response.Headers.CacheControl = "private, no-store";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"credentials.csv\"";
        context.Response.ContentType = Csv + "; charset=utf-8";
        var csv = CsvWriting.Begin();
        CsvWriting.Add(csv, Columns);
        int rows = 0;
        await foreach (var one in AllAsync(search, terms))
        {
            CsvWriting.Add(csv, CellsOf(one));
            if (++rows % ExportPageSize == 0) await WriteAsync();
        }

        await WriteAsync();

        async Task WriteAsync()
        {
            await context.Response.WriteAsync(csv.ToString(), context.RequestAborted);
            csv.Clear();
        }
    }

    private static string[] CellsOf(FoundAnswer one) =>
    [
        one.Id, one.Name, $"{one.Achievement}@{one.Version}", one.Title,
        one.IssuedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), one.State,
        one.Batch ?? "",
    ];

    /// <summary>A page of credentials that were found.</summary>
    /// <param name="Items">What was found.</param>
    /// <param name="Next">What the next page's <c>after</c> is; absent on the last.</param>
    /// <param name="IsCut">
    /// True where so many people have such a name that not all were looked at; else absent.
    /// </param>
    public sealed record CredentialList(IReadOnlyList<FoundAnswer> Items, string? Next, bool? IsCut);
}
