using System.Text;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Approving;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Compact;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Desk;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/credentials: issue one, read it back.</summary>
public static class CredentialResource
{
    private const string Json = CredentialNegotiation.Json;
    internal const string Repeated = "Idempotency-Replayed";

    private const string Forms =
        "Accept chooses the form: JSON with a Data Integrity proof (`application/vc`, `application/json`, "
        + "`application/ld+json`), a JSON Web Token (`application/vc+jwt`), or an SD-JWT VC (`application/dc+sd-jwt`), "
        + "of which the learner chooses what is shown. All of them lead to the same anchor.";

    private static readonly string[] OtherTypes = CredentialNegotiation.All[1..];

    /// <summary>What documentation shows as a request.</summary>
    public static readonly CredentialRequest Example = new()
    {
        Achievement = "data-literacy",
        Recipient = new Recipient { Name = "Aino Virtanen", Email = "aino@student.aurora.example" },
        Result = new CredentialResult { Value = "5", Status = "Completed" },
    };

    public static void MapCredentials(this IEndpointRouteBuilder routes)
    {
        var credentials = routes.MapGroup("/v1/credentials").WithTags("Credentials");
        credentials.MapPost("", IssueAsync)
            .Audited("credential.issue", AuditedRoutes.Credential)
            .RequireAuthorization(GatewayRoles.Issuer)
            .WithSummary("Issue one credential")
            .WithDescription(
                "Answers with the finished document once it is anchored on the ledger. The same request sent again "
                + "with the same Idempotency-Key finds the same credential. What the same person (by email, "
                + "studentNumber or id) has already answers 200 and says what can be done; a namesake asks for a "
                + "decision with 409 `possible-duplicate`, which `\"duplicates\": \"allow\"` settles. On 503 with "
                + "`ledger-unavailable` nothing was kept; on `issuance-waits` and `outcome-unknown` it is kept: send "
                + "the same request again. With `dryRun=true` nothing is done, and 200 says whether it is ready, "
                + "faulty (each fault), already issued or a possible duplicate. With issueAt (a day and hour, in "
                + "timeZone or the institution's own) it is issued then. What is for a day to come, or what another "
                + "person has to approve, answers 202 with the request that it has become. "
                + Forms)
            .TakesParameters([DryRun.Parameter, .. IssuingRequestResource.DueParameters])
            .TakesIdempotencyKey()
            .MayGive(ProblemKind.PossibleDuplicate)
            .TakesJson(Example)
            .Produces<object>(StatusCodes.Status201Created, Json, OtherTypes)
            .Produces<AlreadyIssued>()
            .Produces<IssuingRequestResource.RequestAnswer>(StatusCodes.Status202Accepted)
            .GivesProblems(400, 401, 403, 406, 409, 413, 415, 422, 503);
        credentials.MapGet("/{id}", ReadAsync)
            .Audited("credential.read", AuditedRoutes.Credential)
            .RequireAuthorization(GatewayRoles.Reader)
            .WithSummary("Read a credential")
            .WithDescription("The document that this gateway issued, by its UUID or by its place on the ledger, "
                + "mspId.root.index. " + Forms + $" `{CompactText.MediaType}` gives the form for paper, a text for one "
                + "QR code, out of which every member makes the document again; 406 with `no-compact-form` says why a "
                + "credential has none.")
            .Produces<object>(StatusCodes.Status200OK, Json, [.. OtherTypes, CompactText.MediaType])
            .MayGive(ProblemKind.NoCompactForm)
            .GivesProblems(401, 403, 404, 406, 409);
        credentials.MapDelete("/{id}", EraseAsync)
            .Audited("credential.erase", AuditedRoutes.Credential)
            .RequireAuthorization(GatewayRoles.Registrar)
            .WithSummary("Erase a credential's document from this gateway")
            .WithDescription(
                "For a learner's right to erasure: the document and its salt go for good; nothing personal was ever on "
                + "the ledger. The learner's own copy still verifies; revoke it first if it should not. Afterwards "
                + "the credential is named by its place on the ledger, mspId.root.index.")
            .Produces(StatusCodes.Status204NoContent)
            .GivesProblems(401, 403, 404, 503);
    }

    private static async Task<NoContent> EraseAsync(string id, DocumentStore documents)
    {
        var address = CredentialAddress.Resolve(id, documents);
        var document = address.Document
            ?? throw new ProblemException(ProblemKind.NotFound, "This gateway holds no document of that credential.");
        await documents.EraseAsync(document.Id);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> IssueAsync(
        HttpContext context, CredentialIssuer issuer, GatewayStore store, FormSigner signer, IssuingPreview preview)
    {
        bool isDry = DryRun.IsAskedFor(context.Request);

        // First of all: nothing is issued that could not be answered.
        var negotiated = CredentialNegotiation.Of(context.Request);
        RequestBody.RequireMediaType(context.Request, Json);
        byte[] body = await RequestBody.ReadBytesAsync(context.Request, RequestBody.MaxBytes);
        CredentialRequest request;
        RequestFingerprint fingerprint;
        using (var document = StrictJson.Parse(body))
        {
            NullItems.Refuse(document.RootElement, typeof(CredentialRequest));
            request = LedgerJson.Deserialize<CredentialRequest>(document.RootElement);
            if (isDry) return TypedResults.Ok(DryRun.CredentialAnswer.Of(await preview.OfAsync(request)));
            fingerprint = RequestFingerprint.Of(
                store, context.Request, IssuanceKind.Credential, CanonicalJson.Canonicalize(document.RootElement),
                isKnownByItsBody: false);
        }

        var outcome = await issuer.IssueAsync(
            request, fingerprint, Caller.Require(context.User), parts: null,
            new IssuingTerms { Due = IssuingRequestResource.DueOf(context) });
        return await AnswerAsync(context, outcome, signer, negotiated);
    }

    internal static async Task<IResult> AnswerAsync(
        HttpContext context, IssueOutcome outcome, FormSigner signer, CredentialNegotiation negotiated)
    {
        if (outcome.Held is { } held)
        {
            return TypedResults.Accepted(
                $"{IssuingRequestResource.Address}/{held.Id}", IssuingRequestResource.RequestAnswer.Of(held));
        }

        if (outcome.Id is { } id)
            context.Response.Headers.Location = $"/v1/credentials/{id}";
        if (outcome.Document is not { } issued)
            return TypedResults.Ok(AlreadyIssued.Of(outcome));
        if (outcome.Result == IssueResult.Repeated)
            context.Response.Headers[Repeated] = "true";
        byte[] document = await signer.GiveAsync(issued, negotiated.Form, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status201Created;
        return Answer(context, document, negotiated.MediaType);
    }

    /// <summary>Nothing was issued: the award is there already.</summary>
    public sealed record AlreadyIssued
    {
        /// <summary><c>alreadyIssued</c>, or <c>revoked</c> if the same request led to one that was revoked.</summary>
        public required string Outcome { get; init; }

        /// <summary>The credential's identifier; absent while its batch is being built.</summary>
        public string? Id { get; init; }

        /// <summary>Where it is.</summary>
        public string? Credential { get; init; }

        /// <summary>What happened, in a sentence.</summary>
        public required string Detail { get; init; }

        /// <summary>What can be done.</summary>
        public required IReadOnlyList<string> Next { get; init; }

        internal static AlreadyIssued Of(IssueOutcome outcome)
        {
            bool isRevoked = outcome.Result == IssueResult.Revoked;
            string address = outcome.Id is { } id ? $"/v1/credentials/{id}" : "/v1/batches";
            return new AlreadyIssued
            {
                Outcome = isRevoked ? "revoked" : "alreadyIssued",
                Id = outcome.Id is { } known ? $"urn:uuid:{known}" : null,
                Credential = outcome.Id is null ? null : address,
                Detail = isRevoked
                    ? "This request led to a credential that was revoked since; it is not handed out as if it were new."
                    : "This person has this award already, and it stands: nothing was issued.",
                Next = isRevoked
                    ? ["Send the request with another Idempotency-Key, or without one, to issue a new credential."]
                    :
                    [
                        $"GET {address} hands it out again.",
                        $"POST {address}/revocation takes it back; the same request then issues a new one.",
                        "\"duplicates\": \"allow\" in the request issues a second one all the same.",
                    ],
            };
        }
    }

    private static async Task<IResult> ReadAsync(
        string id, HttpContext context, DocumentStore documents, FormSigner signer, CompactCredentials compacts)
    {
        if (CredentialNegotiation.PageOf(context.Request) is not null)
            return TypedResults.Redirect($"{DeskAnswers.Address}/credentials/{id}");
        bool isCompact = CredentialNegotiation.IsCompact(context.Request);
        var negotiated = isCompact ? null : CredentialNegotiation.Of(context.Request);
        var address = CredentialAddress.Resolve(id, documents);
        var document = address.Document
            ?? throw new ProblemException(ProblemKind.NotFound, "This gateway did not issue that credential.");
        if (negotiated is not null)
        {
            return Answer(
                context, await signer.GiveAsync(document, negotiated.Form, context.RequestAborted),
                negotiated.MediaType);
        }

        var compact = await compacts.OfAsync(document, context.RequestAborted);
        return compact.Text is { } text
            ? Answer(context, Encoding.ASCII.GetBytes(text), CompactText.MediaType)
            : throw new ProblemException(ProblemKind.NoCompactForm, compact.Detail!);
    }

    internal static BytesResult Answer(HttpContext context, byte[] document, string mediaType)
    {
        context.Response.Headers.CacheControl = "private, no-store";
        context.Response.Headers.Vary = HeaderNames.Accept;
        return new BytesResult(document, mediaType);
    }

    /// <summary>Bytes, with whatever status was set.</summary>
    internal sealed class BytesResult(byte[] content, string mediaType) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.ContentType = mediaType;
            httpContext.Response.ContentLength = content.Length;
            return httpContext.Response.Body.WriteAsync(content, httpContext.RequestAborted).AsTask();
        }
    }
}
