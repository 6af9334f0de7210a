using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Store;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/credentials: issue one, read it back.</summary>
public static class CredentialResource
{
    /// <summary>The media type of a verifiable credential, VC Data Model 2.0.</summary>
    public const string MediaType = "application/vc";

    private const string Json = "application/json";
    private const string Repeated = "Idempotency-Replayed";

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
                + "`ledger-unavailable` nothing was kept; on `outcome-unknown` send the same request again.")
            .TakesJson(Example)
            .Produces<object>(StatusCodes.Status201Created, Json, MediaType)
            .GivesProblems(400, 401, 403, 409, 413, 415, 422, 503);
        credentials.MapGet("/{id}", Read)
            .RequireAuthorization(GatewayRoles.Reader)
            .WithSummary("Read a credential")
            .WithDescription("The document that this gateway issued, by its UUID or by its place on the ledger, "
                + "root.index.")
            .Produces<object>(StatusCodes.Status200OK, Json, MediaType)
            .GivesProblems(401, 403, 404);
        credentials.MapDelete("/{id}", EraseAsync)
            .RequireAuthorization(GatewayRoles.Registrar)
            .WithSummary("Erase a credential's document from this gateway")
            .WithDescription(
                "For a learner's right to erasure: the document and its salt go for good; nothing personal was ever on "
                + "the ledger. The learner's own copy still verifies; revoke it first if it should not. Afterwards "
                + "the credential is named by its place on the ledger, root.index.")
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

    private static async Task<IResult> IssueAsync(HttpContext context, CredentialIssuer issuer, GatewayStore store)
    {
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
        return Document(context, issued.ToJson());
    }

    internal static BytesResult Read(string id, HttpContext context, DocumentStore documents)
    {
        var address = CredentialAddress.Resolve(id, documents);
        return address.Document is { } document
            ? Document(context, document.ToJson())
            : throw new ProblemException(ProblemKind.NotFound, "This gateway did not issue that credential.");
    }

    internal static BytesResult Document(HttpContext context, byte[] document)
    {
        bool asCredential = context.Request.Headers.Accept.ToString().Contains(MediaType, StringComparison.Ordinal);
        context.Response.Headers.CacheControl = "private, no-store";
        return new BytesResult(document, asCredential ? MediaType : Json);
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
