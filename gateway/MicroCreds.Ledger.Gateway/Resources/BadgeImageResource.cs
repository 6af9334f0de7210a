using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Badges;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/badge-images and /v1/achievements/…/badge-image: what an achievement looks like.</summary>
public static class BadgeImageResource
{
    /// <summary>What the picture of an achievement may do by itself: nothing but be drawn.</summary>
    private const string NothingButDrawn = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

    private static readonly BadgeImageUpload Example = new()
    {
        Content = "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHZpZXdCb3g9IjAgMCAxIDEiLz4="u8.ToArray(),
        Alternative = "A blue hexagon with a bar chart",
    };

    public static void MapBadgeImages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(BadgeImages.Address + "/{digest}", Give)
            .WithTags("Achievements")
            .WithSummary("Read a picture by its SHA-256")
            .WithDescription("PNG or SVG. The address names the bytes, so that they never change.")
            .Produces<byte[]>(StatusCodes.Status200OK, "image/png", "image/svg+xml")
            .GivesProblems(404)
            .ReadableFromAnywhere();
        var images = routes.MapGroup("/v1/achievements").WithTags("Achievements");
        images.MapGet("/{mspId}/{id}/{version:int:min(1)}/badge-image", Find)
            .WithSummary("Find the picture of one version of an own achievement")
            .GivesProblems(404)
            .ReadableFromAnywhere();
        images.MapPut("/{id}/{version:int:min(1)}/badge-image", PutAsync)
            .Audited("achievement.set-image", "achievement")
            .RequireAuthorization(GatewayRoles.Issuer)
            .WithSummary("Have one version of an own achievement show a picture")
            .WithDescription(
                "A PNG or SVG of up to 256 KiB, and what it shows in words. Of an SVG only the drawing is kept, of a "
                + "PNG only the pixels; `leftOut` tells what was in the file besides. Nothing on the ledger, and in no "
                + "credential, changes.")
            .TakesJson(Example)
            .GivesProblems(400, 401, 403, 404, 413, 415);
        images.MapDelete("/{id}/{version:int:min(1)}/badge-image", DeleteAsync)
            .Audited("achievement.remove-image", "achievement")
            .RequireAuthorization(GatewayRoles.Issuer)
            .WithSummary("Have one version of an own achievement show no picture")
            .GivesProblems(401, 403, 404);
    }

    private static IResult Give(string digest, HttpContext context, BadgeStore store)
    {
        var image = store.FindImage(digest)
            ?? throw new ProblemException(ProblemKind.NotFound, "There is no picture of this digest.");
        var headers = context.Response.Headers;
        StaticPages.Secure(headers);
        headers.ContentSecurityPolicy = NothingButDrawn;
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        headers.CacheControl = "public, max-age=31536000, immutable";
        headers.ETag = $"\"{digest}\"";
        return context.Request.Headers.IfNoneMatch == headers.ETag
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : Results.Bytes(image.Content, image.MediaType);
    }

    private static Ok<BadgeImageAnswer> Find(
        string mspId, string id, int version, BadgeStore store, GatewayServiceOptions options, PublicAddress address) =>
        TypedResults.Ok(
            (mspId == options.MspId ? BadgeImageAnswer.Of(store, address, id, version, []) : null)
            ?? throw new ProblemException(ProblemKind.NotFound, "This gateway has no picture of that achievement."));

    private static async Task<Ok<BadgeImageAnswer>> PutAsync(
        string id, int version, HttpContext context, BadgeImages images, BadgeStore store, PublicAddress address)
    {
        var upload = await RequestBody.ReadAsync<BadgeImageUpload>(context.Request);
        string alternative = BadgeImages.RequireAlternative(upload.Alternative);
        var picture = BadgeImages.Require(upload.Content);
        await images.SetAsync(id, version, picture.Image, alternative);
        return TypedResults.Ok(BadgeImageAnswer.Of(store, address, id, version, picture.LeftOut)!);
    }

    private static async Task<NoContent> DeleteAsync(string id, int version, BadgeImages images)
    {
        await images.SetAsync(id, version, image: null, alternative: "");
        return TypedResults.NoContent();
    }
}

/// <summary>A picture to be shown.</summary>
public sealed record BadgeImageUpload
{
    /// <summary>The file, a PNG or SVG, in Base64.</summary>
    public required byte[] Content { get; init; }

    /// <summary>What it shows, for whoever does not see it: 1 to 300 characters.</summary>
    public required string Alternative { get; init; }
}

/// <summary>The picture of an achievement.</summary>
public sealed record BadgeImageAnswer
{
    /// <summary>Where it is.</summary>
    public required string Url { get; init; }

    /// <summary>Its SHA-256 in hexadecimal digits.</summary>
    public required string Digest { get; init; }

    /// <summary>What it shows.</summary>
    public required string Alternative { get; init; }

    /// <summary>What was in the file that was sent, and is not in the picture.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    internal static BadgeImageAnswer? Of(
        BadgeStore store, PublicAddress address, string id, int version, IReadOnlyList<string> leftOut) =>
        store.Find(id, version) is { } badge ? Of(address, badge.Image, badge.Alternative, leftOut) : null;

    internal static BadgeImageAnswer Of(
        PublicAddress address, string digest, string alternative, IReadOnlyList<string> leftOut) => new()
        {
            Url = $"{address.Url}{BadgeImages.Address}/{digest}",
            Digest = digest,
            Alternative = alternative,
            LeftOut = leftOut,
        };
}
