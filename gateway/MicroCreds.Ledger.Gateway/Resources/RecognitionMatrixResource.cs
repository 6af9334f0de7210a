using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Surveying;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/recognition-matrix: what partners recognize of an institution, and it of theirs.</summary>
public static class RecognitionMatrixResource
{
    public static void MapRecognitionMatrix(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/recognition-matrix", List)
            .TakesParameters(["mspId", .. PageRequest.Parameters])
            .WithTags("Recognition")
            .WithSummary("Read what partners recognize of an institution, and it of theirs")
            .WithDescription(
                "One item for each other member, as agreed and accepted by all: in force now, or from a later day on. "
                + "`?mspId=` for another institution than this gateway's. A direction tells at most "
                + $"{RecognitionMatrix.MaxClauses} clauses and the number of all; /v1/agreements has every one.")
            .GivesProblems(400, 404)
            .ReadableFromAnywhere();

    private static Ok<MatrixAnswer> List(
        HttpRequest request, LedgerProjection projection, GatewayServiceOptions options, TimeProvider time)
    {
        string mspId = RegisteredInstitution.Of(request, projection, options.MspId);
        var partners = RecognitionMatrix.Of(
            mspId, projection.Institutions, projection.Shared.Agreements, time.GetUtcNow());
        var page = PageRequest.Of(request).List(partners, partner => partner.MspId, partner => partner);
        return TypedResults.Ok(new MatrixAnswer(mspId, page.Items, page.Next, projection.Head));
    }

    /// <summary>An institution's partners.</summary>
    /// <param name="MspId">The institution.</param>
    /// <param name="Items">Its partners, by their MSPs.</param>
    /// <param name="Next">What to send as <c>after</c> to get the next page; absent on the last.</param>
    /// <param name="AsOf">How far the ledger was read.</param>
    public sealed record MatrixAnswer(
        string MspId, IReadOnlyList<PartnerRecognition> Items, string? Next, LedgerMoment? AsOf);
}
