using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>Tells whether an award that was issued before still stands in the way of another. Thread-safe.</summary>
public sealed class StandingAwards(ProjectedRecords records, GatewayServiceOptions options)
{
    /// <summary>Whether an award counts: it is being issued, or it was issued and not revoked.</summary>
    public bool Stands(FoundAward found)
    {
        ArgumentNullException.ThrowIfNull(found);
        return found.State != IssuanceState.Issued
            || (found.Leaf is { } leaf && !IsRevoked(found.Root!, leaf));
    }

    /// <summary>Whether a credential of this institution was revoked, as far as is known here.</summary>
    public bool IsRevoked(string root, int leaf) =>
        records.FindStatus(options.MspId, root, leaf)?.Statement.State == CredentialState.Revoked;

    /// <summary>Asks for a decision about a namesake.</summary>
    public static ProblemException PossibleDuplicate(FoundAward found) => new(
        ProblemKind.PossibleDuplicate,
        $"Somebody of this name has this award already ({Name(found)}), and nothing tells the two apart. Give the "
        + "recipient's email, studentNumber or id if it is another person; send \"duplicates\": \"allow\" to issue it "
        + "all the same; do nothing if it is the same one. Nothing was changed.",
        [new FieldFault("/recipient", $"may be who has {Name(found)}.")]);

    /// <summary>Names an award.</summary>
    public static string Name(FoundAward found) =>
        found.Id is { } id ? $"urn:uuid:{id}" : $"row {found.Row} of a batch that is being issued";
}
