using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Agreeing;

/// <summary>
/// Tells an agreement as an Open Badges EndorsementCredential of this institution, for those who know nothing of the
/// ledger. To endorse is to speak for somebody: whose awards are not recognized, or not any more, is not in it.
/// Thread-safe.
/// </summary>
public sealed class AgreementEndorsement(
    LedgerProjection projection, IssuerKeys keys, PublicAddress address, LedgerIdentity identity,
    GatewayServiceOptions options, TimeProvider time)
{
    /// <summary>The media type.</summary>
    public const string MediaType = "application/vc";

    /// <summary>
    /// How long one is good at most: it has no status, so that an agreement that ends outlives it by no more.
    /// </summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    /// <summary>Writes and signs it.</summary>
    /// <exception cref="ProblemException">
    /// The institution is no party, or the agreement is not in force, or it recognizes nobody by it, or no key of the
    /// gateway is in force.
    /// </exception>
    public ValueTask<byte[]> OfAsync(Agreement agreement, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var version = agreement.VersionAt(now, now);
        if (version is null || !version.Terms.Parties.Contains(options.MspId))
        {
            throw new ProblemException(
                ProblemKind.Conflict,
                "This gateway's institution endorses only what it has agreed itself, once all parties have accepted.");
        }

        var terms = version.Terms;
        List<string> endorsed =
        [
            .. terms.Parties.Where(party => terms.Abroad is null && party != options.MspId
                && Recognizes(agreement, terms, party, now)),
        ];
        if (endorsed.Count == 0)
        {
            throw new ProblemException(
                ProblemKind.Conflict,
                "By this agreement this gateway's institution recognizes awards of nobody, or not any more; an "
                + "endorsement is not given for that. Read the agreement as application/json.");
        }

        identity.RequireConfirmed();
        var own = projection.Institutions.GetValueOrDefault(options.MspId);
        var (key, registered) = keys.FindActive(own)
            ?? throw new ProblemException(
                ProblemKind.NotReady, "No key of this gateway is in force on the ledger, so it cannot sign.");
        return new EndorsementCredential
        {
            Id = $"{address.Url}/v1/agreements/{agreement.Id}",
            Name = terms.Name,
            Issuer = own!.Did,
            IssuerName = own.Name,
            Endorsed =
            [
                .. endorsed.Select(party => projection.Institutions[party])
                    .Select(party => (party.Did, CommentOn(party, own, terms))),
            ],
            ValidFrom = terms.ValidFrom,
            ValidUntil = endorsed.Select(party => agreement.EndFor(terms, options.MspId, party))
                .Append((terms.ValidFrom > now ? terms.ValidFrom : now) + Lifetime).Min(),
        }.SignAsync(key.Signer, registered.Id, now, cancellationToken);
    }

    private bool Recognizes(Agreement agreement, AgreementStatement terms, string party, DateTimeOffset now) =>
        !(agreement.EndFor(terms, options.MspId, party) <= now)
        && terms.Clauses.Any(clause => clause.Means(options.MspId, party) && IsWorthSomething(clause));

    // What counts as nothing is not recognized, whatever a clause calls it.
    private static bool IsWorthSomething(AgreementClause clause) =>
        clause.Credits is not 0 && clause.CreditRatio is not 0 && clause.MaxCreditsPerLearner is not 0;

    private static string CommentOn(Institution party, Institution own, AgreementStatement terms)
    {
        var clauses = terms.Clauses.Where(clause => clause.Means(own.MspId, party.MspId) && IsWorthSomething(clause));
        return $"{own.Name} recognizes awards of {party.Name}: {string.Join("; ", clauses.Select(Describe))}. "
            + $"Agreement {terms.Id}, version {terms.Version}.";
    }

    private static string Describe(AgreementClause clause)
    {
        string scope = clause.Scope.Achievements.Count > 0 ? string.Join(", ", clause.Scope.Achievements) : "all";
        if (clause.Scope.Levels.Count > 0)
            scope += $", level {string.Join(" or ", clause.Scope.Levels)} of the EQF";
        if (clause.Scope.Fields.Count > 0)
            scope += $", fields {string.Join(" or ", clause.Scope.Fields)} of ISCED-F";
        string worth = clause.Credits is { } credits
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"for {credits} ECTS credits")
            : string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"for {(clause.CreditRatio ?? 1) * 100:0.##} % of their ECTS credits");
        string condition = clause.AccreditedOnly ? ", if accredited when it was awarded" : "";
        return $"{scope}, {worth}{condition}";
    }
}
