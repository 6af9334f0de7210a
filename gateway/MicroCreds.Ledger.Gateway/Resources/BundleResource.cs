using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MicroCreds.Ledger.Bundles;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Compact;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Publishing;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/bundles, /v1/credentials/{id}/bundle, /v1/trust: what it takes to verify without a network.</summary>
public static class BundleResource
{
    private static readonly JsonTypeInfo<OfflineBundle> BundleType =
        (JsonTypeInfo<OfflineBundle>)LedgerJson.Options.GetTypeInfo(typeof(OfflineBundle));

    public static void MapBundles(this IEndpointRouteBuilder routes)
    {
        var bundles = routes.MapGroup("").WithTags("Verification");
        bundles.MapPost("/v1/bundles", MakeAsync)
            .Costs(RouteCost.Dear)
            .Unaudited("It answers from what is public, or is brought along, and keeps nothing.")
            .WithSummary("Make an offline bundle of a credential")
            .WithDescription(
                "Send the credential as it was received, of any institution; the answer holds it with all that proves "
                + "it: the issuance, the issuer's keys, its accreditation and the status as they stand on the ledger, "
                + "the transactions that wrote them with their endorsements, and this gateway's word as of when. "
                + "Needs no login, and stores nothing personal of what was sent. A bundle that was made before can be "
                + "sent to have a newer one.")
            .Accepts<object>("application/json", CredentialNegotiation.Credential, "*/*")
            .Produces<object>(StatusCodes.Status200OK, OfflineBundle.MediaType)
            .GivesProblems(400, 404, 413, 503)
            .ReadableFromAnywhere();
        bundles.MapGet("/v1/credentials/{id}/bundle", ReadAsync)
            .Costs(RouteCost.Dear)
            .Audited("credential.bundle", AuditedRoutes.Credential)
            .RequireAuthorization(GatewayRoles.Reader)
            .WithSummary("Read a credential's offline bundle")
            .Produces<object>(StatusCodes.Status200OK, OfflineBundle.MediaType)
            .GivesProblems(401, 403, 404, 503);
        bundles.MapGet("/v1/trust", TrustAsync)
            .WithSummary("Read the members' root certificates")
            .WithDescription(
                "What a verifier keeps to verify bundles offline. Get it from somebody you trust, over https.")
            .GivesProblems(503)
            .ReadableFromAnywhere();
    }

    private static async Task MakeAsync(HttpContext context, BundleMaker maker, CredentialVerifier verifier)
    {
        byte[] body = await RequestBody.ReadBytesAsync(context.Request, RequestBody.MaxBytes);
        byte[] document = Unwrap(body);

        // The text stays as it is, so that whoever gets the bundle makes the document without believing us.
        var read = CompactText.Is(document)
            ? await ExpandAsync(document, verifier.Compact, context.RequestAborted)
            : Read(document);
        await WriteAsync(context, await maker.MakeAsync(ElementOf(document), read, context.RequestAborted));
    }

    private static async Task<ReadCredential> ExpandAsync(
        byte[] text, CompactExpander expander, CancellationToken cancellationToken)
    {
        var expansion = await expander.ExpandAsync(text, cancellationToken);
        return (expansion.Document, expansion.Fault?.Code) switch
        {
            ({ } document, _) => Read(document),
            (_, CheckCodes.LedgerUnreachable) => throw new LedgerUnavailableException(expansion.Fault!.Detail),
            (_, CheckCodes.CompactDamaged or CheckCodes.CompactVersion) =>
                throw ProblemException.Invalid("", expansion.Fault!.Detail),
            _ => throw new ProblemException(ProblemKind.NotFound, expansion.Fault!.Detail),
        };
    }

    private static ReadCredential Read(byte[] document)
    {
        try
        {
            return CredentialReader.Read(document);
        }
        catch (CredentialFormatException exception)
        {
            throw ProblemException.Invalid(
                [.. exception.Faults.Select(fault => new FieldFault(fault.Path, fault.Message))]);
        }
    }

    private static async Task ReadAsync(
        string id, HttpContext context, DocumentStore documents, FormSigner signer, BundleMaker maker)
    {
        var address = CredentialAddress.Resolve(id, documents);
        var document = address.Document
            ?? throw new ProblemException(
                ProblemKind.NotFound, "This gateway holds no document of that credential: POST it to /v1/bundles.");
        byte[] json = await signer.GiveAsync(document, context.RequestAborted);
        await WriteAsync(context, await maker.MakeAsync(ElementOf(json), Read(json), context.RequestAborted));
    }

    private static async Task<Ok<LedgerTrust>> TrustAsync(BundleMaker maker, CancellationToken cancellationToken) =>
        TypedResults.Ok(await maker.TrustAsync(cancellationToken));

    private static async Task WriteAsync(HttpContext context, OfflineBundle bundle)
    {
        context.Response.ContentType = OfflineBundle.MediaType;
        context.Response.Headers.CacheControl = "private, no-store";
        await JsonSerializer.SerializeAsync(context.Response.BodyWriter, bundle, BundleType, context.RequestAborted);
    }

    private static byte[] Unwrap(byte[] body)
    {
        try
        {
            using var document = StrictJson.Parse(body);
            return BundledCredential.Find(document.RootElement) ?? body;
        }
        catch (StrictJsonException)
        {
            // A compact form, or nothing that can be read, which the verifier finds.
            return body;
        }
    }

    private static JsonElement ElementOf(byte[] document)
    {
        try
        {
            using var json = StrictJson.Parse(document);
            return json.RootElement.Clone();
        }
        catch (StrictJsonException)
        {
            return JsonSerializer.SerializeToElement(System.Text.Encoding.UTF8.GetString(document).Trim());
        }
    }
}
