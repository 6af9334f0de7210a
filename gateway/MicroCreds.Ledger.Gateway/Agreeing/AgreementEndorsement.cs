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
/// ledger. Thread-safe.
/// </summary>
public sealed class AgreementEndorsement(
    LedgerProjection projection, IssuerKeys keys, PublicAddress address, LedgerIdentity identity,
    GatewayServiceOptions options, TimeProvider time)
{
    /// <summary>The media type.</summary>
    public const string MediaType = "application/vc";

    /// <summary>Writes and signs it.</summary>
    /// <exception cref="ProblemException">
    /// The institution is no party, or the agreement is not in force, or no key of the gateway is.
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

        identity.RequireConfirmed();
        var own = projection.Institutions.GetValueOrDefault(options.MspId);
        var (key, registered) = keys.FindActive(own)
            ?? throw new ProblemException(
                ProblemKind.NotReady, "No key of this gateway is in force on the ledger, so it cannot sign.");
        var terms = version.Terms;
        return new EndorsementCredential
        {
            Id = $"{address.Url}/v1/agreements/{agreement.Id}",
            Name = terms.Name,
            Issuer = own!.Did,
            IssuerName = own.Name,
            Endorsed =
            [
                .. terms.Parties.Where(party => party != options.MspId)
                    .Select(party => projection.Institutions[party])
                    .Select(party => (party.Did, CommentOn(party, own, terms))),
            ],
            ValidFrom = terms.ValidFrom,
            ValidUntil = terms.Parties is [var one, var other]
                ? agreement.EndFor(terms, one, other) : terms.ValidUntil,
        }.SignAsync(key.Signer, registered.Id, now, cancellationToken);
    }

    private static string CommentOn(Institution party, Institution own, AgreementStatement terms)
    {
        var clauses = terms.Clauses.Where(clause => clause.Means(own.MspId, party.MspId)).Select(Describe).ToList();
        string what = clauses.Count == 0
            ? $"{own.Name} recognizes no awards of {party.Name} under this agreement, which is on awards in the other "
                + "direction."
            : $"{own.Name} recognizes awards of {party.Name}: {string.Join("; ", clauses)}.";
        return $"{what} Agreement {terms.Id}, version {terms.Version}.";
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
        return $"{scope}, {worth}";
    }
}
