using System.Globalization;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Finding;
using MicroCreds.Ledger.Gateway.Problems;
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

    public static void MapCredentialList(this IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/credentials", ListAsync)
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
    internal static SearchTerms TermsOf(HttpRequest request)
    {
        var page = PageRequest.Of(request);
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
            string text = request.Query[name].LastOrDefault()?.Trim() ?? "";
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
        var page = await search.FindAsync(TermsOf(context.Request));
        return TypedResults.Ok(new CredentialList(page.Items, TextOf(page.Next), page.IsCut ? true : null));
    }

    /// <summary>A page of credentials that were found.</summary>
    /// <param name="Items">What was found.</param>
    /// <param name="Next">What the next page's <c>after</c> is; absent on the last.</param>
    /// <param name="IsCut">
    /// True where so many people have such a name that not all were looked at; else absent.
    /// </param>
    public sealed record CredentialList(IReadOnlyList<FoundAnswer> Items, string? Next, bool? IsCut);
}
