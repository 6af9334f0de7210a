using System.Globalization;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Publishing;
using MicroCreds.Ledger.Gateway.Reading;
using Microsoft.Net.Http.Headers;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/status-lists: what software that knows nothing of ledgers reads.</summary>
public static class StatusListResource
{
    public static void MapStatusLists(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/status-lists/{id}", ReadAsync)
            .IsAskedByStandards()
            .WithTags("Status")
            .WithSummary("Read a status list")
            .WithDescription(
                "The statuses of any institution's credentials, made from the ledger and signed by this gateway's "
                + "institution. The id is institution~list~purpose. With the purpose `revocation`, which credentials "
                + "name, or `suspension` it is a BitstringStatusListCredential, with a Data Integrity proof or, asked "
                + "for by Accept, as a VC-JWT; with `any`, which the claim `status` of tokens names, it is a Token "
                + "Status List of 2 bits (1 revoked, 2 suspended) as a JWT or a CWT. Needs no login. 503 means that "
                + "the ledger could not be asked: an old list is never handed out, and one of an earlier time "
                + "(`?time=`) is not to be had.")
            .Produces<object>(
                StatusCodes.Status200OK, StatusListForm.DataIntegrity.MediaType, StatusListForm.VcJwt.MediaType,
                StatusListForm.TokenJwt.MediaType, StatusListForm.TokenCwt.MediaType)
            .Produces(StatusCodes.Status304NotModified)
            .GivesProblems(404, 406, 409, 503)
            .ReadableFromAnywhere();

    private static async Task ReadAsync(string id, HttpContext context, StatusListPublisher publisher)
    {
        if (!StatusListName.TryParse(Uri.UnescapeDataString(id), out var name))
        {
            throw new ProblemException(
                ProblemKind.NotFound, "A status list is named institution~list~purpose, such as "
                + $"AuroraMSP~list-1~{StatusPurpose.Revocation}; take the address from a credential's "
                + "credentialStatus, or from a token's status.");
        }

        if (context.Request.Query.ContainsKey("time"))
        {
            throw new ProblemException(
                ProblemKind.NotFound, "What a list said at an earlier time is not to be had: ask without time.");
        }

        var (form, mediaType) = FormOf(name!, context.Request);
        var published = await publisher.PublishAsync(name!, form, context.RequestAborted);
        var response = context.Response;
        response.Headers.ETag = published.Tag;
        response.Headers.Vary = HeaderNames.Accept;
        response.Headers.CacheControl = string.Create(
            CultureInfo.InvariantCulture,
            $"public, max-age={(int)StatusListPublisher.TimeToLive.TotalSeconds}, must-revalidate");
        if (IsKnown(context.Request, published.Tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = mediaType;
        response.ContentLength = published.Document.Length;
        await response.Body.WriteAsync(published.Document, context.RequestAborted);
    }

    // JSON is what the first form is, so that readers get it who ask for that, under the name that they asked for: some
    // take no other for JSON. Who asks for whatever there is gets it under its own.
    private static (StatusListForm Form, string MediaType) FormOf(StatusListName name, HttpRequest request)
    {
        var forms = StatusListForm.Of(name);
        string[] offered =
        [
            .. forms.Select(form => form.MediaType),
            .. forms[0] == StatusListForm.DataIntegrity
                ? new[] { CredentialNegotiation.Json, CredentialNegotiation.JsonLd } : [],
        ];
        string chosen = AcceptHeader.Choose(request, offered)?.MediaType
            ?? throw new ProblemException(
                ProblemKind.NotAcceptable,
                $"Send Accept with one of {string.Join(", ", forms.Select(form => form.MediaType))}.");
        return (forms.FirstOrDefault(form => form.MediaType == chosen) ?? forms[0], chosen);
    }

    private static bool IsKnown(HttpRequest request, string tag) =>
        EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var known)
        && known.Any(candidate => candidate.Tag.Equals("*", StringComparison.Ordinal)
            || candidate.Compare(new EntityTagHeaderValue(tag), useStrongComparison: false));
}
