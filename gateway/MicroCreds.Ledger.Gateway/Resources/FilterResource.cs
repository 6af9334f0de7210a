using System.ComponentModel;
using System.Globalization;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Attesting;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Log.Proofs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/log/filter and /v1/log/filter: all credentials that are not in force, for who asks about none.</summary>
public static class FilterResource
{
    private const string Tag = "Log";
    private const string Octets = "application/octet-stream";

    public static void MapFilter(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/log/filter", MakeAsync)
            .WithTags(Tag)
            .WithSummary("Read which credentials of all are not in force, without asking about one")
            .WithDescription(
                "A file with the filter of the whole ledger, the head of the log that commits to it with the "
                + "signatures that this gateway could gather, and the proof that it does. With `since`, the size of "
                + "the log whose filter is known, it has what changed alone. `microcreds log filter` keeps it, "
                + "`microcreds verify --proof … --filter …` verifies by it, and nobody learns which credential.")
            .Produces<string>(StatusCodes.Status200OK, StatusFilterFile.MediaType)
            .Costs(RouteCost.Dear)
            .GivesProblems(400, 404, 409, 503)
            .ReadableFromAnywhere();
        routes.MapGet(LogResource.Prefix + "filter/{size:long:min(0)}", ReadWhole)
            .WithTags(Tag)
            .WithSummary("Read the bytes of the filter of a log of a size")
            .WithDescription(
                "Of the size of any of its heads. They never change; the head's tree of institutions has their hash.")
            .Produces<byte[]>(StatusCodes.Status200OK, Octets)
            .Costs(RouteCost.Dear)
            .GivesProblems(404)
            .ReadableFromAnywhere();
        routes.MapGet(LogResource.Prefix + "filter/{size:long:min(0)}/since/{earlier:long:min(0)}", ReadChanges)
            .WithTags(Tag)
            .WithSummary("Read what changed of the filter from one size of the log to another")
            .WithDescription(
                "In the filter's own form: each entry is listed from now on, or not any more. Of the sizes of two "
                + "heads. The bytes never change.")
            .Produces<byte[]>(StatusCodes.Status200OK, Octets)
            .Costs(RouteCost.Dear)
            .GivesProblems(404)
            .ReadableFromAnywhere();
    }

    private static async Task<FileContentHttpResult> MakeAsync(
        HttpContext context, FilterMaking filters,
        [Description("The size of the log whose filter is known. Default is none.")] string? since = null)
    {
        long size = 0;
        if (since is not null && !long.TryParse(since, NumberStyles.None, CultureInfo.InvariantCulture, out size))
            throw ProblemException.Invalid("since", "must be the size of the log whose filter is known, in digits.");
        var file = await filters.MakeAsync(since is null ? null : size, context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Bytes(
            file.ToBytes(), StatusFilterFile.MediaType, "ledger" + StatusFilterFile.Extension);
    }

    private static FileContentHttpResult ReadWhole(long size, HttpContext context, LedgerProjection projection) =>
        Read(size, since: 0, context, projection);

    private static FileContentHttpResult ReadChanges(
        long size, long earlier, HttpContext context, LedgerProjection projection) =>
        Read(size, earlier, context, projection);

    private static FileContentHttpResult Read(long size, long since, HttpContext context, LedgerProjection projection)
    {
        var filter = projection.Log.FindFilter(size, since) ?? throw new ProblemException(
            ProblemKind.NotFound,
            "There is no such filter: both sizes must be those of heads of this log, the later one first, and the log "
            + "may not be that long here yet.");
        LogResource.KeepForEver(context);
        return TypedResults.Bytes(filter.ToBytes(), Octets);
    }
}
