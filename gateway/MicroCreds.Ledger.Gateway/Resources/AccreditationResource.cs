using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/accreditations: who may award what, as the accreditors see it.</summary>
public static class AccreditationResource
{
    public static void MapAccreditations(this IEndpointRouteBuilder routes)
    {
        var accreditations = routes.MapGroup("/v1/accreditations").WithTags("Accreditation");
        accreditations.MapPost("", GrantAsync)
            .Audited("accreditation.grant", "accreditation")
            .RequireAuthorization(GatewayRoles.RecognitionOfficer)
            .WithSummary("Accredit an institution")
            .WithDescription(
                "For accreditors alone, whom the members admit by a ballot. An empty scope is everything; what is "
                + "named must all hold. Never changed but by narrowing, suspending and withdrawing; what is wider or "
                + "lasts longer is a new one.")
            .TakesJson(new AccreditationGrant
            {
                MspId = "AuroraMSP",
                Id = "institutional-2026",
                Scope = new AwardScope { Levels = [5, 6, 7], Fields = ["054", "06"] },
                ValidUntil = DateTimeOffset.UnixEpoch.AddYears(62),
                Reference = "https://www.meridian.example/decisions/2026-17",
            })
            .GivesProblems(400, 401, 403, 409, 413, 415, 503);
        Change("narrowing", AccreditationAction.Narrow, "Narrow an accreditation's scope, or bring its end nearer");
        Change("suspension", AccreditationAction.Suspend, "Suspend an accreditation");
        Change("withdrawal", AccreditationAction.Withdraw, "Withdraw an accreditation, for good");
        accreditations.MapDelete("/{mspId}/{id}/suspension", (
                string mspId, string id, HttpRequest request, MemberAccreditations accreditations,
                TimeProvider time) => ChangeAsync(
                mspId, id, AccreditationAction.Lift, request, accreditations, time))
            .Audited("accreditation.lift", "accreditation")
            .RequireAuthorization(GatewayRoles.RecognitionOfficer)
            .WithSummary("End an accreditation's suspension")
            .GivesProblems(400, 401, 403, 404, 409, 503);
        accreditations.MapGet("", List)
            .TakesParameters("mspId", "accreditor")
            .WithSummary("List accreditations")
            .WithDescription("`?mspId=` for an institution's, `?accreditor=` for those by an accreditor.")
            .GivesProblems(400)
            .ReadableFromAnywhere();
        accreditations.MapGet("/{mspId}/{accreditor}/{id}", (
                string mspId, string accreditor, string id, MemberAccreditations accreditations, TimeProvider time) =>
                TypedResults.Ok(AccreditationAnswer.Of(
                    accreditations.Find(mspId, accreditor, id), time.GetUtcNow())))
            .WithSummary("Read an accreditation with its history")
            .GivesProblems(404)
            .ReadableFromAnywhere();

        void Change(string path, string action, string summary) => accreditations
            .MapPost("/{mspId}/{id}/" + path, (
                string mspId, string id, HttpRequest request, MemberAccreditations accreditations,
                TimeProvider time) => ChangeAsync(
                mspId, id, action, request, accreditations, time))
            .Audited($"accreditation.{path}", "accreditation")
            .RequireAuthorization(GatewayRoles.RecognitionOfficer)
            .WithSummary(summary)
            .WithDescription(
                "Of one that this institution granted. At once, or from `effectiveFrom` on; what was anchored before "
                + "stands. The body may be left out, but for narrowing.")
            .TakesJson(new AccreditationChangeRequest { Reference = "https://www.meridian.example/decisions/2027-3" })
            .GivesProblems(400, 401, 403, 404, 409, 413, 415, 503);
    }

    private static async Task<Results<Created<AccreditationAnswer>, Ok<AccreditationAnswer>>> GrantAsync(
        HttpRequest request, MemberAccreditations accreditations, TimeProvider time)
    {
        var committed = await accreditations.GrantAsync(await RequestBody.ReadAsync<AccreditationGrant>(request));
        return committed.ToResult(
            AccreditationAnswer.Of(committed.Record, time.GetUtcNow()),
            _ => $"/v1/accreditations/{NameOf(committed.Record)}");
    }

    private static async Task<Ok<AccreditationAnswer>> ChangeAsync(
        string mspId, string id, string action, HttpRequest request, MemberAccreditations accreditations,
        TimeProvider time)
    {
        var change = await RequestBody.ReadOrDefaultAsync<AccreditationChangeRequest>(request);
        return TypedResults.Ok(AccreditationAnswer.Of(
            await accreditations.ChangeAsync(mspId, id, action, change), time.GetUtcNow()));
    }

    private static Ok<Page<AccreditationAnswer>> List(
        HttpRequest request, LedgerProjection projection, TimeProvider time)
    {
        string? mspId = request.Query["mspId"], accreditor = request.Query["accreditor"];
        var all = mspId is null ? projection.Shared.Accreditations : projection.Shared.AccreditationsOf(mspId);
        return TypedResults.Ok(PageRequest.Of(request).List(
            all.Where(one => accreditor is null || one.Accreditor == accreditor)
                .OrderBy(NameOf, StringComparer.Ordinal),
            NameOf, one => AccreditationAnswer.Of(one, time.GetUtcNow())) with
        {
            Unreadable = projection.Unreadable.LeftOut(RecordKey.AccreditationType, mspId is null ? [] : [mspId]),
        });
    }

    private static string NameOf(Accreditation one) => $"{one.MspId}/{one.Accreditor}/{one.Id}";

    /// <summary>An accreditation as it stands.</summary>
    public sealed record AccreditationAnswer
    {
        /// <summary>The institution.</summary>
        public required string MspId { get; init; }

        /// <summary>Who accredits.</summary>
        public required string Accreditor { get; init; }

        /// <summary>Its name.</summary>
        public required string Id { get; init; }

        /// <summary>inForce, suspended, expired, withdrawn, or absent before it begins.</summary>
        public required string State { get; init; }

        /// <summary>Since when it stands so.</summary>
        public DateTimeOffset? Since { get; init; }

        /// <summary>Until when it counts.</summary>
        public DateTimeOffset? ValidUntil { get; init; }

        /// <summary>
        /// When it stops being in force, by its end or by what its accreditor has announced; absent while no such day
        /// is set.
        /// </summary>
        public DateTimeOffset? LapsesAt { get; init; }

        /// <summary>What is accredited.</summary>
        public required AwardScope Scope { get; init; }

        /// <summary>Where the last decision is published.</summary>
        public string? Reference { get; init; }

        /// <summary>All that was said, in the order of the ledger.</summary>
        public required IReadOnlyList<AccreditationChange> Changes { get; init; }

        internal static AccreditationAnswer Of(Accreditation accreditation, DateTimeOffset now)
        {
            var standing = accreditation.StandingAt(now);
            return new()
            {
                MspId = accreditation.MspId,
                Accreditor = accreditation.Accreditor,
                Id = accreditation.Id,
                State = standing.State,
                Since = standing.Since,
                ValidUntil = standing.ValidUntil,
                LapsesAt = accreditation.LapsesAfter(now),
                Scope = standing.Scope,
                Reference = standing.Reference,
                Changes = accreditation.Changes,
            };
        }
    }
}
