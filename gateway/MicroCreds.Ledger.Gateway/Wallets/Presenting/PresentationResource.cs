using System.Security.Cryptography;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Gateway.Surveying;
using MicroCreds.Ledger.Papers;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Wallets.Presenting;

/// <summary>/v1/presentation-requests: asking a learner's wallet, without a file being sent.</summary>
public static class PresentationResource
{
    private const string Kind = "presentation-request";
    private const string ResponseCode = "responseCode";

    public static void MapPresentationRequests(this IEndpointRouteBuilder routes)
    {
        var requests = routes.MapGroup(PresentingAddresses.Resource).WithTags("Wallets")
            .RequireAuthorization(GatewayRoles.Any);
        requests.MapPost("", AskAsync)
            .Costs(RouteCost.Dear)
            .Audited("presentation-request.make", Kind)
            .WithSummary("Ask a wallet to present credentials")
            .WithDescription(
                "Show `link` to the learner, as a code (`picture`) for a phone, or as a link on the wallet's own "
                + "device. The wallet asks its learner, and answers by OpenID4VP 1.0 within ten minutes. What is asked "
                + "for is said in words (`achievement`, `issuer`, `shown`), or in DCQL; `minEqfLevel` and "
                + "`minCredits` are judged when you read the answer, since DCQL knows no \"at least\". With "
                + "`redirectUri` the learner's browser is led to your page, which gets `response_code`: without that "
                + "code the answer is not told, so that nobody can have another person's wallet answer for a browser "
                + "of their own.")
            .TakesJson(new WantedPresentation { Achievement = "data-literacy", MinCredits = 3, Shown = ["name"] })
            .GivesProblems(400, 401, 403, 409, 413, 415, 429, 503);
        requests.MapGet("/{id}", ReadAsync)
            .Costs(RouteCost.Dear)
            .Audited("presentation-request.read", Kind)
            .TakesParameters(ResponseCode)
            .WithSummary("Read what a wallet presented")
            .WithDescription(
                "Only who asked can read it, until the answer is forgotten (`expiresAt`). Each credential has the "
                + "verdict that /v1/verifications would give, the wallet's proof included, and who recognizes it. "
                + "`?responseCode=` is what your page got as `response_code`, where `redirectUri` was named.")
            .GivesProblems(400, 401, 403, 404, 503);
        requests.MapDelete("/{id}", async (string id, HttpContext context, Presentations presentations) =>
                await presentations.ForgetAsync(id, SavedViewResource.OwnerOf(context))
                    ? TypedResults.NoContent() : throw Unknown())
            .Audited("presentation-request.forget", Kind)
            .WithSummary("Forget a request, and what was presented")
            .Produces(StatusCodes.Status204NoContent)
            .GivesProblems(401, 403, 404);
    }

    private static async Task<Created<NewPresentationRequest>> AskAsync(HttpContext context, PresentationMaking making)
    {
        var wanted = await RequestBody.ReadAsync<WantedPresentation>(context.Request);
        var made = await making.MakeAsync(wanted, SavedViewResource.OwnerOf(context), LearnerSecret.Draw());
        string link = wanted.RedirectUri is null ? made.Link : made.SameLink;
        var code = CodePicture.Of(link);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created(
            $"{PresentingAddresses.Resource}/{made.Asked.Id}",
            new NewPresentationRequest(
                made.Asked.Id, link,
                $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {code.Side} {code.Side}\">"
                + $"<path d=\"{code.Path}\"/></svg>", PresentationState.Waiting, made.Asked.ExpiresAt));
    }

    private static async Task<Ok<ReadPresentation>> ReadAsync(
        string id, HttpContext context, Presentations presentations, PresentedCredentials presented,
        Recognitions recognitions, AnswerCounter answers, TimeProvider time)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (presentations.Find(id, SavedViewResource.OwnerOf(context)) is not { } asked
            || time.GetUtcNow() >= asked.ExpiresAt)
            throw Unknown();
        if (!asked.IsAnswered)
        {
            return TypedResults.Ok(
                new ReadPresentation { State = PresentationState.Waiting, ExpiresAt = asked.ExpiresAt });
        }

        RequireCode(asked, context.Request.Query[ResponseCode].ToString());
        if (asked.Answer is not { } answer)
        {
            return TypedResults.Ok(new ReadPresentation
            {
                State = PresentationState.Refused,
                Refusal = asked.Refusal,
                ExpiresAt = asked.ExpiresAt,
            });
        }

        var terms = PresentationTerms.Parse(asked.Query);
        var verdicts = await presented.JudgeAsync(terms.Dcql, answer, context.RequestAborted);
        foreach (var verdict in verdicts) answers.Verified(verdict.Kind);
        var report = recognitions.Answer([.. verdicts.Select(recognitions.Of)], institution: null);
        answers.Recognized(report);
        return TypedResults.Ok(new ReadPresentation
        {
            State = PresentationState.Answered,
            ExpiresAt = asked.ExpiresAt,
            Credentials =
            [
                .. verdicts.Select(verdict => new PresentedCredential(
                    verdict, verdict.Document is { } read ? terms.UnmetBy(CredentialContent.Of(read)) : [])),
            ],
            Recognition = report,
        });
    }

    private static void RequireCode(AskedPresentation asked, string code)
    {
        if (asked.ResponseCodeHash is not { } expected) return;
        if (code.Length == 0)
        {
            throw ProblemException.Invalid(
                ResponseCode, "is missing: it is what your page got when the learner was led there.");
        }

        // What another browser brought is no answer to who asked: it is told as if there was none.
        if (!CryptographicOperations.FixedTimeEquals(expected, LearnerSecret.HashOf(code))) throw Unknown();
    }

    private static ProblemException Unknown() => new(
        ProblemKind.NotFound,
        "The caller has no such request, or it has ended, and what was presented is forgotten. Ask again.");
}

/// <summary>How far a request has come.</summary>
public static class PresentationState
{
    /// <summary>No wallet has answered yet.</summary>
    public const string Waiting = "waiting";

    /// <summary>A wallet presented what was asked for.</summary>
    public const string Answered = "answered";

    /// <summary>A wallet, or its learner, refused.</summary>
    public const string Refused = "refused";
}

/// <summary>A request to a wallet, which is told this once.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Link">What leads a wallet to it.</param>
/// <param name="Picture">The link as a QR code, an SVG.</param>
/// <param name="State">How far it has come.</param>
/// <param name="ExpiresAt">Until when the wallet may answer.</param>
public sealed record NewPresentationRequest(
    string Id, string Link, string Picture, string State, DateTimeOffset ExpiresAt);

/// <summary>What became of a request to a wallet.</summary>
public sealed record ReadPresentation
{
    /// <summary>How far it has come.</summary>
    public required string State { get; init; }

    /// <summary>Until when the wallet may answer; once it has, until when the answer is kept.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The code that the wallet refused with, such as <c>access_denied</c>; absent if it did not.</summary>
    public string? Refusal { get; init; }

    /// <summary>The credentials that it presented; absent if none.</summary>
    public IReadOnlyList<PresentedCredential>? Credentials { get; init; }

    /// <summary>What the members recognize of them; absent if there are none.</summary>
    public RecognitionReport? Recognition { get; init; }
}

/// <summary>A credential that a wallet presented.</summary>
/// <param name="Verdict">The verdict on it, as it is now.</param>
/// <param name="Unmet">
/// What it does not meet of what counts: <c>minEqfLevel</c>, <c>minCredits</c>. Empty if it meets all of it, and of
/// what cannot be read any more, whose verdict says so.
/// </param>
public sealed record PresentedCredential(Verdict Verdict, IReadOnlyList<string> Unmet);
