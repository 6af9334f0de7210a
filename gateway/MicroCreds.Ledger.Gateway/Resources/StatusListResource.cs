using System.Globalization;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Publishing;
using Microsoft.Net.Http.Headers;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/status-lists: what software that knows nothing of ledgers reads.</summary>
public static class StatusListResource
{
    public static void MapStatusLists(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/status-lists/{id}", ReadAsync)
            .WithTags("Status")
            .WithSummary("Read a status list")
            .WithDescription(
                "A BitstringStatusListCredential of any institution's credentials, made from the ledger and signed by "
                + "this gateway's institution. The id is institution~list~purpose, with the purpose `revocation` or "
                + "`suspension`; credentials name the list of revocations. Needs no login. 503 means that the ledger "
                + "could not be asked: an old list is never handed out.")
            .Produces<object>(StatusCodes.Status200OK, CredentialNegotiation.Credential)
            .Produces(StatusCodes.Status304NotModified)
            .GivesProblems(404, 409, 503)
            .ReadableFromAnywhere();

    private static async Task ReadAsync(string id, HttpContext context, StatusListPublisher publisher)
    {
        if (!StatusListName.TryParse(Uri.UnescapeDataString(id), out var name))
        {
            throw new ProblemException(
                ProblemKind.NotFound, "A status list is named institution~list~purpose, such as "
                + $"AuroraMSP~list-1~{StatusPurpose.Revocation}; take the address from a credential's "
                + "credentialStatus.");
        }

        var published = await publisher.PublishAsync(name!, context.RequestAborted);
        var response = context.Response;
        response.Headers.ETag = published.Tag;
        response.Headers.CacheControl = string.Create(
            CultureInfo.InvariantCulture,
            $"public, max-age={(int)StatusListPublisher.TimeToLive.TotalSeconds}, must-revalidate");
        if (IsKnown(context.Request, published.Tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = CredentialNegotiation.Credential;
        response.ContentLength = published.Document.Length;
        await response.Body.WriteAsync(published.Document, context.RequestAborted);
    }

    private static bool IsKnown(HttpRequest request, string tag) =>
        EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var known)
        && known.Any(candidate => candidate.Tag.Equals("*", StringComparison.Ordinal)
            || candidate.Compare(new EntityTagHeaderValue(tag), useStrongComparison: false));
}
