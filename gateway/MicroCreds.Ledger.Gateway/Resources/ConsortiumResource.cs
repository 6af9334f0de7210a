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

/// <summary>/v1/consortium and /v1/ballots: who the accreditors are, and how the members decide it.</summary>
public static class ConsortiumResource
{
    private static readonly TimeSpan OpenByDefault = TimeSpan.FromDays(30);

    public static void MapConsortium(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/consortium", (LedgerProjection projection) => TypedResults.Ok(new ConsortiumAnswer(
                [.. projection.Institutions.Keys.Order(StringComparer.Ordinal)],
                projection.Shared.Consortium.Accreditors)))
            .WithTags("Consortium")
            .WithSummary("Read who the members are, and who of them accredits")
            .ReadableFromAnywhere();
        var ballots = routes.MapGroup("/v1/ballots").WithTags("Consortium");
        ballots.MapPost("", ProposeAsync)
            .RequireAuthorization(GatewayRoles.Registrar)
            .WithSummary("Put a question to the members")
            .WithDescription(
                $"Actions: {string.Join(", ", BallotAction.Values)}. The vote that makes more than half of the members "
                + "does what was asked. Open for 30 days unless `closesAt` says otherwise. To propose is not to vote.")
            .TakesJson(new BallotProposal
            {
                Id = "admit-meridian",
                Action = BallotAction.AdmitAccreditor,
                Subject = "MeridianMSP",
                Reference = "https://www.aurora.example/minutes/2026-11",
            })
            .GivesProblems(400, 401, 403, 409, 413, 415, 503);
        ballots.MapPost("/{id}/votes", VoteAsync)
            .RequireAuthorization(GatewayRoles.Registrar)
            .WithSummary("Vote, once and for good")
            .TakesJson(new VoteRequest { Approve = true })
            .GivesProblems(400, 401, 403, 404, 409, 413, 415, 503);
        ballots.MapGet("", List)
            .WithSummary("List ballots")
            .WithDescription("`?state=open`, accepted, rejected or expired; `?waiting=true` for those that this "
                + "gateway's institution has not voted in.")
            .GivesProblems(400)
            .ReadableFromAnywhere();
        ballots.MapGet("/{id}", (string id, LedgerProjection projection, TimeProvider time) =>
                TypedResults.Ok(BallotAnswer.Of(Find(id, projection), time.GetUtcNow())))
            .WithSummary("Read a ballot with its votes")
            .GivesProblems(404)
            .ReadableFromAnywhere();
    }

    private static Ballot Find(string id, LedgerProjection projection) => projection.Shared.FindBallot(id)
        ?? throw new ProblemException(ProblemKind.NotFound, "There is no ballot of this name.");

    private static async Task<Results<Created<BallotAnswer>, Ok<BallotAnswer>>> ProposeAsync(
        HttpRequest request, MemberStatements statements, TimeProvider time)
    {
        var proposal = await RequestBody.ReadAsync<BallotProposal>(request);
        var now = time.GetUtcNow();
        var committed = await statements.SendAsync(
            MemberTransactions.ProposeBallot,
            keyId => new BallotStatement
            {
                Ledger = statements.Ledger,
                MspId = statements.MspId,
                Id = OwnedName.Of(statements.MspId, proposal.Id),
                Action = proposal.Action,
                Subject = proposal.Subject,
                ClosesAt = LedgerJson.ToMilliseconds(proposal.ClosesAt ?? now + OpenByDefault),
                Reference = proposal.Reference,
                KeyId = keyId,
            });
        return committed.ToResult(BallotAnswer.Of(committed.Record, now), answer => $"/v1/ballots/{answer.Id}");
    }

    private static async Task<Ok<BallotAnswer>> VoteAsync(
        string id, HttpRequest request, MemberStatements statements, LedgerProjection projection, TimeProvider time)
    {
        var vote = await RequestBody.ReadAsync<VoteRequest>(request);
        string digest = StatementDigest.Of(Find(id, projection).Statement);
        var committed = await statements.SendAsync(
            MemberTransactions.Vote,
            keyId => new VoteStatement
            {
                Ledger = statements.Ledger,
                MspId = statements.MspId,
                Ballot = id,
                Digest = digest,
                Approve = vote.Approve,
                KeyId = keyId,
            });
        return TypedResults.Ok(BallotAnswer.Of(committed.Record, time.GetUtcNow()));
    }

    private static Ok<Page<BallotAnswer>> List(
        HttpRequest request, LedgerProjection projection, MemberStatements statements, TimeProvider time)
    {
        string? state = request.Query["state"];
        bool waiting = request.Query["waiting"] == "true";
        return TypedResults.Ok(PageRequest.Of(request).List(
            projection.Shared.Ballots, ballot => ballot.Statement.Id,
            ballot => BallotAnswer.Of(ballot, time.GetUtcNow()),
            ballot => (state is null || ballot.State == state)
                && (!waiting || (ballot.State == BallotState.Open
                    && ballot.Votes.All(vote => vote.MspId != statements.MspId)))));
    }

    /// <summary>The members.</summary>
    /// <param name="Members">Their MSPs, sorted.</param>
    /// <param name="Accreditors">Who is or was an accreditor.</param>
    public sealed record ConsortiumAnswer(
        IReadOnlyList<string> Members, IReadOnlyList<AccreditorTerm> Accreditors);

    /// <summary>A question to the members.</summary>
    public sealed record BallotProposal
    {
        /// <summary>
        /// The ballot's name: lower-case letters, digits and hyphens. The proposer's MSP is put before it.
        /// </summary>
        public required string Id { get; init; }

        /// <summary>What is asked.</summary>
        public required string Action { get; init; }

        /// <summary>The institution that it is about.</summary>
        public required string Subject { get; init; }

        /// <summary>Until when votes are taken. Default is in 30 days.</summary>
        public DateTimeOffset? ClosesAt { get; init; }

        /// <summary>Where the reasons stand, an https address.</summary>
        public string? Reference { get; init; }
    }

    /// <summary>A vote.</summary>
    public sealed record VoteRequest
    {
        /// <summary>For or against.</summary>
        public required bool Approve { get; init; }
    }

    /// <summary>A ballot as it stands.</summary>
    public sealed record BallotAnswer
    {
        /// <summary>Its name.</summary>
        public required string Id { get; init; }

        /// <summary>What is asked.</summary>
        public required string Action { get; init; }

        /// <summary>The institution that it is about.</summary>
        public required string Subject { get; init; }

        /// <summary>Who asks.</summary>
        public required string ProposedBy { get; init; }

        /// <summary>When it was proposed.</summary>
        public required DateTimeOffset ProposedAt { get; init; }

        /// <summary>Until when votes are taken.</summary>
        public required DateTimeOffset ClosesAt { get; init; }

        /// <summary>Where the reasons stand.</summary>
        public string? Reference { get; init; }

        /// <summary>open, accepted, rejected or expired.</summary>
        public required string State { get; init; }

        /// <summary>When it was decided.</summary>
        public DateTimeOffset? DecidedAt { get; init; }

        /// <summary>How many votes were a majority then.</summary>
        public int? Majority { get; init; }

        /// <summary>The votes.</summary>
        public required IReadOnlyList<VoteAnswer> Votes { get; init; }

        internal static BallotAnswer Of(Ballot ballot, DateTimeOffset now) => new()
        {
            Id = ballot.Statement.Id,
            Action = ballot.Statement.Action,
            Subject = ballot.Statement.Subject,
            ProposedBy = ballot.Statement.MspId,
            ProposedAt = ballot.ProposedAt,
            ClosesAt = ballot.Statement.ClosesAt,
            Reference = ballot.Statement.Reference,
            State = ballot.StateAt(now),
            DecidedAt = ballot.DecidedAt,
            Majority = ballot.Majority,
            Votes =
            [
                .. ballot.Votes.Select(
                    vote => new VoteAnswer(vote.Statement.MspId, vote.Statement.Approve, vote.VotedAt)),
            ],
        };
    }

    /// <summary>A vote as it stands.</summary>
    /// <param name="MspId">Whose.</param>
    /// <param name="Approve">For or against.</param>
    /// <param name="VotedAt">When.</param>
    public sealed record VoteAnswer(string MspId, bool Approve, DateTimeOffset VotedAt);
}
