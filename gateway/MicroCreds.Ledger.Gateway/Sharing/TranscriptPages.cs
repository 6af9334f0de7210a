using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Sharing;

/// <summary>
/// /me/transcript and /transcript/{secret}: several credentials at once as a record of achievements, to print, or to
/// show by a link that others can also ask for as JSON, or put into a page of their own.
/// </summary>
public static class TranscriptPages
{
    /// <summary>Where one is that is shown.</summary>
    public const string Address = "/transcript";

    private const string MineAddress = LearnerPages.MineAddress + Address;
    private const string Json = "application/json";
    private const int MaxFormBytes = 64 * 1024;
    private const string Own = "It is the learner's own, whom the device shows; nobody is told what learners do.";
    private const string Shown =
        "It shows what its learner shares, to whoever was given the link; nobody is told who that is.";

    /// <summary>Nothing runs in it and nothing is sent from it, so that it may stand in anybody's page.</summary>
    private const string FramePolicy =
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *";

    public static void MapTranscriptPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(MineAddress, ShowOwn).Costs(RouteCost.Dear).Unaudited(Own).ExcludeFromDescription();
        routes.MapPost(MineAddress, MakeAsync).Unaudited(Own).TakesForm(MaxFormBytes).ExcludeFromDescription();
        routes.MapPost(MineAddress + "/{id}/end", EndAsync).Unaudited(Own).TakesForm(MaxFormBytes)
            .ExcludeFromDescription();
        routes.MapGet(Address + "/{secret}", ShowShared).Costs(RouteCost.Dear).Unaudited(Shown)
            .ReadableFromAnywhere().ExcludeFromDescription();
        routes.MapGet(Address + "/{secret}/frame", ShowFrame).Costs(RouteCost.Dear).Unaudited(Shown)
            .ExcludeFromDescription();
    }

    /// <summary>What /me says of a device's links.</summary>
    internal static IReadOnlyList<ShownTranscript> ListOf(string? device, Transcripts transcripts, string address) =>
        device is null ? [] :
        [
            .. transcripts.List(device).Select(one => new ShownTranscript(
                one, $"{address}{Address}/{Transcripts.SecretOf(device, one.Id)}")),
        ];

    private static IResult ShowOwn(HttpContext context, Holdings holdings, TranscriptViews views, SignIn signIn) =>
        LearnerDevice.Of(context, signIn) is { } device && holdings.List(device) is { Count: > 0 } held
            ? PageAnswers.Give<TranscriptPage>(
                context, PageVisit.Of(context),
                (nameof(TranscriptPage.Shown), views.Of(held.Select(one => one.Credential), showsName: true)))
            : LearnerPages.Gone(context);

    private static async Task<IResult> MakeAsync(
        HttpContext context, Holdings holdings, Transcripts transcripts, TranscriptViews views, SignIn signIn,
        GatewayServiceOptions options, TimeProvider time)
    {
        if (!options.Learners.Allows(LearnerChannels.Shares) || LearnerDevice.Of(context, signIn) is not { } device)
            return LearnerPages.Gone(context);
        var form = await PageForms.ReadAsync(context);
        var chosen = holdings.List(device).Where(one => form["credential"].Contains(one.Id))
            .Select(one => one.Credential).ToList();
        if (chosen.Count == 0) return Return("fault=none");
        if (views.Of(chosen, showsName: true).Learners > 1) return Return("fault=several");
        if (LearnerPages.LabelOf(form) is not { } label) return Return("fault=label");
        var now = time.GetUtcNow();
        var transcript = new Transcript
        {
            Id = Guid.NewGuid().ToString("N"),
            ShowsName = form["show"].Contains("name"),
            Label = label,
            CreatedAt = now,
            EndsAt = LearnerPages.EndOf(form, now),
            Credentials = chosen,
        };
        return Return(await transcripts.AddAsync(device, transcript) ? "now=shared" : "fault=tooManyTranscripts");

        IResult Return(string said) => PageAnswers.Lead(context, BackTo(said));
    }

    private static async Task<IResult> EndAsync(
        string id, HttpContext context, Transcripts transcripts, SignIn signIn)
    {
        if (LearnerDevice.Of(context, signIn) is { } device) await transcripts.EndAsync(device, id);
        return PageAnswers.Lead(context, BackTo("now=ended"));
    }

    private static IResult ShowShared(
        string secret, HttpContext context, Transcripts transcripts, TranscriptViews views, VisitCounter visits,
        GatewayServiceOptions options, TimeProvider time)
    {
        if (Find(secret, transcripts, visits, options, time) is not { } transcript) return LearnerPages.Gone(context);
        var shown = views.Of(transcript.Credentials, transcript.ShowsName);
        var visit = PageVisit.Of(context);
        if (!PrefersJson(context.Request))
        {
            return PageAnswers.Give<TranscriptPage>(
                context, visit, (nameof(TranscriptPage.Shown), shown),
                (nameof(TranscriptPage.Transcript), transcript),
                (nameof(TranscriptPage.Url), $"{Address}/{secret}"));
        }

        PageAnswers.KeepToItself(context);
        context.Response.Headers.Append("Vary", "Accept");
        return TypedResults.Json(
            new SharedTranscript(
                visit.Institution, shown.Learner, transcript.CreatedAt, transcript.EndsAt, shown.Credits, shown.Items),
            LedgerJson.Options);
    }

    private static IResult ShowFrame(
        string secret, HttpContext context, Transcripts transcripts, TranscriptViews views, VisitCounter visits,
        GatewayServiceOptions options, TimeProvider time)
    {
        if (Find(secret, transcripts, visits, options, time) is not { } transcript) return LearnerPages.Gone(context);
        var answer = PageAnswers.Give<TranscriptFrame>(
            context, PageVisit.Of(context),
            (nameof(TranscriptFrame.Shown), views.Of(transcript.Credentials, transcript.ShowsName)),
            (nameof(TranscriptFrame.Transcript), transcript));
        context.Response.Headers.ContentSecurityPolicy = FramePolicy;
        return answer;
    }

    private static string BackTo(string said) => $"{LearnerPages.MineAddress}?{said}#transcripts";

    private static Transcript? Find(
        string secret, Transcripts transcripts, VisitCounter visits, GatewayServiceOptions options, TimeProvider time)
    {
        if (!options.Learners.Allows(LearnerChannels.Shares)
            || transcripts.Find(secret, time.GetUtcNow()) is not { Credentials.Count: > 0 } transcript)
            return null;
        visits.Count(transcript.Id);
        return transcript;
    }

    private static bool PrefersJson(HttpRequest request) =>
        request.GetTypedHeaders().Accept.OrderByDescending(one => one.Quality ?? 1).FirstOrDefault()
            is { MediaType.Value: Json };
}

/// <summary>A link to a record of achievements as its learner sees it.</summary>
/// <param name="Transcript">The link.</param>
/// <param name="Url">Its address.</param>
public sealed record ShownTranscript(Transcript Transcript, string Url);

/// <summary>A record of achievements as JSON.</summary>
/// <param name="Institution">Who vouches for it.</param>
/// <param name="Learner">The learner; absent where the name is withheld.</param>
/// <param name="CreatedAt">When its learner made the link.</param>
/// <param name="EndsAt">When the link ends; absent if never.</param>
/// <param name="Credits">The ECTS credits of those that stand.</param>
/// <param name="Items">The credentials, the newest first, each by what the ledger says now.</param>
public sealed record SharedTranscript(
    string Institution, string? Learner, DateTimeOffset CreatedAt, DateTimeOffset? EndsAt, double Credits,
    IReadOnlyList<TranscriptItem> Items);
