using System.Globalization;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Papers;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>
/// /desk/batches/{id}/handout: a link for each learner of a batch, to be handed out on paper. Made anew each time, as
/// the store has hashes alone; the links of before go on.
/// </summary>
internal static class HandoutDesk
{
    private const int PageSize = 200;
    private const int MaxFormBytes = 16 * 1024;

    public static void MapHandout(this IEndpointRouteBuilder desk) =>
        desk.MapPost("/batches/{id}/handout", MakeAsync)
            .Costs(RouteCost.Batch)
            .Audited("batch.handout", "batch").RequireAuthorization(GatewayRoles.Issuer)
            .TakesParameters(PageText.LanguageParameter)
            .WithMetadata(new RequestSizeLimitAttribute(MaxFormBytes));

    private static async Task<IResult> MakeAsync(
        string id, HttpContext context, IssuanceStore issuances, DocumentStore documents, DocumentMaker maker,
        Claims claims, PublicAddress address, GatewayServiceOptions options, TimeProvider time)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        int after = int.TryParse(form["after"], NumberStyles.None, CultureInfo.InvariantCulture, out int row) ? row : 0;
        if (issuances.Find(id) is not { Kind: IssuanceKind.Batch, State: IssuanceState.Issued } batch)
            throw new ProblemException(ProblemKind.NotFound, "This gateway has issued no batch of this id.");
        var page = documents.List(batch.Number, after, PageSize + 1);
        var make = maker.Of(batch);
        var slips = new List<Handout.Slip>();
        foreach (var document in page.Take(PageSize))
        {
            var claim = await LearnerResource.ClaimAsync(document.Id, claims, address, options, time);
            var content = CredentialContent.OfOwn(make(document).WithAnchor());
            slips.Add(new Handout.Slip(
                content.Learner ?? "", content.Title ?? "", claim.Url, CodePicture.Of(claim.Url)));
        }

        return DeskAnswers.Page<Handout>(
            context, Visit.Of(context), (nameof(Handout.Batch), id), (nameof(Handout.Slips), slips),
            (nameof(Handout.ExpiresAt), time.GetUtcNow() + options.Learners.ClaimLifetime),
            (nameof(Handout.Next), page.Count > PageSize ? page[PageSize - 1].Row : null));
    }
}
