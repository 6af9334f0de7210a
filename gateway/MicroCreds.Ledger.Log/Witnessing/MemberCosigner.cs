using MicroCreds.Ledger.Log.Notes;

namespace MicroCreds.Ledger.Log.Witnessing;

/// <summary>
/// How members sign the one log of their ledger: each cosigns the same head, with the time (C2SP tlog-cosignature),
/// under a name of its own, and says by it that it derived the log and what stands by it from its own peer's blocks up
/// to the newest that it had then.
/// </summary>
public static class MemberCosigner
{
    private const int HashDigits = 16;

    /// <summary>
    /// The name of a member's cosignatures: its MSP, a slash, the first 16 digits of the hash in the ledger's name.
    /// </summary>
    public static string NameOf(string ledger, string mspId)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(mspId);
        string hash = ledger[(ledger.LastIndexOf(':') + 1)..];
        return $"{Uri.EscapeDataString(mspId)}/{hash[..Math.Min(HashDigits, hash.Length)]}";
    }

    /// <summary>
    /// The key by which a member signs a ledger's heads as their log: the same, under the log's name, since who asks
    /// witnesses signs as the log.
    /// </summary>
    public static NoteKey LogKeyOf(string ledger, NoteKey member)
    {
        ArgumentNullException.ThrowIfNull(member);
        return member.As(ledger, NoteKeyType.Ed25519);
    }
}
