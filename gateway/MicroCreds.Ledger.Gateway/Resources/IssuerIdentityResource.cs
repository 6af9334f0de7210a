using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>
/// did.json, jwks.json and what tokens' readers look for: the members' keys for verifiers that know nothing of the
/// ledger. A member's gateway asks the ledger itself.
/// </summary>
public static class IssuerIdentityResource
{
    private const string DidLdJson = "application/did+ld+json";
    private const string DidJson = "application/did+json";
    private const string Did = "application/did";
    private const string Json = "application/json";
    private const string KeySet = "application/jwk-set+json";
    private const string VcIssuerPath = "/.well-known/jwt-vc-issuer";
    private const string VctPath = "/.well-known/vct";

    /// <summary>How long readers may keep it: a key that was withdrawn must not be trusted for long.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    public static void MapIssuerIdentities(this IEndpointRouteBuilder routes)
    {
        const string Tag = "Institutions";
        routes.MapGet("/.well-known/did.json", (
                HttpContext context, LedgerProjection projection, GatewayServiceOptions options) =>
                AnswerDid(context, Find(options.MspId, projection), OfHost(context.Request)))
            .WithTags(Tag)
            .WithSummary("Read this institution's DID document")
            .WithDescription("Where did:web looks for it, if the institution's domain leads here; so may the domain of "
                + "a DID that it had before.")
            .Produces<object>(StatusCodes.Status200OK, DidLdJson, DidJson, Did, Json)
            .GivesProblems(404)
            .ReadableFromAnywhere();
        // A did:web with a path lies at the end of it, which a gateway below that path is asked for without.
        routes.MapGet("/did.json", (
                HttpContext context, LedgerProjection projection, GatewayServiceOptions options) =>
                AnswerDid(context, Find(options.MspId, projection), asked: null))
            .ReadableFromAnywhere().ExcludeFromDescription();
        routes.MapGet("/v1/institutions/{mspId}/did.json", (
                string mspId, HttpContext context, LedgerProjection projection) =>
                AnswerDid(context, Find(mspId, projection), context.Request.Query["did"]))
            .IsAskedByStandards()
            .WithTags(Tag)
            .TakesParameters("did")
            .WithSummary("Read an institution's DID document, made from its keys on the ledger")
            .WithDescription(
                "Every key with its history: one that was withdrawn is marked `revoked`, and only those in force are "
                + "assertion methods. `?did=` names one that the institution had before.")
            .Produces<object>(StatusCodes.Status200OK, DidLdJson, DidJson, Did, Json)
            .GivesProblems(404)
            .ReadableFromAnywhere();
        routes.MapGet("/v1/institutions/{mspId}/jwks.json", (
                string mspId, HttpContext context, LedgerProjection projection) =>
                Answer(context, IssuerIdentity.KeySet(Find(mspId, projection)), KeySet))
            .IsAskedByStandards()
            .WithTags(Tag)
            .WithSummary("Read the keys of an institution that are in force, as a JSON Web Key Set")
            .WithDescription("Keys that were withdrawn are not in it; the DID document has them.")
            .Produces<object>(StatusCodes.Status200OK, KeySet)
            .GivesProblems(404)
            .ReadableFromAnywhere();
    }

    /// <summary>What readers of SD-JWT VCs fetch of an issuer or a type that an address names.</summary>
    public static void MapTokenMetadata(this IEndpointRouteBuilder routes)
    {
        const string Tag = "Institutions";
        foreach (string path in new[] { VcIssuerPath, VcIssuerPath + "/{**path}" })
        {
            var route = routes.MapGet(path, (
                HttpContext context, LedgerProjection projection, GatewayServiceOptions options) =>
                AnswerVcIssuer(context, Find(options.MspId, projection)));
            route.WithTags(Tag)
                .WithSummary("Read this institution's keys as SD-JWT VCs look for them")
                .WithDescription("JWT VC Issuer Metadata of the address that the institution's `did:web` stands for, "
                    + "if its domain leads here. Behind the path follows that of the address, if it has one.")
                .Produces<JsonObject>(StatusCodes.Status200OK, Json)
                .GivesProblems(404)
                .ReadableFromAnywhere();
            if (path != VcIssuerPath) route.ExcludeFromDescription();
        }

        foreach (string path in new[] { CredentialType.Path, VctPath + CredentialType.Path })
        {
            routes.MapGet(path, (HttpContext context, PublicAddress address) =>
                    Answer(context, CredentialType.MetadataAt(address.Url), Json))
                .WithTags(Tag)
                .WithSummary("Read what wallets show of our SD-JWT VCs")
                .WithDescription("Type Metadata (SD-JWT VC): the address stands in the claim `vct`, the digest in "
                    + "`vct#integrity`.")
                .Produces<JsonObject>(StatusCodes.Status200OK, Json)
                .ReadableFromAnywhere();
        }

        // Of a gateway below a path the path follows the well-known part, too.
        routes.MapGet(VctPath + "/{**type}", (string type, HttpContext context, PublicAddress address) =>
                "/" + type == new Uri(CredentialType.UrlAt(address.Url)).AbsolutePath
                    ? Answer(context, CredentialType.MetadataAt(address.Url), Json)
                    : throw new ProblemException(
                        ProblemKind.NotFound, "There is no such type here: take its address from the claim vct."))
            .ReadableFromAnywhere().ExcludeFromDescription();
    }

    /// <summary>What JSON-LD processors fetch of our credentials.</summary>
    public static void MapPublishedContext(this IEndpointRouteBuilder routes) =>
        routes.MapGet(PublishedContext.Path, (HttpContext context) =>
            {
                // Never another one: every credential holds its digest.
                context.Response.GetTypedHeaders().CacheControl = new()
                {
                    Public = true,
                    MaxAge = TimeSpan.FromDays(365),
                    Extensions = { new("immutable") },
                };
                return TypedResults.Bytes(
                    PublishedContext.Document, PublishedContext.MediaType, entityTag: TagOf(PublishedContext.Document));
            })
            .WithTags("Institutions")
            .WithSummary("Read our own JSON-LD context")
            .WithDescription("The terms of our credentials that no other context defines. Each credential names the "
                + "address among its contexts and holds the digest of these bytes in `relatedResource`.")
            .Produces<JsonObject>(StatusCodes.Status200OK, PublishedContext.MediaType)
            .ReadableFromAnywhere();

    private static FileContentHttpResult AnswerVcIssuer(HttpContext context, Institution institution)
    {
        string path = (string?)context.Request.RouteValues["path"] ?? "";
        string did = IssuerIdentity.DidOf(context.Request.Host.Value ?? "", path);
        if (!institution.HasDid(did)) did = institution.Did;
        if (IssuerIdentity.UrlOf(did) is not { } url || new Uri(url).AbsolutePath.Trim('/') != path.TrimEnd('/'))
        {
            throw new ProblemException(
                ProblemKind.NotFound, "This institution is named by no such address: take the one from the claim iss.");
        }

        return Answer(context, IssuerIdentity.VcIssuerMetadata(institution, did), Json);
    }

    private static Institution Find(string mspId, LedgerProjection projection) =>
        projection.FindInstitution(mspId)
            ?? throw new ProblemException(ProblemKind.NotFound, "No institution of this MSP is on the ledger yet.");

    private static string OfHost(HttpRequest request) => IssuerIdentity.DidOf(request.Host.Value ?? "", "");

    private static FileContentHttpResult AnswerDid(HttpContext context, Institution institution, string? asked)
    {
        string did = asked is not null && institution.HasDid(asked) ? asked : institution.Did;
        // The bytes are the same under every name; resolvers that ask for none of these names read them all the same.
        var chosen = AcceptHeader.Choose(context.Request, DidLdJson, DidJson, Did, Json);
        context.Response.Headers.Vary = HeaderNames.Accept;
        return Answer(context, IssuerIdentity.DidDocument(institution, did), chosen?.MediaType ?? DidLdJson);
    }

    private static FileContentHttpResult Answer(HttpContext context, JsonObject document, string mediaType) =>
        Answer(context, CanonicalJson.Canonicalize(document), mediaType);

    private static FileContentHttpResult Answer(HttpContext context, byte[] content, string mediaType)
    {
        context.Response.GetTypedHeaders().CacheControl = new() { Public = true, MaxAge = MaxAge };
        return TypedResults.Bytes(content, mediaType, entityTag: TagOf(content));
    }

    private static EntityTagHeaderValue TagOf(ReadOnlyMemory<byte> content) =>
        new($"\"{Convert.ToHexStringLower(SHA256.HashData(content.Span))[..32]}\"");
}
