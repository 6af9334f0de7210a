using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Surveying;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>
/// /v1/recognitions: is this recognized at my university, for how many credits, and under what agreement?
/// </summary>
public static class RecognitionResource
{
    public static void MapRecognitions(this IEndpointRouteBuilder routes)
    {
        var recognitions = routes.MapGroup("/v1/recognitions").WithTags("Recognition");
        recognitions.MapGet("", FindAsync)
            .TakesParameters("credential", "institution")
            .Costs(RouteCost.Dear)
            .WithSummary("Ask who recognizes a credential")
            .WithDescription(
                "`?credential=` its place on the ledger, `mspId.root.index`, or the id of one issued here; "
                + "`&institution=` an MSP id, or none for all. Grades are converted only for credentials that are "
                + "sent. Recognition is not validity, and validity is not recognition: see /v1/verifications.")
            .GivesProblems(400, 404, 503)
            .ReadableFromAnywhere();
        recognitions.MapPost("", AnswerAsync)
            .Costs(RouteCost.Dear)
            .Unaudited("It answers from what is public, or is brought along, and keeps nothing.")
            .TakesParameters("institution")
            .WithSummary("Ask who recognizes a credential, or a learner's whole file")
            .WithDescription(
                "Send a credential in any form, or `{ \"credentials\": [ … ] }` with objects and tokens. Each is "
                + "verified first; one of another consortium comes with its proof, as `{ \"credential\": …, "
                + "\"proof\": \"…\" }`, and `abroad` says by whose word it stands. What one learner gets "
                + "at most is counted over the file. `?institution=` an MSP id, or none for all. Needs no "
                + "login, and stores nothing personal of what was sent.")
            .Accepts<object>("application/json", AgreementEndorsement.MediaType, "*/*")
            .WithMetadata(new RequestSizeLimitAttribute(CredentialFile.MaxBytes))
            .GivesProblems(400, 404, 413, 503);
    }

    private static async Task<Ok<RecognitionReport>> FindAsync(
        HttpRequest request, Recognitions recognitions, LedgerProjection projection, DocumentStore documents,
        FormSigner signer, AnswerCounter answers, GatewayServiceOptions options,
        CancellationToken cancellationToken)
    {
        string? institution = RegisteredInstitution.Find(request, "institution", projection);
        string? name = request.Query["credential"];
        if (string.IsNullOrEmpty(name))
        {
            throw ProblemException.Invalid(
                "credential", "is missing: name a credential by mspId.root.index or by its id.");
        }

        var address = CredentialAddress.Resolve(name, documents);

        // A place can be guessed, an id cannot; and grades are for those alone who hold the credential.
        if (address.Document is { } document && !name.Contains('.'))
        {
            var own = await recognitions.ReadAsync(
                await signer.GiveAsync(document, cancellationToken), cancellationToken);
            return Answer(recognitions, answers, [.. own.Select(one => one.WithoutGrade())], institution);
        }

        var found = await recognitions.FindAsync(
            address.MspId ?? options.MspId, address.Root, address.Index, cancellationToken)
            ?? throw new ProblemException(ProblemKind.NotFound, "The credential was never anchored on this ledger.");
        return Answer(recognitions, answers, [found], institution);
    }

    private static async Task<Ok<RecognitionReport>> AnswerAsync(
        HttpContext context, Recognitions recognitions, LedgerProjection projection, AnswerCounter answers)
    {
        string? institution = RegisteredInstitution.Find(context.Request, "institution", projection);
        byte[] body = await RequestBody.ReadBytesAsync(context.Request, CredentialFile.MaxBytes);
        if (body.Length == 0)
            throw new ProblemException(ProblemKind.InvalidRequest, "The body is empty: send a credential, or a file.");
        var credentials = new List<RecognizableCredential>();
        var seen = new HashSet<string>();
        foreach (var document in CredentialFile.Split(body))
        {
            var within = await recognitions.ReadAsync(document, context.RequestAborted);
            credentials.AddRange(within.Where(credential => !credential.IsRepeated(seen)));
        }

        context.Response.Headers.CacheControl = "no-store";
        return Answer(recognitions, answers, credentials, institution);
    }

    private static Ok<RecognitionReport> Answer(
        Recognitions recognitions, AnswerCounter answers, IReadOnlyList<RecognizableCredential> credentials,
        string? institution)
    {
        var report = recognitions.Answer(credentials, institution);
        answers.Recognized(report);
        return TypedResults.Ok(report);
    }
}
