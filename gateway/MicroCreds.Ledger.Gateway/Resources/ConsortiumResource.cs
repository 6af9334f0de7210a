using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Joining;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/consortium and /v1/ballots: who the accreditors are, and how the members decide it.</summary>
public static class ConsortiumResource
{
    public static void MapConsortium(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/consortium", (LedgerProjection projection) => TypedResults.Ok(new ConsortiumAnswer(
                projection.Shared.Members.MspIds, projection.Shared.Members.Former,
                projection.Shared.Consortium.Accreditors)))
            .WithTags("Consortium")
            .WithSummary("Read who the members are, and who of them accredits")
            .ReadableFromAnywhere();
        routes.MapGet("/v1/consortium/policies", async (PolicyKeeper policies, CancellationToken cancellationToken) =>
                TypedResults.Ok(await policies.CountAsync(cancellationToken)))
            .Unaudited("It counts records and changes nothing.")
            .RequireAuthorization(GatewayRoles.Registrar)
            .WithTags("Consortium")
            .WithSummary("Count own records whose endorsement policies do not name the members as they are")
            .WithDescription("After members came or left, the gateway makes them anew by itself; an institution that "
                + "leaves stays in the channel until all are done.")
            .GivesProblems(401, 403, 503);
        routes.MapPost("/v1/consortium/departure", LeaveAsync)
            .Audited("consortium.leave")
            .RequireAuthorization(GatewayRoles.Registrar)
            .WithTags("Consortium")
            .WithSummary("Leave the consortium")
            .WithDescription("What was issued stands and verifies. The institution votes and issues no more, and comes "
                + "back by a ballot of the others (admitMember). Its peer endorses until the channel lets it go. The "
                + "body names who leaves: nobody leaves by mistake.")
            .TakesJson(new DepartureRequest { MspId = "LindenMSP" })
            .GivesProblems(400, 401, 403, 409, 413, 415, 503);
        var ballots = routes.MapGroup("/v1/ballots").WithTags("Consortium");
        ballots.MapPost("", ProposeAsync)
            .Audited("ballot.propose", "ballot")
            .RequireAuthorization(GatewayRoles.Registrar)
            .WithSummary("Put a question to the members")
            .WithDescription(
                $"Actions: {string.Join(", ", BallotAction.Values)}. The vote that makes more than half of those who "
                + "may vote does what was asked: of all members for accreditors, else of all but the subject. A ballot "
                + "about an identity is about the one that the subject proposes, unless `identity` names its digest. "
                + "Open for 30 days unless `closesAt` says otherwise. To propose is not to vote.")
            .TakesJson(new BallotProposal
            {
                Id = "admit-meridian",
                Action = BallotAction.AdmitAccreditor,
                Subject = "MeridianMSP",
                Reference = "https://www.aurora.example/minutes/2026-11",
            })
            .GivesProblems(400, 401, 403, 409, 413, 415, 503);
        ballots.MapPost("/{id}/votes", VoteAsync)
            .Audited("ballot.vote", "ballot")
            .RequireAuthorization(GatewayRoles.Registrar)
            .WithSummary("Vote, once and for good")
            .WithDescription(
                "The `digest` of the question, as it was read, may be sent along: a vote on another is refused.")
            .TakesJson(new VoteRequest { Approve = true })
            .GivesProblems(400, 401, 403, 404, 409, 413, 415, 503);
        ballots.MapPost("/{id}/count", CountAsync)
            .Audited("ballot.count", "ballot")
            .RequireAuthorization(GatewayRoles.Registrar)
            .WithSummary("Count an open ballot anew, after members left")
            .GivesProblems(401, 403, 404, 409, 503);
        ballots.MapGet("", List)
            .TakesParameters("state", "waiting")
            .WithSummary("List ballots")
            .WithDescription("`?state=open`, accepted, rejected or expired; `?waiting=true` for those that this "
                + "gateway's institution has not voted in.")
            .GivesProblems(400)
            .ReadableFromAnywhere();
        ballots.MapGet("/{id}", (
                string id, MemberBallots ballots, LedgerProjection projection, TimeProvider time) =>
                TypedResults.Ok(BallotAnswer.Of(ballots.Find(id), time.GetUtcNow(), projection)))
            .WithSummary("Read a ballot with its votes")
            .GivesProblems(404)
            .ReadableFromAnywhere();
    }

    private static async Task<Results<Created<BallotAnswer>, Ok<BallotAnswer>>> ProposeAsync(
        HttpRequest request, MemberBallots ballots, LedgerProjection projection, TimeProvider time)
    {
        var committed = await ballots.ProposeAsync(await RequestBody.ReadAsync<BallotProposal>(request));
        return committed.ToResult(
            BallotAnswer.Of(committed.Record, time.GetUtcNow(), projection), answer => $"/v1/ballots/{answer.Id}");
    }

    private static async Task<Ok<BallotAnswer>> VoteAsync(
        string id, HttpRequest request, MemberBallots ballots, LedgerProjection projection, TimeProvider time)
    {
        var vote = await RequestBody.ReadAsync<VoteRequest>(request);
        return TypedResults.Ok(BallotAnswer.Of(
            await ballots.VoteAsync(id, vote.Approve, vote.Digest), time.GetUtcNow(), projection));
    }

    private static async Task<Ok<Members>> LeaveAsync(
        HttpRequest request, LedgerDoor door, LedgerProjection projection, GatewayServiceOptions options)
    {
        var departure = await RequestBody.ReadAsync<DepartureRequest>(request);
        if (departure.MspId != options.MspId)
        {
            throw ProblemException.Invalid(
                "/mspId", $"must be {options.MspId}, the institution of this gateway: it leaves, and no other.");
        }

        var committed = await door.LeaveConsortiumAsync(CancellationToken.None);
        await projection.WaitBrieflyAsync(committed.Block, CancellationToken.None);
        return TypedResults.Ok(committed.Record);
    }

    private static async Task<Ok<BallotAnswer>> CountAsync(
        string id, LedgerDoor door, MemberBallots ballots, LedgerProjection projection, TimeProvider time)
    {
        ballots.Find(id);
        var committed = await door.CountBallotAsync(id, CancellationToken.None);
        await projection.WaitBrieflyAsync(committed.Block, CancellationToken.None);
        return TypedResults.Ok(BallotAnswer.Of(committed.Record, time.GetUtcNow(), projection));
    }

    private static Ok<Page<BallotAnswer>> List(
        HttpRequest request, LedgerProjection projection, MemberBallots ballots, TimeProvider time)
    {
        string? state = request.Query["state"];
        bool waiting = request.Query["waiting"] == "true";
        return TypedResults.Ok(PageRequest.Of(request).List(
            projection.Shared.Ballots.Where(ballot => !waiting || ballots.Awaits(ballot)),
            ballot => ballot.Statement.Id, ballot => BallotAnswer.Of(ballot, time.GetUtcNow(), projection),
            answer => state is null || answer.State == state) with
        {
            Unreadable = projection.Unreadable.LeftOut(RecordKey.BallotType),
        });
    }

    /// <summary>The members.</summary>
    /// <param name="Members">Their MSPs, sorted.</param>
    /// <param name="Former">Who left, and whether by a ballot.</param>
    /// <param name="Accreditors">Who is or was an accreditor.</param>
    public sealed record ConsortiumAnswer(
        IReadOnlyList<string> Members, IReadOnlyList<FormerMember> Former,
        IReadOnlyList<AccreditorTerm> Accreditors);

    /// <summary>That an institution leaves.</summary>
    public sealed record DepartureRequest
    {
        /// <summary>The MSP of the institution that leaves: that of the gateway which is asked.</summary>
        public required string MspId { get; init; }
    }

    /// <summary>A vote.</summary>
    public sealed record VoteRequest
    {
        /// <summary>For or against.</summary>
        public required bool Approve { get; init; }

        /// <summary>The digest of the question that was read. Default is that of the question as it stands.</summary>
        public string? Digest { get; init; }
    }
}
