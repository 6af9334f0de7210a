using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>An agreement as it stands.</summary>
public sealed record AgreementAnswer
{
    /// <summary>Nobody but its proposer has signed it yet, or not all have.</summary>
    public const string Proposed = "proposed";

    /// <summary>Awards count.</summary>
    public const string InForce = "inForce";

    /// <summary>New awards count no more, or it was turned down before all had signed.</summary>
    public const string Ended = "ended";

    /// <summary>Its name.</summary>
    public required string Id { get; init; }

    /// <summary>proposed, inForce or ended.</summary>
    public required string State { get; init; }

    /// <summary>The version that rules what is awarded now; absent while none does.</summary>
    public int? Version { get; init; }

    /// <summary>All versions, ascending.</summary>
    public required IReadOnlyList<VersionAnswer> Versions { get; init; }

    /// <summary>Who leaves or has left, and when.</summary>
    public required IReadOnlyList<NoticeAnswer> Notices { get; init; }

    /// <summary>What stands on the ledger and does not count, since its signer does not stand for it.</summary>
    public IReadOnlyList<DisregardedAnswer> Disregarded { get; init; } = [];

    internal AgreementAnswer With(IReadOnlyList<DisregardedPart> parts) =>
        this with { Disregarded = [.. parts.Select(DisregardedAnswer.Of)] };

    internal static AgreementAnswer Of(Agreement agreement, DateTimeOffset now)
    {
        var ruling = agreement.VersionAt(now, now);
        bool isOver = ruling is null
            ? !agreement.IsOpenAt(now)
            : ruling.Terms.ValidUntil <= now
                || Remaining(agreement, now) < (ruling.Terms.Abroad is null ? 2 : 1);
        return new()
        {
            Id = agreement.Id,
            State = isOver ? Ended : ruling is null ? Proposed : InForce,
            Version = isOver ? null : ruling?.Terms.Version,
            Versions =
            [
                .. agreement.Versions.Select(version => new VersionAnswer
                {
                    Version = version.Terms.Version,
                    Digest = StatementDigest.Of(version.Terms),
                    Terms = version.Terms,
                    ProposedAt = version.Proposal.WrittenAt,
                    Accepted =
                    [
                        .. version.Acceptances.Select(
                            one => new SignerAnswer(one.Acceptance!.Statement.MspId, one.WrittenAt)),
                    ],
                    Awaits = version.Awaits,
                    AcceptedAt = version.AcceptedAt,
                }),
            ],
            Notices =
            [
                .. agreement.Notices.Select(
                    one => new NoticeAnswer(one.Notice!.Statement.MspId, one.WrittenAt, one.EndsAt!.Value)),
            ],
        };
    }

    private static int Remaining(Agreement agreement, DateTimeOffset now) =>
        agreement.Accepted!.Terms.Parties.Count(
            party => agreement.LeavesAt(party) is not { } leaves || leaves > now);

    /// <summary>One version.</summary>
    public sealed record VersionAnswer
    {
        /// <summary>Its number.</summary>
        public required int Version { get; init; }

        /// <summary>The digest of what was proposed, to be accepted.</summary>
        public required string Digest { get; init; }

        /// <summary>What was proposed.</summary>
        public required AgreementStatement Terms { get; init; }

        /// <summary>When.</summary>
        public required DateTimeOffset ProposedAt { get; init; }

        /// <summary>Who accepted, and when.</summary>
        public required IReadOnlyList<SignerAnswer> Accepted { get; init; }

        /// <summary>Whose acceptance is missing.</summary>
        public required IReadOnlyList<string> Awaits { get; init; }

        /// <summary>When the last party accepted.</summary>
        public DateTimeOffset? AcceptedAt { get; init; }
    }

    /// <summary>Who signed, and when.</summary>
    /// <param name="MspId">The institution.</param>
    /// <param name="At">The time.</param>
    public sealed record SignerAnswer(string MspId, DateTimeOffset At);

    /// <summary>Who leaves.</summary>
    /// <param name="MspId">The institution.</param>
    /// <param name="GivenAt">When notice was given.</param>
    /// <param name="EndsAt">When it takes effect.</param>
    public sealed record NoticeAnswer(string MspId, DateTimeOffset GivenAt, DateTimeOffset EndsAt);

    /// <summary>What does not count.</summary>
    /// <param name="What">proposal, acceptance or notice.</param>
    /// <param name="MspId">In whose name it is.</param>
    /// <param name="Code">Why not: statementForged, or keyCompromised where its key was not in force then.</param>
    public sealed record DisregardedAnswer(string What, string MspId, string Code)
    {
        internal static DisregardedAnswer Of(DisregardedPart one)
        {
            var (what, mspId) = one.Part switch
            {
                { Proposal.Statement: { } given } => ("proposal", given.MspId),
                { Acceptance.Statement: { } given } => ("acceptance", given.MspId),
                _ => ("notice", one.Part.Notice!.Statement.MspId),
            };
            return new DisregardedAnswer(what, mspId, CheckCodes.Of(one.Standing)!);
        }
    }
}
