using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Shapes;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Sharing;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;
using static MicroCreds.Ledger.Gateway.Resources.VersionedRecords;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>
/// /v1/learner-records, …/elm and …/ctdl: what is issued and published here, in the shapes that other systems take.
/// </summary>
public static class ShapeResource
{
    private const string Xml = "application/xml";
    private const string JsonLd = LearnerFiles.EuropeanType;
    private const string MadeRecord = "learner-record.make";
    private const string ReadCredential = "credential.read";

    public static void MapShapes(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/learner-records", MakeAsync)
            .Costs(RouteCost.Dear)
            .Audited(MadeRecord)
            .RequireAuthorization(GatewayRoles.Reader)
            .WithTags("Credentials")
            .WithSummary("Put a learner's credentials together as one file for other systems")
            .WithDescription(
                "Accept chooses: `application/vc` is a Comprehensive Learner Record (1EdTech, CLR 2.0) that this "
                + "institution signs, `application/xml` an EMREX ELMO file, which nobody signs. In both each "
                + $"credential stays as it was signed. Up to {LearnerRecords.MaxCredentials} credentials of one "
                + "person; 409 names one that is not in force, or says that they are for several people. Every "
                + "credential that is read is noted in the audit log.")
            .TakesJson(new WantedRecord { Credentials = ["urn:uuid:6f1d0c52-9f0e-4c5b-8a54-3d1f7b0f4f27"] })
            .Produces<object>(StatusCodes.Status200OK, CredentialNegotiation.Credential)
            .Produces<string>(StatusCodes.Status200OK, Xml)
            .GivesProblems(400, 401, 403, 404, 406, 409, 413, 415, 503);
        routes.MapGet("/v1/credentials/{id}/elm", ReadEuropeanAsync)
            .Costs(RouteCost.Dear)
            .Audited(ReadCredential, AuditedRoutes.Credential)
            .RequireAuthorization(GatewayRoles.Reader)
            .WithTags("Credentials")
            .WithSummary("Read a credential as a European digital credential")
            .WithDescription(
                "JSON-LD by the European Learning Model, version 3, for systems that read Europass credentials. It "
                + "bears no electronic seal, and says so; the signed credential is attached to it, and is what proves "
                + "the award.")
            .Produces<object>(StatusCodes.Status200OK, JsonLd)
            .GivesProblems(401, 403, 404, 409, 503);
        routes.MapGet("/v1/achievements/{mspId}/{id}/{version:int:min(1)}/ctdl", DescribeAchievement)
            .WithTags("Achievements")
            .WithSummary("Read one version of an achievement as CTDL")
            .WithDescription(
                "JSON-LD in Credential Engine's Credential Transparency Description Language. It names no CTID: the "
                + "Credential Registry gives those.")
            .Produces<object>(StatusCodes.Status200OK, JsonLd)
            .GivesProblems(404)
            .ReadableFromAnywhere();
        routes.MapGet("/v1/pathways/{mspId}/{id}/{version:int:min(1)}/ctdl", DescribePathway)
            .WithTags("Pathways")
            .WithSummary("Read one version of a pathway as CTDL")
            .WithDescription("JSON-LD as of achievements: what it leads to, and what counts towards it.")
            .Produces<object>(StatusCodes.Status200OK, JsonLd)
            .GivesProblems(404)
            .ReadableFromAnywhere();
    }

    private static async Task<IResult> MakeAsync(
        HttpContext context, DocumentStore documents, LearnerRecords records, AuditTrail trail)
    {
        var caller = Caller.Require(context.User);
        var (mediaType, _) = AcceptHeader.Choose(context.Request, CredentialNegotiation.Credential, Xml)
            ?? throw new ProblemException(
                ProblemKind.NotAcceptable, $"Send Accept with one of {CredentialNegotiation.Credential}, {Xml}.");
        var wanted = await RequestBody.ReadAsync<WantedRecord>(context.Request);
        if (wanted.Credentials.Count is 0 or > LearnerRecords.MaxCredentials)
        {
            throw ProblemException.Invalid(
                "/credentials", $"must name 1 to {LearnerRecords.MaxCredentials} credentials.");
        }

        var found = wanted.Credentials.Distinct().Select(id => CredentialAddress.Resolve(id, documents)).ToList();
        var awards = new List<CredentialAward>();
        foreach (var address in found)
        {
            var document = address.Document
                ?? throw new ProblemException(ProblemKind.NotFound, "This gateway did not issue that credential.");
            await trail.NoteAsync(
                context, caller, ReadCredential, (AuditedRoutes.Credential, $"{address.Root}.{address.Index}"),
                async () => awards.Add(await records.FindAsync(document.Id, context.RequestAborted)
                    ?? throw new ProblemException(
                        ProblemKind.Conflict,
                        $"The credential urn:uuid:{document.Id} is not in force: leave it out.")));
        }

        if (!LearnerRecords.AreOfOne(awards))
        {
            throw new ProblemException(
                ProblemKind.Conflict, "The credentials are for different people: name those of one.");
        }

        string form = mediaType == Xml ? LearnerRecords.Elmo : LearnerRecords.Clr;
        var file = await records.MakeAsync(awards, form, PageText.Of(context.Request), context.RequestAborted);
        return CredentialResource.Answer(context, file.Content, file.MediaType);
    }

    private static async Task<IResult> ReadEuropeanAsync(
        string id, HttpContext context, DocumentStore documents, LearnerFiles files)
    {
        var document = CredentialAddress.Resolve(id, documents).Document
            ?? throw new ProblemException(ProblemKind.NotFound, "This gateway did not issue that credential.");
        return CredentialResource.Answer(
            context, await files.EuropeanAsync(document, context.RequestAborted), JsonLd);
    }

    private static CredentialResource.BytesResult DescribeAchievement(
        string mspId, string id, int version, ProjectedRecords records, LedgerProjection projection,
        PublicAddress address)
    {
        var achievement = HasReservedCharacters(mspId, id) ? null : records.FindAchievement(mspId, id, version);
        return achievement is not null && projection.Institutions.GetValueOrDefault(mspId) is { } owner
            ? Give(CtdlDescription.Of(achievement, owner, $"{address.Url}/v1/achievements/{mspId}/{id}/{version}"))
            : throw new ProblemException(ProblemKind.NotFound, "No achievement of this name is published.");
    }

    private static CredentialResource.BytesResult DescribePathway(
        string mspId, string id, int version, ProjectedPathways pathways, ProjectedRecords records,
        LedgerProjection projection, PublicAddress address)
    {
        var pathway = PathwayResource.Find(mspId, id, version, pathways);
        var owner = projection.Institutions.GetValueOrDefault(mspId)
            ?? throw new ProblemException(ProblemKind.NotFound, "The pathway's institution is not known here.");
        return Give(CtdlDescription.Of(
            pathway, owner, $"{address.Url}/v1/pathways/{mspId}/{id}/{version}", item => Find(item)));

        (string Name, string Url)? Find(PathwayItem item)
        {
            var achievement = item.Versions is { Count: > 0 } versions
                ? records.FindAchievement(item.MspId, item.Id, versions.Max())
                : records.FindNewestAchievement(item.MspId, item.Id);
            return achievement is not null && projection.Institutions.GetValueOrDefault(item.MspId) is { } awarding
                ? (achievement.Name,
                    CredentialVocabulary.AchievementUrl(awarding.Did, achievement.Id, achievement.Version))
                : null;
        }
    }

    private static CredentialResource.BytesResult Give(JsonObject document) =>
        new(Encoding.UTF8.GetBytes(document.ToJsonString(LedgerJson.Options)), JsonLd);

    /// <summary>Which credentials to put together.</summary>
    public sealed record WantedRecord
    {
        /// <summary>The credentials of one person: their identifiers, or places on the ledger.</summary>
        public required IReadOnlyList<string> Credentials { get; init; }
    }
}
