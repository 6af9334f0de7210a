using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Desk.Agreements;

/// <summary>One agreement as its page shows it.</summary>
/// <param name="Agreement">The agreement.</param>
/// <param name="Answer">How it stands, as the API tells it.</param>
/// <param name="Terms">The version that is shown.</param>
/// <param name="MspId">The institution that looks.</param>
public sealed record ShownAgreement(
    Agreement Agreement, AgreementAnswer Answer, AgreementStatement Terms, string MspId)
{
    /// <summary>Whether it waits for this institution to accept.</summary>
    public bool Awaits { get; init; }

    /// <summary>Whether this institution is a party of what rules, or of what is proposed.</summary>
    public bool IsParty => Agreement.Newest.Terms.Parties.Contains(MspId)
        || Agreement.Accepted?.Terms.Parties.Contains(MspId) == true;

    /// <summary>Whether it has given notice, which is final.</summary>
    public bool HasLeft => Agreement.LeavesAt(MspId) is not null;
}
