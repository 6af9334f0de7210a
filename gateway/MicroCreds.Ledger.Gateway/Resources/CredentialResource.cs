using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Store;
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
            .RequireAuthorization(GatewayRoles.Issuer)
            .WithSummary("Issue one credential")
            .WithDescription(
                "Answers with the finished document once it is anchored on the ledger. The same request sent again "
                + "finds "
                + "the same credential: known by the header Idempotency-Key or, without it, by the body. On 503 with "
                + "`ledger-unavailable` nothing was kept; on `outcome-unknown` send the same request again. "
                + Forms)
            .TakesJson(Example)
            .Produces<object>(StatusCodes.Status201Created, Json, OtherTypes)
            .GivesProblems(400, 401, 403, 406, 409, 413, 415, 422, 503);
        credentials.MapGet("/{id}", Read)
            .RequireAuthorization(GatewayRoles.Reader)
            .WithSummary("Read a credential")
            .WithDescription("The document that this gateway issued, by its UUID or by its place on the ledger, "
                + "mspId.root.index. " + Forms)
            .Produces<object>(StatusCodes.Status200OK, Json, OtherTypes)
            .GivesProblems(401, 403, 404, 406, 409);
        credentials.MapDelete("/{id}", EraseAsync)
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
        HttpContext context, CredentialIssuer issuer, GatewayStore store, FormSigner signer)
    {
        // First of all: nothing is issued that could not be answered.
        var negotiated = CredentialNegotiation.Of(context.Request);
        RequestBody.RequireMediaType(context.Request, Json);
        byte[] body = await RequestBody.ReadBytesAsync(context.Request, RequestBody.MaxBytes);
        CredentialRequest request;
        RequestFingerprint fingerprint;
        using (var document = StrictJson.Parse(body))
        {
            request = LedgerJson.Deserialize<CredentialRequest>(document.RootElement);
            fingerprint = RequestFingerprint.Of(
                store, context.Request, IssuanceKind.Credential, CanonicalJson.Canonicalize(document.RootElement));
        }

        var (issued, isRepeated) = await issuer.IssueAsync(request, fingerprint);
        if (isRepeated)
            context.Response.Headers[Repeated] = "true";
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.Location = $"/v1/credentials/{issued.Id}";
        return Answer(context, signer.Give(issued.ToJson(), negotiated.Form), negotiated.MediaType);
    }

    private static BytesResult Read(string id, HttpContext context, DocumentStore documents, FormSigner signer)
    {
        var negotiated = CredentialNegotiation.Of(context.Request);
        var address = CredentialAddress.Resolve(id, documents);
        return address.Document is { } document
            ? Answer(context, signer.Give(document.ToJson(), negotiated.Form), negotiated.MediaType)
            : throw new ProblemException(ProblemKind.NotFound, "This gateway did not issue that credential.");
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
