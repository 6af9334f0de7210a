namespace MicroCreds.Ledger.Model;

/// <summary>
/// Names that hold their owner, such as <c>AuroraMSP.recognition-2026</c>: those of agreements and ballots. Nobody can
/// take a name that another institution is about to give.
/// </summary>
public static class OwnedName
{
    private const char Separator = '.';

    /// <summary>Returns a name as it stands on the ledger.</summary>
    /// <param name="owner">The institution's MSP.</param>
    /// <param name="name">Lower-case letters, digits and inner hyphens; or a name that holds an owner already.</param>
    public static string Of(string owner, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Contains(Separator, StringComparison.Ordinal) ? name : owner + Separator + name;
    }

    /// <summary>Returns the institution that a name belongs to; null if it holds none.</summary>
    public static string? OwnerOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        int end = name.LastIndexOf(Separator);
        return end <= 0 ? null : name[..end];
    }

    /// <summary>Tells what is wrong with a name; null if nothing is.</summary>
    public static LedgerError? Check(string? name, string field)
    {
        string? owner = name is null ? null : OwnerOf(name);
        if (owner is null)
        {
            return new LedgerError(
                ErrorCodes.InvalidValue,
                $"{field} must be the owner's MSP, a dot and a name, such as AuroraMSP.recognition-2026.",
                field);
        }

        return ValueRules.Text(owner, field, Limits.MaxNameLength)
            ?? ValueRules.Id(name![(owner.Length + 1)..], field);
    }
}
