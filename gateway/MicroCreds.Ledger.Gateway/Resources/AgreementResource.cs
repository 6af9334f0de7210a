using System.Globalization;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/agreements: what institutions recognize of each other.</summary>
public static class AgreementResource
{
    private static readonly AgreementProposal Example = new()
    {
        Id = "aurora-linden-2026",
        Name = "Recognition of short courses in computing",
        Parties = ["AuroraMSP", "LindenMSP"],
        Clauses =
        [
            new AgreementClause
            {
                Id = "computing-at-linden",
                RecognizedBy = ["LindenMSP"],
                AwardedBy = ["AuroraMSP"],
                Scope = new AwardScope { Levels = [6, 7], Fields = ["06"] },
                CreditRatio = 0.8,
                MaxCreditsPerLearner = 10,
                Grades = [new GradeConversion("5", "1,0"), new GradeConversion("4", "1,7")],
                AccreditedOnly = true,
            },
        ],
        NoticeDays = 90,
        Reference = "https://www.aurora.example/agreements/linden.pdf",
    };

    public static void MapAgreements(this IEndpointRouteBuilder routes)
    {
        var agreements = routes.MapGroup("/v1/agreements").WithTags("Agreements");
        agreements.MapPost("", ProposeAsync)
            .Audited("agreement.propose", "agreement")
            .RequireAuthorization(GatewayRoles.RecognitionOfficer)
            .WithSummary("Propose an agreement")
            .WithDescription(
                "Signed by this institution; in force once every other party has accepted. `recognizedBy` and "
                + "`awardedBy` name parties, and none is all of them; an empty scope is everything. With `abroad` the "
                + "awards of another consortium are recognized, whose members `awardedBy` names: `trust` is the text "
                + "of a trust file (`microcreds log trust`), by which credentials of there are verified here.")
            .TakesJson(Example)
            .GivesProblems(400, 401, 403, 409, 413, 415, 503);
        agreements.MapPost("/{id}/versions", AmendAsync)
            .Audited("agreement.amend", "agreement")
            .RequireAuthorization(GatewayRoles.RecognitionOfficer)
            .WithSummary("Propose an amendment: the next version, which all must accept")
            .WithDescription("Until then the version before rules; and awards made before then keep their worth.")
            .TakesJson(Example with { Id = null })
            .GivesProblems(400, 401, 403, 404, 409, 413, 415, 503);
        agreements.MapPost("/{id}/versions/{version:int:min(1)}/acceptance", AcceptAsync)
            .Audited("agreement.accept", "agreement")
            .RequireAuthorization(GatewayRoles.RecognitionOfficer)
            .WithSummary("Accept a version")
            .WithDescription(
                "The `digest` of the version, as it was read, may be sent along: the acceptance is refused if it is of "
                + "other words. The body may be left out.")
            .TakesJson(new Acceptance { Digest = new string('0', 64) })
            .GivesProblems(400, 401, 403, 404, 409, 413, 415, 503);
        agreements.MapPost("/{id}/notice", LeaveAsync)
            .Audited("agreement.leave", "agreement")
            .RequireAuthorization(GatewayRoles.RecognitionOfficer)
            .WithSummary("Give notice, or turn a proposal down")
            .WithDescription(
                "Takes effect after the agreed days of notice, or later at `endsAt`; awards made before stand. Of an "
                + "agreement of several, only this institution leaves. The body may be left out.")
            .TakesJson(new NoticeRequest { EndsAt = DateTimeOffset.UnixEpoch.AddYears(60) })
            .GivesProblems(400, 401, 403, 404, 409, 413, 415, 503);
        MapRenewals(agreements);
        agreements.MapGet("", List)
            .TakesParameters("party", "partner", "state", "waiting")
            .WithSummary("List agreements")
            .WithDescription(
                "`?party=` for those of an institution, `?partner=` for those it has with another, `?state=` proposed, "
                + "inForce or ended; `?waiting=true` for those that wait for this gateway's institution to accept, "
                + "`?waiting=others` for those that it has signed and others have not.")
            .GivesProblems(400)
            .ReadableFromAnywhere();
        agreements.MapGet("/{id}", ReadAsync)
            .WithSummary("Read an agreement with all its versions")
            .WithDescription(
                $"With `Accept: {AgreementEndorsement.MediaType}` the same as an Open Badges EndorsementCredential, "
                + "signed by this gateway's institution, if it is a party and recognizes awards of another by it: of "
                + "nobody else, and never that it does not (409). It is good for 7 days at most.")
            .Produces<AgreementAnswer>()
            .Produces<object>(StatusCodes.Status200OK, AgreementEndorsement.MediaType)
            .GivesProblems(404, 409)
            .ReadableFromAnywhere();
        agreements.MapGet("/{id}/comparison", Compare)
            .TakesParameters("from", "to")
            .WithSummary("Compare two versions of an agreement, term by term")
            .WithDescription(
                "`?from=` and `?to=` name versions; by default the newest is compared with the one before. Clauses are "
                + "the same ones by their ids; of a clause that only one version has, the term is `clause`.")
            .GivesProblems(400, 404)
            .ReadableFromAnywhere();
    }

    private static void MapRenewals(RouteGroupBuilder agreements) =>
        agreements.MapPost("/{id}/renewals", RenewAsync)
            .Audited("agreement.renew-trust", "agreement")
            .RequireAuthorization(GatewayRoles.RecognitionOfficer)
            .WithSummary("Renew whose word an agreement with another consortium takes")
            .WithDescription(
                "Send what a gateway of the other consortium hands out at `/v1/log/renewal`, as it came. It is taken "
                + "if enough of those signed it whose word the agreement takes by now, and never an older one in the "
                + "place of a later. It counts at this gateway, for the version that is accepted: a further version "
                + "begins with its own trust file.")
            .Accepts<string>(TrustRenewal.MediaType, "*/*")
            .GivesProblems(400, 401, 403, 404, 409, 413);

    private static async Task<Results<Created<AgreementAnswer>, Ok<AgreementAnswer>>> ProposeAsync(
        HttpRequest request, MemberStatements statements, MemberAgreements agreements, TimeProvider time)
    {
        var proposal = await RequestBody.ReadAsync<AgreementProposal>(request);
        if (proposal.Id is null)
            throw ProblemException.Invalid("/id", "is missing: give the agreement a name.");
        return ResultOf(
            await agreements.ProposeAsync(OwnedName.Of(statements.MspId, proposal.Id), version: 1, proposal), time);
    }

    private static async Task<Results<Created<AgreementAnswer>, Ok<AgreementAnswer>>> AmendAsync(
        string id, HttpRequest request, MemberAgreements agreements, TimeProvider time)
    {
        var proposal = await RequestBody.ReadAsync<AgreementProposal>(request);
        if (proposal.Id is not null && proposal.Id != id)
            throw ProblemException.Invalid("/id", "is another agreement's than the address names: leave it out.");
        int version = agreements.Find(id).Newest.Terms.Version + 1;
        return ResultOf(await agreements.ProposeAsync(id, version, proposal), time);
    }

    private static Results<Created<AgreementAnswer>, Ok<AgreementAnswer>> ResultOf(
        Committed<Agreement> committed, TimeProvider time) => committed.ToResult(
            AgreementAnswer.Of(committed.Record, time.GetUtcNow()), answer => $"/v1/agreements/{answer.Id}");

    private static Ok<AgreementComparisonAnswer> Compare(
        string id, HttpRequest request, MemberAgreements agreements)
    {
        var agreement = agreements.Find(id);
        var to = VersionOf(request, "to") is { } later ? agreements.FindVersion(id, later) : agreement.Newest;
        var from = agreements.FindVersion(id, VersionOf(request, "from") ?? Math.Max(1, to.Terms.Version - 1));
        return TypedResults.Ok(new AgreementComparisonAnswer(
            agreement.Id, from.Terms.Version, to.Terms.Version, AgreementComparison.Of(from.Terms, to.Terms)));
    }

    private static int? VersionOf(HttpRequest request, string name)
    {
        string? text = request.Query[name];
        if (string.IsNullOrEmpty(text)) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int version)
            ? version
            : throw ProblemException.Invalid(name, "must be a version's number.");
    }

    private static async Task<Ok<AgreementAnswer>> AcceptAsync(
        string id, int version, HttpRequest request, MemberAgreements agreements, TimeProvider time)
    {
        var body = await RequestBody.ReadOrDefaultAsync<Acceptance>(request);
        var agreement = await agreements.AcceptAsync(id, version, body.Digest);
        return TypedResults.Ok(AgreementAnswer.Of(agreement, time.GetUtcNow()));
    }

    private static async Task<Ok<AgreementAnswer>> LeaveAsync(
        string id, HttpRequest request, MemberAgreements agreements, TimeProvider time)
    {
        var body = await RequestBody.ReadOrDefaultAsync<NoticeRequest>(request);
        var agreement = await agreements.LeaveAsync(id, body.EndsAt);
        return TypedResults.Ok(AgreementAnswer.Of(agreement, time.GetUtcNow()));
    }

    private static async Task<Ok<RenewedAnswer>> RenewAsync(
        string id, HttpRequest request, MemberAgreements agreements, AbroadTrusts trusts)
    {
        var agreement = agreements.Find(id);
        var renewed = await trusts.RenewAsync(
            agreement, await RequestBody.ReadBytesAsync(request, TrustRenewal.MaxBytes));
        return TypedResults.Ok(new RenewedAnswer(
            id, agreement.Accepted!.Terms.Version, renewed.Size!.Value, renewed.Members, renewed.MembersNeeded));
    }

    private static async Task<Results<Ok<AgreementAnswer>, FileContentHttpResult>> ReadAsync(
        string id, HttpContext context, MemberAgreements agreements, AgreementEndorsement endorsement,
        LedgerProjection projection, TimeProvider time)
    {
        var agreement = agreements.Find(id);
        context.Response.Headers.Vary = "Accept";
        var chosen = AcceptHeader.Choose(context.Request, "application/json", AgreementEndorsement.MediaType);
        return chosen?.MediaType == AgreementEndorsement.MediaType
            ? TypedResults.Bytes(
                await endorsement.OfAsync(agreement, context.RequestAborted), AgreementEndorsement.MediaType)
            : TypedResults.Ok(AgreementAnswer.Of(agreement, time.GetUtcNow())
                .With(projection.Shared.Agreements.DisregardedOf(id)));
    }

    private static Ok<Page<AgreementAnswer>> List(
        HttpRequest request, LedgerProjection projection, MemberAgreements agreements, TimeProvider time)
    {
        string? party = request.Query["party"], partner = request.Query["partner"], state = request.Query["state"];
        string? waiting = request.Query["waiting"];
        var index = projection.Shared.Agreements;
        IEnumerable<Agreement> found = (party ?? partner) is not { } one ? index.All
            : index.Of(one).Where(agreement => partner is null || HasParty(agreement, partner));
        return TypedResults.Ok(PageRequest.Of(request).List(
            found.Where(IsWaiting), agreement => agreement.Id,
            agreement => AgreementAnswer.Of(agreement, time.GetUtcNow()),
            answer => state is null || answer.State == state) with
        {
            Unreadable = projection.Unreadable.LeftOut(RecordKey.AgreementType),
        });

        bool IsWaiting(Agreement agreement) => waiting switch
        {
            "true" => agreements.Awaits(agreement),
            "others" => agreements.IsPending(agreement),
            _ => true,
        };

        static bool HasParty(Agreement agreement, string mspId) =>
            agreement.Versions.Any(version => version.Terms.Parties.Contains(mspId));
    }

    /// <summary>Two versions, told apart.</summary>
    /// <param name="Id">The agreement.</param>
    /// <param name="From">The version that it is compared with.</param>
    /// <param name="To">The version that is compared.</param>
    /// <param name="Changes">What differs; none where both say the same.</param>
    public sealed record AgreementComparisonAnswer(
        string Id, int From, int To, IReadOnlyList<TermChange> Changes);

    /// <summary>Whose word an agreement with another consortium takes, once it was renewed.</summary>
    /// <param name="Id">The agreement.</param>
    /// <param name="Version">The version whose trust file was renewed.</param>
    /// <param name="Size">How many leaves the other log had by the head that renewed it.</param>
    /// <param name="Members">The members there, with their keys.</param>
    /// <param name="MembersNeeded">How many of them must sign; absent where more than half must.</param>
    public sealed record RenewedAnswer(
        string Id, int Version, long Size, IReadOnlyList<TrustedCosigner> Members, int? MembersNeeded);

    /// <summary>An acceptance.</summary>
    public sealed record Acceptance
    {
        /// <summary>The digest of the version that was read. Default is that of the version as it stands.</summary>
        public string? Digest { get; init; }
    }

    /// <summary>A notice.</summary>
    public sealed record NoticeRequest
    {
        /// <summary>When it takes effect. Default is as soon as the agreement allows.</summary>
        public DateTimeOffset? EndsAt { get; init; }
    }
}
