using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Ledger;

/// <summary>
/// A transaction by which a member says something to the others: a signed statement, and what it becomes part of.
/// </summary>
/// <param name="Name">The transaction, of <see cref="TransactionNames"/>.</param>
/// <typeparam name="TStatement">What is signed.</typeparam>
/// <typeparam name="TRecord">The record as it then stands.</typeparam>
public sealed record MemberTransaction<TStatement, TRecord>(string Name)
    where TStatement : class
    where TRecord : class;

/// <summary>All that members say to each other. Registrars alone do.</summary>
public static class MemberTransactions
{
    /// <summary>Puts a question to the members.</summary>
    public static readonly MemberTransaction<BallotStatement, Ballot> ProposeBallot =
        new(TransactionNames.ProposeBallot);

    /// <summary>Votes.</summary>
    public static readonly MemberTransaction<VoteStatement, Ballot> Vote = new(TransactionNames.Vote);

    /// <summary>Grants or changes an accreditation.</summary>
    public static readonly MemberTransaction<AccreditationStatement, Accreditation> SetAccreditation =
        new(TransactionNames.SetAccreditation);

    /// <summary>Proposes an agreement or an amendment.</summary>
    public static readonly MemberTransaction<AgreementStatement, Agreement> ProposeAgreement =
        new(TransactionNames.ProposeAgreement);

    /// <summary>Accepts an agreement or an amendment.</summary>
    public static readonly MemberTransaction<AcceptanceStatement, Agreement> AcceptAgreement =
        new(TransactionNames.AcceptAgreement);

    /// <summary>Gives notice of an agreement.</summary>
    public static readonly MemberTransaction<NoticeStatement, Agreement> LeaveAgreement =
        new(TransactionNames.LeaveAgreement);
}
