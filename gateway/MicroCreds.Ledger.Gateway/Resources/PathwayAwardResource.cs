using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Evaluating;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/pathways/…/awards: issue what a completed pathway leads to.</summary>
public static class PathwayAwardResource
{
    private const string Json = CredentialNegotiation.Json;

    private static readonly AwardRequest Example = new()
    {
        Credentials = [JsonSerializer.SerializeToElement(new { id = "urn:uuid:…" })],
        Recipient = new Recipient { Name = "Aino Virtanen", Email = "aino@student.aurora.example" },
    };

    public static void MapPathwayAwards(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/pathways/{id}/{version:int:min(1)}/awards", AwardAsync)
            .Costs(RouteCost.Dear)
            .Audited("pathway.award", "pathway")
            .RequireAuthorization(GatewayRoles.Registrar)
            .WithTags("Pathways")
            .WithMetadata(new RequestSizeLimitAttribute(CredentialSet.MaxBytes))
            .WithSummary("Issue the award of an own pathway")
            .WithDescription(
                "Verifies the learner's credentials, evaluates them, and issues the achievement that the pathway leads "
                + "to if it is complete; 409 says what is missing if it is not. The document names the parts that "
                + "count as evidence, by their identifiers and their places on the ledger. The same request sent again "
                + "finds the same credential.")
            .TakesJson(Example)
            .Produces<object>(StatusCodes.Status201Created, Json, CredentialNegotiation.All[1..])
            .Produces<CredentialResource.AlreadyIssued>()
            .Produces<IssuingRequestResource.RequestAnswer>(StatusCodes.Status202Accepted)
            .TakesIdempotencyKey()
            .MayGive(ProblemKind.PossibleDuplicate, ProblemKind.TooTangled)
            .GivesProblems(400, 401, 403, 404, 406, 409, 413, 415, 422, 503);

    private static async Task<IResult> AwardAsync(
        string id, int version, HttpContext context, ProjectedPathways pathways, GatewayServiceOptions options,
        GatewayStore store, Awarding awarding, FormSigner signer)
    {
        var negotiated = CredentialNegotiation.Of(context.Request);
        var pathway = PathwayResource.Find(options.MspId, id, version, pathways);
        RequestBody.RequireMediaType(context.Request, Json);
        byte[] body = await RequestBody.ReadBytesAsync(context.Request, CredentialSet.MaxBytes);
        AwardRequest request;
        RequestFingerprint fingerprint;
        using (var document = StrictJson.Parse(body))
        {
            NullItems.Refuse(document.RootElement, typeof(AwardRequest));
            request = LedgerJson.Deserialize<AwardRequest>(document.RootElement);
            fingerprint = RequestFingerprint.Of(
                store, context.Request, IssuanceKind.Credential,
                [
                    .. Encoding.UTF8.GetBytes($"{id}/{version}:"),
                    .. CanonicalJson.Canonicalize(document.RootElement),
                ],
                isKnownByItsBody: true);
        }

        var outcome = await awarding.AwardAsync(
            pathway, request.Credentials, request.Of(pathway.Award), fingerprint, Caller.Require(context.User),
            context.RequestAborted);
        return await CredentialResource.AnswerAsync(context, outcome, signer, negotiated);
    }

    /// <summary>What is to be awarded.</summary>
    public sealed record AwardRequest
    {
        /// <summary>The learner's credentials: each an object, or a string in a compact form.</summary>
        public required IReadOnlyList<JsonElement> Credentials { get; init; }

        /// <summary>Who earned it, named as on the credentials.</summary>
        public required Recipient Recipient { get; init; }

        /// <summary>When the award expires. Default is never.</summary>
        public DateTimeOffset? ValidUntil { get; init; }

        /// <summary>The grade or other result.</summary>
        public CredentialResult? Result { get; init; }

        /// <summary><c>allow</c> issues although the person, or a namesake, has the award. Default is to ask.</summary>
        public string? Duplicates { get; init; }

        internal CredentialRequest Of(AchievementReference award) => new()
        {
            Achievement = $"{award.Id}@{award.Version}",
            Recipient = Recipient,
            ValidUntil = ValidUntil,
            Result = Result,
            Duplicates = Duplicates,
        };
    }
}
