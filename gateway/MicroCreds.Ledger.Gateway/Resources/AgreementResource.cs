using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Reading;
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
            .RequireAuthorization(GatewayRoles.Registrar)
            .WithSummary("Propose an agreement")
            .WithDescription(
                "Signed by this institution; in force once every other party has accepted. `recognizedBy` and "
                + "`awardedBy` name parties, and none is all of them; an empty scope is everything.")
            .TakesJson(Example)
            .GivesProblems(400, 401, 403, 409, 413, 415, 503);
        agreements.MapPost("/{id}/versions", AmendAsync)
            .Audited("agreement.amend", "agreement")
            .RequireAuthorization(GatewayRoles.Registrar)
            .WithSummary("Propose an amendment: the next version, which all must accept")
            .WithDescription("Until then the version before rules; and awards made before then keep their worth.")
            .TakesJson(Example with { Id = null })
            .GivesProblems(400, 401, 403, 404, 409, 413, 415, 503);
        agreements.MapPost("/{id}/versions/{version:int:min(1)}/acceptance", AcceptAsync)
            .Audited("agreement.accept", "agreement")
            .RequireAuthorization(GatewayRoles.Registrar)
            .WithSummary("Accept a version")
            .WithDescription(
                "The `digest` of the version, as it was read, may be sent along: the acceptance is refused if it is of "
                + "other words. The body may be left out.")
            .TakesJson(new Acceptance { Digest = new string('0', 64) })
            .GivesProblems(400, 401, 403, 404, 409, 413, 415, 503);
        agreements.MapPost("/{id}/notice", LeaveAsync)
            .Audited("agreement.leave", "agreement")
            .RequireAuthorization(GatewayRoles.Registrar)
            .WithSummary("Give notice, or turn a proposal down")
            .WithDescription(
                "Takes effect after the agreed days of notice, or later at `endsAt`; awards made before stand. Of an "
                + "agreement of several, only this institution leaves. The body may be left out.")
            .TakesJson(new Notice { EndsAt = DateTimeOffset.UnixEpoch.AddYears(60) })
            .GivesProblems(400, 401, 403, 404, 409, 413, 415, 503);
        agreements.MapGet("", List)
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
                + "signed by this gateway's institution, if it is a party.")
            .Produces<AgreementAnswer>()
            .Produces<object>(StatusCodes.Status200OK, AgreementEndorsement.MediaType)
            .GivesProblems(404, 409)
            .ReadableFromAnywhere();
    }

    private static async Task<Results<Created<AgreementAnswer>, Ok<AgreementAnswer>>> ProposeAsync(
        HttpRequest request, MemberStatements statements, TimeProvider time)
    {
        var proposal = await RequestBody.ReadAsync<AgreementProposal>(request);
        if (proposal.Id is null)
            throw ProblemException.Invalid("/id", "is missing: give the agreement a name.");
        return await SendAsync(
            OwnedName.Of(statements.MspId, proposal.Id), version: 1, proposal, statements, time.GetUtcNow());
    }

    private static async Task<Results<Created<AgreementAnswer>, Ok<AgreementAnswer>>> AmendAsync(
        string id, HttpRequest request, MemberStatements statements, MemberAgreements agreements, TimeProvider time)
    {
        var proposal = await RequestBody.ReadAsync<AgreementProposal>(request);
        if (proposal.Id is not null && proposal.Id != id)
            throw ProblemException.Invalid("/id", "is another agreement's than the address names: leave it out.");
        int version = agreements.Find(id).Newest.Terms.Version + 1;
        return await SendAsync(id, version, proposal, statements, time.GetUtcNow());
    }

    private static async Task<Results<Created<AgreementAnswer>, Ok<AgreementAnswer>>> SendAsync(
        string id, int version, AgreementProposal proposal, MemberStatements statements, DateTimeOffset now)
    {
        var committed = await statements.SendAsync(
            MemberTransactions.ProposeAgreement,
            keyId => new AgreementStatement
            {
                Ledger = statements.Ledger,
                MspId = statements.MspId,
                Id = id,
                Version = version,
                Name = proposal.Name,
                Parties = [.. proposal.Parties.Order(StringComparer.Ordinal)],
                Clauses = proposal.Clauses,
                ValidFrom = LedgerJson.ToMilliseconds(proposal.ValidFrom ?? now),
                ValidUntil = proposal.ValidUntil,
                NoticeDays = proposal.NoticeDays,
                Reference = proposal.Reference,
                KeyId = keyId,
            });
        return committed.ToResult(AgreementAnswer.Of(committed.Record, now), answer => $"/v1/agreements/{answer.Id}");
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
        var body = await RequestBody.ReadOrDefaultAsync<Notice>(request);
        var agreement = await agreements.LeaveAsync(id, body.EndsAt);
        return TypedResults.Ok(AgreementAnswer.Of(agreement, time.GetUtcNow()));
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

    /// <summary>An agreement, or an amendment, to be proposed.</summary>
    public sealed record AgreementProposal
    {
        /// <summary>
        /// The agreement's name: lower-case letters, digits and hyphens. The first proposer's MSP is put before it.
        /// Left out of an amendment.
        /// </summary>
        public string? Id { get; init; }

        /// <summary>The title.</summary>
        public required string Name { get; init; }

        /// <summary>All parties, this institution among them.</summary>
        public required IReadOnlyList<string> Parties { get; init; }

        /// <summary>What is recognized, as what.</summary>
        public required IReadOnlyList<AgreementClause> Clauses { get; init; }

        /// <summary>From when on awards count. Default is now.</summary>
        public DateTimeOffset? ValidFrom { get; init; }

        /// <summary>Until when awards count. Default is until it ends by notice.</summary>
        public DateTimeOffset? ValidUntil { get; init; }

        /// <summary>How many days' notice a party gives. Default is 90.</summary>
        public int NoticeDays { get; init; } = 90;

        /// <summary>Where the agreement's text is published, an https address.</summary>
        public string? Reference { get; init; }
    }

    /// <summary>An acceptance.</summary>
    public sealed record Acceptance
    {
        /// <summary>The digest of the version that was read. Default is that of the version as it stands.</summary>
        public string? Digest { get; init; }
    }

    /// <summary>A notice.</summary>
    public sealed record Notice
    {
        /// <summary>When it takes effect. Default is as soon as the agreement allows.</summary>
        public DateTimeOffset? EndsAt { get; init; }
    }
}
