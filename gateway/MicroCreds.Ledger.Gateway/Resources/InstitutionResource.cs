using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/institution and /v1/institutions: the members and their keys.</summary>
public static class InstitutionResource
{
    public static void MapInstitutions(this IEndpointRouteBuilder routes)
    {
        var own = routes.MapGroup("/v1/institution").WithTags("Institutions");
        own.MapGet("", (LedgerProjection projection, GatewayServiceOptions options) => Find(options.MspId, projection))
            .WithSummary("Read this gateway's own institution")
            .GivesProblems(404);
        own.MapPut("", SetAsync)
            .Audited("institution.propose")
            .RequireAuthorization(GatewayRoles.Registrar)
            .WithSummary("Say who this gateway's own institution is")
            .WithDescription("What is said is proposed, and stands once the other members have confirmed it by a "
                + "ballot of the action confirmIdentity; until then what they confirmed before stands, and before the "
                + "first time no credential is valid. Keys stay as they are. The first time, the gateway's signing "
                + "key is registered as well.")
            .TakesJson(new InstitutionProfile
            {
                Name = "Aurora University",
                Country = "FI",
                Did = "did:web:aurora.example",
                Website = "https://aurora.example",
                Identifiers = new Dictionary<string, string> { ["schac"] = "aurora.example" },
            })
            .GivesProblems(400, 401, 403, 409, 413, 415, 503);
        own.MapDelete("/identities/{digest}", GiveUpAsync)
            .Audited("institution.give-up", "identity")
            .RequireAuthorization(GatewayRoles.Registrar)
            .WithSummary("Give up the name and identifiers of an identity that is not in force any more")
            .WithDescription("Others may then be confirmed with them. Its DID stays the institution's own.")
            .GivesProblems(400, 401, 403, 404, 409, 503);
        own.MapPost("/keys", RotateAsync)
            .Audited("issuer-key.make", "issuer-key")
            .RequireAuthorization(GatewayRoles.Registrar)
            .WithSummary("Make a new signing key")
            .WithDescription("It signs from now on. The others stay in force until they are withdrawn.")
            .GivesProblems(401, 403, 409, 503);
        own.MapPost("/keys/{keyId}/revocation", RevokeAsync)
            .Audited("issuer-key.withdraw", "issuer-key")
            .RequireAuthorization(GatewayRoles.Registrar)
            .WithSummary("Withdraw a signing key")
            .WithDescription(
                "What was anchored with it stands; with `compromisedSince`, only what was anchored before then. If it "
                + "is the key that signs, a new one takes its place first. The body may be left out.")
            .TakesJson(new KeyWithdrawal { CompromisedSince = DateTimeOffset.UnixEpoch.AddYears(56) })
            .GivesProblems(400, 401, 403, 404, 409, 413, 415, 503);

        var all = routes.MapGroup("/v1/institutions").WithTags("Institutions");
        all.MapGet("", List).WithSummary("List the consortium's institutions").WithDescription(
            "`?pageSize=` up to 200, `&after=` what `next` said.").GivesProblems(400).ReadableFromAnywhere();
        all.MapGet("/{mspId}", (string mspId, LedgerProjection projection) => Find(mspId, projection))
            .WithSummary("Read an institution")
            .GivesProblems(404)
            .ReadableFromAnywhere();
        all.MapGet("/{mspId}/history", HistoryAsync)
            .WithSummary("Read what an institution's record was, newest first")
            .GivesProblems(400, 404, 503)
            .ReadableFromAnywhere();
    }

    private static async Task<Ok<Institution>> SetAsync(
        HttpRequest request, LedgerDoor door, KeyRegistrar registrar, LedgerProjection projection,
        LedgerIdentity identity, GatewayServiceOptions options)
    {
        await identity.WaitForNameAsync(request.HttpContext.RequestAborted);
        var profile = await RequestBody.ReadAsync<InstitutionProfile>(request);
        var committed = await door.SetInstitutionAsync(
            new Institution
            {
                MspId = options.MspId,
                Name = profile.Name,
                Country = profile.Country,
                Did = profile.Did,
                Website = profile.Website,
                Identifiers = profile.Identifiers,
            },
            CancellationToken.None);
        await projection.WaitBrieflyAsync(committed.Block, CancellationToken.None);
        return TypedResults.Ok(
            await registrar.EnsureRegisteredAsync(committed.Record, CancellationToken.None) ?? committed.Record);
    }

    private static async Task<Ok<Institution>> GiveUpAsync(
        string digest, LedgerDoor door, LedgerProjection projection)
    {
        var committed = await door.GiveUpIdentityAsync(digest, CancellationToken.None);
        await projection.WaitBrieflyAsync(committed.Block, CancellationToken.None);
        return TypedResults.Ok(committed.Record);
    }

    private static async Task<Ok<Institution>> RotateAsync(KeyRegistrar registrar) =>
        TypedResults.Ok(await registrar.RotateAsync(CancellationToken.None));

    private static async Task<Ok<Institution>> RevokeAsync(string keyId, HttpRequest request, KeyRegistrar registrar)
    {
        var withdrawal = await RequestBody.ReadOrDefaultAsync<KeyWithdrawal>(request);
        return TypedResults.Ok(await registrar.RevokeAsync(
            new KeyRevocation(keyId, withdrawal.CompromisedSince), CancellationToken.None));
    }

    private static Ok<Page<Institution>> List(HttpRequest request, LedgerProjection projection)
    {
        var page = PageRequest.Of(request);
        return TypedResults.Ok(page.Take(
            [
                .. projection.Institutions.Values.OrderBy(institution => institution.MspId, StringComparer.Ordinal)
                    .Where(institution => string.CompareOrdinal(institution.MspId, page.After) > 0)
                    .Take(page.Size + 1),
            ],
            institution => institution.MspId) with
        {
            Unreadable = projection.Unreadable.LeftOut(RecordKey.InstitutionType),
        });
    }

    private static Ok<Institution> Find(string mspId, LedgerProjection projection) =>
        TypedResults.Ok(projection.FindInstitution(mspId)
            ?? throw new ProblemException(ProblemKind.NotFound, "No institution of this MSP is on the ledger yet."));

    private static async Task<Ok<InstitutionHistory>> HistoryAsync(
        string mspId, LedgerDoor door, CancellationToken cancellationToken)
    {
        var history = await door.GetInstitutionHistoryAsync(mspId, cancellationToken);
        return history.Length > 0
            ? TypedResults.Ok(new InstitutionHistory(history, IsCut: history.Length == Limits.MaxHistoryEntries))
            : throw new ProblemException(ProblemKind.NotFound, "No institution of this MSP is on the ledger yet.");
    }

    /// <summary>What an institution says about itself.</summary>
    public sealed record InstitutionProfile
    {
        /// <summary>The awarding body's name as it appears on credentials.</summary>
        public required string Name { get; init; }

        /// <summary>The country, ISO 3166-1 alpha-2.</summary>
        public required string Country { get; init; }

        /// <summary>The decentralised identifier that credentials name as issuer.</summary>
        public required string Did { get; init; }

        /// <summary>The web site, an absolute https address.</summary>
        public string? Website { get; init; }

        /// <summary>Identifiers elsewhere by scheme: <c>ror</c>, <c>schac</c>, <c>pic</c>, <c>erasmus</c>…</summary>
        public IReadOnlyDictionary<string, string> Identifiers { get; init; } = new Dictionary<string, string>();
    }

    /// <summary>Why a key is withdrawn.</summary>
    public sealed record KeyWithdrawal
    {
        /// <summary>From when on it was in other hands; none for an ordinary rotation.</summary>
        public DateTimeOffset? CompromisedSince { get; init; }
    }

    /// <summary>An institution's record over time.</summary>
    /// <param name="Items">Newest first.</param>
    /// <param name="IsCut">Whether there may be older ones, for as many are told as one answer holds.</param>
    public sealed record InstitutionHistory(IReadOnlyList<HistoryEntry<Institution>> Items, bool IsCut);
}
