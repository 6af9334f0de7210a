using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Agreeing;

/// <summary>What the institution accredits, if it is an accreditor. Thread-safe.</summary>
public sealed class MemberAccreditations(LedgerProjection projection, MemberStatements statements, TimeProvider time)
{
    /// <summary>Whether the members have admitted this institution as an accreditor.</summary>
    public bool IsAccreditor => projection.Shared.Consortium.IsAccreditor(statements.MspId);

    /// <summary>Finds an accreditation.</summary>
    /// <exception cref="ProblemException">There is none of this name.</exception>
    public Accreditation Find(string mspId, string accreditor, string id) =>
        projection.Shared.AccreditationsOf(mspId).FirstOrDefault(
            one => one.Accreditor == accreditor && one.Id == id)
        ?? throw new ProblemException(
            ProblemKind.NotFound, $"{accreditor} has granted {mspId} no accreditation of this name.");

    /// <summary>Accredits an institution.</summary>
    public Task<Committed<Accreditation>> GrantAsync(AccreditationGrant grant)
    {
        ArgumentNullException.ThrowIfNull(grant);
        var validFrom = LedgerJson.ToMilliseconds(grant.ValidFrom ?? time.GetUtcNow());
        return statements.SendAsync(
            MemberTransactions.SetAccreditation,
            keyId => new AccreditationStatement
            {
                Ledger = statements.Ledger,
                MspId = statements.MspId,
                Institution = grant.MspId,
                Id = grant.Id,
                Sequence = 1,
                Action = AccreditationAction.Grant,
                Scope = grant.Scope,
                ValidFrom = validFrom,
                ValidUntil = grant.ValidUntil,
                Reference = grant.Reference,
                KeyId = keyId,
            });
    }

    /// <summary>Narrows, suspends, reinstates or withdraws one that this institution granted.</summary>
    /// <param name="mspId">The institution that is accredited.</param>
    /// <param name="id">The accreditation's name.</param>
    /// <param name="action">One of <see cref="AccreditationAction"/>.</param>
    /// <param name="change">What changes.</param>
    /// <param name="sequence">Which statement about it this is; none is the next.</param>
    public async Task<Accreditation> ChangeAsync(
        string mspId, string id, string action, AccreditationChangeRequest change, int? sequence = null)
    {
        ArgumentNullException.ThrowIfNull(change);
        int next = sequence ?? Find(mspId, statements.MspId, id).Changes.Count + 1;
        var committed = await statements.SendAsync(
            MemberTransactions.SetAccreditation,
            keyId => new AccreditationStatement
            {
                Ledger = statements.Ledger,
                MspId = statements.MspId,
                Institution = mspId,
                Id = id,
                Sequence = next,
                Action = action,
                Scope = change.Scope,
                ValidUntil = change.ValidUntil,
                EffectiveFrom = change.EffectiveFrom,
                Reference = change.Reference,
                KeyId = keyId,
            });
        return committed.Record;
    }
}

/// <summary>An accreditation to be granted.</summary>
public sealed record AccreditationGrant
{
    /// <summary>The institution.</summary>
    public required string MspId { get; init; }

    /// <summary>The accreditation's name: lower-case letters, digits and hyphens.</summary>
    public required string Id { get; init; }

    /// <summary>What is accredited.</summary>
    public required AwardScope Scope { get; init; }

    /// <summary>From when on. Default is now; what was decided earlier may be told later.</summary>
    public DateTimeOffset? ValidFrom { get; init; }

    /// <summary>Until when. Default is until it is withdrawn.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>Where the decision is published, an https address.</summary>
    public string? Reference { get; init; }
}

/// <summary>A change of an accreditation.</summary>
public sealed record AccreditationChangeRequest
{
    /// <summary>What is left of the scope; with narrowing alone.</summary>
    public AwardScope? Scope { get; init; }

    /// <summary>The nearer end; with narrowing alone.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>From when on it counts. Default is at once.</summary>
    public DateTimeOffset? EffectiveFrom { get; init; }

    /// <summary>Where the decision is published, an https address.</summary>
    public string? Reference { get; init; }
}
