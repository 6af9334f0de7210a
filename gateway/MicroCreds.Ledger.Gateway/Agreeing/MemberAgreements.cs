using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Agreeing;

/// <summary>
/// The institution's part in agreements: what waits for it, what it waits for, and how it answers. Thread-safe.
/// </summary>
public sealed class MemberAgreements(LedgerProjection projection, MemberStatements statements, TimeProvider time)
{
    /// <summary>Finds an agreement.</summary>
    /// <exception cref="ProblemException">There is none of this name.</exception>
    public Agreement Find(string id) => projection.Shared.Agreements.Find(id)
        ?? throw new ProblemException(ProblemKind.NotFound, "There is no agreement of this name.");

    /// <summary>Finds a version of an agreement.</summary>
    /// <exception cref="ProblemException">There is none.</exception>
    public AgreementVersion FindVersion(string id, int version) =>
        Find(id).Versions.FirstOrDefault(one => one.Terms.Version == version)
        ?? throw new ProblemException(ProblemKind.NotFound, "The agreement has no such version.");

    /// <summary>Whether an agreement's newest version waits for this institution to accept it.</summary>
    public bool Awaits(Agreement agreement)
    {
        ArgumentNullException.ThrowIfNull(agreement);
        return agreement.IsOpenAt(time.GetUtcNow()) && agreement.Newest.Awaits.Contains(statements.MspId);
    }

    /// <summary>Whether this institution has signed an agreement's newest version, and waits for others.</summary>
    public bool IsPending(Agreement agreement)
    {
        ArgumentNullException.ThrowIfNull(agreement);
        return agreement.IsOpenAt(time.GetUtcNow()) && agreement.Newest.Terms.Parties.Contains(statements.MspId)
            && !agreement.Newest.Awaits.Contains(statements.MspId);
    }

    /// <summary>Proposes an agreement, or the next version of one.</summary>
    /// <param name="id">The agreement, by its whole name.</param>
    /// <param name="version">The version: 1, or the one after the newest.</param>
    /// <param name="proposal">What is proposed.</param>
    /// <exception cref="ProblemException">
    /// No key of the gateway is in force, or the other consortium's trust file cannot be read.
    /// </exception>
    public Task<Committed<Agreement>> ProposeAsync(string id, int version, AgreementProposal proposal)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        AbroadTrusts.RequireReadable(proposal.Abroad);
        var validFrom = LedgerJson.ToMilliseconds(proposal.ValidFrom ?? time.GetUtcNow());
        return statements.SendAsync(
            MemberTransactions.ProposeAgreement,
            keyId => StatementOf(id, version, proposal, validFrom) with
            {
                Ledger = statements.Ledger,
                KeyId = keyId,
            });
    }

    /// <summary>What would be signed, but for the key and the ledger that it is made for.</summary>
    public AgreementStatement StatementOf(
        string id, int version, AgreementProposal proposal, DateTimeOffset validFrom)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        return new AgreementStatement
        {
            Ledger = "",
            MspId = statements.MspId,
            Id = id,
            Version = version,
            Name = proposal.Name,
            Parties = [.. proposal.Parties.Order(StringComparer.Ordinal)],
            Clauses = proposal.Clauses,
            ValidFrom = validFrom,
            ValidUntil = proposal.ValidUntil,
            NoticeDays = proposal.NoticeDays,
            Reference = proposal.Reference,
            Abroad = proposal.Abroad,
            KeyId = "",
        };
    }

    /// <summary>Accepts a version.</summary>
    /// <param name="id">The agreement.</param>
    /// <param name="version">The version.</param>
    /// <param name="digest">The digest of what was read; none takes the version as it stands.</param>
    /// <exception cref="ProblemException">
    /// There is no such version, its trust file cannot be read, or no key of the gateway is in force.
    /// </exception>
    public async Task<Agreement> AcceptAsync(string id, int version, string? digest)
    {
        var terms = FindVersion(id, version).Terms;
        AbroadTrusts.RequireReadable(terms.Abroad);
        var committed = await statements.SendAsync(
            MemberTransactions.AcceptAgreement,
            keyId => new AcceptanceStatement
            {
                Ledger = statements.Ledger,
                MspId = statements.MspId,
                Agreement = id,
                Version = version,
                Digest = digest ?? StatementDigest.Of(terms),
                KeyId = keyId,
            });
        return committed.Record;
    }

    /// <summary>Gives notice, or turns a proposal down.</summary>
    /// <param name="id">The agreement.</param>
    /// <param name="endsAt">When it takes effect; none is as soon as the agreement allows.</param>
    /// <exception cref="ProblemException">There is none, or no key of the gateway is in force.</exception>
    public async Task<Agreement> LeaveAsync(string id, DateTimeOffset? endsAt)
    {
        Find(id);
        var committed = await statements.SendAsync(
            MemberTransactions.LeaveAgreement,
            keyId => new NoticeStatement
            {
                Ledger = statements.Ledger,
                MspId = statements.MspId,
                Agreement = id,
                EndsAt = endsAt,
                KeyId = keyId,
            });
        return committed.Record;
    }
}
