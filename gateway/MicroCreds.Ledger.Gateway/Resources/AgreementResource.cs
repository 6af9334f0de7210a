using MicroCreds.Ledger.Gateway.Access;
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
            .RequireAuthorization(GatewayRoles.Registrar)
            .WithSummary("Propose an agreement")
            .WithDescription(
                "Signed by this institution; in force once every other party has accepted. `recognizedBy` and "
                + "`awardedBy` name parties, and none is all of them; an empty scope is everything.")
            .TakesJson(Example)
            .GivesProblems(400, 401, 403, 409, 413, 415, 503);
        agreements.MapPost("/{id}/versions", AmendAsync)
            .RequireAuthorization(GatewayRoles.Registrar)
            .WithSummary("Propose an amendment: the next version, which all must accept")
            .WithDescription("Until then the version before rules; and awards made before then keep their worth.")
            .TakesJson(Example with { Id = null })
            .GivesProblems(400, 401, 403, 404, 409, 413, 415, 503);
        agreements.MapPost("/{id}/versions/{version:int:min(1)}/acceptance", AcceptAsync)
            .RequireAuthorization(GatewayRoles.Registrar)
            .WithSummary("Accept a version")
            .WithDescription(
                "The `digest` of the version, as it was read, may be sent along: the acceptance is refused if it is of "
                + "other words. The body may be left out.")
            .TakesJson(new Acceptance { Digest = new string('0', 64) })
            .GivesProblems(400, 401, 403, 404, 409, 413, 415, 503);
        agreements.MapPost("/{id}/notice", LeaveAsync)
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
                + "inForce or ended; `?waiting=true` for those that wait for this gateway's institution to accept.")
            .GivesProblems(400)
            .ReadableFromAnywhere();
        agreements.MapGet("/{id}", Read)
            .WithSummary("Read an agreement with all its versions")
            .WithDescription(
                $"With `Accept: {AgreementEndorsement.MediaType}` the same as an Open Badges EndorsementCredential, "
                + "signed by this gateway's institution, if it is a party.")
            .Produces<AgreementAnswer>()
            .Produces<object>(StatusCodes.Status200OK, AgreementEndorsement.MediaType)
            .GivesProblems(404, 409)
            .ReadableFromAnywhere();
    }

    private static Agreement Find(string id, LedgerProjection projection) => projection.Shared.Agreements.Find(id)
        ?? throw new ProblemException(ProblemKind.NotFound, "There is no agreement of this name.");

    private static async Task<Results<Created<AgreementAnswer>, Ok<AgreementAnswer>>> ProposeAsync(
        HttpRequest request, LedgerDoor door, MemberStatements statements, TimeProvider time)
    {
        var proposal = await RequestBody.ReadAsync<AgreementProposal>(request);
        if (proposal.Id is null)
            throw ProblemException.Invalid("/id", "is missing: give the agreement a name.");
        return await SendAsync(proposal.Id, 1, proposal, door, statements, time.GetUtcNow());
    }

    private static async Task<Results<Created<AgreementAnswer>, Ok<AgreementAnswer>>> AmendAsync(
        string id, HttpRequest request, LedgerDoor door, MemberStatements statements, LedgerProjection projection,
        TimeProvider time)
    {
        var proposal = await RequestBody.ReadAsync<AgreementProposal>(request);
        if (proposal.Id is not null && proposal.Id != id)
            throw ProblemException.Invalid("/id", "is another agreement's than the address names: leave it out.");
        int version = Find(id, projection).Newest.Terms.Version + 1;
        return await SendAsync(id, version, proposal, door, statements, time.GetUtcNow());
    }

    private static async Task<Results<Created<AgreementAnswer>, Ok<AgreementAnswer>>> SendAsync(
        string id, int version, AgreementProposal proposal, LedgerDoor door, MemberStatements statements,
        DateTimeOffset now)
    {
        var committed = await statements.SendAsync(
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
            },
            door.ProposeAgreementAsync);
        var answer = AgreementAnswer.Of(committed.Record, now);
        return committed.Unchanged
            ? TypedResults.Ok(answer)
            : TypedResults.Created($"/v1/agreements/{id}", answer);
    }

    private static async Task<Ok<AgreementAnswer>> AcceptAsync(
        string id, int version, HttpRequest request, LedgerDoor door, MemberStatements statements,
        LedgerProjection projection, TimeProvider time)
    {
        var body = await RequestBody.ReadOrDefaultAsync<Acceptance>(request);
        var terms = Find(id, projection).Versions.FirstOrDefault(one => one.Terms.Version == version)?.Terms
            ?? throw new ProblemException(ProblemKind.NotFound, "The agreement has no such version.");
        var committed = await statements.SendAsync(
            keyId => new AcceptanceStatement
            {
                Ledger = statements.Ledger,
                MspId = statements.MspId,
                Agreement = id,
                Version = version,
                Digest = body.Digest ?? StatementDigest.Of(terms),
                KeyId = keyId,
            },
            door.AcceptAgreementAsync);
        return TypedResults.Ok(AgreementAnswer.Of(committed.Record, time.GetUtcNow()));
    }

    private static async Task<Ok<AgreementAnswer>> LeaveAsync(
        string id, HttpRequest request, LedgerDoor door, MemberStatements statements, LedgerProjection projection,
        TimeProvider time)
    {
        var body = await RequestBody.ReadOrDefaultAsync<Notice>(request);
        Find(id, projection);
        var committed = await statements.SendAsync(
            keyId => new NoticeStatement
            {
                Ledger = statements.Ledger,
                MspId = statements.MspId,
                Agreement = id,
                EndsAt = body.EndsAt,
                KeyId = keyId,
            },
            door.LeaveAgreementAsync);
        return TypedResults.Ok(AgreementAnswer.Of(committed.Record, time.GetUtcNow()));
    }

    private static Results<Ok<AgreementAnswer>, FileContentHttpResult> Read(
        string id, HttpContext context, LedgerProjection projection, AgreementEndorsement endorsement,
        TimeProvider time)
    {
        var agreement = Find(id, projection);
        context.Response.Headers.Vary = "Accept";
        var chosen = AcceptHeader.Choose(context.Request, "application/json", AgreementEndorsement.MediaType);
        return chosen?.MediaType == AgreementEndorsement.MediaType
            ? TypedResults.Bytes(endorsement.Of(agreement), AgreementEndorsement.MediaType)
            : TypedResults.Ok(AgreementAnswer.Of(agreement, time.GetUtcNow()));
    }

    private static Ok<Page<AgreementAnswer>> List(
        HttpRequest request, LedgerProjection projection, MemberStatements statements, TimeProvider time)
    {
        var page = PageRequest.Of(request);
        string? party = request.Query["party"], partner = request.Query["partner"], state = request.Query["state"];
        bool waiting = request.Query["waiting"] == "true";
        var found = projection.Shared.Agreements.All
            .Where(one => page.After is null || string.CompareOrdinal(one.Id, page.After) > 0)
            .Where(one => IsOf(one, party) && IsOf(one, partner))
            .Where(one => !waiting || (one.Newest.Awaits.Contains(statements.MspId) && one.Notices.Count == 0))
            .Select(one => AgreementAnswer.Of(one, time.GetUtcNow()))
            .Where(one => state is null || one.State == state);
        return TypedResults.Ok(page.Take([.. found.Take(page.Size + 1)], one => one.Id));

        static bool IsOf(Agreement agreement, string? mspId) =>
            mspId is null || agreement.Versions.Any(version => version.Terms.Parties.Contains(mspId));
    }

    /// <summary>An agreement, or an amendment, to be proposed.</summary>
    public sealed record AgreementProposal
    {
        /// <summary>The agreement's name: lower-case letters, digits and hyphens. Left out of an amendment.</summary>
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
